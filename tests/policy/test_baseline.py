"""A baseline sets aside what was there, whatever line it moves to, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy import baseline
from iac_check.policy.result import Report
from iac_check.settings import Settings
from iac_check.source import InputError

VAULT = 'resource "aws_backup_vault" "{}" {{\n  name = "{}"\n}}\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "main.tf").write_text(VAULT.format("a", "a"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baseline.json").write_text(text(checked(".")))
    return tmp_path


def text(
    report: Report, before: list[baseline.Entry] | None = None, file: str = "baseline.json"
) -> str:
    found = baseline.accepted(report, file)
    return baseline.text([*found, *baseline.elsewhere(report, before or [], file)])


def checked(path: str, known: str | None = None) -> Report:
    return run(path.split(), Settings(cache=False, baseline=known))


def statuses(report: Report) -> dict[str, str]:
    return {result.address: result.status for result in report.results}


def test_what_is_known_is_set_aside_wherever_it_moves(tree: Path) -> None:
    (tree / "stacks" / "main.tf").write_text("\n\n# moved\n" + VAULT.format("a", "a"))
    report = checked(".", "baseline.json")
    assert statuses(report) == {"aws_backup_vault.a": "suppressed"}
    assert not report.warnings
    assert report.results[0].suppression is not None
    assert str(report.results[0].suppression.span).startswith("baseline.json:5:")


def test_the_working_directory_does_not_matter(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "stacks")
    assert statuses(checked(".", "../baseline.json")) == {"aws_backup_vault.a": "suppressed"}


def test_a_new_vault_with_the_same_fault_is_new(tree: Path) -> None:
    both = VAULT.format("a", "a") + VAULT.format("b", "b")
    (tree / "stacks" / "main.tf").write_text(both)
    assert statuses(checked(".", "baseline.json")) == {
        "aws_backup_vault.a": "suppressed",
        "aws_backup_vault.b": "fail",
    }


def test_another_fault_of_the_same_vault_is_new(tree: Path) -> None:
    text = VAULT.format("a", "a").replace("}", '  kms_key_arn = "alias/aws/backup"\n}')
    (tree / "stacks" / "main.tf").write_text(text)
    report = checked(".", "baseline.json")
    assert statuses(report) == {"aws_backup_vault.a": "fail"}
    assert "no longer occurs" in report.warnings[0]


def test_writing_again_keeps_what_is_set_aside(tree: Path) -> None:
    again = text(checked(".", "baseline.json"), baseline.read("baseline.json"))
    assert again == (tree / "baseline.json").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "findings": []}',
        '{"version": true, "findings": []}',
        '{"version": 1.0, "findings": []}',
        '{"version": 1, "findings": [1]}',
    ],
)
def test_what_is_no_baseline_is_an_error(text: str, tree: Path) -> None:
    (tree / "broken.json").write_text(text)
    with pytest.raises(InputError):
        baseline.read("broken.json")
    report = checked(".", "broken.json")
    assert [error.path for error in report.errors] == ["broken.json"]
    assert statuses(report) == {"aws_backup_vault.a": "fail"}


def test_what_was_not_read_is_not_called_stale(tree: Path) -> None:
    (tree / "stacks" / "main.tf").write_text(VAULT.format("a", "a")[:-2])
    report = checked(".", "baseline.json")
    assert report.errors
    assert not report.warnings


class TestPartOfTheTree:
    """A run speaks only of what lies in its own paths."""

    @pytest.fixture(autouse=True)
    def _two_stacks(self, tree: Path) -> None:
        (tree / "other").mkdir()
        (tree / "other" / "main.tf").write_text(VAULT.format("b", "b"))
        (tree / "baseline.json").write_text(text(checked(".")))
        (tree / "stacks" / "main.tf").write_text("")
        (tree / "other" / "main.tf").write_text("")

    def test_what_lies_elsewhere_is_not_stale(self) -> None:
        (warning,) = checked("stacks", "baseline.json").warnings
        assert "stacks/main.tf no longer occurs" in warning

    def test_nor_from_another_working_directory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir("stacks")
        (warning,) = checked(".", "../baseline.json").warnings
        assert "stacks/main.tf no longer occurs" in warning

    def test_nor_pruned(self) -> None:
        written = text(checked("stacks"), baseline.read("baseline.json"))
        assert "other/main.tf" in written
        assert "stacks/main.tf" not in written

    def test_a_module_reached_from_elsewhere_is_written_once(self, tree: Path) -> None:
        for name in ("stacks", "other"):
            call = 'module "v" {\n  source = "../modules"\n}\n'
            (tree / name / "main.tf").write_text(call)
        (tree / "modules").mkdir()
        (tree / "modules" / "main.tf").write_text(VAULT.format("a", "a"))
        whole = text(checked("."))
        assert whole.count("modules/main.tf") == 2
        (tree / "baseline.json").write_text(whole)
        assert text(checked("stacks"), baseline.read("baseline.json")) == whole


MODULE = 'variable "key" {\n  default = null\n}\n' + VAULT.format("v", "v").replace(
    "}\n", "  kms_key_arn = var.key\n}\n"
)
CALL = 'module "m" {\n  source = "../module"\n}\n'
VAULT_TEMPLATE = "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
NESTED = (
    "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties: {TemplateURL: ./v.yaml}\n"
)


@pytest.mark.parametrize("new", ["aa", "zz"])
def test_another_root_of_the_same_module_is_new(new: str, tree: Path) -> None:
    for folder in ("module", "dev", new):
        (tree / folder).mkdir()
    (tree / "module" / "main.tf").write_text(MODULE)
    (tree / "dev" / "main.tf").write_text(CALL)
    (tree / "baseline.json").write_text(text(checked(".")))
    (tree / new / "main.tf").write_text(CALL)
    report = checked(".", "baseline.json")
    found = {(result.root, result.status) for result in report.results if result.root}
    assert found == {("dev", "suppressed"), (new, "fail")}
    assert not report.warnings


def test_another_caller_of_the_same_template_is_new(tree: Path) -> None:
    (tree / "v.yaml").write_text(VAULT_TEMPLATE)
    (tree / "a.yaml").write_text(NESTED)
    (tree / "baseline.json").write_text(text(checked(".")))
    (tree / "a.yaml").rename(tree / "b.yaml")
    report = checked(".", "baseline.json")
    assert [r.status for r in report.results if r.root] == ["fail"]
    assert [warning.partition(": ")[2] for warning in report.warnings] == [
        "S/V in v.yaml (called from a.yaml) no longer occurs (--write-baseline prunes it)"
    ]


class TestOneIdentityEach:
    """One finding is accepted, mended and another comes: that one is new."""

    @pytest.fixture(autouse=True)
    def _where(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    @staticmethod
    def write(files: dict[str, str]) -> None:
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(content)

    def told(self, paths: str, after: str = "") -> list[str]:
        """The status of each finding, once those of some paths are accepted."""
        Path("baseline.json").write_text(text(checked(paths)))
        return [result.status for result in checked(after or paths, "baseline.json").results]

    @pytest.mark.parametrize("after", ["a b", "b a", "b"])
    @pytest.mark.parametrize("git", [False, True])
    def test_folders_apart(self, after: str, git: bool) -> None:
        vault = VAULT.format("v", "v")
        self.write({"a/main.tf": vault, "b/main.tf": vault})
        for name in ("a/.git", "b/.git") if git else ():
            Path(name).mkdir()
        assert self.told("a b") == ["suppressed", "suppressed"]
        assert self.told("a") == ["suppressed"]
        statuses = {r.span.source.path: r.status for r in checked(after, "baseline.json").results}
        assert statuses["b/main.tf"] == "fail"
        assert statuses.get("a/main.tf", "suppressed") == "suppressed"

    def test_what_is_said_of_a_folder_apart_stays(self) -> None:
        vault = VAULT.format("v", "v")
        self.write({"a/main.tf": vault, "b/main.tf": vault})
        Path("baseline.json").write_text(text(checked("a b")))
        Path("b/main.tf").write_text("")
        whole = baseline.read("baseline.json")
        assert not checked("a", "baseline.json").warnings
        assert text(checked("a"), whole) == Path("baseline.json").read_text()
        assert "no longer occurs" in checked("b", "baseline.json").warnings[0]

    def test_the_calls_of_folders_apart(self) -> None:
        self.write({"module/main.tf": MODULE, "a/main.tf": CALL, "b/main.tf": ""})
        Path("baseline.json").write_text(text(checked("a b module")))
        self.write({"a/main.tf": "", "b/main.tf": CALL})
        assert [r.status for r in checked("a b module", "baseline.json").results] == ["fail"]

    def test_a_repository_may_lie_anywhere(self) -> None:
        self.write({"one/main.tf": VAULT.format("v", "v")})
        Path("one/.git").mkdir()
        Path("one/ci").mkdir()
        Path("one/ci/known.json").write_text(text(checked("one"), file="one/ci/known.json"))
        Path("one").rename("two")
        assert [r.status for r in checked("two", "two/ci/known.json").results] == ["suppressed"]

    def test_one_file_linked_into_two_roots(self) -> None:
        self.write({"shared/vault.txt": VAULT.format("v", "v"), "a/a.tf": "", "b/b.tf": ""})
        Path(".git").mkdir()
        Path("a/v.tf").symlink_to("../shared/vault.txt")
        Path("baseline.json").write_text(text(checked(".")))
        Path("a/v.tf").rename("b/v.tf")
        (result,) = checked(".", "baseline.json").results
        assert (result.status, result.anchored) == ("fail", "b/v.tf")

    @pytest.mark.parametrize("nested", [False, True])
    def test_documents_of_one_file(self, nested: bool) -> None:
        wrong = NESTED if nested else "Resources:\n  V: {Type: AWS::Backup::BackupVault}\n"
        none = "Resources:\n  T: {Type: AWS::SNS::Topic}\n"
        self.write({"t.yaml": f"{wrong}---\n{none}"})
        if nested:
            self.write({"v.yaml": VAULT_TEMPLATE})
        assert self.told(".") == ["suppressed"]
        self.write({"t.yaml": f"{none}---\n{wrong}"})
        report = checked(".", "baseline.json")
        assert [r.status for r in report.results] == ["fail"]
        assert "no longer occurs" in report.warnings[0]

    def test_a_document_is_told_by_its_number(self) -> None:
        wrong = "Resources:\n  V: {Type: AWS::Backup::BackupVault}\n"
        self.write({"t.yaml": f"{wrong}---\n{wrong}"})
        assert self.told(".") == ["suppressed", "suppressed"]
        self.write({"t.yaml": wrong})
        (warning,) = checked(".", "baseline.json").warnings
        assert "V in t.yaml#2 no longer occurs" in warning

    def test_deployments_of_one_stack(self) -> None:
        component = 'component "c" {\n  source = "./module"\n}\n'
        self.write(
            {
                "module/main.tf": MODULE,
                "c.tfcomponent.hcl": component,
                "d.tfdeploy.hcl": 'deployment "dev" {}\n',
            }
        )
        assert self.told(".") == ["suppressed"]
        self.write({"d.tfdeploy.hcl": 'deployment "prod" {}\n'})
        assert [r.status for r in checked(".", "baseline.json").results] == ["fail"]

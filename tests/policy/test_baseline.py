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


def text(report: Report, before: list[baseline.Entry] | None = None) -> str:
    kept = baseline.elsewhere(report, before or [])
    return baseline.text([*baseline.accepted(report), *kept])


def checked(path: str, known: str | None = None) -> Report:
    return run([path], Settings(cache=False, baseline=known))


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
    "text", ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']
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
    template = "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
    (tree / "v.yaml").write_text(template)
    (tree / "a.yaml").write_text(NESTED)
    (tree / "baseline.json").write_text(text(checked(".")))
    (tree / "a.yaml").rename(tree / "b.yaml")
    report = checked(".", "baseline.json")
    assert [r.status for r in report.results if r.root] == ["fail"]
    assert [warning.partition(": ")[2] for warning in report.warnings] == [
        "S/V in v.yaml (called from a.yaml) no longer occurs (--write-baseline prunes it)"
    ]

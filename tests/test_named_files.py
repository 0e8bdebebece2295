"""A file that is named is judged as in a run of its whole repository."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from iac_check.cli import main
from iac_check.pipeline import run
from iac_check.policy.result import Result
from iac_check.settings import Settings

CASES = sorted((Path(__file__).parent.parent / "fixtures" / "BACKUP001").iterdir())
MODULE = (
    'variable "key" {\n  default = null\n}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.key\n}\n'
)
CALL_OF_M = 'module "v" {\n  source = "../m"\n}\n'
CALLER = 'resource "aws_kms_key" "k" {}\nmodule "v" {\n  source = "../m"\n  key = %s\n}\n'


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def write(files: dict[str, str]) -> None:
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def _told(results: tuple[Result, ...]) -> list[tuple[object, ...]]:
    return [(r.status, r.reason, r.address, str(r.span), r.message, r.fingerprint) for r in results]


def _of_one_file(results: tuple[Result, ...]) -> tuple[Result, ...]:
    return tuple(r for r in results if r.span.source is r.extent.source)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_in_the_whole(case: Path) -> None:
    shutil.copytree(case, "case", symlinks=True)
    # A fragment is no template of its own, and what Terragrunt generates is not on disk.
    whole = _of_one_file(run(["."], Settings()).results)
    for path in sorted({r.span.source.path for r in whole if Path(r.span.source.path).exists()}):
        alone = _of_one_file(run([path], Settings()).results)
        assert _told(alone) == _told(tuple(r for r in whole if r.span.source.path == path))


def test_a_file_has_one_name_in_a_folder_below(monkeypatch: pytest.MonkeyPatch) -> None:
    alias = 'resource "aws_kms_alias" "a" {\n  name = "alias/%s"\n  name = "x"\n}\n'
    vault = 'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = "alias/a"\n}\n'
    write({"a/m/main.tf": vault + alias % "a", "a/x.tf": alias % "b", "b/x.tf": alias % "c"})
    monkeypatch.chdir("a/m")
    errors = run(["main.tf"], Settings()).errors
    assert {error.path for error in errors} == {"main.tf", "../x.tf", "../../b/x.tf"}


def test_a_module_is_judged_with_its_callers(capsys: pytest.CaptureFixture[str]) -> None:
    write({"m/main.tf": MODULE, "a/main.tf": CALLER % "aws_kms_key.k.arn"})
    assert main(["m/main.tf"]) == 0
    write({"a/main.tf": CALLER % '"alias/aws/backup"'})
    assert main(["m/main.tf"]) == 1
    assert "a/main.tf:4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("paths", "counted"),
    [
        (["m/main.tf"], "checked 1 file, "),
        (["m/main.tf", "r/main.tf"], "checked 2 files, "),
        (["alone/main.tf"], "checked 1 file, "),
        (["m", "m/main.tf"], "checked 2 files, "),
    ],
)
def test_what_is_read_with_a_file_is_not_counted(
    paths: list[str], counted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        {"m/main.tf": MODULE, "m/more.tf": "", "r/main.tf": CALLER % '""', "alone/main.tf": MODULE}
    )
    main(["--no-config", *paths])
    assert counted in capsys.readouterr().err


def test_from_below_the_root_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        {"x/m/main.tf": MODULE, "a/main.tf": (CALLER % "aws_kms_key.k.arn").replace("../", "../x/")}
    )
    for folder, path in (("x/m", "main.tf"), ("x", "m/main.tf"), ("a", "../x/m/main.tf")):
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            (result,) = run([path], Settings()).results
            assert (result.address, result.status) == ("module.v.aws_backup_vault.v", "pass")


def test_vaults_of_other_files_are_not_shown() -> None:
    bad = '\nresource "aws_backup_vault" "own" {\n  name = "own"\n}\n'
    write({"m/main.tf": MODULE, "a/main.tf": CALLER % "aws_kms_key.k.arn" + bad, "b/b.tf": bad})
    assert main(["m/main.tf"]) == 0
    assert main(["m/main.tf", "b"]) == 1
    assert [r.address for r in run(["m/main.tf", "b"], Settings()).results] == [
        "aws_backup_vault.own",
        "module.v.aws_backup_vault.v",
    ]


def test_a_caller_that_cannot_be_read_is_an_error() -> None:
    write({"m/main.tf": MODULE.replace("null", '"x"'), "a/main.tf": CALLER % '"'})
    assert main(["m/main.tf"]) == 2


def test_ignores_of_other_files_are_honoured_and_not_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ignored = (CALLER % "null").replace("module", "# iac-check: ignore[BACKUP001] sandbox\nmodule")
    unused = "# iac-check: ignore[BACKUP001] none is here\n# iac-check: ignore[BACKUP001]\n"
    write({"m/main.tf": MODULE, "a/main.tf": ignored, "b/main.tf": unused})
    assert main(["m/main.tf"]) == 0
    err = capsys.readouterr().err
    assert "1 suppressed" in err
    assert "warning" not in err


def test_ignores_are_not_called_unused_where_something_could_not_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write({"a.tf": MODULE + "# iac-check: ignore[BACKUP001] none\n", "b.tf": "resource {"})
    assert main(["."]) == 2
    assert "ignore" not in capsys.readouterr().err


def test_without_a_repository_only_its_own_folder_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".git").rmdir()
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}"
    write({
        "a/v.yaml": "Resources: {V: {Type: AWS::Backup::BackupVault}}\n",
        "a/p.yaml": f"Resources: {{S: {nested % 'v.yaml'}}}\n",
        "a/below/p.yaml": f"Resources: {{T: {nested % '../v.yaml'}, T: 1}}\n",
    })  # fmt: skip
    report = run(["a/v.yaml"], Settings())
    assert [result.address for result in report.results] == ["S/V"]
    assert not report.errors


SERVICE = "provider: {name: aws}\nresources:\n  Resources: ${file(r.yml):Resources}\n"


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("a/variables.tf", "2 vaults (2 failed) in a/main.tf, m/main.tf: run iac-check a"),
        ("a/p.auto.tfvars", "2 vaults (2 failed) in a/main.tf, m/main.tf: run iac-check a"),
        (
            "a/p.tfvars",
            "2 vaults (2 failed) in a/main.tf, m/main.tf: run iac-check --var-file a/p.tfvars a",
        ),
        ("t/terragrunt.hcl", "1 vault (1 failed) in m/main.tf: run iac-check t"),
        ("s/serverless.yml", "1 vault (1 failed) in s/r.yml: run iac-check s"),
    ],
)
def test_where_the_vaults_of_a_file_without_any_stand(
    path: str, note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    own = '\nresource "aws_backup_vault" "own" {\n  name = "own"\n}\n'
    write({
        "m/main.tf": MODULE, "a/main.tf": CALL_OF_M + own, "a/variables.tf": 'variable "x" {}\n',
        "a/p.auto.tfvars": "x = 1\n", "a/p.tfvars": "x = 1\n", "b/main.tf": own,
        "t/terragrunt.hcl": 'terraform {\n  source = "../m"\n}\n', "s/serverless.yml": SERVICE,
        "s/r.yml": "Resources: {V: {Type: AWS::Backup::BackupVault}}\n", "b/other.json": "{}",
    })  # fmt: skip
    assert main([path, "b/other.json"]) == 0
    told = f"note: no vault stands in {path}; what was read with it has {note}\n"
    assert capsys.readouterr().err.endswith(told)
    assert main([path, str(Path(path).parent)]) == 1
    assert "no vault stands in" not in capsys.readouterr().err


@pytest.mark.parametrize(("folder", "path"), [(".", "x/m"), (".", "x"), ("x", "m"), ("x/m", ".")])
def test_a_module_is_told_to_be_called_from_outside(
    folder: str, path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = (CALLER % "aws_kms_key.k.arn").replace("../m", "../x/m")
    module = MODULE.replace("  default = null\n", "")
    write({"x/m/main.tf": module, "a/main.tf": call, "b/main.tf": call, "c/main.tf": module})
    monkeypatch.chdir(folder)
    assert main([path]) == 1
    here = Path.cwd()
    names = [
        os.path.relpath(here.joinpath(os.path.relpath(n, folder))) for n in ("x/m", "a", "b", ".")
    ]
    told = (
        f"note: {names[0]} is called from 2 folders outside of what was asked for ({names[1]}, "
        f"{names[2]}), and was judged without what these pass: run iac-check {names[3]}\n"
    )
    assert capsys.readouterr().err.endswith(told)


def test_a_module_without_callers_outside_is_not_told_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = MODULE.replace("  default = null\n", "")
    write({"x/m/main.tf": module, "c/main.tf": module})
    assert main(["x/m"]) == 1
    assert "note" not in capsys.readouterr().err

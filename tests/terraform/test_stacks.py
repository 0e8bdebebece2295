"""Which deployments and components of a Terraform stack there are, and what is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings

MODULE = (
    'variable "key" {\n  default = null\n}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.key\n}\n'
)
STACK = (
    'variable "key" {\n  type = string\n}\n'
    'component "m" {\n  source = "./m"\n  inputs = { key = var.key }\n}\n'
)
MANAGED = "alias/aws/backup"


def checked(
    files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object
) -> Report:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(folder)
    return run(["."], Settings(cache=False, **settings))  # type: ignore[arg-type]


def test_a_flag_gives_a_value_where_there_is_no_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.tfcomponent.hcl": STACK, "m/main.tf": MODULE}
    report = checked(files, tmp_path, monkeypatch, variables={"key": MANAGED})
    assert [result.reason for result in report.results] == ["aws-managed"]
    assert not report.warnings


def test_a_deployment_that_is_destroyed_creates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments = 'deployment "a" {\n  inputs  = { key = null }\n  destroy = true\n}\n'
    files = {"a.tfcomponent.hcl": STACK, "a.tfdeploy.hcl": deployments, "m/main.tf": MODULE}
    report = checked(files, tmp_path, monkeypatch)
    assert not report.results
    assert report.uncreated == ("a.tfdeploy.hcl:1",)


def test_what_a_deployment_leaves_out_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = STACK.replace("type = string", "type = string\n  default = null")
    files = {
        "a.tfcomponent.hcl": stack,
        "a.tfdeploy.hcl": 'deployment "prod" {\n  inputs = { kye = "x" }\n}\n',
        "m/main.tf": MODULE,
    }
    (result,) = checked(files, tmp_path, monkeypatch).results
    assert result.reason == "missing"
    told = {str(hop.span): hop.note for hop in result.trail}
    assert 'deployment "prod" passes no "key"' in told["a.tfdeploy.hcl:2:14"]


def test_a_source_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.tfcomponent.hcl": STACK.replace("./m", "./n"), "m/main.tf": MODULE}
    report = checked(files, tmp_path, monkeypatch)
    assert report.unread == ("./n",)
    assert report.warnings == ("a.tfcomponent.hcl:5:12: the module source ./n leads to no folder",)


def test_a_source_outside_of_what_may_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(MODULE)
    files = {"a.tfcomponent.hcl": STACK.replace("./m", "../m")}
    (tmp_path / "s").mkdir()
    report = checked(files, tmp_path / "s", monkeypatch)
    assert [error.message.split(":")[0] for error in report.errors] == ['component "m"']


def test_a_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.tfcomponent.hcl": STACK, "b.tfdeploy.hcl": "deployment {", "m/main.tf": MODULE}
    report = checked(files, tmp_path, monkeypatch)
    assert [error.path for error in report.errors] == ["b.tfdeploy.hcl"]


@pytest.mark.parametrize("body", ["inputs = ${x}", "inputs = {}\n  what is this"])
def test_a_deployment_that_cannot_be_read_is_an_error_and_its_vaults_are_judged(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments = f'deployment "a" {{\n  {body}\n}}\n'
    files = {"a.tfcomponent.hcl": STACK, "a.tfdeploy.hcl": deployments, "m/main.tf": MODULE}
    report = checked(files, tmp_path, monkeypatch)
    assert [error.path for error in report.errors] == ["a.tfdeploy.hcl"]
    assert [result.status for result in report.results] in ([], ["fail"])


def test_a_module_in_a_stack_of_a_repository_is_called_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    stack = STACK.replace("var.key }", f'"{MANAGED}" }}')
    checked({"a.tfcomponent.hcl": stack, "m/main.tf": MODULE}, tmp_path, monkeypatch)
    (result,) = run(["m/main.tf"], Settings(cache=False)).results
    assert result.reason == "aws-managed"
    assert run(["m"], Settings(cache=False)).called

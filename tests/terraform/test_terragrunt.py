"""What Terragrunt passes to a module, and which of its files are units."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures" / "BACKUP001"


def test_arguments_by_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES / "terraform-terragrunt-arguments")
    report = run(["."], Settings(cache=False))
    found = {
        result.calls[0].source.path.split("/")[1]: result.reason
        for result in report.results
        if result.resource_name == "v"
    }
    assert not report.errors
    assert found == {
        "argument": "aws-managed",
        "argument-list": None,
        "beside": "missing",
        "environment": None,
        "files": None,
        "tfvars": None,
    }


UNIT = 'terraform {\n  source = "../../../m"\n}\ninputs = {\n  key = values.key\n}\n'


@pytest.mark.parametrize(
    ("values", "reason", "cause"),
    [
        ('values = { key = "alias/aws/backup" }', "aws-managed", None),
        ('values = merge({ key = "x" }, { key = "alias/aws/ebs" })', "aws-managed", None),
        ("values = { key = null }", "missing", None),
        ('values = { key = get_env("KEY") }', "unresolved", "external"),
        ('values = get_env("A") == "1" ? { key = null } : {}', "unresolved", "unsupported"),
        ("values = {}", "unresolved", "undeclared"),
        ("", "unresolved", "undeclared"),
    ],
)
def test_values_of_a_stack(
    values: str, reason: str, cause: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = f'unit "a" {{\n  source = "../units/v"\n  path = "a"\n  {values}\n}}\n'
    for name, text in {
        "s/terragrunt.stack.hcl": block,
        "units/v/terragrunt.hcl": UNIT,
        "m/main.tf": MODULE,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.reason, result.cause) == (reason, cause)
    assert [str(call) for call in result.calls] == [
        "s/terragrunt.stack.hcl:1:1",
        "units/v/terragrunt.hcl:2:12",
    ]


def test_stacks_that_nest_each_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(15):
        (tmp_path / f"s{number}").mkdir()
        source = f"${{get_repo_root()}}/s{number + 1}"
        blocks = "".join(
            f'stack "{name}" {{\n  source = "{source}"\n  path = "{name}"\n}}\n' for name in "ab"
        )
        (tmp_path / f"s{number}" / "terragrunt.stack.hcl").write_text(blocks)
    (tmp_path / "s15").mkdir()
    (tmp_path / "s15" / "terragrunt.stack.hcl").write_text(blocks.replace("s15", "s0"))
    monkeypatch.chdir(tmp_path)
    (error,) = run(["."], Settings(cache=False)).errors
    assert "more than 10000 units" in error.message


MODULE = (
    'variable "key" {\n  default = null\n}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.key\n}\n'
)


@pytest.mark.parametrize(
    ("arguments", "reason", "cause"),
    [
        ('arguments = ["-var=key=${get_env("KEY")}"]', "unresolved", "external"),
        ('arguments = ["-var=key=alias/${get_env("KEY")}"]', "unresolved", "external"),
        ('arguments = ["--var", "key=alias/aws/${get_env("KEY")}"]', "aws-managed", None),
        ('arguments = ["-var=key=alias/aws/backup", "-var=key=alias/x"]', "unresolved", "external"),
        ('arguments = ["-variable=key=alias/aws/backup"]', "missing", None),
        ('arguments = [get_env("ALL")]', "unresolved", "external"),
        ('arguments = [get_env("ALL"), "-var=key=alias/aws/backup"]', "aws-managed", None),
        ('arguments = get_env("A") == "1" ? ["-var=key=alias/aws/backup"] : []', "missing", None),
        ('arguments = concat(["-var=key=alias/x"], get_env("A"))', "unresolved", "external"),
        ('optional_var_files = ["${get_env("ENV")}.tfvars"]', "unresolved", "external"),
        ('optional_var_files = ["absent.tfvars"]', "missing", None),
        ('env_vars = { TF_VAR_key = "alias/aws/backup" }', "aws-managed", None),
        ('env_vars = { KEY = "alias/aws/backup" }', "missing", None),
        ('env_vars = get_env("ALL")', "unresolved", "external"),
        (
            'env_vars = get_env("A") == "1" ? { TF_VAR_key = "alias/aws/backup" } : {}',
            "missing",
            None,
        ),
        ('required_var_files = ["absent.tfvars"]', "missing", None),
    ],
)
def test_arguments(
    arguments: str,
    reason: str,
    cause: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "terragrunt.hcl").write_text(
        'terraform {\n  source = "./m"\n  extra_arguments "x" {\n'
        f'    commands = ["plan", "apply"]\n    {arguments}\n  }}\n}}\n'
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    (result,) = report.results
    assert (result.reason, result.cause) == (reason, cause)
    assert [error.path for error in report.errors] == ["absent.tfvars"] * ("required" in arguments)


def test_a_block_of_the_same_label_and_one_for_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = '  extra_arguments "%s" {\n    commands = [%s]\n    arguments = ["-var=key=%s"]\n  }\n'
    root = "terraform {\n" + block % ("a", '"apply"', "alias/aws/backup") + "}\n"
    own = block % ("a", '"apply"', "alias/x") + block % ("b", '"destroy"', "alias/aws/backup")
    (tmp_path / "u").mkdir()
    (tmp_path / "root.hcl").write_text(root)
    (tmp_path / "u/terragrunt.hcl").write_text(
        'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
        f'terraform {{\n  source = "../m"\n{own}}}\n'
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.reason, result.cause) == ("unresolved", "external")
    assert "alias/x" in result.message


def test_units_whose_source_stands_in_an_included_file_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("live/dev", "live/prod", "modules/v"):
        Path(folder).mkdir(parents=True)
    Path("modules/v/main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    Path("live/root.hcl").write_text('terraform {\n  source = "../../modules/v"\n}\n')
    for unit in ("dev", "prod"):
        include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
        Path(f"live/{unit}/terragrunt.hcl").write_text(include)
    results = run(["."], Settings(cache=False)).results
    assert [[str(call) for call in result.calls] for result in results] == [
        [f"live/{unit}/terragrunt.hcl:1:1", "live/root.hcl:2:12"] for unit in ("dev", "prod")
    ]


def test_what_is_generated_leads_to_the_block_that_writes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(FIXTURES / "terraform-terragrunt-merging")
    report = run(["live/generated"], Settings(cache=False))
    found = {
        str(result.span): [str(hop.span) for hop in result.trail[1:2]] for result in report.results
    }
    assert found["live/generated/vault.tf:1:1"] == ["live/generated/terragrunt.hcl:1:1"]


@pytest.mark.parametrize(
    ("files", "cause", "why"),
    [
        ({}, "external", "the dependency key is not scanned"),
        (
            {"key/terragrunt.hcl": 'terraform {\n  source = "git::https://example.com/k.git"\n}\n'},
            "module-unavailable",
            "the module of key is not on disk",
        ),
    ],
)
def test_a_dependency_that_is_not_followed(
    files: dict[str, str],
    cause: str,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = (
        'terraform {\n  source = "../m"\n}\ndependency "k" {\n  config_path = "../key"\n}\n'
        "inputs = {\n  key = dependency.k.outputs.arn\n}\n"
    )
    for name, text in {"m/main.tf": MODULE, "v/terragrunt.hcl": unit, **files}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.cause == cause
    assert why in result.message


@pytest.mark.parametrize(
    ("inputs", "places"),
    [
        ('{\n  kye = "x"\n  of_others = 1\n}', ["v/terragrunt.hcl:5:3"]),
        ('merge({ kye = "x" }, { other = 1 })', ["v/terragrunt.hcl:4:1"]),
        ('merge({ kye = "x" }, get_env("ALL"))', []),
        ('{ kye = "x", key = "alias/aws/backup" }', []),
    ],
)
def test_a_misspelt_input_is_told(
    inputs: str, places: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = f'terraform {{\n  source = "../m"\n}}\ninputs = {inputs}\n'
    for name, text in {"m/main.tf": MODULE, "v/terragrunt.hcl": unit}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    what = "the root module declares no kye; did you mean key?"
    assert list(report.warnings) == [f"{place}: {what}" for place in places]
    if places:
        (result,) = report.results
        told = {str(hop.span): hop.note for hop in result.trail}
        assert 'Terragrunt passes no "key"; "kye" is not an argument' in told[places[0]]


def test_inputs_of_what_leads_to_no_vault_are_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "m/main.tf": MODULE,
        "n/main.tf": 'variable "key" {}\nresource "aws_sns_topic" "t" {}\n',
        "v/terragrunt.hcl": 'terraform {\n  source = "../m"\n}\ninputs = { key = "k" }\n',
        "w/terragrunt.hcl": 'terraform {\n  source = "../n"\n}\ninputs = { kye = "k" }\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert not run(["."], Settings(cache=False)).warnings

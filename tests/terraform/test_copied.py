"""What Terragrunt's `exclude_from_copy` leaves out of a module and of a unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

BAD = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'
FIX = 'resource "aws_backup_vault" "v" {\n  kms_key_arn = aws_kms_key.k.arn\n}\n'
KEY = 'resource "aws_kms_key" "k" {}\n'
ASKING = (
    'variable "k" {}\nresource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.k\n}\n'
)
OVERRIDDEN = {"m/main.tf": KEY + BAD, "m/fix_override.tf": FIX}
INCLUDE = 'include {\n  path = "../common.hcl"\n}\n'


def unit(globs: str, source: str = "../m") -> str:
    excluded = f"  exclude_from_copy = {globs}\n" if globs else ""
    return f'terraform {{\n  source = "{source}"\n{excluded}}}\n'


@pytest.mark.parametrize(
    ("files", "reason", "errors"),
    [
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit("[]")}, None, 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit("null")}, None, 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["fix_override.tf"]')}, "missing", 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["./fix_*"]')}, "missing", 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["**/*_override.tf"]')}, "missing", 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["{fix,x}_override.tf"]')}, "missing", 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["fix_override.t"]')}, None, 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["{a"]')}, None, 1),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('[get_env("X")]')}, None, 1),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('split(",", get_env("X"))')}, None, 1),
        # Below the folder that is copied.
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["m/fix_override.tf"]', "..//m")}, "missing", 0),
        ({**OVERRIDDEN, "u/terragrunt.hcl": unit('["fix_override.tf"]', "..//m")}, None, 0),
        # Of the unit's own files.
        (
            {
                "m/main.tf": KEY + BAD,
                "u/fix_override.tf": FIX,
                "u/terragrunt.hcl": unit('["fix*"]'),
            },
            "missing",
            0,
        ),
        (
            {
                "m/main.tf": ASKING,
                "u/terraform.tfvars": 'k = "alias/mine"',
                "m/terraform.tfvars": 'k = "alias/aws/backup"',
                "u/terragrunt.hcl": unit('["u/*.tfvars"]', "..//m"),
            },
            "unresolved",
            0,
        ),
        (
            {
                "m/main.tf": ASKING,
                "u/terraform.tfvars": 'k = "alias/mine"',
                "m/terraform.tfvars": 'k = "alias/aws/backup"',
                "u/terragrunt.hcl": unit('["*.tfvars"]', "..//m"),
            },
            "aws-managed",
            0,
        ),
        (
            {
                "m/main.tf": ASKING,
                "m/terraform.tfvars": 'k = "alias/mine"',
                "u/terragrunt.hcl": unit('["*.tfvars"]') + 'inputs = { k = "alias/aws/ebs" }\n',
            },
            "aws-managed",
            0,
        ),
        # Of files that are included.
        (
            {
                **OVERRIDDEN,
                "u/terragrunt.hcl": INCLUDE + unit('["fix*"]'),
                "common.hcl": unit(""),
            },
            None,
            0,
        ),
        (
            {
                **OVERRIDDEN,
                "u/terragrunt.hcl": INCLUDE + unit(""),
                "common.hcl": unit('["fix*"]'),
            },
            "missing",
            0,
        ),
        (
            {
                **OVERRIDDEN,
                "u/terragrunt.hcl": INCLUDE.replace("}", '  merge_strategy = "deep"\n}')
                + unit('["fix*"]'),
                "common.hcl": unit('["x"]'),
            },
            "missing",
            0,
        ),
        # Of folders that are called, and of such that are not.
        (
            {
                "m/main.tf": KEY + BAD + 'module "s" {\n  source = "./s"\n}\n',
                "m/s/a.tf": "locals {}\n",
                "m/t/a.tf": "locals {}\n",
                "u/terragrunt.hcl": unit('["s/a.tf"]'),
            },
            "missing",
            1,
        ),
        (
            {
                "m/main.tf": KEY + BAD + 'module "s" {\n  source = "./s"\n}\n',
                "m/s/a.tf": "locals {}\n",
                "m/t/a.tf": "locals {}\n",
                "u/terragrunt.hcl": unit('["t/**"]'),
            },
            "missing",
            0,
        ),
    ],
)
def test_what_is_not_copied_does_not_count(
    files: dict[str, str],
    reason: str | None,
    errors: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in {**files, ".git/x": ""}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert [result.reason for result in report.results] == [reason]
    assert len(report.errors) == errors


ARGUMENTS = '  extra_arguments "a" {\n    commands = ["apply"]\n    %s\n  }\n'
MANAGED = 'k = "alias/aws/backup"'
MINE = 'k = "alias/mine"'


@pytest.mark.parametrize(
    "argument", ['arguments = ["-var-file=x.tfvars"]', 'required_var_files = ["x.tfvars"]']
)
@pytest.mark.parametrize(
    ("files", "excluded", "reason", "errors"),
    [
        ({"m/x.tfvars": MANAGED}, "[]", "aws-managed", 0),
        ({"u/x.tfvars": MANAGED}, "[]", "aws-managed", 0),
        ({"u/x.tfvars": MANAGED, "m/x.tfvars": MINE}, "[]", "aws-managed", 0),
        ({"u/x.tfvars": MINE, "m/x.tfvars": MANAGED}, '["u/x.tfvars", "x.tf*"]', "aws-managed", 0),
        ({}, "[]", "missing", 1),
    ],
)
def test_files_of_values_are_where_terraform_runs(
    argument: str,
    files: dict[str, str],
    excluded: str,
    reason: str,
    errors: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = unit(excluded, "..//m")[:-2] + ARGUMENTS % argument + "}\ninputs = { k = null }\n"
    files = {"m/main.tf": ASKING, "u/terragrunt.hcl": text, ".git/x": "", **files}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert [result.reason for result in report.results] == [reason]
    assert len(report.errors) == errors

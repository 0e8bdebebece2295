"""Parameters that no template takes, or that one refuses, are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings

VAULT = """\
Parameters:
  KmsKeyArn: {Type: String, Default: ''}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Code: {Type: String, Default: x, AllowedPattern: '[a-z]+', NoEcho: true}
Resources:
  V:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: v, EncryptionKeyArn: !Ref KmsKeyArn}
"""
NESTED = """\
Resources:
  S:
    Type: %s
    Properties:
      %s: v.yaml
      Parameters: %s
"""
REFUSED = "so CloudFormation refuses the stack"


def checked(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    given = ("p.json",) if "p.json" in files else ()
    return run(["."], Settings(cache=False, parameters=given))


@pytest.mark.parametrize(
    ("given", "warnings"),
    [
        ('{"KmsKeyArn": "x", "Stage": "prod", "Code": "abc"}', ()),
        ('{"AWS::Region": "eu-west-1"}', ()),
        (
            '{"KmsKyeArn": "x", "Other": 1}',
            (
                "p.json:1:15: no root template declares KmsKyeArn; did you mean KmsKeyArn?",
                "p.json:1:29: no root template declares Other",
            ),
        ),
        (
            '[{"ParameterKey": "Stage", "ParameterValue": "qa"}]',
            (f'p.json:1:46: parameter "Stage" of v.yaml refuses this value, {REFUSED}',),
        ),
        (
            '["Code=123"]',
            (f'p.json:1:2: parameter "Code" of v.yaml refuses this value, {REFUSED}',),
        ),
    ],
)
def test_a_file_of_parameters(
    given: str, warnings: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = checked({"v.yaml": VAULT, "p.json": given}, tmp_path, monkeypatch)
    assert report.warnings == warnings
    assert not report.errors


def test_a_file_of_parameters_may_serve_other_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "Parameters: {Other: {Type: String}}\nResources: {B: {Type: AWS::S3::Bucket}}\n"
    files = {"v.yaml": VAULT, "o.yaml": other, "p.json": '{"Other": 1}'}
    assert not checked(files, tmp_path, monkeypatch).warnings


def test_what_only_a_nested_template_declares_is_not_set_by_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = NESTED % ("AWS::CloudFormation::Stack", "TemplateURL", "{}")
    files = {"v.yaml": VAULT, "p.yaml": call, "p.json": '{"KmsKeyArn": 1}'}
    report = checked(files, tmp_path, monkeypatch)
    assert report.warnings == ("p.json:1:15: no root template declares KmsKeyArn",)


@pytest.mark.parametrize(
    ("type_", "location", "written", "column"),
    [
        ("AWS::CloudFormation::Stack", "TemplateURL", "{KmsKyeArn: x, Stage: dev}", 20),
        ("AWS::CloudFormation::Stack", "TemplateURL", "!If [A, {Stage: a}, {KmsKyeArn: x}]", 40),
        ("AWS::Serverless::Application", "Location", "{KmsKyeArn: x}", 20),
        (
            "AWS::CloudFormation::StackSet", "TemplateURL",
            "[{ParameterKey: KmsKyeArn, ParameterValue: x}]", 35,
        ),
    ],
)  # fmt: skip
def test_a_misspelt_parameter_of_a_nested_stack_is_told_once_and_led_to(
    type_: str,
    location: str,
    written: str,
    column: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = NESTED % (type_, location, written) + "Conditions: {A: !Equals [!Ref AWS::Region, x]}\n"
    report = checked({"v.yaml": VAULT, "p.yaml": call}, tmp_path, monkeypatch)
    assert report.warnings == (
        f"p.yaml:6:{column}: the template of S has no parameter KmsKyeArn, {REFUSED}; "
        "did you mean KmsKeyArn?",
    )
    (result,) = report.results
    hop = result.trail[1]
    assert str(hop.span) == f"p.yaml:6:{column}"
    assert hop.note == 'S passes no "KmsKeyArn"; "KmsKyeArn" is not a parameter of it'
    assert result.help.startswith("Write `KmsKeyArn` instead of `KmsKyeArn`: ")


def test_of_many_parameters_of_a_nested_stack_the_first_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = "{" + ", ".join(f"Parameter{at}x: a" for at in range(3_000)) + "}"
    declared = "".join(f"  Parameter{at}y: {{Type: String, Default: a}}\n" for at in range(3_000))
    files = {
        "v.yaml": VAULT.replace("Resources:\n", f"{declared}Resources:\n"),
        "p.yaml": NESTED % ("AWS::CloudFormation::Stack", "TemplateURL", passed),
    }
    warnings = checked(files, tmp_path, monkeypatch).warnings
    what = "the template of S has no parameter"
    assert len(warnings) == 11
    assert warnings[0] == f"p.yaml:6:20: {what} Parameter0x, {REFUSED}; did you mean Parameter0y?"
    assert warnings[-1].endswith(f": {what} for 2990 more names from here on, {REFUSED}")


def test_names_of_a_file_are_looked_for_in_other_templates_by_one_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"Parameter{at}" for at in range(5_000)]
    declared = "".join(f"  {name}: {{Type: String}}\n" for name in names)
    other = f"Parameters:\n{declared}Resources:\n  B: {{Type: AWS::S3::Bucket}}\n"
    words = "# " + "-".join(names) * 10 + "\n"
    given = "{" + ", ".join(f'"{name}": 1' for name in (*names, "Missing")) + "}"
    files = {"v.yaml": VAULT, "o.yaml": words + other, "p.json": given}
    (warning,) = checked(files, tmp_path, monkeypatch).warnings
    assert warning.endswith("no root template declares Missing")


def test_where_a_macro_may_declare_more_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = NESTED % ("AWS::CloudFormation::Stack", "TemplateURL", "{Other: x}")
    files = {"v.yaml": "Transform: Mine\n" + VAULT, "p.yaml": call}
    assert not checked(files, tmp_path, monkeypatch).warnings


STACK = (
    'resource "aws_cloudformation_stack" "s" {\n  name = "s"\n  template_body = file("v.yaml")\n'
    "  parameters = %s\n}\n"
)


@pytest.mark.parametrize(
    ("passed", "names"),
    [
        ('{ Stage = "dev" }', ()),
        ('merge({ KmsKyeArn = "x" }, { Stage = var.s })', ("KmsKyeArn",)),
        ('{ (var.s) = "x" }', ()),
        ("var.s", ()),
        ("null", ()),
    ],
)
def test_a_misspelt_parameter_of_a_stack_that_terraform_deploys(
    passed: str, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"v.yaml": VAULT, "main.tf": 'variable "s" {}\n' + STACK % passed}
    report = checked(files, tmp_path, monkeypatch)
    assert report.warnings == tuple(
        f"main.tf:5:16: the template of aws_cloudformation_stack.s has no parameter {name}, "
        f"{REFUSED}; did you mean KmsKeyArn?"
        for name in names
    )

"""The trail of a value that is composed: a hop for each definition that a part came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.language.hops import HOPS_LIMIT
from iac_check.pipeline import run
from iac_check.policy.result import Result
from iac_check.settings import Settings

TERRAFORM = """
variable "region" { default = "eu-west-1" }
variable "given" {}
data "aws_caller_identity" "c" {}
locals {
  account = "123456789012"
  prefix  = "alias/aws"
  path    = "x.yaml"
  file    = yamldecode(file("${path.module}/x.yaml"))
}
resource "aws_backup_vault" "v" {
  name        = "ops"
  kms_key_arn = KEY
}
"""
REGION = 'variable "region" defaults to "eu-west-1"'
READS = "read from x.yaml"

TEMPLATE = """Parameters:
  Alias: {Type: String, Default: aws/backup}
  Region: {Type: String, Default: eu-west-1}
Mappings:
  M: {a: {k: alias/aws}}
Resources:
  V:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: ops, EncryptionKeyArn: KEY}
"""
ALIAS = 'parameter "Alias" defaults to "aws/backup"'


def judged(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    return result


def notes(result: Result) -> list[str]:
    return [hop.note for hop in result.trail[1:]]


@pytest.mark.parametrize(
    ("key", "hops", "blame"),
    [
        (
            '"arn:aws:kms:${var.region}:${local.account}:alias/aws/backup"',
            [REGION, "local.account"],
            "",
        ),
        ('"${local.prefix}/backup"', ["local.prefix"], " (local.prefix in main.tf:7)"),
        (
            'join(":", ["arn:aws:kms", var.region, local.account, "alias/aws/backup"])',
            [REGION, "local.account"],
            "",
        ),
        (
            '"arn:aws:kms:${var.given}:${local.account}:${local.prefix}/backup"',
            ["local.account", "local.prefix"],
            " (local.prefix in main.tf:7)",
        ),
        (
            'jsondecode("{\\"k\\": \\"${local.prefix}/backup\\"}").k',
            ["local.prefix"],
            " (local.prefix in main.tf:7)",
        ),
        ("local.file.key", ["local.file", READS], f" ({READS} in main.tf:9)"),
        ('yamldecode(file("x.yaml")).list[0].key', [READS], f" ({READS} in main.tf:13)"),
        ('trimspace(file("x.txt"))', ["read from x.txt"], " (read from x.txt in main.tf:13)"),
        (
            'templatefile("t.tpl", { p = local.prefix, r = var.region })',
            ["it leads to this", "local.prefix"],
            " (local.prefix in main.tf:7)",
        ),
    ],
)
def test_terraform(
    key: str,
    hops: list[str],
    blame: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = {
        "main.tf": TERRAFORM.replace("KEY", key),
        "x.yaml": "list: [{key: alias/aws/backup}]\nkey: alias/aws/backup\n",
        "x.txt": "alias/aws/backup\n",
        "t.tpl": "${p}/backup",
    }
    result = judged(files, tmp_path, monkeypatch)
    assert notes(result) == hops
    assert result.message.endswith(f"the AWS managed key alias/aws/backup{blame}")


def test_a_value_of_a_file_is_told_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = TERRAFORM.replace("KEY", '"arn:aws:kms:${var.region}:${local.account}:key/1"')
    result = judged({"main.tf": main, "a.auto.tfvars": 'region = "x"'}, tmp_path, monkeypatch)
    assert [hop.span.source.path for hop in result.trail[1:]] == ["a.auto.tfvars", "main.tf"]
    assert (result.reason, result.cause) == ("unresolved", "external")


def test_a_sensitive_name_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = 'yamldecode(file(sensitive("x.yaml"))).key'
    files = {"main.tf": TERRAFORM.replace("KEY", key), "x.yaml": "key: alias/aws/backup"}
    result = judged(files, tmp_path, monkeypatch)
    assert notes(result) == ["read from a file"]
    (tmp_path / "main.tf").unlink()
    hidden = "Parameters:\n  Name: {Type: String, NoEcho: true, Default: M}\n"
    text = TEMPLATE.replace("Parameters:\n", hidden)
    text = text.replace("KEY", '!Sub ["${p}/backup", {p: !FindInMap [!Ref Name, a, k]}]')
    result = judged({"t.yaml": text}, tmp_path, monkeypatch)
    assert 'mapping "M"' not in notes(result)


def test_parts_that_only_a_world_knows_have_no_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = '"${var.given}-${local.account}" == "x-123456789012" ? "alias/aws/backup" : null'
    result = judged({"main.tf": TERRAFORM.replace("KEY", key)}, tmp_path, monkeypatch)
    assert "local.account" not in notes(result)


def test_the_parts_that_are_told_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 40
    names = "".join(f'  p{at} = "x"\n' for at in range(count))
    composed = "".join(f"${{local.p{at}}}" for at in range(count))
    chain = "".join(f'  c{at} = "${{local.c{at - 1}}}x${{local.p{at}}}"\n' for at in range(1, 30))
    text = f'locals {{\n{names}  c0 = "{composed}"\n{chain}}}\n'
    result = judged(
        {"main.tf": text + TERRAFORM.replace("KEY", "local.c29")}, tmp_path, monkeypatch
    )
    assert HOPS_LIMIT < len(result.trail) <= 2 * HOPS_LIMIT + 2


@pytest.mark.parametrize(
    ("key", "hops", "blame"),
    [
        ('!Sub "alias/${Alias}"', [ALIAS], f" ({ALIAS} in t.yaml:2)"),
        ('!Join ["/", [alias, !Ref Alias]]', [ALIAS], f" ({ALIAS} in t.yaml:2)"),
        (
            '!Sub ["${p}/backup", {p: !FindInMap [M, a, k]}]',
            ['mapping "M"'],
            ' (mapping "M" in t.yaml:5)',
        ),
        (
            '!Join ["/", [!FindInMap [M, a, k], backup]]',
            ['mapping "M"'],
            ' (mapping "M" in t.yaml:5)',
        ),
        (
            '!Sub "arn:aws:kms:${Region}:${AWS::AccountId}:alias/${Alias}"',
            [ALIAS],
            f" ({ALIAS} in t.yaml:2)",
        ),
        (
            '!Sub "arn:aws:kms:${Region}:1:alias/aws/backup"',
            ['parameter "Region" defaults to "eu-west-1"'],
            "",
        ),
    ],
)
def test_cloudformation(
    key: str, hops: list[str], blame: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = judged({"t.yaml": TEMPLATE.replace("KEY", key)}, tmp_path, monkeypatch)
    assert notes(result) == hops
    assert result.message.endswith(f"the AWS managed key alias/aws/backup{blame}")


PICKED = """
variable "mode" { default = "a" }
variable "open" {}
resource "aws_kms_key" "k" {}
locals {
  keys = { a = "alias/aws/backup", b = aws_kms_key.k.arn }
}
"""
MODE = 'var.mode: variable "mode" defaults to "a"'


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("local.keys[var.mode]", [MODE, "local.keys", "this part of it is used"]),
        ("lookup(local.keys, var.mode, null)", [MODE, "it leads to this"]),
        ('local.keys["a"]', ["local.keys", "this part of it is used"]),
    ],
)
def test_what_decided_which_element_it_is_is_told(
    key: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
    assert notes(judged({"main.tf": PICKED + vault}, tmp_path, monkeypatch)) == told


def test_what_decided_which_member_of_a_mapping_it_is_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEMPLATE.replace("KEY", "!FindInMap [M, !Ref Which, k]")
    text = text.replace("Parameters:\n", "Parameters:\n  Which: {Type: String, Default: a}\n")
    text = text.replace("alias/aws}", "alias/aws/backup}")
    result = judged({"t.yaml": text}, tmp_path, monkeypatch)
    assert notes(result) == ['!Ref Which: parameter "Which" defaults to "a"', 'mapping "M"']


ALLOWED = """Parameters:
  Alias:
    Type: String
    AllowedValues:
      - aws/backup
      - aws/s3
  Key:
    Type: String
    AllowedValues: [alias/mine, alias/aws/ebs]
  Keys:
    Type: CommaDelimitedList
    AllowedValues: [alias/aws/rds]
"""


@pytest.mark.parametrize(
    ("key", "line", "told"),
    [
        ("!Ref Key", 9, "alias/aws/ebs (one of the AllowedValues of Key in t.yaml:9)"),
        (
            '!Sub "alias/${Alias}"',
            5,
            "alias/aws/backup (one of the AllowedValues of Alias in t.yaml:5); "
            "in another case: alias/aws/s3",
        ),
        (
            "!Select [1, !Ref Keys]",
            12,
            "alias/aws/rds (one of the AllowedValues of Keys in t.yaml:12)",
        ),
    ],
)
def test_a_value_that_may_be_chosen_is_told_as_one_of_them(
    key: str, line: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
    text = f"{ALLOWED}{vault}      EncryptionKeyArn: {key}\n"
    result = judged({"t.yaml": text}, tmp_path, monkeypatch)
    assert result.reason == "aws-managed"
    assert result.trail[-1].span.line == line
    assert told in result.message


COUNTED = """
variable "make" { default = false }
resource "aws_kms_key" "k" { count = var.make ? 1 : 0 }
locals { others = ["", "alias/aws/backup"] }
"""
MAKES = 'var.make is false: variable "make" defaults to false'
COUNT = ["count of aws_kms_key.k", MAKES]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('concat(aws_kms_key.k[*].arn, ["alias/aws/backup"])[0]', COUNT),
        ('element(concat(aws_kms_key.k.*.arn, ["alias/aws/backup"]), 0)', COUNT),
        ('coalescelist(aws_kms_key.k[*].arn, ["alias/aws/backup"])[0]', COUNT),
        ('coalesce(concat(aws_kms_key.k[*].arn, ["alias/aws/backup"])...)', COUNT),
        ('coalesce(one(aws_kms_key.k[*].arn), "alias/aws/backup")', COUNT),
        ("element(local.others, 1)", ["local.others"]),
        ('concat(["alias/aws/backup"], aws_kms_key.k[*].arn)[0]', []),
    ],
)
def test_why_there_is_no_key_before_what_is_taken_is_told(
    key: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
    *found, _ = notes(judged({"main.tf": COUNTED + vault}, tmp_path, monkeypatch))
    assert found == told


EXPORTED = """Parameters: {Make: {Type: String, Default: "no"}}
Conditions: {Makes: !Equals [!Ref Make, "yes"]}
Resources: {K: {Type: AWS::KMS::Key}}
Outputs: {O: {Condition: Makes, Value: !GetAtt K.Arn, Export: {Name: key}}}
"""
NESTING = """Parameters: {Make: {Type: String, Default: "no"}}
Conditions: {Makes: !Equals [!Ref Make, "yes"]}
Resources:
  S: {Type: AWS::CloudFormation::Stack, Condition: Makes, Properties: {TemplateURL: x.yaml}}
  V:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: ops, EncryptionKeyArn: !GetAtt S.Outputs.O}
"""
NO = 'parameter "Make" defaults to "no"'


def test_what_switched_off_an_export_or_a_stack_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = TEMPLATE.replace("KEY", "!ImportValue key")
    result = judged({"x.yaml": EXPORTED, "t.yaml": importing}, tmp_path, monkeypatch)
    assert notes(result) == ['x.yaml has no output "O" under this condition', NO]
    result = judged({"t.yaml": NESTING}, tmp_path, monkeypatch)
    assert notes(result) == ["S is not created under this condition", NO]


@pytest.mark.parametrize("given", ["!Ref AWS::NoValue", '!If [Not, x, !Ref "AWS::NoValue"]'])
def test_that_a_parameter_is_passed_as_nothing_is_told(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = (
        "Conditions: {Not: !Equals [a, b]}\n"
        "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
        f"    Properties:\n      TemplateURL: t.yaml\n      Parameters:\n        Alias: {given}\n"
    )
    nested = TEMPLATE.replace("KEY", '!Sub "alias/${Alias}"')
    result = judged({"a.yaml": caller, "t.yaml": nested}, tmp_path, monkeypatch)
    assert notes(result) == ["passed by S: AWS::NoValue leaves it to its default", ALIAS]

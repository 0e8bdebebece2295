"""What a finding says of how we know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iac_check.cli import main
from iac_check.pipeline import run
from iac_check.settings import Settings

TERRAFORM = """\
variable "env" {
  default = %s
}
resource "aws_kms_key" "k" {}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = %s ? aws_kms_key.k.arn : null
}
"""
TEMPLATE = """\
Parameters:
  Env: {Type: String, Default: dev}
Conditions:
  IsProd: !Not [!Not [!Equals [!Ref Env, prod]]]
Resources:
  K: {Type: AWS::KMS::Key}
  V:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: v
      EncryptionKeyArn: !If [IsProd, !GetAtt K.Arn, !Ref AWS::NoValue]
"""


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        (
            "main.tf",
            TERRAFORM % ('"dev"', 'var.env == "prod"'),
            'var.env == "prod" is false: variable "env" defaults to "dev"',
        ),
        (
            "main.tf",
            TERRAFORM % ("true", "!var.env"),
            '!var.env is false: variable "env" defaults to true',
        ),
        (
            "main.tf",
            TERRAFORM
            % ('"dev"', 'var.env == "a-name-that-is-much-longer-than-anybody-would-quote"'),
            'the condition is false: variable "env" defaults to "dev"',
        ),
        ("t.yaml", TEMPLATE, 'IsProd is false: parameter "Env" defaults to "dev"'),
    ],
)
def test_a_condition_that_a_default_decides(
    name: str, text: str, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "missing"
    assert result.when is None
    assert [hop.note for hop in result.trail][1] == note
    assert note in result.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", TERRAFORM % ("true", "true && ")),
        ("main.tf", TERRAFORM % ("true", "[= 1][0]")),
    ],
)
def test_what_cannot_be_read_is_told_once(
    name: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    for format_ in ("text", "concise", "github", "gitlab", "markdown"):
        assert main(["--no-config", "--no-cache", "--format", format_, "."]) == 2
        told = capsys.readouterr().out
        assert "Simplify" not in told
        assert "BACKUP001" not in told
        assert name in told
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.status, result.cause) == ("fail", "unsupported")
    assert result.help.startswith("Correct what the error says")


def test_what_another_file_breaks_is_told_of_the_vault_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = local.key\n}\n'
    )
    (tmp_path / "locals.tf").write_text("locals {\n  key = 1 +\n}\n")
    monkeypatch.chdir(tmp_path)
    assert main(["--no-config", "--no-cache", "."]) == 2
    told = capsys.readouterr().out
    assert "= help: Correct what the error says" in told
    assert "error: locals.tf:2:" in told


def test_a_condition_without_a_definition_needs_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM % ('"dev"', "1 == 2"))
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert [hop.note for hop in result.trail] == ["the vault's key", "this part of it is used"]


def test_a_cause_in_another_file_is_not_placed_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "env" {\n  default = "dev"\n}\nresource "aws_kms_key" "k" {}\n'
        'module "m" {\n  source = "./m"\n'
        '  key = var.env == "prod" ? aws_kms_key.k.arn : null\n}\n'
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(
        'variable "key" {}\nresource "aws_backup_vault" "v" {\n'
        '  name        = "v"\n  kms_key_arn = var.key != null ? var.key : null\n}\n'
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.message.endswith('variable "env" defaults to "dev" in main.tf:2)')


@pytest.mark.parametrize(
    ("name", "text", "when"),
    [
        (
            "main.tf",
            TERRAFORM.replace("  default = %s\n", "") % 'var.env == "prod"',
            'var.env != "prod"',
        ),
        ("main.tf", TERRAFORM.replace("  default = %s\n", "") % "!var.env", "var.env"),
        ("t.yaml", TEMPLATE.replace(", Default: dev", ""), 'Env != "prod"'),
        (
            "t.yaml",
            TEMPLATE.replace("Default: dev", "AllowedValues: [dev, prod]"),
            'Env != "prod"',
        ),
        (
            "t.yaml",
            TEMPLATE.replace(", Default: dev", "").replace("[!Ref Env, prod]", '[!Ref Env, ""]'),
            'Env != ""',
        ),
    ],
)
def test_an_assumed_condition_is_not_told_as_a_decided_one(
    name: str, text: str, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "missing"
    assert result.when == when
    assert "because variable" not in result.message
    assert "because parameter" not in result.message
    assert not [hop for hop in result.trail if "neither a value" in hop.note]


CONDITIONAL = """\
Parameters:
  Env: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  K: {Type: AWS::KMS::Key, Condition: IsProd}
  V:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: v
      EncryptionKeyArn: %s
"""
LOCAL = """\
variable "env" {}
locals {

  is_prod = var.env == "prod"
}
resource "aws_kms_key" "k" {}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = local.is_prod ? aws_kms_key.k.arn : null
}
"""


@pytest.mark.parametrize(
    ("name", "text", "message", "note"),
    [
        (
            "t.yaml",
            CONDITIONAL % "!If [IsProd, !GetAtt K.Arn, !Ref AWS::NoValue]",
            "because its key is AWS::NoValue",
            "where IsProd is false",
        ),
        ("t.yaml", CONDITIONAL % "!GetAtt K.Arn", "K is not created", "condition IsProd"),
        ("main.tf", LOCAL, "because its key is null", "where local.is_prod is false"),
    ],
)
def test_the_trail_leads_to_the_condition_that_a_world_depends_on(
    name: str,
    text: str,
    message: str,
    note: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.message.endswith(message)
    assert (4, note) in [(hop.span.line, hop.note) for hop in result.trail]


def test_a_key_that_is_assumed_empty_is_not_blamed_on_a_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "key" {}\nresource "aws_backup_vault" "v" {\n  name        = "v"\n'
        '  kms_key_arn = var.key == "" ? null : var.key\n}\n'
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.reason, result.when) == ("missing", 'var.key == ""')
    assert " is true: " not in result.message


MODULE = """\
variable "create" {
  default = true
}
resource "aws_kms_key" "k" {
  count = var.create ? 1 : 0
}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = %s
}
"""


@pytest.mark.parametrize(
    ("key", "counted"),
    [
        ("var.create ? aws_kms_key.k[0].arn : null", False),
        ("one(aws_kms_key.k[*].arn)", True),
        ('join("", aws_kms_key.k[*].arn)', True),
        ("try(aws_kms_key.k[0].arn, null)", True),
        ("length(aws_kms_key.k) > 0 ? aws_kms_key.k[0].arn : null", True),
        ("one([for k in aws_kms_key.k : k.arn])", True),
        ("can(aws_kms_key.k[0].arn) ? aws_kms_key.k[0].arn : null", True),
        ("aws_kms_key.k[0].arn", True),
    ],
)
def test_the_caller_that_decides_is_told(
    key: str, counted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(MODULE % key)
    call = 'locals {\n  own = false\n}\nmodule "m" {\n  source = "./m"\n  create = local.own\n}\n'
    (tmp_path / "main.tf").write_text(call)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    told = {
        (hop.span.source.path, hop.span.line, hop.note.rpartition(": ")[2]) for hop in result.trail
    }
    assert {("main.tf", 6, "passed by module.m"), ("main.tf", 2, "local.own")} <= told
    notes = [hop.note for hop in result.trail]
    assert any(note.endswith("count of aws_kms_key.k") for note in notes) is counted
    assert result.help.startswith("Declare a") is False
    if result.reason == "missing":
        assert result.message.endswith(": local.own in main.tf:2)")


def test_an_assumption_is_no_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "on" {\n  type = bool\n}\nlocals {\n  info = {\n    on = var.on\n  }\n}\n'
        'resource "aws_kms_key" "k" {}\nresource "aws_backup_vault" "v" {\n  name = "v"\n'
        "  kms_key_arn = local.info.on ? aws_kms_key.k.arn : null\n}\n"
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.when == "!var.on"
    assert result.message.endswith("because its key is null")


def test_worlds_that_are_as_bad_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "on" {\n  type = bool\n}\nresource "aws_backup_vault" "v" {\n  name = "v"\n'
        '  kms_key_arn = var.on ? "alias/a" : "alias/b"\n}\n'
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.when is None
    assert result.message.count("is not declared by the scanned code") == 2
    assert "alias/a" in result.message
    assert "; in another case: the alias alias/" in result.message


@pytest.mark.parametrize(
    ("key", "help"),
    [
        ("aws_kms_key.nope.arn", "Correct the name"),
        ("var.nope", "Correct the name"),
        ("[aws_kms_key.k.arn][3]", "Correct the name"),
        ('coalesce("", null)', "Correct the expression"),
        ('jsondecode("{")', "Correct the expression"),
    ],
)
def test_help_for_what_is_refused(
    key: str, help: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_kms_key" "k" {}\nresource "aws_backup_vault" "v" {\n  name = "v"\n'
        f"  kms_key_arn = {key}\n}}\n"
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.reason, result.cause) == ("unresolved", "undeclared")
    assert result.help.startswith(help)


def test_what_is_not_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text('module "x" {\n  source = "./gone"\n}\n')
    (tmp_path / "cfn").mkdir()
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3/b/cfn/%s'}}"
    (tmp_path / "p.yaml").write_text(
        f"Resources:\n  A: {nested % 'v.yaml'}\n  B: {nested % 'w.yaml'}\n"
    )
    (tmp_path / "cfn/v.yaml").write_text("Resources: {V: {Type: AWS::Backup::BackupVault}}\n")
    monkeypatch.chdir(tmp_path)
    assert main(["."]) == 1
    w = "https://s3/b/cfn/w.yaml\n"
    told = "3 modules or nested stacks not on disk, so what they declare is not checked: "
    assert f"note: {told}./gone, https://s3/b/cfn/v.yaml, {w}" in capsys.readouterr().err


def test_what_is_not_created_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(
        'variable "on" {\n  default = false\n}\nresource "aws_backup_vault" "v" {\n'
        '  count = var.on ? 1 : 0\n  name  = "v"\n}\n'
    )
    (tmp_path / "main.tf").write_text(
        'module "m" {\n  source = "./m"\n}\nmodule "none" {\n  source = "./m"\n  count = 0\n}\n'
    )
    vault = "{Condition: N, Type: AWS::Backup::BackupVault}"
    never = f"Conditions: {{N: !Equals [a, b]}}\nResources: {{V: {vault}}}"
    (tmp_path / "t.yaml").write_text(never)
    monkeypatch.chdir(tmp_path)
    assert main(["."]) == 0
    told = (
        "3 declarations of vaults, or calls of modules with one, are not created with the values "
    )
    assert (
        f"note: {told}here, so not judged: m/main.tf:4, main.tf:4, t.yaml:2\n"
        in capsys.readouterr().err
    )
    assert main(["--var", "on=true", "m"]) == 1
    assert "not created" not in capsys.readouterr().err


def test_a_nested_stack_that_passes_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c.yaml%s}}"
    passes = stack % ", Parameters: {Key: alias/aws/backup}"
    (tmp_path / "p.yaml").write_text(f"Resources:\n  Bad: {stack % ''}\n  Other: {passes}\n")
    (tmp_path / "c.yaml").write_text(
        "Parameters: {Key: {Type: String, Default: ''}}\nResources:\n  V:\n"
        "    Type: AWS::Backup::BackupVault\n    Properties: {EncryptionKeyArn: !Ref Key}\n"
    )
    monkeypatch.chdir(tmp_path)
    bad, other = run(["."], Settings(cache=False)).results
    told = [(str(hop.span), hop.note) for hop in bad.trail]
    assert ("p.yaml:2:3", 'Bad passes no "Key"') in told
    assert not any("passes no" in hop.note for hop in other.trail)


@pytest.mark.parametrize(
    ("name", "text", "notes"),
    [
        (
            "main.tf",
            TERRAFORM % ('"dev"', 'var.env == "prod"'),
            ["the vault's key", 'var.env == "prod" is false: …', "so this is used"],
        ),
        (
            "t.yaml",
            TEMPLATE.replace(
                "!If [IsProd, !GetAtt K.Arn, !Ref AWS::NoValue]", "!FindInMap [M, a, b]"
            )
            + "Mappings: {M: {a: {b: alias/aws/backup}}}\n",
            ["the vault's key", 'mapping "M"'],
        ),
    ],
)
def test_every_hop_says_what_it_is(
    name: str, text: str, notes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    found = [re.sub(": .*", ": …", hop.note) for hop in result.trail]
    assert found == notes


@pytest.mark.parametrize(
    ("name", "text", "address"),
    [
        ("a.yaml", "{TemplateURL: 's3://b/%s.yaml'}", "s3://b/x.yaml"),
        ("a.yaml", "{TemplateURL: s3://b/%s.yaml}", "s3://b/x.yaml"),
        ("a.yaml", "{TemplateURL: !Sub 's3://${B}'}", "s3://${B}"),
        ("a.yaml", "\n      TemplateURL: !Sub s3://${B}/a,{b}.yaml", "s3://${B}/a,{b}.yaml"),
        ("a.yaml", "{TemplateURL: {'Fn::Sub': 'https://x/${B}/y'}}", "https://x/${B}/y"),
        ("a.yaml", "\n      TemplateURL:\n        Fn::Sub: https://x/${B}/y", "https://x/${B}/y"),
        ("main.tf", '"git::https://x/repo//z?ref=v1"', "git::https://x/repo//z?ref=v1"),
        ("main.tf", '"git::https://x/${var.y}//z"', "git::https://x/${var.y}//z"),
        ("main.tf", '"git::https://x/${var.y["k"]}//z"', 'git::https://x/${var.y["k"]}//z'),
        ("terragrunt.hcl", '"git::https://x/repo//z"', "git::https://x/repo//z"),
        ("terragrunt.hcl", '"git::https://x/${get_env("R")}//z"',
         'git::https://x/${get_env("R")}//z'),
    ],
)  # fmt: skip
def test_an_address_is_told_as_it_is_written(
    name: str, text: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(
        {
            "a.yaml": f"Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
            f"    Properties: {text.replace('%s', 'x')}\n",
            "main.tf": f'variable "y" {{}}\nmodule "a" {{\n  source = {text}\n}}\n',
            "terragrunt.hcl": f"terraform {{\n  source = {text}\n}}\n",
        }[name]
    )
    assert run(["."], Settings(cache=False)).unread == (address,)


def test_a_source_that_may_be_a_path_is_not_told_as_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    (tmp_path / "main.tf").write_text(
        'variable "m" {\n  default = "m"\n}\nmodule "a" {\n  source = "./${var.m}"\n}\n'
    )
    report = run(["."], Settings(cache=False))
    assert report.unread == ()
    assert len(report.results) == 1


def test_a_name_that_is_not_declared_comes_with_what_was_meant(tmp_path: Path) -> None:
    declared = 'resource "aws_kms_key" "backup" {}\nlocals {\n  keys = { prod = "x" }\n}\n'
    for key, told in (
        ("aws_kms_key.bakcup.arn", 'aws_kms_key.bakcup is not declared; did you mean "backup"?'),
        ('local.keys["prd"]', 'there is no element "prd"; did you mean "prod"?'),
        ("local.other", 'local "other" is not declared'),
        ('sensitive({ prod = "x" })[sensitive("prd")]', 'there is no element "…"'),
    ):
        vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
        (tmp_path / "main.tf").write_text(declared + vault)
        (result,) = run([str(tmp_path)], Settings(cache=False)).results
        assert result.message.endswith(f"in this code: {told}"), key


@pytest.mark.parametrize("key", ["aws_kms_key.k.arn", "$${var.key}", "Key.Arn", "!Ref Key"])
def test_a_reference_in_quotes_is_told(key: str, tmp_path: Path) -> None:
    text = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = "{key}"\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    assert "reads like a reference" in result.message
    assert result.help.startswith("Write the reference without quotes")
    assert (result.reason, result.cause) == ("unresolved", "external")

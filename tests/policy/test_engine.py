"""Results: messages that name what is to blame, worlds in the code's own words, no secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iac_check.graph import Resource
from iac_check.language.value import Secret, Value
from iac_check.pipeline import run
from iac_check.policy.predicates import PREDICATES, Surroundings
from iac_check.policy.result import Result
from iac_check.policy.verdict import Verdict
from iac_check.policy.wording import when, words
from iac_check.settings import Settings

PRELUDE = """
variable "env" {}
variable "flag" { type = bool }
variable "null" { default = null }
variable "secret" {
  sensitive = true
  default   = "alias/aws/hunter2"
}
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "maybe" {
  count = var.flag ? 1 : 0
}
resource "aws_kms_key" "each" {
  for_each = toset(["$${a}", "b"])
}
"""


def judged(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Result:
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "ops"\n  kms_key_arn = {key}\n}}\n'
    (tmp_path / "main.tf").write_text(PRELUDE + vault)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False, **settings)).results  # type: ignore[arg-type]
    return result


def _negations(levels: int) -> str:
    lines = "".join(f"  C{n}: !Not [!Condition C{n + 1}]\n" for n in range(levels))
    return f"Conditions:\n{lines}  C{levels}: !Equals [a, a]\n"


def test_what_depends_on_a_long_chain_is_unresolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vaults = """Resources:
  K: {Type: AWS::KMS::Key}
  Exists:
    Type: AWS::Backup::BackupVault
    Condition: C0
    Properties: {BackupVaultName: exists, EncryptionKeyArn: !GetAtt K.Arn}
  Named:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: !If [C0, a, b], EncryptionKeyArn: !GetAtt K.Arn}
  Other:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: other}
"""
    (tmp_path / "t.yaml").write_text(_negations(3_000) + vaults)
    monkeypatch.chdir(tmp_path)
    results = run(["."], Settings(cache=False)).results
    told = {result.address: (result.reason, result.cause) for result in results}
    assert told == {
        "Exists": ("unresolved", "unsupported"),
        "Named": (None, None),
        "Other": ("missing", None),
    }


def test_a_vault_with_a_hidden_name_may_be_the_one_of_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.yaml").write_text("""
Parameters: {N: {Type: String, NoEcho: true, Default: Default}}
Resources: {V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: !Ref N}}}
""")
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.status, result.resource_name) == ("pass", None)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("null", 'backup vault "ops" falls back to the AWS managed key aws/backup, because its '
                 "key is null"),
        ("var.null", 'because its key is null (variable "null" defaults to null in main.tf:4)'),
        ('"alias/aws/backup"', "is encrypted with the AWS managed key alias/aws/backup"),
        ("aws_kms_key.k.arn", 'backup vault "ops": aws_kms_key.k is a customer managed key'),
        ("aws_kms_key.no.arn", "aws_kms_key.no is not declared"),
        ("aws_kms_key.maybe.arn", 'aws_kms_key.maybe has count, and no "arn": an instance is read '
                                  "as aws_kms_key.maybe[0]"),
        ("aws_kms_key.each.arn", 'aws_kms_key.each["arn"] is not declared: aws_kms_key.each has '
                                 'for_each, and an instance is read as aws_kms_key.each["$${a}"]'),
        ('["a"].x', 'a list has no element "x": they are numbered'),
    ],
)  # fmt: skip
def test_messages(key: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert message in judged(key, tmp_path, monkeypatch).message


@pytest.mark.parametrize(
    ("key", "world"),
    [
        ('var.env == "prod" ? aws_kms_key.k.arn : null', 'var.env != "prod"'),
        ('var.env != "prod" ? aws_kms_key.k.arn : null', 'var.env == "prod"'),
        ("one(aws_kms_key.maybe[*].arn)", "!var.flag"),
        (
            'contains([for i in range(99) : "e${i}"], var.env) ? null : aws_kms_key.k.arn',
            'contains(["e0", "e1", "e2", "e3", … 95 more], var.env)',
        ),
        ('var.env != null && var.env == "" ? null : aws_kms_key.k.arn', 'var.env == ""'),
        ('startswith(var.env, "p") ? null : aws_kms_key.k.arn', 'startswith(var.env, "p")'),
        ("var.env.size > 3 ? null : aws_kms_key.k.arn", "var.env.size > 3"),
        (
            'var.flag && var.env == "x" ? null : aws_kms_key.k.arn',
            'var.env == "x" and var.flag',
        ),
        ('var.flag || var.env == "x" ? null : null', None),
        ("aws_kms_key.k.arn", None),
    ],
)
def test_worlds_are_told_in_the_codes_own_words(
    key: str, world: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judged(key, tmp_path, monkeypatch).when == world


def test_sensitive_values_are_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("var.secret", "var.env == var.secret ? null : null", "{ a = 1 }[var.secret]"):
        result = judged(key, tmp_path, monkeypatch)
        assert "hunter2" not in result.message + (result.when or "")
    result = judged("var.env == var.secret ? null : aws_kms_key.k.arn", tmp_path, monkeypatch)
    assert result.when == "var.env == (a sensitive value)"
    assert "hunter" not in words(("text", ("literal", "str", Secret("hunter2"))))


def test_the_trail_begins_at_the_finding_and_ends_where_it_was_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = judged("var.null", tmp_path, monkeypatch)
    assert [hop.span.text for hop in result.trail] == ["var.null", "null"]
    assert result.trail[0].span == result.span


def test_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = {"BACKUP001": {"unresolved": "warning", "unresolved.cycle": "off"}}
    result = judged('"alias/x"', tmp_path, monkeypatch, levels=levels)
    assert (result.status, result.level) == ("fail", "warning")
    assert judged("null", tmp_path, monkeypatch, levels=levels).level == "error"


def test_the_fingerprint_tells_reasons_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    null = judged("null", tmp_path, monkeypatch)
    managed = judged('"alias/aws/backup"', tmp_path, monkeypatch)
    assert len(null.fingerprint) == 64
    assert null.fingerprint == judged("\n  null"[3:], tmp_path, monkeypatch).fingerprint
    assert null.fingerprint != managed.fingerprint


def test_an_empty_world_says_nothing() -> None:
    assert when({}) is None


@pytest.mark.parametrize(
    ("path", "text", "note"),
    [
        (
            "main.tf",
            'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_id = aws_kms_key.k.arn\n}\n'
            'resource "aws_kms_key" "k" {}\n',
            '"kms_key_id" is not an argument of aws_backup_vault; did you mean kms_key_arn?',
        ),
        (
            "t.yaml",
            "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
            "    Properties: {BackupVaultName: v, EncryptionKeyARN: x}\n",
            '"EncryptionKeyARN" is not an argument of AWS::Backup::BackupVault; '
            "did you mean EncryptionKeyArn?",
        ),
        (
            "main.tf",
            'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arm = "x"\n}\n',
            '"kms_key_arm" is not an argument of aws_backup_vault; did you mean kms_key_arn?',
        ),
        (
            "t.yaml",
            "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
            "    Properties: {BackupVaultName: v, EncryptKeyArn: x}\n",
            '"EncryptKeyArn" is not an argument of AWS::Backup::BackupVault; '
            "did you mean EncryptionKeyArn?",
        ),
        (
            "t.yaml",
            "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    DependsOn: []\n"
            "    Propertys: {BackupVaultName: v, EncryptionKeyArn: x}\n",
            '"Propertys" is not an attribute of a resource; did you mean Properties?',
        ),
        (
            "t.yaml",
            "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
            "    Properties: {BackupVaultName: v}\n    EncryptionKeyArn: x\n",
            '"EncryptionKeyArn" is not an attribute of a resource',
        ),
    ],
)
def test_an_argument_by_another_name_is_pointed_at(
    path: str, text: str, note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "missing"
    assert [hop.note for hop in result.notes] == [note]
    what, _, write = note.partition("; did you mean ")
    assert result.message.endswith(f"no key is given: {what}")
    wrong = what.split('"')[1]
    right = f"`{write[:-1]}` instead of `{wrong}`" if write else f"`{wrong}` under `Properties`"
    assert result.help.startswith(f"Write {right}: Terraform and CloudFormation refuse")


def test_what_is_not_foreseen_is_an_error_of_its_vault_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = PREDICATES["customer_managed_key"]

    def broken(value: Value | None, vault: Resource, around: Surroundings) -> Verdict:
        if vault.address.endswith(".bad"):
            raise IndexError("tuple index out of range")
        return judge(value, vault, around)

    monkeypatch.setitem(PREDICATES, "customer_managed_key", broken)  # type: ignore[misc]
    monkeypatch.delenv("IAC_CHECK_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
    vaults = (
        f'resource "aws_backup_vault" "{name}" {{\n  name = "v"\n}}\n' for name in ("bad", "v")
    )
    (tmp_path / "main.tf").write_text("".join(vaults))
    report = run(["."], Settings(cache=False))
    assert [result.address for result in report.results] == ["aws_backup_vault.v"]
    (error,) = report.errors
    assert (error.path, error.line) == ("main.tf", 1)
    assert "internal error, so it is not judged: IndexError" in error.message
    monkeypatch.setenv("IAC_CHECK_DEBUG", "1")
    with pytest.raises(IndexError):
        run(["."], Settings(cache=False))


def test_what_nobody_foresaw_in_a_root_is_an_error_of_that_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iac_check.terraform.module import ModuleInstance

    keys = ModuleInstance.resource_keys

    def broken(self: ModuleInstance, key: Any) -> Any:
        if self.root == "bad":
            raise IndexError
        return keys(self, key)

    monkeypatch.setattr(ModuleInstance, "resource_keys", broken)
    monkeypatch.delenv("IAC_CHECK_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
    for folder in ("bad", "good"):
        (tmp_path / folder).mkdir()
        vault = 'resource "aws_backup_vault" "v" {\n  count = 1\n  name = "v"\n}\n'
        (tmp_path / folder / "main.tf").write_text(vault)
    report = run(["."], Settings(cache=False))
    assert [result.span.source.path for result in report.results] == ["good/main.tf"]
    (error,) = report.errors
    assert error.path == "bad"
    assert "internal error, so it is not checked: IndexError" in error.message


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        ({}, ("missing", "error")),
        ({"missing": "off"}, ("aws-managed", "error")),
        ({"missing": "warning"}, ("aws-managed", "error")),
        ({"missing": "off", "aws-managed": "warning"}, ("aws-managed", "warning")),
        ({"missing": "off", "aws-managed": "off"}, ("missing", "off")),
    ],
)
def test_the_world_of_the_highest_level_counts(
    levels: dict[str, Any], found: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key = 'var.e == "a" ? null : "alias/aws/backup"'
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
    (tmp_path / "main.tf").write_text('variable "e" {}\n' + vault)
    (result,) = run(["."], Settings(cache=False, levels={"BACKUP001": levels})).results
    assert (result.reason, result.level) == found

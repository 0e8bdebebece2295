"""Texts that name a key: literal ones, and those of which a part is not known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Result
from iac_check.settings import Settings

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
TEXT = """\
variable "region" {
  type = string
}
variable "id" {
  type = string
}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = "arn:aws:kms:${var.region}:111122223333:key/%s"
}
"""


def judged(key: str, tmp_path: Path, *trusted: str) -> Result:
    (tmp_path / "main.tf").write_text(TEXT % key)
    (result,) = run([str(tmp_path)], Settings(cache=False, trusted_keys=trusted)).results
    return result


@pytest.mark.parametrize(
    ("key", "glob", "trusted"),
    [
        (ID, f"arn:aws:kms:*:111122223333:key/{ID}", True),
        (ID, "arn:aws:kms:*", True),
        ("${var.id}", "arn:aws:kms:*:111122223333:key/*", True),
        (ID, f"arn:aws:kms:eu-*:111122223333:key/{ID}", False),
        (ID, f"arn:aws:kms:??-????-?:111122223333:key/{ID}", False),
        (ID, f"arn:aws:kms:[a-z]*:111122223333:key/{ID}", False),
        ("${var.id}", f"arn:aws:kms:*:111122223333:key/{ID}", False),
        ("${var.id}", "arn:aws:kms:*:111122223333:key/1*", False),
    ],
)
def test_a_glob_trusts_what_it_covers_whatever_the_unknown_parts_are(
    key: str, glob: str, trusted: bool, tmp_path: Path
) -> None:
    assert (judged(key, tmp_path, glob).status == "pass") is trusted


def test_a_key_of_a_known_id_is_a_literal_one(tmp_path: Path) -> None:
    assert judged(ID, tmp_path).cause == "external"


def test_what_is_told_is_the_part_that_tells_keys_apart(tmp_path: Path) -> None:
    result = judged("${var.id}", tmp_path)
    assert result.cause == "caller-supplied"
    assert 'variable "id"' in result.message


WRITTEN = 'resource "aws_backup_vault" "v" {\n  name        = "v"\n  kms_key_arn = %s\n}\n'
LOOKED_UP = 'data "aws_kms_key" "k" {\n  key_id = %s\n}\n' + WRITTEN % "data.aws_kms_key.k.arn"
NAMED = "a literal key says nothing about who manages it, and nothing in the scan declares it"
NO_KEY = "it is no ARN or ID of a key, and no alias"


@pytest.mark.parametrize("text", [WRITTEN, LOOKED_UP])
@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("foo", NO_KEY),
        (" ", NO_KEY),
        ("null", NO_KEY),
        ("aws/backup", NO_KEY),
        ("REPLACE-ME", NO_KEY),
        ("arn:aws:kms:eu-west-1:111122223333:key/", NO_KEY),
        (f"arn:aws:kms:eu-west-1:111122223333:key/{ID}", NAMED),
        ("arn:aws:kms:eu-west-1:111122223333:key/example", NAMED),
        (f"arn:aws-us-gov:kms:us-gov-east-1:111122223333:key/mrk-{'0' * 32}", NAMED),
        (ID, NAMED),
        (f"mrk-{'0' * 32}", NAMED),
    ],
)
def test_a_text_that_can_be_no_key_is_told_as_such(
    text: str, key: str, what: str, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(text % f'"{key}"')
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    assert result.cause == "external"
    assert what in result.message
    assert ("trusted-keys" in result.help) is (what is NAMED)


@pytest.mark.parametrize(
    ("key", "help_"),
    [
        ('"${Key.Arn}"', "Write `!Sub` before the text"),
        ('"arn:aws:kms:${AWS::Region}:111122223333:key/x"', "Write `!Sub` before the text"),
        ("Key.Arn", "Write the reference without quotes"),
    ],
)
def test_a_text_with_a_reference_in_it_names_what_reads_it(
    key: str, help_: str, tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  Key: {Type: AWS::KMS::Key}\n  V:\n    Type: AWS::Backup::BackupVault\n"
        f"    Properties: {{BackupVaultName: v, EncryptionKeyArn: {key}}}\n"
    )
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    assert (result.cause, result.help.startswith(help_)) == ("external", True)


VARIABLE = 'variable "k" {\n  type = string\n}\n' + WRITTEN % "var.k"
PARAMETER = (
    "Parameters: {K: {Type: String}}\nResources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
    "    Properties: {BackupVaultName: v, EncryptionKeyArn: !Ref K}\n"
)
SERVICE = (
    "service: s\nprovider: {name: aws}\nresources:\n  Resources:\n    V:\n"
    "      Type: AWS::Backup::BackupVault\n"
    "      Properties: {BackupVaultName: v, EncryptionKeyArn: '${%s:KEY}'}\n"
)


@pytest.mark.parametrize(
    ("name", "text", "flags"),
    [
        ("main.tf", VARIABLE, {"--var", "--var-file"}),
        ("t.yaml", PARAMETER, {"--parameters"}),
        ("serverless.yml", SERVICE % "env", set()),
        ("serverless.yml", SERVICE % "param", set()),
    ],
)
def test_the_help_offers_the_flags_that_can_give_the_value(
    name: str, text: str, flags: set[str], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    assert result.cause == "caller-supplied"
    assert set(re.findall("`(--[a-z-]+)`", result.help)) == flags


def test_an_index_of_a_key_without_instances_is_told_as_such(tmp_path: Path) -> None:
    text = 'resource "aws_kms_key" "k" {}\n' + WRITTEN % "aws_kms_key.k[0].arn"
    (tmp_path / "main.tf").write_text(text)
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    assert result.cause == "not-a-key"
    assert "aws_kms_key.k has no instances to be read by an index" in result.message
    assert result.help.startswith("Write `aws_kms_key.k.arn`")

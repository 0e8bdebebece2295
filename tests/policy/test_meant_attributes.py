"""What is written of a right key, but not by its ARN: the help names what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Result
from iac_check.settings import Settings

TERRAFORM = """\
resource "aws_kms_key" "k" {
  description = "the key of the backups"
}
resource "aws_kms_key" "several" {
  count = 2
}
resource "aws_kms_key" "named" {
  for_each = toset(["a", "b"])
}
resource "aws_kms_replica_key" "r" {
  primary_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
}
resource "aws_kms_alias" "a" {
  name          = "alias/ours"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_kms_alias" "outside" {
  name          = "alias/outside"
  target_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
}
resource "awscc_kms_alias" "cc" {
  alias_name    = "alias/cc"
  target_key_id = aws_kms_key.k.key_id
}
data "aws_kms_key" "looked_up" {
  key_id = aws_kms_key.k.key_id
}
module "child" {
  source = "./child"
}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = %s
}
"""
CHILD = """\
resource "aws_kms_key" "inner" {}
output "key" {
  value = aws_kms_key.inner
}
"""
TEMPLATE = """\
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {Description: d}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/ours, TargetKeyId: !Ref Key}}
  V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v, EncryptionKeyArn: %s}}
"""


def judged(name: str, text: str, tmp_path: Path) -> Result:
    (tmp_path / name).write_text(text)
    (tmp_path / "child").mkdir()
    (tmp_path / "child" / "main.tf").write_text(CHILD)
    (result,) = run([str(tmp_path)], Settings(cache=False)).results
    return result


@pytest.mark.parametrize(
    ("key", "write"),
    [
        ("aws_kms_key.k.arnn", "aws_kms_key.k.arn"),
        ("aws_kms_key.k", "aws_kms_key.k.arn"),
        ("aws_kms_key.k.description", "aws_kms_key.k.arn"),
        ("aws_kms_key.k.tags", "aws_kms_key.k.arn"),
        ('aws_kms_key.k["tags"]["key"]', "aws_kms_key.k.arn"),
        ("aws_kms_key.k[0].arn", "aws_kms_key.k.arn"),
        ('"${aws_kms_key.k}"', "aws_kms_key.k.arn"),
        ('"arn:aws:kms:eu-west-1:1:key/${aws_kms_key.k.arn}"', "aws_kms_key.k.arn"),
        ('split("/", aws_kms_key.k.arn)[0]', "aws_kms_key.k.arn"),
        ("aws_kms_key.several", "aws_kms_key.several[0].arn"),
        ("aws_kms_key.several[1]", "aws_kms_key.several[1].arn"),
        ("aws_kms_key.several[*].arn", "aws_kms_key.several[0].arn"),
        ("aws_kms_key.named", 'aws_kms_key.named["a"].arn'),
        ('aws_kms_key.named["b"]', 'aws_kms_key.named["b"].arn'),
        ("aws_kms_alias.a", "aws_kms_alias.a.target_key_arn"),
        ("aws_kms_alias.a.target", "aws_kms_alias.a.target_key_arn"),
        ("awscc_kms_alias.cc.arn", "aws_kms_key.k.arn"),
        ("data.aws_kms_key.looked_up", "data.aws_kms_key.looked_up.arn"),
        ("data.aws_kms_key.looked_up.arnn", "data.aws_kms_key.looked_up.arn"),
        ("module.child.key", "aws_kms_key.inner.arn"),
    ],
)
def test_terraform(key: str, write: str, tmp_path: Path) -> None:
    result = judged("main.tf", TERRAFORM % key, tmp_path)
    assert result.cause == "not-a-key"
    assert result.help.startswith(f"Write `{write}`")
    assert "new vault" not in result.help
    assert f"write `{write}`" in result.caution


@pytest.mark.parametrize(
    ("name", "key", "write"),
    [
        ("t.yaml", "!GetAtt Key", "!GetAtt Key.Arn"),
        ("t.yaml", "!GetAtt Key.Arnn", "!GetAtt Key.Arn"),
        ("t.yaml", '!Sub "${Key.Description}"', "!GetAtt Key.Arn"),
        ("t.yaml", "!GetAtt Alias.Arn", "!GetAtt Key.Arn"),
        ("t.json", '{"Fn::GetAtt": ["Key", "ARN"]}', '{"Fn::GetAtt": ["Key", "Arn"]}'),
    ],
)
def test_cloudformation(name: str, key: str, write: str, tmp_path: Path) -> None:
    text = TEMPLATE % key
    if name == "t.json":
        import json

        import yaml

        text = json.dumps(yaml.safe_load(text.replace("!Ref Key", "alias")))
    result = judged(name, text, tmp_path)
    assert result.cause == "not-a-key"
    assert result.help.startswith(f"Write `{write}`")
    assert "Key. " not in result.message


def test_an_attribute_that_is_left_out_is_told(tmp_path: Path) -> None:
    result = judged("t.yaml", TEMPLATE % "!GetAtt Key", tmp_path)
    assert "no attribute of Key is named" in result.message


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("aws_kms_replica_key.r.primary_key_arn", "external"),
        ("aws_kms_alias.outside.target_key_id", "external"),
        ("data.aws_kms_key.looked_up.aws_account_id", "external"),
        ("aws_kms_key.k.arn", None),
        ("aws_kms_alias.a.target_key_id", None),
    ],
)
def test_what_names_a_key_is_no_slip(key: str, outcome: str | None, tmp_path: Path) -> None:
    assert judged("main.tf", TERRAFORM % key, tmp_path).cause == outcome


def test_another_resource_needs_a_key(tmp_path: Path) -> None:
    result = judged("main.tf", TERRAFORM % "aws_s3_bucket.b.arn", tmp_path)
    assert "Write " not in result.help

"""A finding names the plans and copy actions that send recovery points to its vault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iac_check.cli import main
from iac_check.pipeline import run
from iac_check.settings import Settings

TERRAFORM = """
resource "aws_kms_key" "k" {}
resource "aws_backup_vault" "a" { name = "vault-a" }
resource "aws_backup_vault" "b" {
  name        = "vault-b"
  kms_key_arn = "alias/aws/backup"
}
resource "aws_backup_vault" "good" {
  name        = "good"
  kms_key_arn = aws_kms_key.k.arn
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.a.name
    copy_action {
      destination_vault_arn = aws_backup_vault.b.arn
    }
  }
  rule {
    rule_name         = "weekly"
    target_vault_name = "vault-a"
  }
  rule {
    rule_name         = "monthly"
    target_vault_name = "another"
  }
}
"""
TEMPLATE = """
Resources:
  V:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: v}
  P:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanRule:
          - TargetBackupVault: !Ref V
            CopyActions:
              - DestinationBackupVaultArn: !GetAtt V.BackupVaultArn
"""


def users(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    path.write_text(text)
    monkeypatch.chdir(path.parent)
    results = run(["."], Settings(cache=False)).results
    return {r.address: [f"{hop.span.line} {hop.note}" for hop in r.senders] for r in results}


def test_terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert users(tmp_path / "main.tf", TERRAFORM, monkeypatch) == {
        "aws_backup_vault.a": [
            "16 aws_backup_plan.p sends recovery points here",
            "23 aws_backup_plan.p sends recovery points here",
        ],
        "aws_backup_vault.b": ["18 aws_backup_plan.p copies recovery points here"],
        "aws_backup_vault.good": [],
    }


REFERENCES = """
variable "env" {}
module "one" {
  source = "./m"
}
module "two" {
  source = "./m"
}
resource "aws_backup_vault" "unnamed" { name = "${var.env}-vault" }
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.unnamed.name
    dynamic "copy_action" {
      for_each = [1]
      content {
        destination_vault_arn = aws_backup_vault.unnamed.arn
      }
    }
    dynamic "copy_action" {
      for_each = var.env
      content {
        destination_vault_arn = aws_backup_vault.unnamed.arn
      }
    }
  }
}
"""
SAME_NAME = """
resource "aws_backup_vault" "v" { name = "common" }
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v.name
  }
}
"""


def test_a_reference_is_followed_whatever_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(SAME_NAME)
    assert users(tmp_path / "main.tf", REFERENCES, monkeypatch) == {
        "aws_backup_vault.unnamed": [
            "14 aws_backup_plan.p sends recovery points here",
            "18 aws_backup_plan.p copies recovery points here",
            "24 aws_backup_plan.p copies recovery points here",
        ],
        "module.one.aws_backup_vault.v": [
            "7 module.one.aws_backup_plan.p sends recovery points here"
        ],
        "module.two.aws_backup_vault.v": [
            "7 module.two.aws_backup_plan.p sends recovery points here"
        ],
    }


def test_cloudformation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert users(tmp_path / "t.yaml", TEMPLATE, monkeypatch) == {
        "V": ["11 P sends recovery points here", "13 P copies recovery points here"]
    }


@pytest.mark.parametrize("name", ["mermaid", "dot"])
def test_a_graph_has_the_plans_of_what_passes_too(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = TERRAFORM.replace('"another"', "aws_backup_vault.good.name")
    (tmp_path / "main.tf").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["--format", name, "."]) == 1
    plain = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), capsys.readouterr().out)
    lines = re.sub(r"<br/>|\\n", " ", plain).splitlines()

    def number(part: str) -> str:
        (line,) = (line for line in lines if part in line)
        return line.split()[0].partition("[")[0]

    edge = [number("main.tf:27"), number("aws_backup_vault.good main.tf")]
    assert edge in [re.findall(r"n\d+", line) for line in lines if "->" in line]

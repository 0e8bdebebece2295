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


PLACES = """
variable "region" {}
variable "account" {}
data "aws_region" "here" {}
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
provider "aws" {
  alias  = "given"
  region = var.region
}
resource "aws_backup_vault" "v" {
  name = "common"
  VAULT
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = "TARGET"
    copy_action {
      destination_vault_arn = "ARN"
    }
  }
}
module "m" {
  source = "./m"
  providers = {
    aws = aws.west
  }
}
"""
HERE = "arn:aws:backup:eu-west-1:111111111111:backup-vault:common"


@pytest.mark.parametrize(
    ("vault", "target", "arn", "told"),
    [
        ("", "other", HERE, ["copies"]),
        ("", "other", HERE.replace("eu-west-1", "us-west-2"), []),
        ("", "other", HERE.replace("111111111111", "222222222222"), []),
        ("", "other", HERE.replace("eu-west-1", "${var.region}"), ["may copy"]),
        ("", "other", HERE.replace("111111111111", "${var.account}"), ["may copy"]),
        ("", "other", "arn:aws:backup:us-west-2:${var.account}:backup-vault:common", []),
        ("", "other", "arn:aws:backup:${var.region}:222222222222:backup-vault:common", []),
        ("", "other", "${var.region}:222222222222:backup-vault:common", []),
        ("", "other", "${var.region}:backup-vault:common", ["may copy"]),
        ("", "common", "", ["sends"]),
        ('region = "us-west-2"', "other", HERE, []),
        ('region = "us-west-2"', "common", "", []),
        ("region = null", "other", HERE, ["copies"]),
        ("region = var.region", "common", "", ["may send"]),
        ("provider = aws.west", "common", "", []),
        ("provider = aws.west", "other", HERE, []),
        ("provider = aws.west", "other", HERE.replace("eu-west-1", "us-west-2"), ["may copy"]),
        ("provider = aws.given", "common", "", ["may send"]),
        ("provider = aws.given", "other", HERE, ["may copy"]),
        (
            "provider = aws.given",
            "other",
            "arn:aws:backup:${var.region}:${var.account}:backup-vault:common",
            ["may copy"],
        ),
        ("provider = aws.nowhere", "common", "", ["may send"]),
    ],
)
def test_a_vault_of_the_name_elsewhere_is_another(
    vault: str,
    target: str,
    arn: str,
    told: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").touch()
    text = PLACES.replace("VAULT", vault).replace("TARGET", target).replace("ARN", arn)
    found = users(tmp_path / "main.tf", text, monkeypatch)
    notes = [note.partition(" ")[2] for note in found["aws_backup_vault.v"]]
    assert notes == [f"aws_backup_plan.p {does} recovery points here" for does in told]


def test_the_place_of_a_module_is_that_of_the_provider_it_is_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text('resource "aws_backup_vault" "v" { name = "common" }')
    for arn, told in ((HERE, []), (HERE.replace("eu-west-1", "us-west-2"), ["may copy"])):
        text = PLACES.replace("VAULT", "").replace("TARGET", "common").replace("ARN", arn)
        found = users(tmp_path / "main.tf", text, monkeypatch)["module.m.aws_backup_vault.v"]
        assert [" ".join(note.split()[2:-3]) for note in found] == told


def test_without_a_provider_block_the_place_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    vault = 'resource "aws_backup_vault" "v" { name = "common" }\n'
    (tmp_path / "m/main.tf").write_text(vault)
    plan = 'rule {\n rule_name = "r"\n target_vault_name = "common"\n'
    plan += f' copy_action {{\n destination_vault_arn = "{HERE}"\n}}\n}}\n'
    text = f'module "m" {{\n source = "./m"\n}}\nresource "aws_backup_plan" "p" {{\n{plan}}}\n'
    assert users(tmp_path / "main.tf", text, monkeypatch) == {
        "module.m.aws_backup_vault.v": [
            "7 aws_backup_plan.p sends recovery points here",
            "9 aws_backup_plan.p may copy recovery points here",
        ]
    }


STACK_SET = """
Resources:
  S:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateURL: ./t.yaml
      StackInstancesGroup:
        - {Regions: [REGIONS], DeploymentTargets: {Accounts: ['1']}}
"""


@pytest.mark.parametrize(
    ("arn", "regions", "told"),
    [
        ("arn:aws:backup:eu-west-1:111111111111:backup-vault:v", None, ["may copy"]),
        (
            "!Sub 'arn:aws:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:v'",
            None,
            ["copies"],
        ),
        ("!Sub 'arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v'", None, ["may copy"]),
        ("!Sub 'arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v'", "us-east-1", []),
        (
            "!Sub 'arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v'",
            "eu-west-1",
            ["copies"],
        ),
        (
            "!Sub 'arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:v'",
            "eu-west-1, us-east-1",
            ["may copy"],
        ),
    ],
)
def test_pseudo_parameters_tell_where_a_vault_is(
    arn: str,
    regions: str | None,
    told: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if regions is not None:
        (tmp_path / "s.yaml").write_text(STACK_SET.replace("REGIONS", regions))
    text = TEMPLATE.replace("!GetAtt V.BackupVaultArn", arn).replace("!Ref V", "other")
    (notes,) = users(tmp_path / "t.yaml", text, monkeypatch).values()
    assert [note.partition("P ")[2].partition(" recovery")[0] for note in notes] == told


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

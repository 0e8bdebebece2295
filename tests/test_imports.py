"""What a run imports: start-up is paid by every commit, so each part is there only when needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "hcl2", "lark", "yaml", "jsonpath_ng", "rich", "cfnlint", "dataclasses", "inspect", "typing",
    "hashlib", "decimal", "weakref",
}  # fmt: skip
KEY = 'resource "aws_kms_key" "k" {\n  count = 1\n}\n'
VAULT = KEY + 'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = %s\n}\n'
TEMPLATE = "Resources:\n  V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}\n"


def imported(*arguments: str, folder: Path) -> set[str]:
    """The modules that a run has imported when it ends; those of our own without the package."""
    code = (
        "import sys; from iac_check.cli import main; main(sys.argv[1:]); "
        "print('imported', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True,
        cwd=folder, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    names = done.stdout.rpartition("imported")[2].split()
    assert "sys" in names
    return {name.removeprefix("iac_check.") for name in names}


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version(flag: str, tmp_path: Path) -> None:
    found = imported(flag, folder=tmp_path)
    assert "cli" in found
    assert not found & {"pipeline", "settings", "source", *HEAVY}


@pytest.mark.parametrize("name", ["text", "concise", "json"])
def test_a_report(name: str, tmp_path: Path) -> None:
    """Only the fingerprints in JSON need hashlib, which loads OpenSSL."""
    (tmp_path / "main.tf").write_text(VAULT % '"alias/aws/backup"')
    found = imported("--format", name, ".", folder=tmp_path)
    allowed = {"hashlib"} if name == "json" else set()
    assert found & HEAVY == allowed


def test_without_a_vault(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(KEY)
    (tmp_path / "t.yaml").write_text(TEMPLATE.replace("Vault", "Plan"))
    found = imported(".", folder=tmp_path)
    assert "discovery" in found
    assert not found & {"language.value", "terraform", "cloudformation", "argparse", "json", *HEAVY}


def test_a_plain_key_needs_no_parser(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VAULT % "aws_kms_key.k[0].arn")
    found = imported(".", folder=tmp_path)
    assert "terraform.loader" in found
    assert not found & {"cloudformation", *HEAVY}


def test_an_expression_needs_the_parser(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VAULT % "1 < 2 ? aws_kms_key.k[0].arn : null")
    assert "lark" in imported(".", folder=tmp_path)


def test_a_template_needs_no_terraform(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(KEY)
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    found = imported(".", folder=tmp_path)
    assert "cloudformation.loader" in found
    others = {"terraform", "language.json_document", "cloudformation.serverless"}
    assert not found & {*others, *HEAVY} - {"yaml", "weakref"}

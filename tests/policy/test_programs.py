"""What OpenTofu and Terraform each read of one tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

KEY = 'resource "aws_kms_key" "k" {}\n'
VAULT = 'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = %s\n}\n'
OF = {"OpenTofu": "OpenTofu runs it, not Terraform",
      "Terraform": "Terraform runs it, which reads no .tofu files"}  # fmt: skip


@pytest.mark.parametrize(
    ("terraform", "tofu", "status", "when"),
    [
        ("key", "key", "pass", None),
        ("null", "null", "fail", None),
        ("null", "key", "fail", "Terraform"),
        ("key", "null", "fail", "OpenTofu"),
        ("alias", "null", "fail", "OpenTofu"),
        ("null", "alias", "fail", "Terraform"),
        ("none", "key", "pass", None),  # Terraform refuses it
        ("key", "none", "pass", None),
    ],
)
def test_the_worse_of_both_counts(
    terraform: str, tofu: str, status: str, when: str | None,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    values = {"key": "aws_kms_key.k.arn", "null": "null", "alias": '"alias/aws/backup"',
              "none": "aws_kms_key.other.arn"}  # fmt: skip
    (tmp_path / "main.tf").write_text(KEY + VAULT % "local.key")
    for ending, one in (("tf", terraform), ("tofu", tofu)):
        (tmp_path / f"key.{ending}").write_text(f"locals {{\n  key = {values[one]}\n}}\n")
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    (result,) = report.results
    assert not report.errors
    assert (result.status, result.when) == (status, OF.get(when or ""))


def test_a_world_is_told_beside_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'variable "x" {}\n' + KEY + VAULT % 'var.x == "a" ? null : aws_kms_key.k.arn'
    (tmp_path / "main.tf").write_text(text)
    (tmp_path / "main.tofu").write_text(KEY + VAULT % "aws_kms_key.k.arn")
    monkeypatch.chdir(tmp_path)
    first, second = run(["."], Settings(cache=False)).results
    assert first.when == f'{OF["Terraform"]}, and var.x == "a"'
    assert (second.status, second.when) == ("pass", OF["OpenTofu"])

"""`dynamic` blocks, as they are read through the resource that has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

RESOURCE = """\
variable "any" {}
resource "aws_kms_key" "k" {}
resource "aws_x" "x" {
  dynamic "setting" {
%s
  }
}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = %s
}
"""
GIVES = "    content {\n      key = %s\n    }"


@pytest.mark.parametrize(
    ("dynamic", "key", "outcome"),
    [
        ('for_each = ["a", "alias/aws/backup"]', "aws_x.x.setting[1].key", "aws-managed"),
        ("for_each = [{ key = aws_kms_key.k.arn }]", "aws_x.x.setting[0].key.key", None),
        ('for_each = toset(["alias/aws/backup"])', "aws_x.x.setting[0].key", "aws-managed"),
        ("for_each = { b = aws_kms_key.k.arn, a = 1 }", "aws_x.x.setting[1].key", None),
        ("for_each = []", "try(aws_x.x.setting[0].key, aws_kms_key.k.arn)", None),
        ("for_each = var.any", "aws_x.x.setting[0].key", "unresolved"),
        ("for_each = null", "aws_x.x.setting[0].key", "unresolved"),
        ("for_each = aws_kms_key.k", "aws_x.x.setting[0].key", "unresolved"),
        ("", "aws_x.x.setting[0].key", "unresolved"),
    ],
)
def test_blocks(
    dynamic: str, key: str, outcome: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for iterator, name in (("", "setting"), ("    iterator = it\n", "it")):
        body = f"    {dynamic}\n{iterator}{GIVES % f'{name}.value'}"
        Path("main.tf").write_text(RESOURCE % (body, key))
        (result,) = run(["."], Settings(cache=False)).results
        assert result.reason == outcome


def test_a_set_of_collections_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(
        'resource "aws_backup_vault" "v" {\n  for_each = toset([{ a = 1 }])\n  name = "v"\n}\n'
    )
    report = run(["."], Settings(cache=False))
    assert [result.reason for result in report.results] == ["missing"]

"""Texts that name a key: literal ones, and those of which a part is not known."""

from __future__ import annotations

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

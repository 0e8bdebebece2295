"""Keys that Terraform's functions choose: what they may choose otherwise never passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

DECLARED = """
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "other" {}
resource "aws_kms_alias" "a" {
  name          = "alias/mine"
  target_key_id = aws_kms_key.k.arn
}
resource "aws_kms_alias" "capital" {
  name          = "alias/AWS/backup"
  target_key_id = aws_kms_key.k.arn
}
resource "aws_s3_bucket" "b" {}
resource "aws_subnet" "s" {
  count = var.n
}
variable "n" { type = number }
variable "s" { type = string }
variable "x" { type = list(string) }
variable "m" { type = map(string) }
variable "args" {}
"""
MANAGED = '"arn:aws:kms:us-west-2:111122223333:alias/aws/backup"'

NOT_PASSED = (
    # -- sets have an order of their own
    f"tolist(toset([KEY, {MANAGED}]))[1]",
    "tolist(toset([aws_s3_bucket.b.arn, KEY]))[1]",
    'tolist(toset([KEY, "zzz"]))[1]',
    "tolist(toset(concat([KEY], var.x)))[0]",
    "tolist(setunion([KEY], var.x))[0]",
    "[for s in setunion(var.x, [KEY]) : s][0]",
    "element(tolist(toset([KEY, var.s])), 0)",
    "element(tolist(toset([KEY, var.s])), 1)",
    "toset([KEY, var.s])[*][0]",
    "sort([KEY, var.s])[0]",
    "reverse(sort([KEY, var.s]))[0]",
    "concat(tolist(toset([KEY, var.s])), [])[0]",
    "flatten([tolist(toset([KEY, var.s]))])[0]",
    "compact(tolist(toset([KEY, aws_s3_bucket.b.arn])))[0]",
    "slice(tolist(toset([KEY, aws_s3_bucket.b.arn])), 0, 1)[0]",
    "chunklist(tolist(toset([KEY, aws_s3_bucket.b.arn])), 1)[0][0]",
    'zipmap(["a", "b"], tolist(toset([KEY, aws_s3_bucket.b.arn])))["a"]',
    'matchkeys(tolist(toset([KEY, aws_s3_bucket.b.arn])), ["a", "b"], ["a"])[0]',
    "coalesce(tolist(toset([KEY, aws_s3_bucket.b.arn]))...)",
    "{for s in toset([KEY, aws_s3_bucket.b.arn]) : 1 => s...}[1][0]",
    '[for i, s in tolist(toset([KEY, aws_s3_bucket.b.arn])) : s if i == 0][0]',
    '[for k, v in merge({z = KEY}, var.m) : v][0]',
    'values(merge({z = KEY}, var.m))[0]',
    'tolist(toset([{ n = "b" }, { n = "a" }]))[0].n == "a" ? null : KEY',
    'tolist(toset(["x", null]))[0] == "x" ? null : KEY',
    "tolist(toset([10, 9]))[0] == 9 ? null : KEY",
    "tolist(toset([true, false]))[0] ? KEY : null",
    # -- attributes that may be equal
    "length(distinct([aws_kms_key.k.id, aws_kms_key.k.key_id])) == 2 ? KEY : null",
    "length(toset([aws_kms_key.k.id, aws_kms_key.k.key_id])) == 2 ? KEY : null",
    "length(tolist(toset([aws_kms_key.k.id, aws_kms_key.k.key_id]))) == 2 ? KEY : null",
    "length(setintersection([aws_kms_key.k.id], [aws_kms_key.k.key_id])) == 0 ? KEY : null",
    "length(setsubtract([aws_kms_key.k.id], [aws_kms_key.k.key_id])) == 1 ? KEY : null",
    "var.n > 1 ? (length(toset(aws_subnet.s[*].availability_zone)) > 1 ? KEY : null) : KEY",
    "var.n > 1 ? (length(distinct(aws_subnet.s[*].availability_zone)) > 1 ? KEY : null) : KEY",
    "var.n > 0 ? (length(compact(aws_subnet.s[*].outpost_arn)) > 0 ? KEY : null) : KEY",
    "try(tolist(toset([aws_kms_key.k.id, aws_kms_key.k.key_id]))[1], null)",
    # -- the last of equal keys wins
    'zipmap(["b", var.s], [KEY, null])["b"]',
    # -- an index that wraps
    "var.n > 1 ? element([null, KEY], var.n) : KEY",
    "var.n != 0 ? element([null, KEY], var.n) : KEY",
    # -- one type for all elements
    'length(distinct([1, "1"])) == 1 ? null : KEY',
    'length(setunion([1], ["1"])) == 1 ? null : KEY',
    'length(setintersection([1], ["1"])) == 1 ? null : KEY',
    'length(setsubtract([1], ["1"])) == 0 ? null : KEY',
    'length(matchkeys(["a"], [1], ["1"])) == 1 ? null : KEY',
    'setproduct(["a"], toset(["x"])) == setproduct(["a"], ["x"]) ? KEY : null',
    'try(setproduct(["a"], toset(["x"]))[0][0], null) == null ? null : KEY',
    'merge(tomap({ a = "x" }), tomap({ b = "y" })) == tomap({ a = "x", b = "y" }) ? null : KEY',
    # -- letters that differ from key to key
    'strcontains(aws_kms_key.k.key_id, "abcd") ? KEY : null',
    'strcontains(aws_kms_key.k.key_id, "34cd-56ef-1234567890a") ? KEY : null',
    'can(regex("-[12]:", KEY)) ? KEY : null',
    'can(regex("[a-f]", aws_kms_key.k.key_id)) ? KEY : null',
    'can(regex("us-east-1|[a-f]$", KEY)) ? KEY : null',
    "lower(aws_kms_alias.capital.arn)",
    "upper(aws_kms_alias.a.name)",
    # -- what is not evaluated is neither true nor false
    'length(regexall("a*b", join("", [for i in range(999) : "aaaaaaaaaaaa"]))) == 1 ? null : KEY',
    'base64gzip("a") == "H4sIAAAAAAAA/0oEAAAA//8BAAD//0O+t+gBAAAA" ? null : KEY',
    'ephemeralasnull("alias/mine")',
    'try(format("%[1]s", "a", "b"), null) == null ? null : KEY',
    "try(null && true ? KEY : null, null)",
    "try(!null ? KEY : null, null)",
    # -- one string in two spellings
    '"e\u0301" == "\u00e9" ? null : KEY',
    'join("", ["e", "\u0301"]) == "\u00e9" ? null : KEY',
    'lookup({ "e\u0301" = null }, "\u00e9", KEY)',
    'length("\U0001f1e9\U0001f1ea") == 1 ? null : KEY',
    'length("\\r\\n") == 1 ? null : KEY',
    'strrev("\U0001f1e9\U0001f1ea") == "\U0001f1e9\U0001f1ea" ? null : KEY',
    'substr("x\u0301yz", 0, 1) == "x\u0301" ? null : KEY',
    # -- numbers are not those of Python
    "0.1 + 0.2 == 0.3 ? null : KEY",
    "floor(0.29 * 100) == 29 ? null : KEY",
    'tostring(0.0000001) == "0.0000001" ? null : KEY',
    'jsonencode([0.0000001]) == "[0.0000001]" ? null : KEY',
    "sum([0.1, 0.2]) == 0.3 ? null : KEY",
    "range(0, 1, 0.1)[3] == 0.3 ? null : KEY",
    # -- numbers have fractions
    "var.n > 0 ? (var.n < 1 ? null : KEY) : KEY",
    "lookup(var.args...) == null ? null : KEY",
)  # fmt: skip
PASSED = (
    "tolist(toset([KEY, aws_kms_key.other.arn]))[1]",
    "tolist(toset([KEY, aws_kms_key.k.arn]))[0]",
    'tolist(toset(["b", "a"]))[0] == "a" ? KEY : null',
    "one(toset([KEY, aws_kms_key.k.arn]))",
    "one(distinct([KEY, aws_kms_alias.a.target_key_arn]))",
    "one(toset([KEY, aws_kms_alias.a.target_key_arn]))",
    "distinct(concat([KEY], var.x))[0]",
    "length(toset([KEY, var.s])) > 0 ? KEY : null",
    "length(toset([KEY, var.s])) > 2 ? null : KEY",
    "length(toset([KEY, aws_kms_key.other.arn])) == 2 ? KEY : null",
    "length(concat([KEY], var.x)) > 0 ? KEY : null",
    "length(concat([KEY], var.x)) == 0 ? null : KEY",
    'length(merge({ a = "1" }, var.m)) > 0 ? KEY : null',
    'length(keys(merge({ a = "1" }, var.m))) > 0 ? KEY : null',
    'contains(keys(merge({ a = "1" }, var.m)), "a") ? KEY : null',
    "length([for s in setunion(var.x, [KEY]) : s]) >= 1 ? KEY : null",
    "alltrue([for s in toset([KEY, aws_kms_alias.a.arn]) : s != null]) ? KEY : null",
    "concat([KEY], var.x) == [] ? null : KEY",
    "length(toset([false, true])) == 2 ? KEY : null",
    "length(setunion([0], [1])) == 2 ? KEY : null",
    "length(toset(range(2))) == 2 ? KEY : null",
    'zipmap(["b", "b"], [null, KEY])["b"]',
    "var.n >= 0 && var.n < 1 ? element([KEY, null], 0) : KEY",
    "element([KEY, aws_kms_key.other.arn], var.n)",
    'can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-fmrk-]+$", KEY)) ? KEY : null',
    "lower(KEY)",
    "lower(aws_kms_alias.a.arn)",
    "ephemeralasnull(KEY)",
    'length("\u00e9\u4e2d") == 2 ? KEY : null',
    "(0.1 + 0.2) * 10 == 3 ? KEY : null",
    "1.1 * 1.1 == 1.21 ? null : KEY",
)


def _check(key: str, check: Callable[..., Any]) -> Any:
    key = key.replace("KEY", "aws_kms_key.k.arn")
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
    return check({"main.tf": DECLARED + vault})


@pytest.mark.parametrize("key", NOT_PASSED)
def test_what_may_be_another_key_is_not_passed(key: str, check: Callable[..., Any]) -> None:
    outcome = _check(key, check)
    assert outcome.code == 1, (outcome.verdicts, outcome.told)


@pytest.mark.parametrize("key", PASSED)
def test_what_is_the_key_in_any_case_is_passed(key: str, check: Callable[..., Any]) -> None:
    outcome = _check(key, check)
    assert outcome.code == 0, (outcome.verdicts, outcome.told)

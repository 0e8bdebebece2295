"""Conditions in the code's own words, of a length that a reader takes."""

from __future__ import annotations

import pytest

from iac_check.language.value import Term
from iac_check.policy.wording import when


def test_a_condition_has_a_limit() -> None:
    variable, text = ("ref", "", "var.x"), ("literal", "str", "y" * 10_000)
    told = when({("==", variable, text): True, ("==", variable, ("literal", "str", "z")): False})
    assert told is not None
    assert len(told) < 1_000
    assert 'var.x != "z"' in told


KEYS: Term = ("ref", "", "aws_kms_key.k[*].arn")
X: Term = ("ref", "", "var.x")
EACH: Term = ("each.key", "aws_backup_vault.v", ("for_each", X))


@pytest.mark.parametrize(
    ("term", "true", "false"),
    [
        (
            ("==", KEYS, ("another", KEYS)),
            "two instances have the same aws_kms_key.k[*].arn",
            "two instances have not the same aws_kms_key.k[*].arn",
        ),
        (
            ("==", ("exporter", ("literal", "str", "key")), ("literal", "str", "t.yaml/Key")),
            't.yaml/Key exports "key"',
            't.yaml/Key does not export "key"',
        ),
        (
            ("==", ("as number", X), ("literal", "number", 1)),
            "tonumber(var.x) == 1",
            "tonumber(var.x) != 1",
        ),
        (
            ("succeeds", ("as string", "number", X)),
            "can(tostring(var.x))",
            "!can(tostring(var.x))",
        ),
        (("succeeds", ("as collection", X)), "can(var.x)", "!can(var.x)"),
        (
            ("<", ("index of", X, KEYS), ("call", "provider::a::f", X)),
            "index(var.x, aws_kms_key.k[*].arn) < provider::a::f(var.x)",
            "index(var.x, aws_kms_key.k[*].arn) >= provider::a::f(var.x)",
        ),
        (
            ("==", ("unsupported", "t.yaml:1:2"), X),
            "(what stands in t.yaml:1:2) == var.x",
            "(what stands in t.yaml:1:2) != var.x",
        ),
        (
            ("index", ("converted to object", "…", X), ("literal", "str", "enabled")),
            "var.x.enabled",
            "!var.x.enabled",
        ),
        (
            ("==", ("index", ("converted to map", "…", X), ("literal", "str", "k")), KEYS),
            "var.x.k == aws_kms_key.k[*].arn",
            "var.x.k != aws_kms_key.k[*].arn",
        ),
        (("has key", ("key", X), ("literal", "str", "a")), 'var.x == "a"', 'var.x != "a"'),
        (
            ("has key", ("keyed", "k, v: lower(k)", (), X), EACH),
            "contains(keys({for k, v in var.x : lower(k) => v}), each.key)",
            "!contains(keys({for k, v in var.x : lower(k) => v}), each.key)",
        ),
        (
            ("has key", ("keyed", "None, v: lower(v)", (), X), EACH),
            "contains(keys({for v in var.x : lower(v) => v}), each.key)",
            "!contains(keys({for v in var.x : lower(v) => v}), each.key)",
        ),
        (
            ("has key", ("keyed", ".name", (), X), ("source key", "a", ("for_each", X))),
            "contains(keys({for v in var.x : v.name => v}), each.key)",
            "!contains(keys({for v in var.x : v.name => v}), each.key)",
        ),
        (
            ("has key", ("setsubtract", X, KEYS), EACH),
            "contains(setsubtract(var.x, aws_kms_key.k[*].arn), each.key)",
            "!contains(setsubtract(var.x, aws_kms_key.k[*].arn), each.key)",
        ),
        (
            ("has key", ("for", "[for v in var.x : v]", X), EACH),
            "contains([for v in var.x : v], each.key)",
            "!contains([for v in var.x : v], each.key)",
        ),
    ],
)
def test_a_condition_is_in_the_users_words(term: Term, true: str, false: str) -> None:
    assert when({term: True}) == true
    assert when({term: False}) == false

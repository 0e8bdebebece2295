"""AllowedPattern: what is certain of it, and what Java reads otherwise."""

from __future__ import annotations

import warnings

import pytest

from iac_check.cloudformation.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^(dev|prod)$", "qa", False),
        ("^(dev|prod)$", "prod", True),
        ("dev|prod", "prod", True),
        ("dev", "dev2", False),
        ("arn:.+", "", False),
        ("|arn:.+", "", True),
        ("arn:aws[a-z-]*:kms:.*", "arn:aws:kms:x", True),
        (r"^arn:aws:kms:[\w-]+:\d{12}:key/[0-9a-f-]{36}$", "alias/aws/backup", False),
        (r"[a-zA-Z0-9+=,.@_-]*", "a-b@c", True),
        (r"[^/]*", "a/b", False),
        (r"(?:a|b)*?c{2,}", "abcc", True),
        (r"\$\{x\}", "${x}", True),
        ("(a*)*(a|a)*(a|aa)+$", "a" * 900 + "!", False),
        ("(a|aa)+", "a" * 999, True),
    ],
)
def test_what_is_certain(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern",
    ["[[a-z]]*", "[a-z&&[^b]]*", "[a-z&&b]*", "[a-c[x-z]]*", r"\Q\E", "(?<n>a)?", "[^]a]*|",
     "[]a]*", r"\p{Lower}*", r"\h*", r"\R", "(?u)a*", "(?i)a*", "(?!aws).*", "(?=a)a*", "a*+",
     "a++", "a{2}+", "(?>a*)", r"(a)\1", r"\Z", r"\x61", r"\u0061", r"\07", "[[:alpha:]]*",
     r"[\w-.]*", r"[+-\d]*", "a{,2}", "a{2", "{", "(", ")", "[a", "*", "a**", "a{1001}", "[z-a]",
     "a" * 1_001, "((a{99}){99}){99}", "(" * 400 + ")" * 400, "(?x) a"],
)  # fmt: skip
def test_what_is_not(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert matches(pattern, "") is None


@pytest.mark.parametrize("text", ["prod\n", "é", "\u2028", "\x0b", "a" * 1_001])
def test_a_text_of_which_the_reading_differs(text: str) -> None:
    assert matches(".*", text) is None

"""The matcher of regular expressions, against Python's own where both mean the same."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.language.re2 import compile_pattern
from iac_check.language.re2_syntax import PatternError, UnsupportedPattern
from iac_check.language.value import EvaluationError

ATOMS = ["a", "b", ".", "[ab]", "[^a]", "(a|b)", "(ab)", "(?:a|ab)", "\\w", "\\b", "^", "$"]
PIECES = st.tuples(st.sampled_from(ATOMS), st.sampled_from(["", "*", "+?", "?", "{1,2}"]))


@given(st.lists(PIECES, max_size=4), st.text("ab c", max_size=8))
def test_first_match_is_that_of_python(pieces, text):
    pattern = "".join(atom + ("" if atom in ("\\b", "^", "$") else count) for atom, count in pieces)
    expected = re.search(pattern.replace("$", "\\Z"), text, re.ASCII)
    spans = compile_pattern(pattern).search(text)
    assert (spans is None) is (expected is None)
    if spans is not None and expected is not None:
        assert spans[:2] == expected.span()


@pytest.mark.parametrize(
    ("pattern", "text", "match"),
    [
        ("(?i)ABC", "xabc", "abc"),
        ("(?s).+", "a\nb", "a\nb"),
        (".+", "a\nb", "a"),
        ("(?m)^b$", "a\nb", "b"),
        ("(?U)a+", "aaa", "a"),
        ("(?i:A)b", "ab", "ab"),
        ("[[:alpha:]]+", "12ab", "ab"),
        ("[[:^alpha:]]+", "ab12", "12"),
        ("[^\\d]+", "12ab", "ab"),
        ("\\pL+", "1é", "é"),
        ("\\p{Lu}", "aB", "B"),
        ("\\PL", "a1", "1"),
        ("\\Qa.b\\E", "axb a.b", "a.b"),
        ("\\x41\\x{42}", "AB", "AB"),
        ("[]a]+", "]a", "]a"),
        ("[a\\-z]+", "-", "-"),
        ("a{,2}", "a{,2}", "a{,2}"),
        ("a{2}", "aaa", "aa"),
        ("\\z", "ab", ""),
        ("\\Bb", "ab", "b"),
        ("x*?y", "xxy", "xxy"),
        ("(a*)*", "aa", "aa"),
        ("\\101", "A", "A"),
    ],
)
def test_syntax(pattern, text, match):
    begin, end = compile_pattern(pattern).search(text)[:2]
    assert text[begin:end] == match


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "[a", "a**", "*", "a{2}{3}", "\\1", "(?=a)", "(?<=a)", "(?>a)", "a++", "\\y"),
        *("(?P<n>a)(?P<n>b)", "(?P<>a)", "[b-a]", "[[:no:]]", "a{1001}", "\\x{110000}", "\\"),
        *("\\p{", "\\xg", "(?z)", "[\\"),
    ],
)
def test_what_re2_refuses(pattern):
    with pytest.raises((PatternError, UnsupportedPattern)):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "((a{1000}){1000}){1000}",
        "a{1000}" * 6,
        "(" * 500 + ")" * 500,
        "x" * 3000,
        "\\p{Greek}",
        "\\C",
    ],
)
def test_what_is_too_large(pattern):
    with pytest.raises(UnsupportedPattern):
        compile_pattern(pattern)


def test_a_search_has_a_budget():
    """Of instructions by characters, and of all that are tried for one match after another."""
    with pytest.raises(UnsupportedPattern):
        compile_pattern("a{1000}" * 4).search("a" * 9_999)
    with pytest.raises(UnsupportedPattern):
        for _ in compile_pattern("a*b|a").find_all("a" * 5_000):
            pass


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)(.*)(.*)x", "((a*)*)*b", "(?:){9}"])
def test_hostile_patterns_end_soon(plain, pattern):
    begin = time.process_time()
    with suppress(EvaluationError):  # past the limit of steps
        assert isinstance(plain("regexall", pattern, "a" * 5_000 + "c"), list)
    assert time.process_time() - begin < 10


def test_too_long_an_input_is_not_searched(plain):
    with pytest.raises(EvaluationError) as caught:
        plain("regex", "a", "b" * 20_000)
    assert caught.value.cause == "unsupported"

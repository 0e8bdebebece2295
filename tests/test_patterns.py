"""Patterns that wait: what they stand for does all that the compiled one does."""

from __future__ import annotations

import re

import pytest

from iac_check.patterns import pattern


def test_it_is_compiled_when_it_is_used() -> None:
    waiting = pattern("(")  # no pattern at all, which nothing has noticed so far
    with pytest.raises(re.error):
        waiting.match("x")


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_it_is_as_the_compiled_one(flags: int) -> None:
    ours, theirs = pattern("a(b*)", flags), re.compile("a(b*)", flags)
    for _ in range(2):
        for text in ("xABBx", "abab", ""):
            for name in ("match", "search", "fullmatch", "findall"):
                found, expected = (str(getattr(p, name)(text)) for p in (ours, theirs))
                assert found == expected
        assert ours.sub("-", "xabx") == "x-x"
        assert (ours.pattern, ours.flags) == (theirs.pattern, theirs.flags)
    with pytest.raises(AttributeError):
        ours.nothing_of_the_kind  # noqa: B018

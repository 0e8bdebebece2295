"""Conditions in the code's own words, of a length that a reader takes."""

from __future__ import annotations

from iac_check.policy.wording import when


def test_a_condition_has_a_limit() -> None:
    variable, text = ("ref", "", "var.x"), ("literal", "str", "y" * 10_000)
    told = when({("==", variable, text): True, ("==", variable, ("literal", "str", "z")): False})
    assert told is not None
    assert len(told) < 1_000
    assert 'var.x != "z"' in told

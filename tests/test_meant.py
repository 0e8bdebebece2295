"""Guesses at what was meant: few enough of them, however many names are unknown."""

from __future__ import annotations

import pytest

from iac_check import meant


def test_of_very_many_names_not_all_are_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guess takes time in the number of known names."""
    asked: list[str] = []
    monkeypatch.setattr(meant, "hint", lambda name, known: asked.append(name) or "")
    names = [(f"n{at}", "x.tfvars:1:1") for at in range(20_000)]
    assert len(list(meant.without_effect(names, "nobody", ["known"]))) == meant.SHOWN + 1
    assert len(asked) <= 1_000

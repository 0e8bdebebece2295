"""Guesses at what was meant: few enough of them, however many names are unknown."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

import pytest

from iac_check import meant


def test_of_very_many_names_not_all_are_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guess takes time in the number of known names."""
    asked: list[str] = []
    monkeypatch.setattr(meant, "hint", lambda name, known: asked.append(name) or "")
    names = [(f"n{at}", "x.tfvars:1:1") for at in range(20_000)]
    assert len(list(meant.without_effect(names, "nobody", ["known"]))) == meant.SHOWN + 1
    assert len(asked) <= 1_000


def test_of_many_names_that_are_near_the_first_are_told_and_how_many_more() -> None:
    names = [(f"SomeName{at}x", f"p.json:{at + 1}:1") for at in range(3_000)]
    told = list(meant.without_effect(names, "nobody", [f"SomeName{at}y" for at in range(3_000)]))
    assert len(told) == meant.TOLD + 1
    assert told[0] == "p.json:1:1: nobody declares SomeName0x; did you mean SomeName0y?"
    assert told[-1] == "p.json:11:1: nobody declares 2990 more names from here on"


def test_a_name_is_held_against_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that begin and end like it: 3,000 names against 3,000 would take minutes."""
    held: list[int] = []

    def close(name: str, names: Collection[str], n: int, cutoff: float) -> list[str]:
        held.append(len(names))
        return get_close_matches(name, names, n, cutoff)

    monkeypatch.setattr("difflib.get_close_matches", close)
    known = tuple(f"Name{at}OfMany" for at in range(5_000))
    assert meant.meant("Name4321OfMnay", known) == "Name4321OfMany"
    assert meant.meant("Nmae4321OfMany", known) == "Name4321OfMany"
    guesses: dict[tuple[str, tuple[str, ...]], str] = {}
    for at in range(5_000):
        meant.guess(f"Name{at % 500}OfMnay", known, guesses)
    assert len(held) == 2 + meant.GUESS_LIMIT
    assert max(held) == meant.CANDIDATES

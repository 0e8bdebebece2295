"""Names that nothing knows: a guess at what was meant, and what is said of many of them.

A guess takes time in the number of names that are known: few are made, however many names there
are that nothing knows.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, MutableMapping

    Guesses = MutableMapping[tuple[str, tuple[str, ...]], str]

CANDIDATES = 200
"""Names that one is held against: of more, those that share the most letters at both ends."""
GUESS_LIMIT = 100
"""How many guesses are made in a run at what one name was meant to be."""
GUESSED = 1_000
"""How many names of one kind are held against those that are known."""
COMPARED = 20_000
"""How often a name of one kind is held against one that is known."""
TOLD = 10
"""How many names of one kind are told one by one."""
SHOWN = 3
"""The same where none is near to one that is known."""


def meant(name: str, known: Iterable[str], nearness: float = 0.6) -> str | None:
    """The known name that is most like another; None where none is as near (1.0: the same)."""
    from difflib import get_close_matches  # most runs have no such name

    names = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), _alike(name.lower(), names), n=1, cutoff=nearness)
    return names[near[0]] if near else None


def _alike(name: str, names: Collection[str]) -> Collection[str]:
    """At most CANDIDATES of some names, found faster than what is most like one."""
    if len(names) <= CANDIDATES:
        return names
    from heapq import nlargest

    def shared(other: str) -> int:
        return _begun(name, other) + _begun(reversed(name), reversed(other))

    return nlargest(CANDIDATES, names, key=shared)


def _begun(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters two names have in common before they differ."""
    number = -1
    for number, (letter, its) in enumerate(zip(one, other, strict=False)):
        if letter != its:
            return number
    return number + 1


def hint(name: str, known: Iterable[str], quote: str = "") -> str:
    """`; did you mean x?`, or nothing."""
    near = meant(name, known)
    return f"; did you mean {quote}{near}{quote}?" if near is not None else ""


def guess(name: str, known: tuple[str, ...], guesses: Guesses) -> str | None:
    """`meant`, of which few are made in a run: `guesses` are the run's."""
    found = guesses.get((name, known))
    if found is None:
        if len(guesses) >= GUESS_LIMIT:
            return None
        found = guesses[name, known] = meant(name, known) or ""
    return found or None


def without_effect(
    names: Iterable[tuple[str, object]], nobody: str, known: Iterable[str]
) -> Iterator[str]:
    """A warning for each of some names and their places, which `nobody` declares.

    Of those that are like no known name the first few, and how many more there are: a file of
    values that is made for more than what is checked has many of them.
    """
    known = sorted(known)
    left = min(GUESSED, max(TOLD, COMPARED // max(1, len(known))))
    told, others = 0, []
    for number, (name, place) in enumerate(names):
        near = hint(name, known) if number < left and told < TOLD else ""
        if near:
            told += 1
            yield f"{place}: {nobody} declares {name}{near}"
        else:
            others.append((name, place))
    shown = max(0, min(SHOWN, TOLD - told))
    for name, place in others[:shown]:
        yield f"{place}: {nobody} declares {name}"
    if len(others) > shown:
        yield f"{others[shown][1]}: {nobody} declares {len(others) - shown} more names from here on"

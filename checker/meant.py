"""Names that nothing knows: a guess at what was meant, and what is said of many of them."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GUESSED = 1_000
"""How many names of one kind are held against those that are known."""
SHOWN = 3
"""How many names of one kind are told one by one where none is near to one that is known."""


def meant(name: str, known: Iterable[str], nearness: float = 0.6) -> str | None:
    """The known name that is most like another; None where none is as near (1.0: the same)."""
    from difflib import get_close_matches  # most runs have no such name

    names = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), names, n=1, cutoff=nearness)
    return names[near[0]] if near else None


def hint(name: str, known: Iterable[str], quote: str = "") -> str:
    """`; did you mean x?`, or nothing."""
    near = meant(name, known)
    return f"; did you mean {quote}{near}{quote}?" if near is not None else ""


def without_effect(
    names: Iterable[tuple[str, object]], nobody: str, known: Iterable[str]
) -> Iterator[str]:
    """A warning for each of some names and their places, which `nobody` declares.

    Of those that are like no known name the first few, and how many more there are: a file of
    values that is made for more than what is checked has many of them.
    """
    known = sorted(known)
    others = []
    for number, (name, place) in enumerate(names):
        near = hint(name, known) if number < GUESSED else ""
        if near:
            yield f"{place}: {nobody} declares {name}{near}"
        else:
            others.append((name, place))
    for name, place in others[:SHOWN]:
        yield f"{place}: {nobody} declares {name}"
    if len(others) > SHOWN:
        yield f"{others[SHOWN][1]}: {nobody} declares {len(others) - SHOWN} more names from here on"

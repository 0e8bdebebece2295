"""What is the same in every world: sources and paths, which must be known before a run."""

from __future__ import annotations

from collections.abc import Callable

from ..annotations import TypeVar
from ..language.value import EvaluationError
from ..language.worlds import TooManyWorlds, Worlds
from ..source import InputError

T = TypeVar("T")


def certain(worlds: Worlds, read: Callable[[], T]) -> T | None:
    """What a reading gives in every world; None where they differ, or where it fails."""

    def attempt() -> T | None:
        try:
            return read()
        except (EvaluationError, InputError, RecursionError):
            return None

    try:
        outcomes = [outcome for _, outcome in worlds.explore(attempt)]
    except TooManyWorlds:
        return None
    return outcomes[0] if outcomes and all(found == outcomes[0] for found in outcomes) else None

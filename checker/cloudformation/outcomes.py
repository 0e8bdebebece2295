"""What is read of a stack over all worlds, and whether that is one thing."""

from __future__ import annotations

from collections.abc import Callable

from ..language.value import EvaluationError, Known, Unknown, Value
from ..language.worlds import TooManyWorlds, Worlds


def outcomes(worlds: Worlds, read: Callable[[], Value | None]) -> list[Value | None]:
    """A value in each world; None where it is wrong there. Nothing where there are too many."""

    def readable() -> Value | None:
        try:
            return read()
        except EvaluationError:
            return None
        except RecursionError:
            return Unknown("unsupported", "it is nested too deeply", ("nested",))

    try:
        return [outcome for _, outcome in worlds.explore(readable)]
    except TooManyWorlds:
        return []


def only(found: list[Value | None]) -> Value | None:
    """The value that all outcomes are; None where there is none such.

    Without those of worlds in which a stack has no template, so that it is refused, and of those
    in which a transform gives another: what is read of the stack is not known in these.
    """
    given = [outcome for outcome in found if outcome is not None and not refused(outcome)]
    alike = given and all(outcome == given[0] for outcome in given)
    return given[0] if alike else None


def refused(value: Value) -> bool:
    """Whether it is what a stack without a template has, or what a transform gives."""
    match value:
        case Known(data=None) | Unknown(term=("Fn::Transform", *_)):
            return True
    return False

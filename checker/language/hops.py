"""The hops of what is computed: which definitions decided it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, takewhile

from ..records import replace
from .expression import Conditional, Expression, Literal
from .value import HOPS_LIMIT, Hop, Known, ListValue, Value, noted

CONDITION_WIDTH = 60
"""Characters of a condition that a hop quotes; a longer one is not."""


NOTE_WIDTH = 150
"""Characters of what a hop says; of a longer one, nothing more is said."""


WHERE = "where "
"""How the note of a definition begins that only the current world decides."""


def decided_by(value: Value, condition: Value, test: bool, expression: Conditional) -> Value:
    """What a condition chose, with the definitions that decided it.

    Of one that only this world decides, where its name is defined.
    """
    if condition.sensitive:
        value = value.hidden()
    hops = noted(condition.trail)
    if not isinstance(condition, Known) or not hops:
        return value
    # A template all of which stands at one place has no code of its own that could be quoted.
    own = expression.test.span != expression.span
    written = " ".join(expression.test.span.text.split()) if own else ""
    shown = written if 0 < len(written) <= CONDITION_WIDTH else "the condition"
    answer = f"{shown} is {'true' if test else 'false'}"
    if condition.assumption is not None:
        return replace(value, trail=(Hop(hops[0].span, f"{WHERE}{answer}"), *value.trail))
    *way, last = hops[-HOPS_LIMIT:]
    decided = [hop if ": " in hop.note else _speaking_of(shown, hop) for hop in way]
    return replace(value, trail=(*decided, _speaking_of(answer, last), *value.trail))


def picked_by(value: Value, key: Value, written: Expression) -> Value:
    """An element, with the definitions that decided which."""
    if isinstance(written, Literal) or not isinstance(key, Known) or key.assumption is not None:
        return value
    hops = noted(key.trail)
    if not hops:
        return value
    shown = " ".join(written.span.text.split())
    shown = shown if 0 < len(shown) <= CONDITION_WIDTH else "the key"
    decided = [hop if ": " in hop.note else _speaking_of(shown, hop) for hop in hops[-HOPS_LIMIT:]]
    return replace(value, trail=(*decided, *value.trail))


PASSING_OVER = ("coalesce", "coalescelist", "concat")
"""Functions whose result begins with the first of their arguments that has anything."""


def passed_over(result: Value, arguments: Iterable[Value]) -> Value:
    """What is left where the first arguments are nothing, with the definitions that decided so."""
    nothing = takewhile(_is_nothing, arguments)
    hops = dict.fromkeys(hop for argument in nothing for hop in noted(argument.trail))
    if not hops:
        return result
    return replace(result, trail=(*islice(hops, HOPS_LIMIT), *result.trail))


def _is_nothing(value: Value) -> bool:
    if isinstance(value, ListValue):
        return not value.items and value.rest is None
    return isinstance(value, Known) and value.data in (None, "") and value.assumption is None


def part_of(whole: Value, part: Value) -> Value:
    """An element, reached through the definitions that gave its collection."""
    hops = noted(whole.trail)[-HOPS_LIMIT:]
    return replace(part, trail=(*hops, *part.trail)) if hops else part


def _speaking_of(what: str, hop: Hop) -> Hop:
    """A definition as one that decides a condition."""
    return hop if len(hop.note) > NOTE_WIDTH else Hop(hop.span, f"{what}: {hop.note}")


def explained(result: Value, *operands: Value) -> Value:
    """What is certain of operands, with the definitions that these came through."""
    empty = isinstance(result, ListValue) and not result.items and result.rest is None
    if not (isinstance(result, Known) or empty) or noted(result.trail):
        return result
    known = [operand for operand in operands if isinstance(operand, Known)]
    assumed = [operand for operand in known if operand.assumption is not None]
    if assumed and isinstance(result, Known):
        result = replace(result, assumption=("made of", assumed[0].assumption))
    hops = dict.fromkeys(hop for one in assumed or operands for hop in noted(one.trail))
    return replace(result, trail=tuple(islice(hops, HOPS_LIMIT))) if hops else result

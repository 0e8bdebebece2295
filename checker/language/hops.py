"""The hops of what is computed: which definitions decided it."""

from __future__ import annotations

from itertools import islice

from ..records import replace
from .expression import Conditional, Expression, Literal
from .value import HOPS_LIMIT, Hop, Known, ListValue, Value, noted

CONDITION_WIDTH = 60
"""Characters of a condition that a hop quotes; a longer one is not."""


NOTE_WIDTH = 150
"""Characters of what a hop says; of a longer one, nothing more is said."""


def decided_by(value: Value, condition: Value, test: bool, expression: Conditional) -> Value:
    """What a condition chose, with the definitions that decided it."""
    if not isinstance(condition, Known) or condition.assumption is not None:
        return value
    hops = noted(condition.trail)
    if not hops:
        return value
    # A template all of which stands at one place has no code of its own that could be quoted.
    own = expression.test.span != expression.span
    written = " ".join(expression.test.span.text.split()) if own else ""
    shown = written if 0 < len(written) <= CONDITION_WIDTH else "the condition"
    *way, last = hops[-HOPS_LIMIT:]
    answer = f"{shown} is {'true' if test else 'false'}"
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

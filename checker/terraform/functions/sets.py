"""Functions of sets.

Terraform reads a set in the order of its elements: strings by their bytes, numbers by value, false
before true, null last. Where an element is not known, or is a collection (these stand in the order
of a hash), so is the order.
"""

from __future__ import annotations

from itertools import islice

from ...language.branches import unified, unified_list
from ...language.convert import identities
from ...language.expression import Scalar
from ...language.types import element_type
from ...language.value import Known, ListValue, Term, Unknown, Value, term_of
from ...records import dataclass, replace
from .arguments import (
    arity,
    bounded_length,
    certainly_different,
    fewest,
    rest_once,
    sequence,
    unknown,
)
from .context import Context, Function


def make_set(
    items: tuple[Value, ...], rest: Unknown | None = None, element: Value | None = None
) -> ListValue:
    """A set of items, those that are certainly the same only once, and of what `rest` stands for.

    The known scalars come sorted, before the others.
    """
    once = dict(reversed([*zip(identities(items), items, strict=True)]))
    scalars = {term: item.data for term, item in once.items() if isinstance(item, Known)}
    order = sorted(scalars, key=lambda term: _rank(scalars[term]))
    others = [item for term, item in reversed(once.items()) if term not in scalars]
    kept = (*(once[term] for term in order), *others)
    ordered = rest is None and (not others or len(kept) == 1)
    least = None if ordered or not kept else fewest(kept)
    return ListValue(kept, "set", rest, element, least)


def _rank(data: Scalar) -> tuple[bool, str, Scalar]:
    kind = "str" if isinstance(data, str) else "bool" if isinstance(data, bool) else "number"
    return (data is None, kind, 0 if data is None else data)


def _toset(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("toset", arguments, 1, 1)
    if isinstance(arguments[0], Known) and arguments[0].data is None:
        return arguments[0]
    values = sequence("toset", arguments[0])
    if values is None:
        found = unknown("toset", arguments[0], not_null=False)
        given = arguments[0]
        if not isinstance(given, Unknown):
            return found
        if given.type is not None and given.type[0] == "set":
            return given
        element = element_type(given.type)
        type_ = ("set", element) if element is not None else None
        return replace(found, kept=given.kept, type=type_)
    values = unified_list(values, context.worlds, strictly=context.worlds.trying)
    return make_set(values.items, rest_once("toset", values), values.element)


def _setunion(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("setunion", arguments, 1, None)
    items: list[Value] = []
    rests: list[Value] = []
    element: Value | None = None
    for argument in arguments:
        values = sequence("setunion", argument)
        if values is None:
            rests.append(argument)
            continue
        items.extend(values.items)
        if values.rest is not None:
            rests.append(values.rest)
            element = values.element
    bounded_length(len(items))
    rest = unknown("setunion", *rests) if rests else None
    return make_set(
        unified(tuple(items), context.worlds, strictly=context.worlds.trying),
        rest,
        element if len(rests) == 1 else None,
    )


@dataclass(frozen=True)
class _Members:
    """A set, indexed so that a known item is looked up and not compared."""

    items: tuple[Value, ...]
    open_items: tuple[Value, ...]
    terms: frozenset[Term]
    complete: bool

    @classmethod
    def of(cls, values: ListValue) -> _Members:
        return cls(
            values.items,
            tuple(item for item in values.items if not isinstance(item, Known)),
            frozenset(identities(values.items)),
            values.rest is None,
        )

    def has(self, context: Context, item: Value) -> bool | None:
        """Whether the item is a member; None where that is not known."""
        if term_of(item) in self.terms:
            return True
        if not self.complete:
            return None
        others = self.open_items if isinstance(item, Known) else self.items
        context.worlds.step(len(others))
        for other in others:
            if not certainly_different(item, other):
                return None
        return False


def _select(name: str, wanted: bool) -> Function:
    """Elements of the first set that the others have (setintersection) or have not."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 2 if name == "setsubtract" else 1, None if wanted else 2)
        sets = [sequence(name, argument) for argument in arguments]
        known = [values for values in sets if values is not None]
        if len(known) < len(sets) or known[0].rest is not None:
            return unknown(name, *arguments)
        parts = _of_one_type(context, known)
        others = [_Members.of(values) for values in parts[1:]]
        kept: list[Value] = []
        for item in parts[0].items:
            answers = [members.has(context, item) for members in others]
            if None in answers and (not wanted) not in answers:
                return unknown(name, *arguments)
            if all(answer is wanted for answer in answers):
                kept.append(item)
        return make_set(tuple(kept))

    return function


def _of_one_type(context: Context, sets: list[ListValue]) -> list[ListValue]:
    """Sets whose elements have the type that all of them have in common."""
    of_all = tuple(item for values in sets for item in values.items)
    items = iter(unified(of_all, context.worlds, strictly=context.worlds.trying))
    return [replace(values, items=tuple(islice(items, len(values.items)))) for values in sets]


FUNCTIONS: dict[str, Function] = {
    "toset": _toset,
    "setunion": _setunion,
    "setintersection": _select("setintersection", True),
    "setsubtract": _select("setsubtract", False),
}

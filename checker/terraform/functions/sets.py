"""Functions of sets. A set of known strings or numbers is kept sorted, as Terraform reads it."""

from __future__ import annotations

from ...language.value import Attribute, Known, ListValue, Term, Value, term_of
from ...records import dataclass
from .arguments import arity, bounded_length, same, sequence, unknown
from .context import Context, Function
from .conversion import unified


def make_set(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Items that are certainly the same only once, the known ones sorted and first."""
    once = {term_of(item): item for item in reversed(items)}
    kept = [*reversed(once.values())]
    known = [item for item in kept if isinstance(item, Known)]
    known.sort(key=lambda item: (type(item.data).__name__, item.data or ""))
    return (*known, *(item for item in kept if not isinstance(item, Known)))


def _toset(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("toset", arguments, 1, 1)
    if isinstance(arguments[0], Known) and arguments[0].data is None:
        return arguments[0]
    values = sequence("toset", arguments[0])
    if values is None:
        return unknown("toset", arguments[0], not_null=False)
    return ListValue(make_set(unified(values.items)), "set", values.rest, values.element)


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
    return ListValue(make_set(tuple(items)), "set", rest, element if len(rests) == 1 else None)


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
            frozenset(map(term_of, values.items)),
            values.rest is None,
        )

    def has(self, item: Value) -> bool | None:
        """Whether the item is a member; None where that is not known."""
        if term_of(item) in self.terms:
            return True
        if not self.complete:
            return None
        for other in self.open_items if isinstance(item, Known) else self.items:
            if isinstance(item, Attribute) and isinstance(other, Attribute):
                continue
            if not isinstance(same(item, other), Known):
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
        others = [_Members.of(values) for values in known[1:]]
        kept: list[Value] = []
        for item in known[0].items:
            answers = [members.has(item) for members in others]
            if None in answers and (not wanted) not in answers:
                return unknown(name, *arguments)
            if all(answer is wanted for answer in answers):
                kept.append(item)
        return ListValue(make_set(tuple(kept)), "set")

    return function


FUNCTIONS: dict[str, Function] = {
    "toset": _toset,
    "setunion": _setunion,
    "setintersection": _select("setintersection", True),
    "setsubtract": _select("setsubtract", False),
}

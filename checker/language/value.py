"""Values that remember where they came from.

A value is what an expression certainly is. What is not certain is `Unknown`, with the cause;
a string of which only parts are certain is `Text`; a resource's attribute that only AWS will
fill in is `Attribute`, which still says whose it is.

Every value has a trail: the hops (span, note) it came through, nearest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from ..annotations import Any, TypeVar
from ..records import dataclass, field, replace
from ..source import Span
from .expression import Scalar

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal

    from ..graph import Resource
    from .kept import Kept

    Cause = Literal[
        "caller-supplied",
        "undeclared",
        "not-a-key",
        "external",
        "module-unavailable",
        "cycle",
        "unsupported",
    ]
else:
    Cause = str

# What an unknown is, as a nested tuple, so that the same unknown met twice is the same:
# ("ref", scope, "var.env"), ("==", term, term), ("literal", "str", "x"), ("call", "upper", term).
Term = tuple["Scalar | Term", ...]

# "string", "number" or "bool"; ("list", element), and so a set, map or tuple, of any elements
# where there is no second; ("object", (name, type), ...), with the default
# of an optional attribute after its type. None is any.
Type = str | tuple[Any, ...]

V = TypeVar("V", bound="Value")


class Secret(str):
    """A sensitive string within a term: it compares as it is, and is never printed."""

    __slots__ = ()


class EvaluationError(Exception):
    """What the language itself would refuse (an index out of range, a wrong argument).

    `try` and `can` catch it. One that reaches the rule is a reference to something that is
    not there, unless `cause` says otherwise.
    """

    def __init__(self, message: str, span: Span | None = None, cause: Cause = "undeclared") -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.cause: Cause = cause
        self.hops: tuple[Hop, ...] = ()
        self.elsewhere = False
        """Whether it is another definition's: `try` around a use of that does not catch it."""


class Absent(EvaluationError):
    """A reference to what is not there; other errors are refusals of what is there."""


@dataclass(frozen=True)
class Hop:
    span: Span
    note: str


HOPS_LIMIT = 20
"""Definitions that are told of a condition, or of what is made of several values."""


def noted(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """The hops that say something: those of definitions."""
    return tuple(hop for hop in hops if hop.note)


@dataclass(frozen=True, kw_only=True)
class Value:
    trail: tuple[Hop, ...] = field(default=(), compare=False, repr=False)
    sensitive: bool = field(default=False, compare=False, repr=False)
    owner: Resource | None = field(default=None, compare=False, repr=False)
    """The resource whose argument it is, where it was read as one."""

    def via(self: V, span: Span, note: str) -> V:
        """The same value, seen from one hop nearer to the rule."""
        return replace(self, trail=(Hop(span, note), *self.trail))

    def hidden(self: V) -> V:
        return self if self.sensitive else replace(self, sensitive=True)


@dataclass(frozen=True)
class Known(Value):
    """A string, number, bool or null. `assumption`: of what only the current world says so.

    `null_type` is that of the string, number or bool which is null, where it is declared.
    """

    data: Scalar
    assumption: Term | None = field(default=None, compare=False, repr=False, kw_only=True)
    null_type: str | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Attribute(Value):
    """An attribute of a declared resource, known only after apply."""

    resource: Resource
    path: str


@dataclass(frozen=True)
class Whole(Value):
    """A resource itself, before one of its attributes is read."""

    resource: Resource


@dataclass(frozen=True)
class Text(Value):
    """A string of which only parts (Known strings, Attributes, Unknowns) are known. Never null."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Unknown(Value):
    """Not known, and why. `why` is a phrase that completes "cannot be followed: …".

    `domain` holds the only values it can have, where that is declared (AllowedValues), `places`
    where each is; `type` is what it is if it is not null, and a term with a type never has another.
    `kept`: what it has of a map, where a `for` made it.
    """

    cause: Cause
    why: str
    term: Term
    not_null: bool = False
    domain: tuple[Scalar, ...] | None = None
    type: Type | None = field(default=None, compare=False, repr=False)
    places: Mapping[str, Hop] = field(default_factory=dict, compare=False, repr=False)
    kept: Kept | None = field(default=None, compare=False, repr=False)

    def assumed(self, data: Scalar) -> Known:
        """What it is in a world: no definition says so, so its trail keeps only the places."""
        trail = tuple(Hop(hop.span, "") for hop in self.trail)
        if isinstance(data, str) and data in self.places:
            trail = (*trail, self.places[data])
        null_type = self.type if data is None and isinstance(self.type, str) else None
        return Known(
            data,
            trail=trail,
            sensitive=self.sensitive,
            assumption=self.term,
            null_type=null_type,
        )


@dataclass(frozen=True)
class ListValue(Value):
    """A list, tuple or set. With `rest`, more elements follow, of an unknown number.

    `element` is what each of those is, where that is known (instances of one resource).
    `absent` is the message for a name in place of a number.

    With `least` the items stand in an order that is not known, as a set's do, and equal ones may
    be one: there are at least so many. Without it each stands at its place.
    """

    items: tuple[Value, ...]
    kind: Literal["tuple", "list", "set"] = "tuple"
    rest: Unknown | None = None
    element: Value | None = None
    least: int | None = None
    absent: str = field(default='a list has no element "{}": they are numbered', compare=False)


@dataclass(frozen=True)
class MapValue(Value):
    """A map or object. With `rest`, more keys may exist, and `element` as in ListValue.

    `absent` is the message for a key that is not there. `lacking`: a part of it is null in this
    world alone, so that one in which such a key is read is none (the program is refused).
    """

    items: Mapping[str, Value]
    kind: Literal["object", "map"] = "object"
    rest: Unknown | None = None
    element: Value | None = None
    absent: str = 'there is no element "{}"'
    lacking: bool = field(default=False, compare=False, repr=False)


class LazyItems(Mapping[str, Value]):
    """The items of a map whose values are evaluated only when read."""

    def __init__(self, keys: tuple[str, ...], get: Callable[[str], Value]) -> None:
        self._keys = dict.fromkeys(keys)
        self._get = get

    def __getitem__(self, key: str) -> Value:
        if key not in self._keys:
            raise KeyError(key)
        return self._get(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


def _size(part: Value) -> int:
    if isinstance(part, Text):
        return sum(map(_size, part.parts))
    return len(part.data) if isinstance(part, Known) and isinstance(part.data, str) else 100


TERM_LIMIT = 5_000
"""Leaves of one value that may become a term: shared parts count as often as they are reached."""


def term_of(value: Value) -> Term:
    """What a value is, as a hashable term, so that equal unknowns are recognised.

    Raises EvaluationError past TERM_LIMIT.
    """
    return _term(value, [TERM_LIMIT])


def _term(value: Value, left: list[int]) -> Term:
    left[0] -= 1
    if left[0] < 0:
        raise EvaluationError("a value has too many elements", cause="unsupported")
    match value:
        case Known(data=str(data), sensitive=True):
            return ("literal", "str", Secret(data))
        case Known(data=data):
            return ("literal", type(data).__name__, data)
        case Unknown(term=term):
            _measure(term, left)
            return term
        case Attribute(resource=resource, path=path):
            return ("ref", resource.scope, f"{resource.address}.{path}")
        case Whole(resource=resource):
            return ("ref", resource.scope, resource.address)
        case Text(parts=parts):
            return ("text", *(_term(part, left) for part in parts))
        case ListValue(items=items, rest=rest, least=least):
            terms = (_term(item, left) for item in items)
            name = "list" if least is None else "unordered"
            return (name, *terms, *((("rest", rest.term),) if rest else ()))
        case MapValue(items=mapping, rest=rest):
            pairs = tuple((key, _term(item, left)) for key, item in sorted(mapping.items()))
            return ("map", *pairs, *((rest.term,) if rest else ()))
    raise TypeError(type(value).__name__)


def _measure(term: Term, left: list[int]) -> None:
    """Count a term's parts: a term that doubles at each step would never be hashed to its end."""
    left[0] -= 1
    if left[0] < 0:
        raise EvaluationError("a value has too many elements", cause="unsupported")
    for part in term:
        if isinstance(part, tuple):
            _measure(part, left)


@lru_cache(1 << 14)
def names_in(term: Term) -> frozenset[Term]:
    """The names (`("ref", scope, name)`) that a term speaks of."""
    found: set[Term] = set()
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if part[:1] == ("ref",) and isinstance(part[1], str):
            found.add(part)
        else:
            waiting.extend(inner for inner in part if isinstance(inner, tuple))
    return frozenset(found)


def first_unknown(*values: Value) -> Unknown | None:
    """The first unknown in values or their parts, which explains why a result is unknown."""
    for value in values:
        match value:
            case Unknown():
                return value
            case Text(parts=parts):
                found = first_unknown(*parts)
            case Attribute(resource=resource, path=path):
                found = Unknown(
                    "external",
                    f"{resource.address}.{path} is known only after apply",
                    term_of(value),
                    not_null=True,
                    trail=value.trail,
                )
            case ListValue(items=items, rest=rest, least=least):
                found = first_unknown(*items, *((rest,) if rest else ()))
                if found is None and least is not None:
                    why = "the order of a set's elements is not known"
                    found = Unknown("unsupported", why, term_of(value), not_null=True)
            case Whole(resource=resource):
                found = Unknown(
                    "not-a-key",
                    f"{resource.address} is a whole resource",
                    term_of(value),
                    not_null=True,
                    trail=value.trail,
                    owner=resource,
                )
            case MapValue(items=mapping, rest=rest):
                found = first_unknown(*mapping.values(), *((rest,) if rest else ()))
            case _:
                found = None
        if found is not None:
            return found
    return None


def _operation_term(operation: str, values: tuple[Value, ...]) -> Term:
    left = [TERM_LIMIT]
    return (operation, *(_term(value, left) for value in values))


def derived(
    operation: str, *values: Value, not_null: bool = True, type: Type | None = None
) -> Unknown:
    """The unknown result of an operation or function on values of which one is not known."""
    source = first_unknown(*values)
    if source is None:
        raise AssertionError(f"{operation}: every operand is known")
    return Unknown(
        source.cause,
        source.why,
        _operation_term(operation, values),
        not_null=not_null,
        type=type,
        trail=source.trail,
        sensitive=any(value.sensitive for value in values),
        owner=source.owner if source.cause == "not-a-key" else None,  # that of which it is made
    )


TEXT_LIMIT = 1_000_000
"""Characters of one string, a part that is not known counting 100; a longer one is not composed."""


def _joined(first: Known, second: Known) -> Known:
    """Two strings as one, with the definitions that both came through."""
    hops = _definitions(first.trail, second.trail)
    longer = second if len(str(second.data)) > len(str(first.data)) else first
    assumed = first.assumption is not None or second.assumption is not None
    return Known(
        f"{first.data}{second.data}",
        trail=hops or longer.trail,
        sensitive=first.sensitive or second.sensitive,
        assumption=_MADE if assumed else None,
    )


_MADE: Term = ("as string", "of what is assumed")  # so it is never of another type


def _definitions(first: tuple[Hop, ...], second: tuple[Hop, ...]) -> tuple[Hop, ...]:
    found = noted(first)
    more = noted(second)
    return tuple(dict.fromkeys((*found, *more)))[:HOPS_LIMIT] if found and more else found or more


def text(parts: list[Value], *, trail: tuple[Hop, ...] = ()) -> Value:
    """Join strings: Known where all parts are, else Text with neighbouring known parts merged.

    A part alone stays what it is, and is a string: null was refused before.

    Raises EvaluationError past TEXT_LIMIT.
    """
    size = sum(_size(part) for part in parts)
    if size > TEXT_LIMIT:
        raise EvaluationError("a string grows too long", cause="unsupported")
    flat: list[Value] = []
    sensitive = False
    for part in parts:
        sensitive = sensitive or part.sensitive
        for piece in part.parts if isinstance(part, Text) else (part,):
            last = flat[-1] if flat else None
            if isinstance(piece, Known) and isinstance(last, Known):
                flat[-1] = _joined(last, piece)
            elif not (isinstance(piece, Known) and piece.data == ""):
                flat.append(piece)
    if not flat:
        return Known("", trail=trail, sensitive=sensitive)
    if len(flat) == 1 and isinstance(flat[0], Known):
        whole = flat[0]
        hops = (*trail, *noted(whole.trail)) if trail else whole.trail
        return replace(whole, trail=hops, sensitive=sensitive)
    if len(flat) == 1:
        alone = flat[0].hidden() if sensitive else flat[0]
        return replace(alone, not_null=True) if isinstance(alone, Unknown) else alone
    return Text(tuple(flat), trail=trail, sensitive=sensitive)

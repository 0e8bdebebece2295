"""`base[key]`: elements of lists, maps and resources, where either side may not be known."""

from __future__ import annotations

from ..records import replace
from .convert import may_be, to_number, to_string
from .value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    Whole,
    derived,
    term_of,
)
from .worlds import Unreachable, Worlds


def index(base: Value, key: Value, worlds: Worlds) -> Value:
    """`base[key]`. An unknown key is one of the keys there are: one world for each."""
    match base:
        case MapValue():
            return _within(base, _index_map(base, key, worlds))
        case ListValue():
            return _within(base, _index_list(base, key, worlds))
        case Whole(resource=resource) if isinstance(key, Known) and isinstance(key.data, str):
            found = resource.read(key.data)
            return Attribute(resource, key.data) if found is None else found
        case Attribute(resource=resource, path=path) if isinstance(key, Known):
            return Attribute(resource, f"{path}.{key.data}", trail=base.trail)
        case Unknown():
            return derived("index", base, key, not_null=False)
        case Attribute() | Whole():
            return derived("index", key, base, not_null=False)
        case Known(data=None):
            raise EvaluationError("it reads an attribute of null")
    raise EvaluationError(f"it reads an element of {_kind(base)}")


def _within(collection: Value, element: Value) -> Value:
    """An element, reached through the definitions that gave its collection."""
    hops = tuple(hop for hop in collection.trail if hop.note)
    if collection.sensitive:
        element = element.hidden()
    return replace(element, trail=(*hops, *element.trail)) if hops else element


def _index_map(base: MapValue, key: Value, worlds: Worlds) -> Value:
    key = to_string(key)
    if isinstance(key, Known):
        if key.data in base.items:
            return base.items[str(key.data)]
        if base.rest is not None:
            return base.element or derived("index", base.rest, key, not_null=False)
        raise EvaluationError(base.absent.format("…" if key.sensitive else key.data))
    for name in sorted(base.items):
        if may_be(key, name) and worlds.decide(("==", term_of(key), term_of(Known(name)))):
            return base.items[name]
    if base.rest is not None:
        return base.element or derived("index", base.rest, key, not_null=False)
    if not base.items:
        raise EvaluationError("it reads an element of an empty map")
    return _no_such_element(worlds)


def _index_list(base: ListValue, key: Value, worlds: Worlds) -> Value:
    if base.kind == "set":
        raise EvaluationError("a set has no elements that can be read by index")
    number = to_number(key)
    if isinstance(number, Known):
        at = number.data
        if isinstance(at, int) and 0 <= at < len(base.items):
            return base.items[at]
        if base.rest is not None:
            return base.element or derived("index", base.rest, number, not_null=False)
        raise EvaluationError(f"there is no element {at} in a list of {len(base.items)}")
    for at, item in enumerate(base.items):
        if worlds.decide(("==", term_of(number), term_of(Known(at)))):
            return item
    if base.rest is not None:
        return base.element or derived("index", base.rest, number, not_null=False)
    if not base.items:
        raise EvaluationError("it reads an element of an empty list")
    return _no_such_element(worlds)


def _no_such_element(worlds: Worlds) -> Value:
    """An unknown key that is none of those there are: an error, which only `try` survives."""
    if worlds.trying:
        raise EvaluationError("there is no such element")
    raise Unreachable


def _kind(value: Value) -> str:
    match value:
        case Known(data=bool()):
            return "a bool"
        case Known(data=str()) | Text():
            return "a string"
        case Known():
            return "a number"
    return "a resource"

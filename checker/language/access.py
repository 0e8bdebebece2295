"""`base[key]`: elements of lists, maps and resources, where either side may not be known."""

from __future__ import annotations

from collections.abc import Iterator

from ..records import replace
from .convert import may_be, to_number, to_string
from .value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Term,
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
            found = Attribute(resource, f"{path}.{key.data}", trail=base.trail)
            return _attempted(found, worlds)
        case Unknown():
            return _attempted(derived("index", base, key, not_null=False), worlds)
        case Attribute() | Whole():
            return _attempted(derived("index", key, base, not_null=False), worlds)
        case Known(data=None):
            raise EvaluationError("it reads an attribute of null")
    raise EvaluationError(f"it reads an element of {_kind(base)}")


def _attempted(element: Value, worlds: Worlds) -> Value:
    """An element of what is not known. Raises EvaluationError in a world that has none."""
    if not worlds.succeeds(term_of(element)):
        raise EvaluationError("there is no such element")
    return element


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
            return _of_rest(base, base.rest, key, worlds)
        raise EvaluationError(base.absent.format("…" if key.sensitive else key.data))
    if base.rest is not None and _is_key_of(key, base.rest.term):
        return _of_rest(base, base.rest, key, worlds)
    for name in sorted(base.items):
        if may_be(key, name) and worlds.decide(("==", term_of(key), term_of(Known(name)))):
            return base.items[name]
    if base.rest is not None:
        return _of_rest(base, base.rest, key, worlds)
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
            return _of_rest(base, base.rest, number, worlds)
        raise EvaluationError(f"there is no element {at} in a list of {len(base.items)}")
    if base.rest is not None and _is_key_of(number, base.rest.term):
        return _of_rest(base, base.rest, number, worlds)
    for at, item in enumerate(base.items):
        if worlds.decide(("==", term_of(number), term_of(Known(at)))):
            return item
    if base.rest is not None:
        return _of_rest(base, base.rest, number, worlds)
    if not base.items:
        raise EvaluationError("it reads an element of an empty list")
    return _no_such_element(worlds)


def _of_rest(base: ListValue | MapValue, rest: Unknown, key: Value, worlds: Worlds) -> Value:
    """One of the elements that `rest` stands for. Raises EvaluationError where there is none.

    Of instances it is always asked whether there is one; of other collections only where `try`
    survives the answer, for else the program would be refused.
    """
    found = base.element or derived("index", rest, key, not_null=False)
    if (base.element is None and not worlds.trying) or _is_key_of(key, rest.term):
        return found
    size = _size(rest.term)
    known = ("has key", rest.term, term_of(key)) if size is None else ("<", term_of(key), size)
    if not worlds.decide(known):
        raise EvaluationError("there is no such element")
    return found


_AS_SET = frozenset({"toset", "tolist", "sort", "distinct"})
_SAME_KEYS = _AS_SET | {"for_each", "keys", "tomap"}


def _size(collection: Term) -> Term | None:
    """The `count` that a list of instances, or of something of each, has as many elements as."""
    while collection[0] in ("splat", "all elements") and isinstance(of := collection[-1], tuple):
        collection = of
    count = collection[1] if collection[0] == "count" else None
    return count if isinstance(count, tuple) else None


def _is_key_of(key: Value, collection: Term) -> bool:
    """Whether `each.key` or `count.index` runs over a collection, or over a part of it."""
    match key:
        case Unknown(term=("count.index", _, tuple(size))):
            return size == _size(collection)
        case Unknown(term=("each.key", _, tuple(over))):
            wanted, listed = _keys_of(collection)
            for source in sources(over):
                if source == wanted:
                    return True
                if source[0] == "some elements" and not listed:
                    return False  # the elements of a map are not its keys
    return False


def sources(collection: Term) -> Iterator[Term]:
    """The collection whose keys another has, and what it is a part of, and so on."""
    while True:
        collection, _ = _keys_of(collection)
        yield collection
        whole = collection[-1]
        if collection[0] not in _PARTS or not isinstance(whole, tuple):
            return
        collection = whole


_PARTS = frozenset({"some keys", "some elements"})


def _keys_of(collection: Term) -> tuple[Term, bool]:
    """The collection whose keys another has, and whether it certainly is a list or set."""
    listed = False
    while collection[0] in _SAME_KEYS and isinstance(inner := collection[1], tuple):
        listed = listed or collection[0] in _AS_SET
        collection = inner
    return collection, listed


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

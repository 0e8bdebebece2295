"""Which keys a collection has that is not known: those of another, all or a part of them.

`each.key` and `count.index` are unknowns whose terms hold what they run over; so do the results
of functions and of `for`.
"""

from __future__ import annotations

from collections.abc import Iterator

from .value import Term, Unknown, Value, term_of

KEYED = "keyed"
"""What a map of a collection's elements is, under keys that are made of them."""

ONE_OF = "one of"
"""What a collection is of which only single elements are not known: it has one at least."""

_OF_ELEMENTS = frozenset({"toset", "tolist", "sort", "distinct", "reverse"})
_ORDERED = frozenset({"tolist", "sort", "reverse"})
_AS_MANY = _ORDERED | {
    "splat", "all elements", "keys", "values", "for_each", "tomap", "converted to map", "all keys",
}  # fmt: skip
_OF_KEYS = frozenset({"for_each", "tomap"})


def of_any_instance(term: Term) -> bool:
    """Whether a term is of `[*]`, any instance: what is of it twice may be of two instances."""
    if term[:1] == ("ref",):
        return "[*]" in str(term[2])
    return any(isinstance(part, tuple) and of_any_instance(part) for part in term)


def has_key(collection: Term, key: Term) -> Term:
    """That a map or set has a key: one term for all with the same keys."""
    return ("has key", _keys(collection), key)


def has_element(collection: Term, element: Term) -> Term:
    """That a list or set has an element; of the keys of a map, that it has the key."""
    return ("has key", _elements(collection), element)


def is_set(collection: Term) -> bool:
    """Whether a collection is a set, whose values are its keys."""
    match collection:
        case ("for_each", ("toset", *_)):
            return True
    return False


def has_index(collection: Term, index: Term) -> Term:
    """That a list has an index: that it is longer, as it is than each of a count of its length."""
    size = length(collection)
    match index:
        case ("count.index", _, tuple(count)) if count == size:
            return ("literal", "bool", True)
    return ("<", index, size)


def length(collection: Term) -> Term:
    """How many elements a collection has: one term for all that have as many.

    As a set, a list has fewer where two are equal; keys never are.
    """
    while True:
        match collection:
            case ("count", tuple(size)):
                return size
            case (str(name), *_, tuple(inner)) if name in _AS_MANY:
                collection = inner
            case ("toset" | "distinct", tuple(inner)) | ("zipmap", tuple(inner), _):
                while inner[0] in _ORDERED | {"toset", "distinct"} and isinstance(inner[1], tuple):
                    inner = inner[1]
                if inner[0] not in ("keys", "list of some keys"):
                    return ("length", ("distinct", inner))
                collection = inner
            case ("list of some keys", *told):
                return ("length", ("some keys", *told))
            case _:
                return ("length", collection)


def size_of(collection: Term) -> Term | None:
    """The `count` that a list of instances, or of something of each, has as many elements as."""
    while collection[0] in ("splat", "all elements") and isinstance(of := collection[-1], tuple):
        collection = of
    count = collection[1] if collection[0] == "count" else None
    return count if isinstance(count, tuple) else None


def is_key_of(key: Value, collection: Term) -> bool:
    """Whether `each.key` or `count.index` runs over a collection, or over a part of it.

    So does an element of a list of its keys, and what it is made of, one by one.
    """
    if collection[0] == ONE_OF:
        term = term_of(key)
        if term in collection[1:] and not of_any_instance(term):
            return True
    match key:
        case Unknown(term=("index", tuple(listed), _)):
            return _keys(collection) in _wholes(_elements(listed))
        case Unknown(term=("count.index", _, tuple(size))):
            return size == size_of(collection)
        case Unknown(term=("each.key", _, tuple(over))):
            return _keys(collection) in _wholes(_keys(over))
        case Unknown(term=("source key", _, tuple(over)), type=type_):
            return any(
                type_ == "number" and length(of) == size_of(collection)
                if type_ != "string"
                else _keys(collection) in _wholes(_mapped(of))
                for of in _keyed(over)
            )
    return False


def _keyed(over: Term) -> Iterator[Term]:
    """The collections of whose entries the keys of others are made."""
    for whole in _wholes(_keys(over)):
        if whole[0] == KEYED and isinstance(of := whole[-1], tuple):
            yield of


def is_element_of(element: Value, collection: Term) -> bool:
    """Whether `each.key` runs over the elements of a list or set, or over a part of them."""
    match element:
        case Unknown(term=("each.key", _, tuple(over))):
            return _elements(collection) in _wholes(_keys(over))
    return False


def sources(collection: Term) -> Iterator[Term]:
    """The collection whose keys another has, and what it is a part of.

    If it is not empty, none of them is.
    """
    for whole in _wholes(_keys(collection)):
        yield measured(whole)
        if whole[0] == KEYED and isinstance(of := whole[-1], tuple):
            yield from map(measured, _wholes(_mapped(of)))


def measured(keys: Term) -> Term:
    """The collection that has as many elements as there are keys."""
    return keys[1] if keys[0] == "elements" and isinstance(keys[1], tuple) else keys


def _wholes(keys: Term) -> Iterator[Term]:
    """Some keys, and those that they are a part of, and so on."""
    while True:
        yield keys
        match keys:
            case ("some keys", _, _, tuple(whole)):
                keys = _mapped(whole)
            case ("some elements", _, _, tuple(whole)):
                keys = _elements(whole)
            case _:
                return


def _keys(collection: Term) -> Term:
    """The keys of a map, or the elements of a set: equal terms for equal keys."""
    match collection:
        case ("converted to map", _, tuple(inner)):
            return _keys(inner)
        case (str(name), tuple(inner)) if name in _OF_KEYS:
            return _keys(inner)
        case (str(name), tuple(inner)) if name in _OF_ELEMENTS:
            return _elements(inner)
        case ("all keys", _, _, tuple(inner)):
            return _mapped(inner)
        case ("zipmap", tuple(names), _):
            return _elements(names)
    return collection


def _elements(collection: Term) -> Term:
    """The elements of a list, set or map, where its order does not matter."""
    match collection:
        case ("keys", tuple(inner)):
            return _keys(inner)
        case (str(name), tuple(inner)) if name in _OF_ELEMENTS:
            return _elements(inner)
        case ("some elements", *_):
            return collection
        case ("list of some keys", text, told, tuple(inner)):
            return ("some keys", text, told, inner)
    return ("elements", collection)


def _mapped(collection: Term) -> Term:
    """What the first variable of a `for` runs over: keys, or the indexes of a list."""
    match collection:
        case ("toset", tuple(inner)):
            return _elements(inner)
        case (str(name), *_) if name == "keys" or name in _OF_ELEMENTS:
            return ("indexes", collection)
    return _keys(collection)

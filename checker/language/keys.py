"""Which keys a collection has that is not known: those of another, all or a part of them.

`each.key` and `count.index` are unknowns whose terms hold what they run over; so do the results
of functions and of `for`.
"""

from __future__ import annotations

from collections.abc import Iterator

from .value import Term, Unknown, Value

_AS_SET = frozenset({"toset", "tolist", "sort", "distinct"})
_SAME_KEYS = _AS_SET | {"for_each", "keys", "tomap"}


def size_of(collection: Term) -> Term | None:
    """The `count` that a list of instances, or of something of each, has as many elements as."""
    while collection[0] in ("splat", "all elements") and isinstance(of := collection[-1], tuple):
        collection = of
    count = collection[1] if collection[0] == "count" else None
    return count if isinstance(count, tuple) else None


def is_key_of(key: Value, collection: Term) -> bool:
    """Whether `each.key` or `count.index` runs over a collection, or over a part of it."""
    match key:
        case Unknown(term=("count.index", _, tuple(size))):
            return size == size_of(collection)
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

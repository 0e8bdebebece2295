"""What a `for` makes of each entry of a map that is not known: which are kept, and as what."""

from __future__ import annotations

from collections.abc import Callable

from ..annotations import TypeGuard
from ..records import dataclass
from .keys import is_key_of
from .types import element_type, is_mapping
from .value import Unknown, Value


@dataclass(frozen=True)
class Kept:
    """The entries that a `for` keeps under their own keys.

    `made` is the value of an entry, `wanted` whether it is kept, of its key and its element in the
    collection; both ask what is not known of the current world.
    """

    collection: Unknown
    made: Callable[[Value, Value], Value]
    wanted: Callable[[Value, Value], bool]

    def covers(self, key: Value) -> bool:
        """Whether `each.key` runs over the collection, or a part of it, or what that is kept of."""
        inner = self.collection.kept
        if not isinstance(key, Unknown) or key.term[0] != "each.key":
            return False
        return is_key_of(key, self.collection.term) or (inner is not None and inner.covers(key))

    def has(self, key: Unknown) -> bool:
        """Whether the entry of such a key is kept, in this world."""
        inner = self.collection.kept
        if inner is not None and not inner.has(key):
            return False
        return self.wanted(key, self._element(key))

    def at(self, key: Unknown) -> Value:
        """The value of the entry of such a key."""
        return self.made(key, self._element(key))

    def _element(self, key: Unknown) -> Value:
        inner = self.collection.kept
        return inner.at(key) if inner is not None else entry(self.collection, key)


def is_map(collection: Unknown) -> bool:
    """Whether what is not known is certainly a map or object: an index is no key that stays one."""
    return collection.kept is not None or is_mapping(collection) is True


def names_entry(key: Value, collection: Unknown) -> TypeGuard[Unknown]:
    """Whether `each.key` runs over the keys of a map that is not known, or over a part of them."""
    is_each = isinstance(key, Unknown) and key.term[0] == "each.key"
    return is_each and is_map(collection) and is_key_of(key, collection.term)


def entry(collection: Unknown, key: Unknown) -> Unknown:
    """The entry of such a key: `each.value` of a resource with one instance for each entry."""
    term = ("each.value", key.term[1], ("for_each", collection.term))
    type_ = element_type(collection.type)
    return Unknown(collection.cause, collection.why, term, type=type_, trail=collection.trail)

"""What a `for` makes of each entry of a map that is not known: which are kept, and as what."""

from __future__ import annotations

from collections.abc import Callable

from ..records import dataclass
from .keys import is_key_of
from .types import element_type
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
        whole = self.collection
        if whole.kept is not None:
            return whole.kept.at(key)
        # As `each.value` of a resource that has one instance for each entry.
        term = ("each.value", key.term[1], ("for_each", whole.term))
        return Unknown(whole.cause, whole.why, term, type=element_type(whole.type))

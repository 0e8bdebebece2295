"""What a `for` makes of each entry of a map that is not known: which are kept, and as what."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..annotations import TypeGuard
from ..records import dataclass, replace
from .expression import Expression, For, Reference
from .keys import KEYED, is_key_of
from .types import element_type, is_mapping, is_sequence
from .value import Term, Unknown, Value

SOME_KEYS, ALL_KEYS, KEYS_LISTED = "some keys", "all keys", "list of some keys"
GROUPED = "grouped"


def form_of(
    expression: For, collection: Value, outer: Callable[[], tuple[Term, ...]]
) -> tuple[str, Value]:
    """What a `for` gives of a collection that is not known: parts of its term (keys.py).

    Its keys are a part of the collection's where they are given as they are, and else of a map
    under such keys; a list of all has as many elements. `outer`: what the key reads around it.
    """
    if _is_of_elements(expression, collection):  # as of the set of them
        assert isinstance(collection, Unknown)
        elements: Term = ("toset", collection.term)
        made = replace(collection, term=elements, type=("set", "string"), kept=None)
        return SOME_KEYS if expression.condition else ALL_KEYS, made
    kind = _kind(expression, collection)
    if kind != "for" or expression.key is None or not isinstance(collection, Unknown):
        return kind, collection
    term = (KEYED, _written(expression, expression.key), outer(), collection.term)
    whole = replace(collection, term=term, type=("map", element_type(collection.type)), kept=None)
    fewer = expression.condition or expression.grouping  # a group has one key
    return SOME_KEYS if fewer else ALL_KEYS, whole


def _is_of_elements(expression: For, collection: Value) -> bool:
    """Whether each string of a list is the key of what is made of it, and of nothing else."""
    key = expression.key
    return (
        isinstance(collection, Unknown)
        and collection.type == ("list", "string")
        and isinstance(key, Reference)
        and key.name == expression.value_name
        and expression.key_name is None
        and not expression.grouping
    )


def _written(expression: For, key: Expression) -> str:
    """A key as it is written; where it is read from the element, whatever name that has."""
    text = key.span.text
    path = re.fullmatch(rf"{re.escape(expression.value_name)}((?:\.[\w-]+)+)", text)
    return path[1] if path else f"{expression.key_name}, {expression.value_name}: {text}"


def source_key(key: Value, collection: Unknown) -> Unknown:
    """The key in a collection of the entry whose own key is made of it.

    Of a set that is the element itself.
    """
    assert isinstance(key, Unknown)
    term = ("source key", *key.term[1:])
    mapping = is_map(collection) or is_set(collection)
    type_ = "string" if mapping else "number" if is_sequence(collection) else None
    return Unknown(key.cause, key.why, term, not_null=True, type=type_)


def _kind(expression: For, collection: Value) -> str:
    given = expression.value if expression.key is None else expression.key
    if isinstance(given, Reference):
        same = expression.value_name if is_set(collection) else None  # as the key
        if given.name in (expression.key_name, same) and expression.key is not None:
            return SOME_KEYS if expression.condition else ALL_KEYS
        indexed = bool(expression.key and expression.key_name) and is_sequence(collection)
        if given.name == expression.value_name and not indexed:
            return "some elements"
        whole = isinstance(collection, Unknown) and is_map(collection)
        if given.name == expression.key_name and expression.condition and whole:
            return KEYS_LISTED
    return "for" if expression.condition or expression.key else "all elements"


@dataclass(frozen=True)
class Kept:
    """The entries that a `for` keeps under their own keys, or the keys of these as a list or set.

    Under keys that are made of them, two entries may have one key: each in another filter, while
    neither `for` is refused. Of groups (GROUPED) the entry is the first, in this map alone.

    `made` is the value of an entry, `wanted` whether it is kept, of its key and its element in the
    collection; both ask what is not known of the current world.
    """

    collection: Unknown
    made: Callable[[Value, Value], Value]
    wanted: Callable[[Value, Value], bool]
    form: str

    def covers(self, key: Value) -> TypeGuard[Unknown]:
        """Whether `each.key` runs over the collection, or a part of it, or what that is kept of."""
        inner = self.collection.kept
        if not isinstance(key, Unknown) or key.term[0] != "each.key" or self.form == GROUPED:
            return False
        return is_key_of(key, self.collection.term) or (inner is not None and inner.covers(key))

    def has_one_each(self, key: Unknown) -> bool:
        """Whether no other entry has such a key: a `for` over all of them would be refused."""
        inner, whole = self.collection.kept, self.collection.term
        if inner is not None:
            return inner.has_one_each(key)
        return whole[0] != KEYED or self.form == ALL_KEYS or _is_over_all(key.term, whole)

    def has(self, key: Unknown, *, other: bool = False) -> bool:
        """Whether the entry of such a key is kept, in this world, or another entry of that key."""
        inner = self.collection.kept
        if inner is not None and not inner.has(key, other=other):
            return False
        return self.wanted(key, self._element(key, other))

    def at(self, key: Unknown, *, other: bool = False) -> Value:
        """The value of the entry of such a key, or of another entry of that key."""
        return self.made(key, self._element(key, other))

    def _element(self, key: Unknown, other: bool) -> Value:
        if is_set(self.collection):
            return key
        inner = self.collection.kept
        if inner is not None:
            return inner.at(key, other=other)
        found = entry(self.collection, key)
        return replace(found, term=("other", found.term)) if other else found


def _is_over_all(term: Term, collection: Term) -> bool:
    """Whether a term holds a `for` that keeps all entries of a collection."""
    match term:
        case (str(kind), _, _, tuple(of)) if kind == ALL_KEYS and of == collection:
            return True
    return any(isinstance(part, tuple) and _is_over_all(part, collection) for part in term)


def has_entries(collection: Unknown) -> bool:
    """Whether it is certainly a map, or a set of strings, which are their own keys."""
    return is_map(collection) or is_set(collection)


def is_set(collection: Value) -> bool:
    """Whether it is certainly a set of strings."""
    return isinstance(collection, Unknown) and collection.type == ("set", "string")


def is_map(collection: Unknown) -> bool:
    """Whether what is not known is certainly a map or object: an index is no key that stays one."""
    kept = collection.kept
    return (kept is not None and kept.form != KEYS_LISTED) or is_mapping(collection) is True


def names_entry(key: Value, collection: Unknown) -> TypeGuard[Unknown]:
    """Whether `each.key` runs over the keys of a map that is not known, or over a part of them."""
    is_each = isinstance(key, Unknown) and key.term[0] == "each.key"
    return is_each and is_map(collection) and is_key_of(key, collection.term)


def entry(collection: Unknown, key: Unknown) -> Unknown:
    """The entry of such a key: `each.value` of a resource with one instance for each entry."""
    term = ("each.value", key.term[1], ("for_each", collection.term))
    type_ = element_type(collection.type)
    return Unknown(collection.cause, collection.why, term, type=type_, trail=collection.trail)

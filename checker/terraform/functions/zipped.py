"""`zipmap`: a map of keys and values, of which either may not be known."""

from __future__ import annotations

from ...language.access import index
from ...language.convert import may_be
from ...language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Value,
    derived,
    term_of,
)
from ...records import replace
from .arguments import arity, placed, rest_element, typed, unknown
from .context import Context, Function

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal


def _zipmap(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("zipmap", arguments, 2, 2)
    keys = placed(context, "zipmap", arguments[0])
    values = placed(context, "values of zipmap", arguments[1])
    if keys is None or values is None or keys.rest is not None or values.rest is not None:
        return _open_zipmap(context, arguments, keys, values)
    if len(keys.items) != len(values.items):
        raise EvaluationError("zipmap: the numbers of keys and of values differ")
    pairs = [
        (typed("zipmap", "s", key), value)
        for key, value in zip(keys.items, values.items, strict=True)
    ]
    certain = {str(key.data): value for key, value in pairs if isinstance(key, Known)}
    kind: Literal["map", "object"] = "object" if values.kind == "tuple" else "map"
    opened = [key for key, _ in pairs if not isinstance(key, Known)]
    if not opened:
        return MapValue(certain, kind)

    def read(name: str) -> Value:
        """The last of those that have the key, in this world."""
        for key, value in reversed(pairs):
            if isinstance(key, Known):
                if key.data == name:
                    return value
            elif may_be(key, name) and context.worlds.decide(
                ("==", term_of(key), term_of(Known(name)))
            ):
                return value
        raise KeyError(name)

    return MapValue(LazyItems(tuple(certain), read), kind, derived("key", opened[-1]))


def _open_zipmap(
    context: Context,
    arguments: tuple[Value, ...],
    keys: ListValue | None,
    values: ListValue | None,
) -> MapValue:
    """What is known of a map of which the keys, or the values, are not all known."""
    differ = EvaluationError("zipmap: the numbers of keys and of values differ")
    names = term_of(arguments[0])
    if keys is not None and keys.rest is not None and not keys.items:
        names = keys.rest.term
    found = replace(unknown("zipmap", *arguments), term=("zipmap", names, term_of(arguments[1])))
    if not context.worlds.succeeds(found.term):
        raise differ
    if keys is not None and keys.rest is None:
        known = [typed("zipmap", "s", key) for key in keys.items]
        places = {str(key.data): at for at, key in enumerate(known) if isinstance(key, Known)}
        if values is not None and len(values.items) > len(known):
            raise differ
        if all(isinstance(key, Known) for key in known):

            def read(name: str) -> Value:
                at = Known(places[name])
                if values is None:
                    return index(arguments[1], at, context.worlds)
                if places[name] < len(values.items):
                    return values.items[places[name]]
                return rest_element("index", values, at)

            return MapValue(LazyItems(tuple(places), read), "map")
    return MapValue({}, "map", found, None if values is None else _one_alike(values))


def _one_alike(values: ListValue) -> Value | None:
    """What each of a list's elements is; None where they differ, or one is not known."""
    if values.rest is not None and values.element is None:
        return None
    every = [*values.items, *([values.element] if values.element is not None else [])]
    return every[0] if len(set(map(term_of, every))) == 1 else None


FUNCTIONS: dict[str, Function] = {"zipmap": _zipmap}

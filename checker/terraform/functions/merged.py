"""What `merge` gives of maps of which no key is known: under which key stands which map's value."""

from __future__ import annotations

from ...annotations import TypeGuard
from ...language.access import index
from ...language.decisions import Unreachable
from ...language.kept import Kept
from ...language.keys import has_key, is_key_of
from ...language.operands import null_here
from ...language.value import MapValue, Unknown, Value, term_of
from ...records import dataclass, replace
from .context import Context


@dataclass(frozen=True)
class Merged(Kept):
    """The entries of all maps; `maps` are those of which an argument is, or the argument."""

    maps: tuple[MapValue | Unknown, ...] = ()

    def covers(self, key: Value) -> TypeGuard[Unknown]:
        """Whether `each.key` runs over a part of the keys of one of the maps."""
        return isinstance(key, Unknown) and any(
            key.term[0] == "each.key" and is_key_of(key, _rest(values).term) for values in self.maps
        )

    def has_one_each(self, key: Unknown) -> bool:
        return True


def merged(context: Context, maps: tuple[MapValue | Unknown, ...], rest: Unknown) -> Unknown:
    """Later maps win. `rest` is what is not known of all of them; none has a key that is known."""

    def made(key: Value, _: Value) -> Value:
        assert isinstance(key, Unknown)
        for values in reversed(maps):
            if _has(context, values, key):
                return index(values, key, context.worlds)
        raise Unreachable

    whole = replace(rest, type=("map",), not_null=True)
    return replace(whole, kept=Merged(whole, made, lambda _, __: True, "merged", maps))


def _rest(values: MapValue | Unknown) -> Unknown:
    found = values if isinstance(values, Unknown) else values.rest
    assert found is not None
    return found


def _has(context: Context, values: MapValue | Unknown, key: Unknown) -> bool:
    """Whether a map has a key in this world; a map that is null has none."""
    if isinstance(values, Unknown) and null_here(context, values):
        return False
    rest = _rest(values)
    if is_key_of(key, rest.term):
        return True
    kept = rest.kept
    if kept is not None and kept.covers(key) and kept.has_one_each(key) and not kept.has(key):
        return False
    return context.worlds.decide(has_key(rest.term, term_of(key)))

"""Which backup plans and copy actions of the scan send recovery points to a vault.

A finding names them, because its remedy is to point them at a new vault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..backup import PLANS
from ..graph import Resource
from ..language.value import (
    Attribute,
    EvaluationError,
    Hop,
    Known,
    ListValue,
    MapValue,
    Text,
    Value,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..patterns import pattern
from ..source import InputError
from .aliases import Loader

_VAULT_NAME = pattern(r":backup-vault:([^:]+)\Z")


class Senders:
    """All senders of the scan, read when the first finding asks for its own."""

    def __init__(self, loaders: Iterable[Loader], worlds: Worlds) -> None:
        self._loaders = loaders
        self._worlds = worlds
        self._found: list[tuple[str, Value, Hop]] | None = None

    def of(self, vault: Resource, name: str | None) -> tuple[Hop, ...]:
        """Where the rules and copy actions that send to a vault are written."""
        if self._found is None:
            plans = [plan for loader in self._loaders for plan in loader.instances_of(PLANS)]
            self._found = [sender for plan in plans for sender in self._senders(plan)]
        hops = (
            hop
            for scope, value, hop in self._found
            if _is_vault(value, vault, name if scope == vault.scope else None)
        )
        return tuple(dict.fromkeys(hops))

    def _senders(self, plan: Resource) -> Iterator[tuple[str, Value, Hop]]:
        def read() -> list[tuple[str, Value, Hop]]:
            try:
                return list(_read(plan))
            except (EvaluationError, InputError, RecursionError):
                return []  # a plan that cannot be read sends nothing that is known

        try:
            outcomes = self._worlds.explore(read)
        except TooManyWorlds:
            return
        for _, found in outcomes:
            yield from found


def _read(plan: Resource) -> Iterator[tuple[str, Value, Hop]]:
    where = PLANS[plan.type]
    value = plan.read(where.outer or where.rules)
    if where.outer is not None:
        value = _member(value, where.rules)
    for rule in _items(value):
        target = _member(rule, where.vault)
        if target is not None and target.trail:
            note = f"{plan.address} sends recovery points here"
            yield plan.scope, target, Hop(target.trail[0].span, note)
        for copy in _items(_member(rule, where.copies)):
            destination = _member(copy, where.destination)
            if destination is not None and destination.trail:
                note = f"{plan.address} copies recovery points here"
                yield plan.scope, destination, Hop(destination.trail[0].span, note)


def _items(value: Value | None) -> tuple[Value, ...]:
    if isinstance(value, ListValue):
        return value.items if value.element is None else (*value.items, value.element)
    return (value,) if isinstance(value, MapValue) else ()


def _member(value: Value | None, name: str) -> Value | None:
    return value.items.get(name) if isinstance(value, MapValue) else None


def _is_vault(value: Value, vault: Resource, name: str | None) -> bool:
    """Whether a value leads to a vault; of what leads to none, whether it is its name."""
    resource = value.resource if isinstance(value, Attribute) else value.owner
    if resource is not None and (isinstance(value, Attribute) or resource.type == vault.type):
        return resource.address == vault.address and resource.scope == vault.scope
    match value:
        case Known(data=str(text)):
            named = _VAULT_NAME.search(text)
            return name is not None and name == (named[1] if named else text)
        case Text(parts=(*_, Known(data=str(text)))):
            named = _VAULT_NAME.search(text)
            return name is not None and named is not None and named[1] == name
    return False

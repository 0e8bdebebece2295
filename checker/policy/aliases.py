"""Which declared aliases have a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from ..graph import Resource
from ..kms import ALIASES
from ..language.value import EvaluationError, Known
from ..language.worlds import TooManyWorlds, Worlds
from ..source import InputError


class Loader(Protocol):
    """What reads one language."""

    def instances_of(self, types: Iterable[str]) -> Iterator[Resource]:
        """Every declared instance of some types, wherever in the scan."""
        ...


class Aliases:
    """The aliases of the whole scan; read only when a vault's key is an alias name."""

    def __init__(self, loaders: Iterable[Loader], worlds: Worlds) -> None:
        self._loaders = loaders
        self._worlds = worlds
        self._index: dict[str, list[Resource]] | None = None

    def named(self, name: str, vault: Resource) -> list[Resource]:
        """The aliases of that name: those of the vault's own root, else those of any other."""
        if self._index is None:
            self._index = {}
            for loader in self._loaders:
                for alias in loader.instances_of(ALIASES):
                    for found in self._names(alias):
                        self._index.setdefault(found, []).append(alias)
        aliases = self._index.get(name, [])
        return [alias for alias in aliases if alias.scope == vault.scope] or aliases

    def _names(self, alias: Resource) -> set[str]:
        path = ALIASES[alias.type][0]

        def read() -> str | None:
            try:
                value = alias.read(path)
            except (EvaluationError, InputError):
                return None  # an alias whose name cannot be told is found by no name
            return value.data if isinstance(value, Known) and isinstance(value.data, str) else None

        try:
            outcomes = self._worlds.explore(read)
        except TooManyWorlds:
            return set()
        return {name for _, name in outcomes if name is not None}

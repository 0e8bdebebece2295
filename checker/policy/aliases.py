"""Which declared aliases have a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..annotations import Protocol
from ..graph import Resource
from ..kms import ALIASES
from ..language.value import EvaluationError, Known, Term, Value, term_of
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
        self._index: dict[Term, list[Resource]] | None = None
        self._varying: set[Resource] = set()
        self._unnamed: Resource | None = None

    def named(self, name: Value, vault: Resource) -> list[Resource]:
        """The aliases of that name: those of the vault's own root, else those of any other.

        A name is the same where its parts are, those too that are not known. Those that this
        world does not create count only where it creates none; those that it gives another name
        do not count. Raises EvaluationError where it is none of the root's, and one may have any.
        """
        if self._index is None:
            self._index = {}
            for loader in self._loaders:
                for alias in loader.instances_of(ALIASES):
                    names = self._names(alias)
                    if len(names) > 1:
                        self._varying.add(alias)
                    for found in names:
                        self._index.setdefault(found, []).append(alias)
        term = term_of(name)
        aliases = [
            alias
            for alias in self._index.get(term, [])
            if alias not in self._varying or _name(alias) == term
        ]
        near = [alias for alias in aliases if alias.scope == vault.scope]
        if self._unnamed is not None and not near:
            what = f"the name of {self._unnamed.address} needs more worlds than are explored"
            raise EvaluationError(what, self._unnamed.span, "unsupported")
        near = near or aliases
        return [alias for alias in near if _created(alias)] or near

    def _names(self, alias: Resource) -> set[Term]:
        try:
            outcomes = self._worlds.explore(lambda: _name(alias))
        except TooManyWorlds:
            self._unnamed = alias
            return set()
        return {name for _, name in outcomes if name is not None}


def _name(alias: Resource) -> Term | None:
    """Its name in the current world; None where that cannot be told: no name finds it then."""
    try:
        value = alias.read(ALIASES[alias.type][0])
        return None if value is None else term_of(value)
    except (EvaluationError, InputError, RecursionError):
        return None


def _created(alias: Resource) -> bool:
    """Whether an alias may exist in the current world."""
    try:
        exists = alias.exists()
    except (EvaluationError, RecursionError):
        return True
    return not (isinstance(exists, Known) and exists.data is False)

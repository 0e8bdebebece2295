"""A root module → the resources of its instances, and of those of all that it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from ..discovery import Tree
from ..graph import Resource
from ..language.value import EvaluationError
from ..language.worlds import TooManyWorlds, Worlds
from ..records import dataclass, field
from ..source import InputError
from .calls import Calls
from .declarations import Declarations, Key, call_address, title
from .instances import AnyKey, InstanceKey
from .module import ModuleInstance, address_of
from .outline import Block

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Protocol

    class Modules(Protocol):
        """What is loaded when it is asked for."""

        def module(self, folder: str) -> Declarations | None:
            """A folder's declarations; None where it has no Terraform files that may be read."""
            ...

        def note_call(self, caller: Declarations, name: str, target: Declarations) -> None:
            """Note the arguments of a call that the called module does not declare."""
            ...


MODULE_LIMIT = 20_000
"""Module instances that are expanded; module calls that multiply past it are an error."""

RESOURCE_LIMIT = 50_000
"""Instances of the wanted resources; more of them are an error."""


def _may_be(instance: ModuleInstance) -> bool:
    """Whether a module may have an instance, in the current world."""
    try:
        return instance.exists()
    except (EvaluationError, InputError, RecursionError):
        return True


@dataclass
class Expansion:
    """Expands module calls from the roots down, as far as these lead to what is wanted."""

    types: frozenset[str]  # those that are judged
    modules: Modules
    calls: Calls
    tree: Tree
    worlds: Worlds
    manifests: Mapping[str, object]
    errors: list[InputError]
    instances: int = 0
    holders: dict[str, set[str]] = field(default_factory=dict)
    """The folders that hold something wanted, by a name for what that is."""
    _known_leads: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    _resources: int = 0
    _most: tuple[int, int] = (MODULE_LIMIT, RESOURCE_LIMIT)  # of these, in one listing

    def begin(self) -> None:
        """Begin another listing, which may be as long."""
        self._most = (self.instances + MODULE_LIMIT, self._resources + RESOURCE_LIMIT)

    def resources(
        self,
        instance: ModuleInstance,
        types: frozenset[str],
        holders: str,
        folders: tuple[str, ...],
    ) -> Iterator[Resource]:
        """Those of some types, of a module instance and of all below it.

        `folders`: the modules that it stands in, itself the last. What is wrong with a call, or
        creates nothing, is told of the types that are judged.
        """
        judged = types is self.types
        yield from self._own(instance, types)
        for name, call in instance.module.calls.items():
            path = (*instance.path, name)
            folder = self.calls.folder(instance.root, path, instance.module, instance)
            if folder is None or not self._leads(holders, instance.root, path, folder, ()):
                continue
            if folder in folders:
                what = f"{title(call)} calls a module that it is part of"
                self.errors.extend([InputError.at(call.header, what)] if judged else ())
                continue
            children = list(self._children(instance, name, folder))
            if judged and not children:
                self.tree.uncreated.append(call.header)
            for child in children:
                yield from self.resources(child, types, holders, (*folders, folder))

    def _own(self, instance: ModuleInstance, types: Iterable[str]) -> Iterator[Resource]:
        for key in instance.module.resources:
            if key[0] == "resource" and key[1] in types and self._resources <= self._most[1]:
                self._check(instance.module, key)
                keys = self._keys(partial(instance.resource_keys, key), instance)
                instance.keys[address_of(key)] = frozenset(keys)
                if not keys and types is self.types:
                    self.tree.uncreated.append(instance.module.resources[key].header)
                for found in keys:
                    self._resources += 1
                    if self._resources > self._most[1]:
                        what = f"there are more than {RESOURCE_LIMIT} instances of resources"
                        self._refuse(instance.module.resources[key], what)
                        return
                    yield instance.resource(key, found)

    def _check(self, module: Declarations, key: Key) -> None:
        """Note where a resource that is wanted cannot be read, whatever comes of it."""
        try:
            module.body(module.resources[key])
        except InputError as error:
            self.errors.append(error)

    def _children(
        self, instance: ModuleInstance, name: str, folder: str
    ) -> Iterator[ModuleInstance]:
        target = self.modules.module(folder)
        if target is not None:
            self.modules.note_call(instance.module, name, target)
            keys = self._keys(lambda: instance.call_keys(name), instance)
            instance.keys[call_address(instance.module.calls[name])] = frozenset(keys)
            for found in keys:
                self.instances += 1
                if self.instances > self._most[0]:
                    what = f"there are more than {MODULE_LIMIT} module instances"
                    self._refuse(instance.module.calls[name], what)
                    return
                yield instance.child(name, found, target)

    def _refuse(self, block: Block, what: str) -> None:
        """An error of a block, told once: what multiplies passes its limit in many places."""
        if not any(error.message == what for error in self.errors):
            self.errors.append(InputError.at(block.header, what))

    def _keys(
        self, read: Callable[[], tuple[InstanceKey, ...]], instance: ModuleInstance
    ) -> tuple[InstanceKey, ...]:
        """The instance keys over all worlds. What cannot be expanded has one instance.

        It has none in a world that does not have the module's `instance`.
        """

        def attempt() -> tuple[InstanceKey, ...]:
            try:
                return read()
            except (EvaluationError, InputError, RecursionError):
                # Why it cannot be expanded is told with the verdict.
                return (AnyKey(),) if _may_be(instance) else ()

        try:
            outcomes = self.worlds.explore(attempt)
        except TooManyWorlds:
            return (AnyKey(),)
        return tuple(dict.fromkeys(key for _, keys in outcomes for key in keys))

    def _leads(
        self, holders: str, root: str, path: tuple[str, ...], folder: str, above: tuple[str, ...]
    ) -> bool:
        """Whether a folder, or one that it calls, is among the holders of something wanted."""
        known = (holders, root if root in self.manifests else "", folder)
        if known in self._known_leads:
            return self._known_leads[known]
        module = self.modules.module(folder)
        if folder in above or module is None:
            return False
        leads = folder in self.holders[holders] or any(
            self._leads(holders, root, (*path, name), target, (*above, folder))
            for name in module.calls
            if (target := self.calls.folder(root, (*path, name), module)) is not None
        )
        self._known_leads[known] = leads
        return leads

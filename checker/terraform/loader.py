"""Folders of Terraform → the resources of every module instance that matters."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ..discovery import File, Tree, Walker, normal
from ..graph import Resource
from ..language.value import EvaluationError, Hop, Unknown, Value
from ..language.worlds import TooManyWorlds, Worlds
from ..source import InputError, Source, Span
from .declarations import Declarations
from .expressions import expression
from .functions import FUNCTIONS, Context
from .instances import InstanceKey
from .module import Given, ModuleInstance
from .outline import AttributeSpan, Block

_LOCAL_SOURCE = re.compile(rb'\bsource[ \t]*=[ \t]*"(\.\.?/[^"\n]*|\.\.?)"')


@dataclass
class TerraformLoader:
    """Loads folders when they are asked for, and expands module calls from the roots down."""

    tree: Tree
    walker: Walker
    worlds: Worlds
    types: frozenset[str]
    settings_variables: dict[str, Given] = field(default_factory=dict)
    errors: list[InputError] = field(default_factory=list)
    _modules: dict[str, Declarations] = field(default_factory=dict)
    _roots: list[ModuleInstance] = field(default_factory=list)
    _leads: dict[str, bool] = field(default_factory=dict)

    # -- folders ----------------------------------------------------------------------------

    def module(self, folder: str) -> Declarations | None:
        """A folder's declarations; None where it has no Terraform files."""
        if folder not in self._modules:
            files = self.tree.terraform.get(folder)
            if files is None:
                if not os.path.isdir(folder):
                    return None
                self.walker.terraform_folder(self.tree, folder)
                files = self.tree.terraform.get(folder)
                if files is None:
                    return None
            self._modules[folder] = self._declarations(folder, files)
        return self._modules[folder]

    def _declarations(self, folder: str, files: list[File]) -> Declarations:
        module = Declarations(folder)
        for file in sorted(files, key=lambda file: file.path):
            try:
                module.add(Source.decode(file.path, file.data))
            except InputError as error:
                module.errors.append(error)
        self.errors.extend(module.errors)
        return module

    # -- calls ------------------------------------------------------------------------------

    def source(self, caller: Declarations, call: Block) -> str | None:
        """The text of a call's source, where it is a plain string."""
        attribute = caller.body(call).attributes.get("source")
        if attribute is None:
            return None
        text = attribute.value.text
        plain = len(text) >= 2 and text[0] == text[-1] == '"' and "${" not in text
        return text[1:-1] if plain else None

    def folder_of(self, caller: Declarations, call: Block) -> str | None:
        """The folder that a call by path names."""
        source = self.source(caller, call)
        if source is None or not source.startswith(("./", "../", ".")):
            return None
        return normal(os.path.join(caller.folder, source))

    def find(self, caller: Declarations, name: str, call: Block) -> Declarations | Value:
        folder = self.folder_of(caller, call)
        found = self.module(folder) if folder is not None else None
        if found is not None:
            return found
        source = self.source(caller, call) or "a source that is not known"
        why = f'the source of module "{name}" ({source}) is not on disk; run terraform init'
        hop = Hop(call.header, f'module "{name}" is not on disk')
        term = ("ref", caller.folder, f"module.{name}")
        return Unknown("module-unavailable", why, term, trail=(hop,))

    def function(
        self, module: Declarations, name: str, arguments: tuple[Value, ...], span: Span
    ) -> Value:
        function = FUNCTIONS.get(name)
        if function is None:
            return Unknown("unsupported", f"function {name}", ("call", name, str(span)))
        context = Context(
            span=span,
            module_dir=module.folder,
            root_dir=".",
            decide=self.worlds.decide,
        )
        return function(context, arguments)

    # -- the graph --------------------------------------------------------------------------

    def load(self) -> list[Resource]:
        """Every instance of the wanted types, from the roots down."""
        hits = {folder for folder, files in self.tree.terraform.items() if any(f.hit for f in files)}
        wanted = self._with_callers(hits)
        called: set[str] = set()
        for folder in sorted(wanted):
            module = self.module(folder)
            for call in module.calls.values() if module else ():
                target = self.folder_of(module, call) if module else None
                if target is not None and target != folder:
                    called.add(target)
        found: list[Resource] = []
        reached: set[str] = set()
        roots = [folder for folder in sorted(wanted) if folder not in called]
        for folder in [*roots, *sorted(wanted)]:
            if folder in reached or (folder in called and folder in reached):
                continue
            module = self.module(folder)
            if module is None:
                continue
            root = ModuleInstance(module, "", self._given(module), self, self.worlds)
            self._roots.append(root)
            found.extend(self._expand(root, (folder,), reached))
        return found

    def _with_callers(self, hits: set[str]) -> set[str]:
        """The folders with a hit, and those whose calls lead to one."""
        callers: dict[str, set[str]] = {}
        for folder, files in self.tree.terraform.items():
            for file in files:
                for match in _LOCAL_SOURCE.finditer(file.data):
                    source = match[1].decode("utf-8", "replace")
                    target = normal(os.path.join(folder, source))
                    callers.setdefault(target, set()).add(folder)
        wanted, waiting = set(hits), list(hits)
        while waiting:
            for caller in callers.get(waiting.pop(), ()):
                if caller not in wanted:
                    wanted.add(caller)
                    waiting.append(caller)
        return wanted

    def _given(self, module: Declarations) -> dict[str, Given]:
        return {}

    def _expand(
        self, instance: ModuleInstance, path: tuple[str, ...], reached: set[str]
    ) -> Iterator[Resource]:
        module = instance.module
        reached.add(module.folder)
        for key in module.resources:
            if key[0] == "resource" and key[1] in self.types:
                for found in self._keys(lambda key=key: instance.resource_keys(key)):  # type: ignore[misc]
                    yield instance.resource(key, found)
        for name, call in module.calls.items():
            folder = self.folder_of(module, call)
            if folder is None or not self._leads_to_hit(folder, ()):
                continue
            if folder in path:
                self.errors.append(
                    InputError.at(call.header, f'module "{name}" calls itself in a circle')
                )
                continue
            target = self.module(folder)
            if target is None:
                continue
            for found in self._keys(lambda name=name: instance.call_keys(name)):  # type: ignore[misc]
                yield from self._expand(
                    instance.child(name, found, target), (*path, folder), reached
                )

    def _keys(self, read: Callable[[], tuple[InstanceKey, ...]]) -> tuple[InstanceKey, ...]:
        """The instance keys over all worlds. What cannot be expanded has one instance."""
        from .instances import AnyKey

        def attempt() -> tuple[InstanceKey, ...]:
            try:
                return read()
            except (EvaluationError, InputError, RecursionError):
                return (AnyKey(),)

        try:
            outcomes = self.worlds.explore(attempt)
        except TooManyWorlds:
            return (AnyKey(),)
        return tuple(dict.fromkeys(key for _, keys in outcomes for key in keys))

    def _leads_to_hit(self, folder: str, path: tuple[str, ...]) -> bool:
        """Whether a folder, or one that it calls, may declare a wanted resource."""
        if folder in self._leads:
            return self._leads[folder]
        if folder in path:
            return False
        module = self.module(folder)
        if module is None:
            return False
        leads = any(f.hit for f in self.tree.terraform.get(folder, ())) or any(
            self._leads_to_hit(target, (*path, folder))
            for call in module.calls.values()
            if (target := self.folder_of(module, call)) is not None
        )
        self._leads[folder] = leads
        return leads

    # -- aliases ----------------------------------------------------------------------------

    def instances_of(self, types: Iterable[str]) -> Iterator[Resource]:
        """Every declared instance of some types, wherever in the scan."""
        wanted = frozenset(types)
        needles = tuple(type_.encode() for type_ in wanted)
        for folder, files in sorted(self.tree.terraform.items()):
            if any(needle in file.data for file in files for needle in needles):
                self.module(folder)
        for root in self._roots:
            yield from self._of_types(root, wanted, (root.module.folder,))

    def _of_types(
        self, instance: ModuleInstance, types: frozenset[str], path: tuple[str, ...]
    ) -> Iterator[Resource]:
        module = instance.module
        for key in module.resources:
            if key[0] == "resource" and key[1] in types:
                for found in self._keys(lambda key=key: instance.resource_keys(key)):  # type: ignore[misc]
                    yield instance.resource(key, found)
        for name, call in module.calls.items():
            folder = self.folder_of(module, call)
            target = self.module(folder) if folder is not None and folder not in path else None
            if target is None or folder is None:
                continue
            for found in self._keys(lambda name=name: instance.call_keys(name)):  # type: ignore[misc]
                child = instance.child(name, found, target)
                yield from self._of_types(child, types, (*path, folder))

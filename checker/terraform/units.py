"""The units of a scan's Terragrunt files, as root modules with the inputs that they pass."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import Protocol

from ..discovery import Tree, Walker, normal, read_bytes
from ..language.value import Hop, Unknown, Value
from ..language.worlds import Worlds
from ..source import InputError, Source, Span
from .calls import leads_outside
from .certain import certain
from .declarations import Declarations
from .given import Given
from .module import Library, ModuleInstance
from .outline import Body, outline
from .terragrunt import UNIT, Configuration, module_folder


class Modules(Library, Protocol):
    """What units need of the loader."""

    tree: Tree
    walker: Walker
    worlds: Worlds
    var_files: tuple[str, ...]
    errors: list[InputError]

    def module(self, folder: str) -> Declarations | None:
        """A folder's declarations; None where it has none that may be read."""
        ...

    def given(self, folder: str, var_files: Iterable[str]) -> dict[str, Given]:
        """The values that tfvars files and flags give to a root module's variables."""
        ...


class Units:
    """Reads each unit once. Faults of its files are errors of the loader."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self.worlds = modules.worlds
        self._read: dict[str, ModuleInstance | None] = {}
        self._configurations: dict[str, Body | None] = {}

    def all(self) -> list[ModuleInstance]:
        """The root modules that the units of the scan call."""
        files = self._modules.tree.terragrunt
        units = (self._unit(os.path.dirname(file.path) or ".") for file in files)
        return [unit for unit in units if unit is not None]

    def _unit(self, folder: str) -> ModuleInstance | None:
        """The root module that a folder's terragrunt.hcl calls; None where it is not on disk."""
        path = normal(os.path.join(folder, UNIT))
        if path not in self._read:
            self._read[path] = None  # while it is read, for units that depend on each other
            body = self.configuration(path)
            if body is not None:
                self._read[path] = self._root(Configuration(path, folder, body, self))
        return self._read[path]

    def _root(self, unit: Configuration) -> ModuleInstance | None:
        found = certain(self.worlds, unit.module_source)
        target = module_folder(found[0], unit.unit) if found else unit.unit
        if found and target and os.path.isdir(target) and not self._modules.walker.inside(target):
            top = self._modules.walker.boundary_of(unit.unit)
            self._modules.errors.append(leads_outside(found[1], f"the source {found[0]}", top))
        module = self._modules.module(target) if target is not None else None
        if module is None:
            return None
        given = {name: Given(partial(unit.input, name)) for name in module.variables}
        var_files = certain(self.worlds, lambda: tuple(unit.var_files())) or ()
        given.update(self._modules.given(module.folder, (*var_files, *self._modules.var_files)))
        calls = (found[1],) if found else ()
        return ModuleInstance(module, "", given, self._modules, self.worlds, unit.unit, calls=calls)

    # -- what a configuration asks for ------------------------------------------------------

    def configuration(self, path: str) -> Body | None:
        """The outline of a Terragrunt file inside the repository; None where there is none."""
        if path not in self._configurations:
            self._configurations[path] = None
            if os.path.isfile(path) and self._modules.walker.inside(path):
                data = read_bytes(self._modules.tree, path)
                try:
                    if data is not None:
                        self._configurations[path] = outline(Source.decode(path, data))
                except InputError as error:
                    self._modules.errors.append(error)
        return self._configurations[path]

    def boundary(self, folder: str) -> str:
        """The repository's folder: Terragrunt's search for parents ends there."""
        return self._modules.walker.boundary_of(folder)

    def function(
        self, folder: str, root: str, name: str, arguments: tuple[Value, ...], span: Span
    ) -> Value:
        """The result of a function of Terraform's own."""
        return self._modules.function(folder, root, name, arguments, span)

    def outputs_of(self, unit: str, span: Span) -> Value:
        """The outputs of another unit's module."""
        found = self._unit(unit)
        if found is not None:
            return found.outputs()
        why = f"the module of {unit} is not on disk"
        return Unknown("module-unavailable", why, ("ref", unit, "outputs"), trail=(Hop(span, why),))

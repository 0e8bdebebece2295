"""The units of a scan's Terragrunt files, as root modules with the inputs that they pass."""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Iterable
from functools import partial
from itertools import islice

from ..annotations import Protocol
from ..candidates import TERRAGRUNT_STACK, TERRAGRUNT_UNITS, VALUES, File
from ..discovery import Tree, Walker, normal
from ..language.value import Hop, Term, Unknown, Value
from ..language.worlds import Worlds
from ..source import InputError, Source, Span
from .calls import leads_outside
from .certain import certain
from .copied import not_copied
from .declarations import Declarations
from .given import Given
from .json_syntax import outline_terragrunt
from .module import Library, ModuleInstance
from .outline import Body, outline
from .terragrunt import Configuration, module_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .generated import Written
    from .terragrunt_stacks import Stacks


class Modules(Library, Protocol):
    """What units need of the loader."""

    tree: Tree
    walker: Walker
    worlds: Worlds
    var_files: tuple[str, ...]
    types: frozenset[str]
    errors: list[InputError]
    beside: set[str]

    def module(self, folder: str) -> Declarations | None:
        """A folder's declarations; None where it has none that may be read."""
        ...

    def with_files(
        self, folder: str, files: Iterable[File], without: Collection[str]
    ) -> Declarations:
        """A folder's declarations with a few files more, or in place of those of their names.

        `without`: the names of files of the folder that are not there.
        """
        ...

    def note(self, source: Source) -> Source:
        """Note that a file is read, and give it."""
        ...

    def given(
        self,
        folders: Iterable[str],
        more: Iterable[str | Source | tuple[str, Given]],
        *,
        flags: bool = True,
    ) -> dict[str, Given]:
        """The values that tfvars files and flags give to a root module's variables."""
        ...


class Units:
    """Reads each unit once. Faults of its files are errors of the loader."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self.worlds = modules.worlds
        self._read: dict[str, ModuleInstance | None] = {}
        self._configurations: dict[str, Body | None] = {}
        self._generating: Stacks | None = None
        self._numbers: dict[Term, int] = {}  # of what is not known in what is generated
        self.unsure: dict[ModuleInstance, list[tuple[InputError, str]]] = {}
        """What is not known of a unit's module: an error, where that leads to a vault, and to a
        folder, if one is named."""

    def all(self) -> list[ModuleInstance]:
        """The root modules that the units of the scan call.

        A file that others include, and that names no source, is their parent and no unit.
        """
        files = [file.path for file in self._modules.tree.terragrunt]
        stacks = [path for path in files if path.endswith(TERRAGRUNT_STACK)]
        if stacks and self._generating is None:
            from .terragrunt_stacks import Stacks

            self._generating = Stacks(self, self._modules.tree, stacks)
        generating = self._generating
        written = [
            path
            for path in files
            if path not in stacks and not (generating and generating.makes(path))
        ]
        found = [read for path in written if (read := self._configuration(path)) is not None]
        if generating:
            found += generating.units.values()
        included = {
            path for one in found for path in certain(self.worlds, partial(_parents, one)) or ()
        }
        units = (
            self._called(one.unit)
            for one in found
            if os.path.realpath(one.path) not in included
            or certain(self.worlds, one.module_source) is not None
        )
        return [unit for unit in units if unit is not None]

    def _configuration(self, path: str) -> Configuration | None:
        """A file, read as that of the unit in its folder."""
        body = self.configuration(path)
        return Configuration(path, os.path.dirname(path) or ".", body, self) if body else None

    def _called(self, folder: str) -> ModuleInstance | None:
        """The root module that a folder's terragrunt.hcl calls; None where it is not on disk."""
        if folder not in self._read:
            self._read[folder] = None  # while it is read, for units that depend on each other
            configuration = self.unit(folder)
            self._read[folder] = self._root(configuration) if configuration else None
        return self._read[folder]

    def unit(self, folder: str) -> Configuration | None:
        """The unit of a folder, as it is written; None where there is none."""
        generated = self._generating.units.get(folder) if self._generating else None
        if generated is not None:
            return generated
        paths = (normal(os.path.join(folder, name)) for name in TERRAGRUNT_UNITS)
        return next(filter(None, map(self._configuration, paths)), None)

    def _root(self, unit: Configuration) -> ModuleInstance | None:
        found = certain(self.worlds, unit.module_source)
        place = unit.copied or unit.unit
        target = module_folder(found[0], unit) if found else place
        if found and target and os.path.isdir(target) and not self._modules.walker.inside(target):
            top = self._modules.walker.boundary_of(unit.unit)
            self._modules.errors.append(leads_outside(found[1], f"the source {found[0]}", top))
        module = self._modules.module(target) if target is not None else None
        terraform = self._modules.tree.terraform
        # What stands beside its file is copied into the module, too.
        beside = terraform.get(place, ()) if module is not None and target != place else ()
        if beside:
            self._modules.beside.add(place)
        there = (*(terraform.get(target, ()) if target else ()), *beside)
        copied = module_folder(found[0].partition("//")[0], unit) if found else place
        left_out, unsure = not_copied(unit, copied or place, target or place, terraform)
        there = tuple(file for file in there if file.path not in left_out)
        written = self._written(unit, target or place, there, left_out)
        written.left_out.update(left_out)
        written.unsure.extend(unsure)
        files = [file for file in beside if file.path not in left_out]
        files = [file for file in files if os.path.basename(file.path) not in written.removed]
        files += written.files
        removed = written.removed | {
            os.path.basename(path)
            for path in left_out
            if (os.path.dirname(path) or ".") == (target or place)
        }
        if files or removed:
            module = self._modules.with_files(target or place, files, removed)
        if module is None:
            named = None if found else certain(self.worlds, unit.written_source)
            source = found[0] if found else named and named[1].text.strip('"')
            if source:
                self._modules.tree.remote_modules.setdefault(unit.unit, set()).add(source)
            return None
        from .unit_values import values_of

        given = values_of(unit, module, written, self._modules)
        calls = (found[1],) if found else ()
        if found and found[1].source.path != unit.path:  # of a file that many units include
            includes = (block.header for block in unit.body.blocks if block.type == "include")
            calls = (*islice(includes, 1), *calls)
        calls = (*unit.calls, *calls)
        root = ModuleInstance(
            module,
            "",
            given,
            self._modules,
            self.worlds,
            unit.unit,
            calls=calls,
            caller="Terragrunt",
        )
        if written.unsure:
            self.unsure[root] = written.unsure
        return root

    def _written(
        self, unit: Configuration, folder: str, there: Iterable[File], left_out: Container[str]
    ) -> Written:
        """What a unit generates in its module; `there` are the Terraform files that it finds."""
        terraform = {os.path.basename(file.path): file for file in there}

        def find(name: str) -> bytes | None:
            if name in terraform:
                return terraform[name].data
            for place in (unit.copied or unit.unit, folder):
                path = normal(os.path.join(place, name))
                if name.endswith(VALUES) and path not in left_out and os.path.isfile(path):
                    return self._modules.walker.read(self._modules.tree, path)
            return None

        from .generated import Generator

        types, errors = self._modules.types, self._modules.errors
        return Generator(unit, folder, find, types, errors, self._numbers).all()

    # -- what a configuration asks for ------------------------------------------------------

    def configuration(self, path: str) -> Body | None:
        """The outline of a Terragrunt file inside the repository; None where there is none."""
        if path not in self._configurations:
            self._configurations[path] = None
            if os.path.isfile(path) and self._modules.walker.inside(path):
                data = self._modules.walker.read(self._modules.tree, path)
                try:
                    if data is not None:
                        self._configurations[path] = self._outlined(Source.decode(path, data))
                except InputError as error:
                    self._modules.errors.append(error)
        return self._configurations[path]

    def _outlined(self, source: Source) -> Body | None:
        """The outline of a file; None, with a warning, for a template that code is made from."""
        if source.path.endswith(".json"):
            return outline_terragrunt(self._modules.note(source))
        fault = _template_fault(source) if "{{" in source.text else None
        if fault is not None:
            what = (
                "this is no HCL, but a template that files are made from ({{ … }}): it is not read"
            )
            self._modules.tree.warnings.append(f"{source.path}:{fault.line}: {what}")
            return None
        return outline(self._modules.note(source))

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
        found = self._called(unit)
        if found is not None:
            return found.outputs()
        term = ("ref", unit, "outputs")
        if self.unit(unit) is None:
            why = f"the dependency {unit} is not scanned, and its state is not read"
            return Unknown("external", why, term, trail=(Hop(span, why),))
        why = f"the module of {unit} is not on disk"
        return Unknown("module-unavailable", why, term, trail=(Hop(span, why),))


def _parents(configuration: Configuration) -> tuple[str, ...]:
    """The files that one includes, by their real paths."""
    return tuple(os.path.realpath(one.path) for one in configuration.includes().values())


def _template_fault(source: Source) -> InputError | None:
    """What is no HCL in a template for Go, as `terragrunt scaffold` takes from `.boilerplate`.

    Its first fault stands where its first action does, outside of strings: Terragrunt itself
    refuses such a file, so nothing is deployed by it as it is.
    """
    from .syntax import check_syntax

    try:
        check_syntax(source)
    except InputError as error:
        if error.line is not None and "{{" in source.text.split("\n")[error.line - 1]:
            return error
    return None

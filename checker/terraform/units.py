"""The units of a scan's Terragrunt files, as root modules with the inputs that they pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from ..annotations import Protocol
from ..candidates import TERRAFORM, TERRAGRUNT_STACK, TERRAGRUNT_UNITS, File
from ..discovery import Tree, Walker, normal
from ..language.evaluate import evaluate
from ..language.value import Hop, Known, Unknown, Value
from ..language.worlds import Worlds
from ..source import InputError, Source, Span
from . import extra_arguments
from .calls import leads_outside
from .certain import certain
from .declarations import Declarations
from .expressions import expression
from .extra_arguments import ANYTHING, Argument
from .given import Given
from .json_syntax import outline_terragrunt
from .module import Library, ModuleInstance
from .outline import Body, outline
from .terragrunt import Configuration, module_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .terragrunt_stacks import Stacks


class Modules(Library, Protocol):
    """What units need of the loader."""

    tree: Tree
    walker: Walker
    worlds: Worlds
    var_files: tuple[str, ...]
    types: frozenset[str]
    errors: list[InputError]

    def module(self, folder: str) -> Declarations | None:
        """A folder's declarations; None where it has none that may be read."""
        ...

    def with_files(self, folder: str, files: Iterable[File]) -> Declarations:
        """A folder's declarations with a few files more, or in place of those of their names."""
        ...

    def note(self, source: Source) -> Source:
        """Note that a file is read, and give it."""
        ...

    def given(
        self,
        folders: Iterable[str],
        more: Iterable[str | tuple[str, Given]],
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
            self._unit(one.unit)
            for one in found
            if os.path.realpath(one.path) not in included
            or certain(self.worlds, one.module_source) is not None
        )
        return [unit for unit in units if unit is not None]

    def _configuration(self, path: str) -> Configuration | None:
        """A file, read as that of the unit in its folder."""
        body = self.configuration(path)
        return Configuration(path, os.path.dirname(path) or ".", body, self) if body else None

    def _unit(self, folder: str) -> ModuleInstance | None:
        """The root module that a folder's terragrunt.hcl calls; None where it is not on disk."""
        if folder not in self._read:
            self._read[folder] = None  # while it is read, for units that depend on each other
            configuration = self._of_folder(folder)
            self._read[folder] = self._root(configuration) if configuration else None
        return self._read[folder]

    def _of_folder(self, folder: str) -> Configuration | None:
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
        files = self._generated(unit)
        if module is not None and target != place:
            # What stands beside its file is copied into the module, too.
            files = [*self._modules.tree.terraform.get(place, ()), *files]
        if files:
            module = self._modules.with_files(target or place, files)
        if module is None:
            written = None if found else certain(self.worlds, unit.written_source)
            source = found[0] if found else written and written[1].text.strip('"')
            if source:
                self._modules.tree.remote_modules.setdefault(unit.unit, set()).add(source)
            return None
        given = self._given(unit, module)
        calls = (found[1],) if found else ()
        if found and found[1].source.path != unit.path:  # of a file that many units include
            includes = (block.header for block in unit.body.blocks if block.type == "include")
            calls = (*islice(includes, 1), *calls)
        calls = (*unit.calls, *calls)
        return ModuleInstance(
            module,
            "",
            given,
            self._modules,
            self.worlds,
            unit.unit,
            calls=calls,
            caller="Terragrunt",
        )

    def _given(self, unit: Configuration, module: Declarations) -> dict[str, Given]:
        """What gives the module's variables their values, the weakest first.

        https://developer.hashicorp.com/terraform/language/values/variables (precedence); inputs
        are passed as environment variables.
        """
        places = certain(self.worlds, lambda: dict(unit.input_places()))
        given = {
            name: Given(partial(unit.input, name), place=places[name] if places else None)
            for name in (module.variables if places is None else places)
        }
        # Of each variable, where it may be passed by what is not known.
        every = dict.fromkeys(module.variables, Given(_nothing))
        environment = certain(self.worlds, lambda: tuple(extra_arguments.environment(unit)))
        if environment is None or any(name == ANYTHING for name, _ in environment):
            read = partial(extra_arguments.environment, unit)
            given = {
                n: self._depending(read, n, weaker) for n, weaker in {**every, **given}.items()
            }
        else:
            given.update(map(_passed, environment))
        folders = dict.fromkeys((module.folder, unit.copied or unit.unit))
        given.update(self._modules.given(folders, (), flags=False))
        passed = certain(self.worlds, lambda: tuple(extra_arguments.arguments(unit)))
        if passed is None or any(one[0] == ANYTHING for one in passed if isinstance(one, tuple)):
            read_all = partial(extra_arguments.arguments, unit)
            given = {
                name: self._depending(read_all, name, weaker)
                for name, weaker in {**every, **given}.items()
            }
            passed = ()
        more = (one if isinstance(one, str) else _passed(one) for one in passed)
        given.update(self._modules.given((), (*more, *self._modules.var_files)))
        return given

    def _depending(self, read: Callable[[], Iterable[Argument]], name: str, weaker: Given) -> Given:
        """A variable's value where what is passed depends on the world, or is not known."""

        def value() -> Value | None:
            found: Value | None = None
            for one in read():
                if isinstance(one, str):
                    given = self._modules.given((), (one,), flags=False).get(name)
                    found = given.read() if given else found
                elif one[0] == name:
                    found = one[1]
                elif one[0] == ANYTHING:
                    why = "what Terragrunt passes to Terraform is not known"
                    term = ("ref", "extra_arguments", name)
                    found = Unknown("external", why, term, trail=one[1].trail)
            return weaker.read() if found is None else found

        return Given(value, weaker.text, weaker.place)

    def _generated(self, unit: Configuration) -> list[File]:
        """The Terraform files that a unit's `generate` blocks write into its module.

        https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/#generate
        """
        found = []
        blocks = certain(self.worlds, lambda: unit.merged_blocks("generate")) or {}
        for label, (where, body) in blocks.items():

            def known(name: str, where: Configuration = where, body: Body = body) -> object:
                attribute = body.attributes.get(name)
                if attribute is None:
                    return None
                value = certain(self.worlds, lambda: evaluate(expression(attribute.value), where))
                return value.data if isinstance(value, Known) else None

            path, contents = known("path"), known("contents")
            if known("disable") is True:
                continue
            if isinstance(path, str) and isinstance(contents, str):
                place = normal(os.path.join(unit.unit, path))
                kept = known("if_exists") == "skip" and os.path.exists(place)
                if path.endswith(TERRAFORM) and not kept:
                    found.append(self._file(place, contents, where, label))
            elif "contents" in body.attributes:
                self._not_generated(body.attributes["contents"].value)
        return found

    def _file(self, path: str, contents: str, where: Configuration, label: str) -> File:
        """A file that a `generate` block writes."""
        headers = (
            block.header
            for block in where.body.blocks
            if block.type == "generate" and block.labels[:1] == (label,)
        )
        return File(path, contents.encode(), hit=True, origin=next(headers, None))

    def _not_generated(self, contents: Span) -> None:
        """What a block writes is not known: an error, where it may be a vault."""
        text = contents.text
        if "local." in text:  # it may be made of what stands anywhere in the file
            text = contents.source.text
        if any(type_ in text for type_ in self._modules.types):
            what = "what this generates is not known, so it cannot be checked"
            self._modules.errors.append(InputError.at(contents, what))

    # -- what a configuration asks for ------------------------------------------------------

    def configuration(self, path: str) -> Body | None:
        """The outline of a Terragrunt file inside the repository; None where there is none."""
        if path not in self._configurations:
            self._configurations[path] = None
            if os.path.isfile(path) and self._modules.walker.inside(path):
                data = self._modules.walker.read(self._modules.tree, path)
                try:
                    if data is not None:
                        read = outline_terragrunt if path.endswith(".json") else outline
                        self._configurations[path] = read(
                            self._modules.note(Source.decode(path, data))
                        )
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
        term = ("ref", unit, "outputs")
        if self._of_folder(unit) is None:
            why = f"the dependency {unit} is not scanned, and its state is not read"
            return Unknown("external", why, term, trail=(Hop(span, why),))
        why = f"the module of {unit} is not on disk"
        return Unknown("module-unavailable", why, term, trail=(Hop(span, why),))


def _nothing() -> None:
    return None


def _parents(configuration: Configuration) -> tuple[str, ...]:
    """The files that one includes, by their real paths."""
    return tuple(os.path.realpath(one.path) for one in configuration.includes().values())


def _passed(argument: tuple[str, Value]) -> tuple[str, Given]:
    """A variable's value as text, which is an expression where its type is a collection."""
    name, value = argument
    written = value.data if isinstance(value, Known) else None
    source = Source(f"-var {name}", written) if isinstance(written, str) else None
    return name, Given(lambda: value, source.span(0, len(source.text)) if source else None)

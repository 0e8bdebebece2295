"""Folders of Terraform → the resources of every module instance that matters."""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from itertools import chain

from ..annotations import TypeVar
from ..candidates import File
from ..discovery import Tree, Walker, is_stack, normal, place_of, read_bytes
from ..graph import Resource
from ..language.document import Entry
from ..language.value import EvaluationError, Hop, Known, Unknown, Value
from ..language.worlds import Worlds
from ..records import dataclass, field
from ..source import InputError, Source, Span
from ..unforeseen import told
from . import grammar
from .arguments import automatic_files, from_file, from_flags
from .calls import Calls
from .declarations import Declarations, arguments_of, call_address, files_in_order, title
from .expansion import Expansion
from .given import Given, KnownModule
from .installed import manifest, manifest_path, registry_name
from .module import ModuleInstance
from .units import Units

T = TypeVar("T")


@dataclass
class TerraformLoader:
    """Loads folders when they are asked for, and expands module calls from the roots down."""

    tree: Tree
    walker: Walker
    worlds: Worlds
    types: frozenset[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: tuple[str, ...] = ()
    known_modules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    errors: list[InputError] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)  # the files whose content was asked for
    beside: set[str] = field(default_factory=set)
    """Folders whose files Terragrunt copies into a module that is elsewhere."""
    _modules: dict[str, Declarations] = field(default_factory=dict)
    _manifests: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _roots: dict[str, tuple[ModuleInstance, ...]] = field(default_factory=dict)
    _callers: dict[str, set[str]] | None = None
    _flags: Mapping[str, Given] | None = None
    _standing_alone: dict[str, ModuleInstance] = field(default_factory=dict)
    _read: list[tuple[bool, tuple[Source, ...]]] = field(default_factory=list)
    """What was read, folder by folder; one that was asked for nothing matters by its hits."""
    _noted: set[Span] = field(default_factory=set)  # calls whose arguments are told of
    _units: Units = field(init=False)
    _calls: Calls = field(init=False)
    _expansion: Expansion = field(init=False)

    def __post_init__(self) -> None:
        self._calls = Calls(
            self.tree, self.walker, self.worlds, self._manifests, self._alone, self.errors
        )
        self._expansion = Expansion(
            self.types, self, self._calls, self.tree, self.worlds, self._manifests, self.errors
        )
        self._units = Units(self)

    def counts(self) -> dict[str, int]:
        """What was read and expanded, for who asks where the time went."""
        return {
            "Terraform files outlined": sum(len(m.sources) for m in self._modules.values()),
            "module instances": self._expansion.instances,
            "expressions parsed with the grammar": grammar.asked,
        }

    def marks(self) -> Iterable[Entry]:
        """What Terraform says to this tool otherwise than in comments: nothing."""
        return ()

    # -- folders ----------------------------------------------------------------------------

    def module(self, folder: str) -> Declarations | None:
        """A folder's declarations; None where it has no Terraform files that may be read."""
        if folder not in self._modules:
            files = self.tree.terraform.get(folder)
            if files is None:
                place = place_of(folder)
                if not (os.path.isdir(place) and self.walker.inside(place)):
                    return None
                self.walker.terraform_folder(self.tree, place)
                files = self.tree.terraform.get(folder)
                if files is None:
                    return None
            self._modules[folder] = self._declarations(folder, files)
            if folder not in self.beside:
                self.errors.extend(self._modules[folder].astray)
        return self._modules[folder]

    def with_files(
        self, folder: str, files: Iterable[File], without: Collection[str]
    ) -> Declarations:
        """A folder's declarations with a few files more, or in place of those of their names.

        `without`: the names of files of the folder that are not there.
        """
        there = {os.path.basename(file.path): file for file in self.tree.terraform.get(folder, ())}
        named = {name: file for name, file in there.items() if name not in without}
        named.update((os.path.basename(file.path), file) for file in files)
        module = self._declarations(folder, [*named.values()])
        self.errors.extend(module.astray)
        return module

    def _declarations(self, folder: str, files: list[File]) -> Declarations:
        if is_stack(folder):
            from .stacks import StackDeclarations

            module: Declarations = StackDeclarations(place_of(folder))
        else:
            module = Declarations(folder)
        for file, override in files_in_order(files):
            try:
                module.add(Source.decode(file.path, file.data, file.origin), override=override)
            except InputError as error:
                module.errors.append(error)
        self.errors.extend(module.errors)
        self._read.append((any(file.hit for file in files), (*module.sources,)))
        return module

    def note(self, source: Source) -> Source:
        """Note that a file of values or of Terragrunt is read, and give it."""
        self._read.append((True, (source,)))
        return source

    def output(self, stack: Resource, name: str) -> Value | None:
        """What a stack outputs is the templates' to tell."""
        return None

    def refused(self, told: Collection[str]) -> Iterator[InputError]:
        """What Terraform's parser refuses in files that matter and are not `told` of."""
        matter = [
            source
            for matters, sources in self._read
            if matters or any(source.known for source in sources)
            for source in sources
        ]
        if matter:
            from .syntax import faults

            yield from faults(matter, told)

    # -- calls ------------------------------------------------------------------------------

    def _alone(self, module: Declarations) -> ModuleInstance:
        """A folder as if it were a root, to read what its calls need to be followed."""
        folder = module.folder
        if folder not in self._standing_alone:
            given = self.given((folder,), self.var_files)
            self._standing_alone[folder] = ModuleInstance(
                module, "", given, self, self.worlds, root=folder
            )
        return self._standing_alone[folder]

    def find(self, caller: ModuleInstance, name: str) -> Declarations | KnownModule | Unknown:
        """The module that a call names, or what stands for it where it is not on disk."""
        module, call = caller.module, caller.module.calls[name]
        folder = self._calls.folder(caller.root, (*caller.path, name), module, caller)
        found = self.module(folder) if folder is not None else None
        if found is not None:
            self.note_call(module, name, found)
            return found
        source = self._calls.source(module, name, caller)
        registered = registry_name(source) if source is not None else None
        if registered is not None and registered in self.known_modules:
            return KnownModule(registered, self.known_modules[registered])
        if folder is not None and self._calls.is_outside(folder):
            why = f"{source} leads outside of what may be read"
        else:
            code = self._calls.code(module, name)
            what = f"({source}) is not on disk" if source else f"is not known ({code})"
            why = f"the source of this module {what}"
            if call.type == "module":
                why = f"{why}; run terraform init"
        hop = Hop(call.header, f"{title(call)} is not read")
        term = ("ref", caller.root, caller.prefixed(call_address(call)))
        return Unknown("module-unavailable", f"{title(call)}: {why}", term, trail=(hop,))

    def _follow(self) -> None:
        """Read what calls lead to where the bytes could not tell; what may not be is an error."""
        waiting = sorted(self.tree.unsure)
        followed: set[str] = set()
        while waiting:
            folder = waiting.pop()
            module = self.module(folder) if folder not in followed else None
            followed.add(folder)
            for name, target in self._calls.by_path(module) if module else ():
                if module and self._calls.is_outside(target):
                    self._calls.refuse(module, name)
                elif target not in self.tree.terraform and self.module(target) is not None:
                    waiting.append(target)

    def function(
        self, folder: str, root: str, name: str, arguments: tuple[Value, ...], span: Span
    ) -> Value:
        from .functions import Context, find

        function = find(name.removeprefix("core::"))
        if function is None:
            raise EvaluationError(f"there is no function {name}", span)
        boundary = self.walker.boundary_of(folder)
        if name in ("file", "templatefile") and arguments and isinstance(arguments[0], Known):
            self.opened.add(normal(os.path.join(root, str(arguments[0].data))))
        return function(Context(span, root, boundary, self.worlds), arguments)

    # -- the graph --------------------------------------------------------------------------

    def load(self) -> list[Resource]:
        """Every instance of the wanted types, from the roots down."""
        installed = self._read_manifests()
        units = self._units.all()  # first, for what they copy into modules is none of its own
        self._follow()
        hits = {
            folder
            for folder, files in self.tree.terraform.items()
            if any(file.hit for file in files) or self._is_open(folder)
        }
        self._expansion.holders["hits"] = hits
        wanted = self._with_callers(hits)
        called = {target for folder in wanted for target in self._path_calls(folder)}
        called |= {folder for unit in units for folder in (unit.module.folder, unit.root)}
        called |= self.beside
        found: list[Resource] = []
        reached: set[str] = set()
        for unit in units:
            for _, target in self._calls.by_path(unit.module):  # by what is generated, too
                self._reach(target, reached)
            reached.update((unit.module.folder, unit.root))
            vaults = self._of_root(unit.module.folder, unit)
            if unit in self._units.unsure and (vaults or self._leads(unit, wanted)):
                self.errors.extend(self._unsure(unit))
            found.extend(vaults)
        reached |= self.beside
        roots = [folder for folder in sorted(wanted) if folder not in called | installed]
        for folder in [*roots, *sorted(wanted - installed)]:
            if folder not in reached and self.module(folder) is not None:
                self._reach(folder, reached)
                for root in self._roots_of(folder):
                    found.extend(self._of_root(folder, root))
        self.tree.warnings.extend(self._unused(wanted))
        context = self.tree.context
        return [resource for resource in found if resource.span.source.path not in context]

    def _unsure(self, unit: ModuleInstance) -> Iterator[InputError]:
        """What is not known of a unit's module, and of the folders that it calls."""
        calls: set[str] = set()
        for _, target in self._calls.by_path(unit.module):
            self._reach(target, calls)
        return (
            error for error, folder in self._units.unsure[unit] if not folder or folder in calls
        )

    def _leads(self, unit: ModuleInstance, wanted: Container[str]) -> bool:
        """Whether a unit's module, or what it calls, may hold vaults."""
        called = (target for _, target in self._calls.by_path(unit.module))
        return any(folder in wanted for folder in (unit.module.folder, unit.root, *called))

    def _of_root(self, folder: str, root: ModuleInstance) -> list[Resource]:
        """Those of a root and what it calls. What nobody foresaw is an error of that root."""
        try:
            return list(self._expansion.resources(root, self.types, "hits", (folder,)))
        except InputError as error:  # inputs of a stack that are no expression
            self.errors.append(error)
        except Exception as error:
            self.errors.append(InputError(told(error, "it is not checked"), folder))
        return []

    def _unused(self, wanted: Container[str]) -> Iterator[str]:
        """What is said of values that no root module declares: of folders that may hold vaults."""
        roots = (*chain(*self._roots.values()), *self._units.all())
        leading = [root for root in roots if root.module.folder in wanted]
        if any(not root.given.keys() <= root.module.variables.keys() for root in leading):
            from .unused import of_roots

            named = frozenset(map(normal, self.var_files))
            yield from of_roots(((root.given, root.module.variables) for root in leading), named)
        if not roots or not (self.variables or self.var_files):
            return
        from .unused import of_files, of_flags, of_several

        declared = {name for root in roots for name in root.module.variables}
        if len(self.var_files) > 1:
            files = [self.given((), (path,), flags=False) for path in self.var_files]
            yield from of_several(files, [root.module.variables for root in roots])
        yield from of_flags(self.variables, declared)
        read = {root.module.name for root in roots}.union(self._callers or ())
        folders = (folder for folder in self.tree.terraform if folder not in read)
        unread = (file for folder in folders for file in self.tree.terraform[folder])
        yield from of_files(self.given((), self.var_files, flags=False), declared, unread)

    def note_call(self, caller: Declarations, name: str, target: Declarations) -> None:
        """Note the arguments of a call that the called module does not declare, once."""
        block = caller.calls[name]
        given = arguments_of(block, caller.body(block)).keys()
        if block.header not in self._noted and not given <= target.variables.keys():
            self._noted.add(block.header)
            from .unused import of_call

            self.tree.warnings.extend(of_call(caller, name, target))

    def _is_open(self, folder: str) -> bool:
        module = self.module(folder) if folder in self.tree.unsure else None
        return module is not None and self._calls.are_open(module)

    def _roots_of(self, folder: str) -> tuple[ModuleInstance, ...]:
        """A folder as a root module, or the deployments of a stack."""
        if folder not in self._roots:
            module = self._modules[folder]
            if is_stack(folder):
                from .stacks import StackDeclarations, deployed

                assert isinstance(module, StackDeclarations)
                given = self.given((), self.var_files)
                found = tuple(deployed(module, given, self, self.tree.uncreated))
            else:
                given = self.given((folder,), self.var_files)
                found = (ModuleInstance(module, "", given, self, self.worlds, root=folder),)
            self._roots[folder] = found
        return self._roots[folder]

    def given(
        self,
        folders: Iterable[str],
        more: Iterable[str | Source | tuple[str, Given]],
        *,
        flags: bool = True,
    ) -> dict[str, Given]:
        """The values of a root module's variables, the last that is given winning.

        `folders`: where its files are. `more`: further tfvars files, what stands in those that
        are not on disk, and values themselves.
        Without `flags`, not those of --var, which come last.
        """
        given: dict[str, Given] = {}
        for file in (*automatic_files(*folders), *more):
            if isinstance(file, tuple):
                given.update((file,))
                continue
            try:
                source = self._values(file) if isinstance(file, str) else file
                if source is not None:
                    given.update(from_file(self.note(source), self.worlds))
            except InputError as error:
                self.errors.append(error)
        if self._flags is None:
            self._flags = from_flags(self.variables)
        if flags:
            given.update(self._flags)
        return given

    def _values(self, path: str) -> Source | None:
        """A file of values; None, with an error noted, where it may not be read."""
        named = path in self.var_files  # by whoever runs this, from wherever
        read = read_bytes if named else self.walker.read
        data = read(self.tree, normal(path))
        return None if data is None else Source.decode(normal(path), data)

    def _read_manifests(self) -> set[str]:
        """Read what `terraform init` installed, and give the folders that are only modules."""
        installed: set[str] = set()
        for root in sorted(self.tree.initialised):
            path = normal(manifest_path(root))
            if not os.path.lexists(path):
                continue
            data = self.walker.read(self.tree, path)
            if data is None:
                continue
            try:
                self._manifests[root] = manifest(Source.decode(path, data))
            except InputError as error:
                self.errors.append(error)
                continue
            self.tree.remote_modules.pop(
                root, None
            )  # it is installed, or told where it is asked for
            for folder in self._manifests[root].values():
                target = normal(os.path.join(root, folder))
                self.tree.remote_modules.pop(target, None)
                if ".terraform" in target.split("/"):
                    installed.add(target)
                    self.module(target)
        return installed

    def _path_calls(self, folder: str) -> Iterator[str]:
        """The folders that a folder's calls by path lead to."""
        module = self.module(folder)
        return (target for _, target in self._calls.by_path(module)) if module else iter(())

    def _with_callers(self, holders: set[str]) -> set[str]:
        """Some folders, and those whose calls lead to one of them."""
        if self._callers is None:
            self._callers = {}
            for folder in list(self.tree.terraform):
                for target in self._call_targets(folder):
                    self._callers.setdefault(target, set()).add(folder)
            for root, modules in self._manifests.items():
                for target in modules.values():
                    path = normal(os.path.join(root, target))
                    self._callers.setdefault(path, set()).add(root)
        wanted, waiting = set(holders), list(holders)
        while waiting:
            for caller in self._callers.get(waiting.pop(), ()):
                if caller not in wanted:
                    wanted.add(caller)
                    waiting.append(caller)
        return wanted

    def _call_targets(self, folder: str) -> Iterable[str]:
        """The folders that a folder calls by path; outlined only where the bytes are unsure."""
        if folder in self.tree.unsure:
            return self._path_calls(folder)
        targets = self.tree.calls.get(folder, ())
        return (self.walker.led_to(self.tree, folder, target) for target in targets)

    def _reach(self, folder: str, reached: set[str]) -> None:
        """Add a folder and all that it calls by path, whether or not a call has instances."""
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting.extend(self._path_calls(current))

    # -- aliases ----------------------------------------------------------------------------

    def instances_of(self, types: Iterable[str]) -> Iterator[Resource]:
        """Every declared instance of some types, wherever in the scan."""
        self._expansion.begin()
        wanted = frozenset(types)
        needles = tuple(type_.encode() for type_ in wanted)
        kind = " ".join(sorted(wanted))
        holders = self._expansion.holders[kind] = {
            folder
            for folder, files in self.tree.terraform.items()
            if any(file.holds(*needles) for file in files)
        }
        wanted_folders = self._with_callers(holders)
        called = {target for folder in wanted_folders for target in self._path_calls(folder)}
        for folder in sorted(wanted_folders - called - self.beside):
            if ".terraform" not in folder.split("/") and self.module(folder) is not None:
                self._roots_of(folder)
        for root in (*chain(*self._roots.values()), *self._units.all()):
            yield from self._expansion.resources(root, wanted, kind, (root.module.name,))

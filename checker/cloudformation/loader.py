"""Templates → the resources of every stack that matters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from functools import partial
from itertools import chain

from ..candidates import EXPORT, File, holds
from ..discovery import Tree, Walker, normal, read_bytes
from ..graph import Origin, Resource
from ..language.document import Entry, MappingNode, Node
from ..language.value import Known, Unknown, Value
from ..language.worlds import Worlds
from ..records import dataclass, field
from ..source import InputError
from .family import Family
from .files import TemplateFiles
from .parameter_files import read_files
from .parameters import Given
from .stack import NESTED, Stack
from .template import Template, covers, marks, type_of

TYPE_CHECKING = False  # few templates read exports, or nest others
if TYPE_CHECKING:
    from .exports import Exports
    from .locations import Locations
    from .nesting import Nesting

NESTING_LIMIT = 100
"""Levels of nested stacks."""

STACK_LIMIT = 20_000
"""Nested stacks of one scan; calls that multiply past it are an error."""


@dataclass
class CloudFormationLoader:
    """Reads templates when they are asked for, and follows nested stacks from the roots down.

    `terraform` gives Terraform's resources of some types, which may deploy stacks; `opened` are
    the files that it has read by then.
    """

    tree: Tree
    walker: Walker
    worlds: Worlds
    types: frozenset[str]
    parameter_files: tuple[str, ...] = ()
    pseudo: Mapping[str, str] = field(default_factory=dict)
    terraform: Callable[[tuple[str, ...]], Iterable[Resource]] | None = None
    opened: Set[str] = frozenset()
    errors: list[InputError] = field(default_factory=list)
    _roots: dict[Template, Stack] = field(default_factory=dict)
    _given: Given | None = None
    _values: dict[str, Value] | None = None  # of the files of parameters
    _exports: Exports | None = None
    _nesting: Nesting | None = None
    _locations: Locations | None = None
    _deployed: list[Stack] | None = None
    _is_of: list[Callable[[], bool]] = field(default_factory=list)  # whether it is, of each
    _met: set[str] = field(default_factory=set)  # of those that Terraform has opened
    _nested: int = 0

    def __post_init__(self) -> None:
        self._files = TemplateFiles(self.tree, self.walker, self.errors, self.types, self._location)
        self._family = Family(self.tree.templates, self._named_by)

    def counts(self) -> dict[str, int]:
        """What was read and expanded, for who asks where the time went."""
        read = sum(map(bool, self._files.read.values()))
        nested = sum(not isinstance(target, Unknown) for target in self._targets())
        return {"templates read": read, "nested stacks": nested}

    def marks(self) -> Iterator[Entry]:
        """What the templates that were read say to this tool in `Metadata`."""
        for template in chain.from_iterable(self._files.read.values()):
            resources = (entry.value for entry in template.section("Resources"))
            yield from chain.from_iterable(map(marks, (template.root, *resources)))

    def refused(self, told: Collection[str]) -> Iterator[InputError]:
        """What a parser refuses of files that were not parsed whole: of templates, nothing."""
        return iter(())

    # -- the graph --------------------------------------------------------------------------

    def load(self) -> list[Resource]:
        """Every instance of the wanted types, from the roots down."""
        self._follow()
        hits = {file.path for file in self.tree.templates if file.hit}
        stacks = list(self._stacks(hits, report=True))
        self.tree.warnings.extend(self._unused(stacks))
        self.tree.warnings.extend(self._unread_parameters(stacks))
        self._tell_lost(file for file in self.tree.templates if file.path in hits)
        return [s.resource(name) for s in stacks for name in _of_types(s, self.types)]

    def _unread_parameters(self, stacks: Iterable[Stack]) -> Iterator[str]:
        """What is said of files beside templates that give parameters, where none is given here."""
        judged = {
            root.template.path
            for root in (_outermost(stack) for stack in stacks if _of_types(stack, self.types))
            if root.deployed is None and root.template.section("Parameters")
        }
        if judged and not self.parameter_files:
            from .deployments import unread

            yield from unread(judged - self.tree.context, self.walker.inside, self.readable)

    def _tell_lost(self, files: Iterable[File]) -> None:
        """Tell of files that declare what is judged, where nothing that is read includes them.

        Not where an error is told: it may be why something does not.
        """
        if self.errors:
            return
        included = set(chain.from_iterable(self._files.included.values()))
        for file in files:
            if file.path in included or file.path in self.opened:
                continue
            if self._files.quietly(file.path) == []:
                from .fragments import lost

                error, warning = lost(file.path, self._files.data(file.path) or b"", self.types)
                self.errors.extend(error)
                self.tree.warnings.extend(warning)

    def _follow(self) -> None:
        """Read what is nested or included where bytes do not tell it, and note composed types."""
        read: set[str] = set()
        while waiting := sorted(self.tree.opaque - read):
            for path in waiting:
                self.tree.nested.update(self._named_by(path) or ())
            read.update(waiting)
            self._exports = None  # more may export
            self.walker.follow(self.tree)
        for file in self.tree.templates if read else ():
            if file.path in read - self.tree.context and self._declares(file.path):
                file.hit = True

    def _declares(self, path: str) -> bool:
        """Whether a file's templates name what is judged."""
        templates = self._files.quietly(path) or ()
        for template in templates:
            if template.serverless:
                from .service_parts import open_types

                for span in open_types(template.root, self.types):
                    what = "its type is not known; it is not checked"
                    self.errors.append(InputError.at(span, what))
        entries = chain.from_iterable(template.section("Resources") for template in templates)
        return any(type_of(entry.value) in self.types for entry in entries)

    def _unused(self, stacks: Iterable[Stack]) -> Iterator[str]:
        """What is said of files of parameters: what nothing takes, and what is refused."""
        given = self._file_values()
        if given:
            from .outcomes import outcomes
            from .unused import of_files, refused

            roots = [stack for stack in stacks if self._roots.get(stack.template) is stack]
            yield from refused(roots, given, partial(outcomes, self.worlds))
            nested = (target for target in self._targets() if isinstance(target, Template))
            read = {template.path for template in (*nested, *(root.template for root in roots))}
            unread = (file for file in self.tree.templates if file.path not in read)
            yield from of_files(roots, given, unread)

    def instances_of(self, types: Iterable[str]) -> Iterator[Resource]:
        """Every declared instance of some types, wherever in the scan."""
        wanted = frozenset(types)
        needles = tuple(type_.encode() for type_ in wanted)
        for stack in self._stacks(self._holding(*needles)):
            for name in _of_types(stack, wanted):
                yield stack.resource(name)

    def _holding(self, *needles: bytes) -> set[str]:
        found = {file.path for file in self.tree.templates if file.opaque or file.holds(*needles)}
        self._family.of(())  # what is included may be a fragment, which the walk passes over
        for path in {path for paths in self._files.included.values() for path in paths}:
            data = b"" if path in self._files.met else self._files.data(path) or b""
            if holds(data, needles):
                found.add(path)
        return found

    def _stacks(self, paths: set[str], report: bool = False) -> Iterator[Stack]:
        """The stacks of some templates, through those that nest them, each once."""
        self._nested = 0
        family = self._family.of(paths)
        found = [template for path in sorted(family) for template in self.templates(path)]
        services = [template.parts for template in found if template.parts]
        found = [t for t in found if not any(covers(parts, t) for parts in services)]
        called = {
            target
            for template in found
            for target in self._calls(self._root(template))
            if target is not template
        }
        reached: set[Template] = set()
        for stack in self._by_terraform():
            if self._matters(stack.template, family) or "#" in stack.template.name:
                yield from self._expand(stack, family, reached, report)
        for template in (*(t for t in found if t not in called), *found):
            if template not in reached:
                yield from self._expand(self._root(template), family, reached, report)

    def _by_terraform(self) -> list[Stack]:
        """The stacks that Terraform deploys."""
        if self._deployed is None:
            self._deployed = []  # while they are read, for what they import from each other
            if self.terraform is not None:
                from .deployed import Deployed

                code = chain(*self.tree.terraform.values())
                found = Deployed(self.terraform, self, code)
                for one, template, given, is_of, likely in found.all():
                    calls = (*one.calls, one.span)
                    self._deployed.append(
                        Stack(
                            template, one.address, given, self, self.worlds, one.scope, calls,
                            deployed=one, likely=int(likely),
                        )
                    )  # fmt: skip
                    self._is_of.append(is_of)
                self.tree.remote_stacks.update(
                    told for path, told in found.unread if path not in self.tree.context
                )
                self.tree.warnings.extend(found.warnings)
        return self._deployed

    def output(self, stack: Resource, name: str) -> Value | None:
        """An output of a stack that Terraform deploys; None where its template is not known.

        Raises EvaluationError where the template has none of that name in this world.
        """
        for found, is_of in zip(self._by_terraform(), self._is_of, strict=False):
            one = found.deployed
            if one and (one.scope, one.address) == (stack.scope, stack.address) and is_of():
                return found.output(name)
        return None

    def _expand(
        self, stack: Stack, family: set[str], reached: set[Template], report: bool
    ) -> Iterator[Stack]:
        """A stack and those below it that may matter."""
        if not stack.likely:  # else it may as well be deployed alone
            reached.add(stack.template)
        yield stack
        for name in _of_types(stack, NESTED):
            if len(stack.calls) >= NESTING_LIMIT or self._nested >= STACK_LIMIT:
                if report:
                    span = stack.section("Resources")[name].span
                    what = f"more than {NESTING_LIMIT} levels or {STACK_LIMIT} stacks are nested"
                    self.errors.append(InputError.at(span, what))
                return
            for child in stack.children(name):
                if isinstance(child, Stack):
                    self._nested += 1
                    if self._matters(child.template, family):
                        yield from self._expand(child, family, reached, report)
                elif child.cause == "cycle" and report:
                    span = stack.section("Resources")[name].span
                    self.errors.append(InputError.at(span, child.why))

    def _matters(self, template: Template, family: set[str]) -> bool:
        # A template that the walk did not meet has not been searched.
        return template.path in family or template.path not in self._files.met

    def _calls(self, stack: Stack) -> Iterator[Template]:
        for name in _of_types(stack, NESTED):
            target = self.nested(stack, name)
            if isinstance(target, Template):
                yield target

    def _named_by(self, path: str) -> set[str] | None:
        """The files that a template nests or includes; None where it cannot be read."""
        found = self._files.quietly(path)
        if found is None:
            return None
        found_in = self._files.included.get(path, ())
        calls = [(s, name) for s in map(self._root, found) for name in _of_types(s, NESTED)]
        return {*found_in, *(file for call in calls for file in self._nests().paths(*call))}

    def _root(self, template: Template) -> Stack:
        if template not in self._roots:
            given = self._parameters()
            if template.section("Parameters"):
                manifest = self._files.manifest(template.path)
                given = {**{name: partial(manifest.get, name) for name in manifest}, **given}
            self._roots[template] = Stack(template, "", given, self, self.worlds, template.name)
        return self._roots[template]

    def _location(self, path: str, whole: MappingNode, node: Node) -> list[Value | None]:
        """What the location of an include in a template is, in each world."""
        if self._locations is None:
            from .locations import Locations

            self._locations = Locations(self._parameters(), self.worlds)
        return self._locations.of(path, whole, node)

    def _nests(self) -> Nesting:
        if self._nesting is None:
            from .nesting import Nesting

            self._nesting = Nesting(
                self.tree, self.walker, self.worlds, self.types, self._files, self.errors
            )
        return self._nesting

    def _targets(self) -> Iterable[Template | Unknown]:
        return self._nesting.targets.values() if self._nesting is not None else ()

    # -- for stacks -------------------------------------------------------------------------

    def nested(self, caller: Stack, name: str) -> Template | Unknown:
        """The template of a nested stack, or what stands for it where it is not on disk."""
        return self._nests().find(caller, name)

    def meant(self, caller: Stack, name: str, *, anywhere: bool) -> list[Template]:
        """The templates of the scan that a stack's address may mean, in this world or in any."""
        return self._nests().meant(caller, name, anywhere=anywhere)

    def imported(self, name: Value, importer: Stack) -> Value:
        """The value that a template of the scan exports under a name."""
        if self._exports is None:
            from .exports import Exports

            exporters = self._holding(EXPORT)
            self._exports = Exports(lambda: self._stacks(exporters), self.worlds)
        return self._exports.find(name, importer)

    def readable(self, path: str) -> bytes | None:
        return self._files.readable(path)

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        """The CDK construct of a resource, as far as the template or its assembly tells it."""
        return self._files.origin(template, name, construct)

    # -- files ------------------------------------------------------------------------------

    def templates(self, path: str) -> list[Template]:
        """The templates of a file; none where it holds none. A file that is asked for matters."""
        return self._files.templates(path)

    def at(self, address: Value, caller: str) -> list[Template]:
        """The templates of the scan that an address in a file may mean, by its end."""
        return self._nests().at(address, caller)

    def walked(self) -> list[File]:
        """The files that may be templates, those too that Terraform has opened by now.

        One that lies outside of the named paths is the same there as in a run of the whole.
        """
        for path in sorted(self.opened - self._met):
            self.walker.template(self.tree, path)
        self._met |= self.opened
        return self.tree.templates

    def _parameters(self) -> Given:
        if self._given is None:
            given: dict[str, Value] = {name: Known(text) for name, text in self.pseudo.items()}
            given.update(self._file_values())
            self._given = {name: partial(given.get, name) for name in given}
        return self._given

    def _file_values(self) -> Mapping[str, Value]:
        """What the files of parameters give."""
        if self._values is None:
            paths = map(normal, self.parameter_files)
            files = ((path, read_bytes(self.tree, path)) for path in paths)
            self._values = read_files(files, self.errors)
        return self._values


def _of_types(stack: Stack, types: Iterable[str]) -> list[str]:
    wanted = frozenset(types)
    return [n for n, entry in stack.section("Resources").items() if type_of(entry.value) in wanted]


def _outermost(stack: Stack) -> Stack:
    while stack.parent is not None:
        stack = stack.parent
    return stack

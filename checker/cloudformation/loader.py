"""Templates → the resources of every stack that matters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from itertools import chain

from ..candidates import (
    STACKS_IN_TERRAFORM,
    TEMPLATES,
    File,
    is_service,
    looks_like_template,
    unescaped,
)
from ..discovery import Tree, Walker, normal, read_bytes
from ..graph import Origin, Resource
from ..language.document import Entry, MappingNode, Node, ScalarNode
from ..language.value import Hop, Known, Text, Unknown, Value
from ..language.worlds import Worlds
from ..patterns import pattern
from ..records import dataclass, field
from ..source import InputError, Source
from .assembly import Assembly, Place
from .family import Family
from .outcomes import only, outcomes
from .parameters import Given, read_files
from .stack import NESTED, Stack
from .template import Template, covers, may_hold, metadata, templates, type_of
from .yaml_document import read_template

TYPE_CHECKING = False  # exports are read by few templates
if TYPE_CHECKING:
    from .exports import Exports

BODY = "TemplateBody"

NESTING_LIMIT = 100
"""Levels of nested stacks."""

STACK_LIMIT = 20_000
"""Nested stacks of one scan; calls that multiply past it are an error."""

_SECTION = pattern(rb"""\bResources["']?\s{0,99}:""")
_REMOTE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


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
    _files: dict[str, File] = field(default_factory=dict)
    _templates: dict[str, list[Template]] = field(default_factory=dict)
    _included: dict[str, set[str]] = field(default_factory=dict)
    _faults: dict[str, InputError] = field(default_factory=dict)
    _roots: dict[Template, Stack] = field(default_factory=dict)
    _targets: dict[tuple[Stack, str], Template | Unknown] = field(default_factory=dict)
    _assemblies: dict[str, Assembly] = field(default_factory=dict)
    _given: Given | None = None
    _values: dict[str, Value] | None = None  # of the files of parameters
    _exports: Exports | None = None
    _deployed: list[Stack] | None = None
    _met: set[str] = field(default_factory=set)  # of those that Terraform has opened
    _nested: int = 0

    def __post_init__(self) -> None:
        self._files = {file.path: file for file in self.tree.templates}
        self._family = Family(self.tree.templates, self._named_by)

    def counts(self) -> dict[str, int]:
        """What was read and expanded, for who asks where the time went."""
        read = sum(map(bool, self._templates.values()))
        nested = sum(not isinstance(target, Unknown) for target in self._targets.values())
        return {"templates read": read, "nested stacks": nested}

    def marks(self) -> Iterator[Node]:
        """What the templates that were read say to this tool in `Metadata`."""
        for template in chain.from_iterable(self._templates.values()):
            resources = (entry.value for entry in template.section("Resources"))
            for holder in (template.root, *resources):
                found = metadata(holder, "iac-check")
                if found is not None:
                    yield found

    # -- the graph --------------------------------------------------------------------------

    def load(self) -> list[Resource]:
        """Every instance of the wanted types, from the roots down."""
        hits = {file.path for file in self.tree.templates if file.hit}
        stacks = list(self._stacks(hits, report=True))
        self.tree.warnings.extend(self._unused(stacks))
        return [s.resource(name) for s in stacks for name in _of_types(s, self.types)]

    def _unused(self, stacks: Iterable[Stack]) -> Iterator[str]:
        """What is said of files of parameters: what nothing takes, and what is refused."""
        given = self._file_values()
        if given:
            from .unused import of_files, refused

            roots = [stack for stack in stacks if self._roots.get(stack.template) is stack]
            yield from refused(roots, given, partial(outcomes, self.worlds))
            nested = (target for target in self._targets.values() if isinstance(target, Template))
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
        found = {file.path for file in self.tree.templates if file.holds(*needles)}
        self._family.of(())  # what is included may be a fragment, which the walk passes over
        for path in {path for paths in self._included.values() for path in paths}:
            data = b"" if path in self._files else self._data(path) or b""
            if any(needle in data for needle in needles):
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
                from .deployed import OVERRIDES, Deployed

                resources = self.terraform((*STACKS_IN_TERRAFORM, *OVERRIDES))
                code = chain(*self.tree.terraform.values())
                found = Deployed(resources, self, code)
                self._deployed = [
                    Stack(
                        template, one.address, given, self, self.worlds, one.scope,
                        (*one.calls, one.span), deployed=one,
                    )
                    for one, template, given in found.all()
                ]  # fmt: skip
                self.tree.remote_stacks.update(found.unread)
                self.tree.warnings.extend(found.warnings)
        return self._deployed

    def _expand(
        self, stack: Stack, family: set[str], reached: set[Template], report: bool
    ) -> Iterator[Stack]:
        """A stack and those below it that may matter."""
        reached.add(stack.template)
        yield stack
        for name in _of_types(stack, NESTED):
            if len(stack.calls) >= NESTING_LIMIT or self._nested >= STACK_LIMIT:
                if report:
                    span = stack.section("Resources")[name].span
                    what = f"more than {NESTING_LIMIT} levels or {STACK_LIMIT} stacks are nested"
                    self.errors.append(InputError.at(span, what))
                return
            child = stack.child(name)
            if isinstance(child, Stack):
                self._nested += 1
                if self._matters(child.template, family):
                    yield from self._expand(child, family, reached, report)
            elif child.cause == "cycle" and report:
                self.errors.append(InputError.at(stack.section("Resources")[name].span, child.why))

    def _matters(self, template: Template, family: set[str]) -> bool:
        # A template that the walk did not meet has not been searched.
        return template.path in family or template.path not in self._files

    def _calls(self, stack: Stack) -> Iterator[Template]:
        for name in _of_types(stack, NESTED):
            target = self.nested(stack, name)
            if isinstance(target, Template):
                yield target

    def _named_by(self, path: str) -> set[str] | None:
        """The files that a template nests or includes; None where it cannot be read."""
        found = self._read(path)
        if path in self._faults:
            return None
        stacks = map(self._root, found)
        nested = (self._path(stack, name) for stack in stacks for name in _of_types(stack, NESTED))
        return {*self._included.get(path, ()), *(file for file in nested if file is not None)}

    def _root(self, template: Template) -> Stack:
        if template not in self._roots:
            self._roots[template] = Stack(
                template, "", self._parameters(), self, self.worlds, template.name
            )
        return self._roots[template]

    # -- files ------------------------------------------------------------------------------

    def templates(self, path: str) -> list[Template]:
        """The templates of a file; none where it holds none. A file that is asked for matters."""
        found = self._read(path)
        if path in self._faults and self._faults[path] not in self.errors:
            self.errors.append(self._faults[path])
        return found

    def _read(self, path: str) -> list[Template]:
        if path not in self._templates:
            file = self._files.get(path)
            self._templates[path] = []
            data = self._data(path)
            if data is not None:
                try:
                    source = Source.decode(path, data)
                    self._templates[path] = templates(source, partial(self._fragment, path))
                except InputError as error:
                    if self._meant_as_template(unescaped(data)):
                        self._faults[path] = error
                else:
                    if file and bool(self._templates[path]) is not file.sure:
                        self.tree.files += -1 if file.sure else 1
        return self._templates[path]

    def walked(self) -> list[File]:
        """The files that may be templates, those too that Terraform has opened by now.

        One that lies outside of the named paths is the same there as in a run of the whole.
        """
        for path in sorted(self.opened - self._met):
            self.walker.template(self.tree, path)
        self._met |= self.opened
        return self.tree.templates

    def _data(self, path: str) -> bytes | None:
        file = self._files.get(path)
        if file is None:
            return read_bytes(self.tree, path)
        try:
            return file.data
        except InputError as error:
            self.errors.append(error)
            return None

    def _meant_as_template(self, text: bytes) -> bool:
        """Whether a file that cannot be read as YAML or JSON is meant as a template."""
        wanted = (type_.encode() in text for type_ in self.types)
        if looks_like_template(text) or is_service(text):
            return True
        return any(wanted) and _SECTION.search(text) is not None

    def _fragment(self, template: str, location: str) -> Node | None:
        """The document that a template includes, where it is on disk."""
        path = self._beside(template, location)
        if path is None or not self.walker.inside(path):
            if location.endswith(TEMPLATES) and not _REMOTE.match(location):
                absent = normal(os.path.join(os.path.dirname(template), location))
                self.tree.remote_stacks.add(absent)
            return None
        self._included.setdefault(template, set()).add(path)
        data = self._data(path)
        if data is None:
            return None
        try:
            return next(iter(read_template(Source.decode(path, data))), None)
        except InputError as error:
            self.errors.append(error)
            return None

    def _beside(self, template: str, location: str) -> str | None:
        """The file that a location means, as seen from a template; None where there is none."""
        if _REMOTE.match(location) or "\0" in location:
            return None
        path = normal(os.path.join(os.path.dirname(template), location))
        return path if os.path.isfile(path) else None

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

    # -- nested stacks ----------------------------------------------------------------------

    def nested(self, caller: Stack, name: str) -> Template | Unknown:
        """The template of a nested stack, or what stands for it where it is not on disk."""
        key = (caller, name)
        if key not in self._targets:
            # Kept while it is looked for: where a template is may lead back to this question.
            self._targets[key] = _unread(caller, name, "where its template is depends on itself")
            found = self._targets[key] = self._target(caller, name)
            if isinstance(found, Template):
                self._note_call(caller, name, found)
        return self._targets[key]

    def _note_call(self, caller: Stack, name: str, target: Template) -> None:
        """Note the parameters that a stack passes and its template does not declare."""
        from .unused import of_stack

        entry = caller.section("Resources")[name]
        for warning in of_stack(entry.value, name, target):
            if warning not in self.tree.warnings:
                self.tree.warnings.append(warning)

    def _target(self, caller: Stack, name: str) -> Template | Unknown:
        bodies: list[Value | None] = []
        held = may_hold(caller.section("Resources")[name].value, BODY)
        if held:
            bodies = outcomes(self.worlds, lambda: caller.resource(name).read(BODY))
            embedded = self._body(caller, name, bodies)
            if embedded is not None:
                return embedded
        path = self._path(caller, name)
        if held and path is None:
            self._lost(caller, name, bodies)
            return _unread(caller, name, f"its {BODY} cannot be read")
        why = "its template is not on disk"
        if path is not None and not self.walker.inside(path):
            why = "its template lies outside the repository, where nothing is read"
        elif path is not None:
            found = self.templates(path)
            if found:
                return found[0]
            why = "its file is no template"
        return _unread(caller, name, why)

    def _path(self, caller: Stack, name: str) -> str | None:
        """The file that a nested stack's template is in."""
        location = self._location(caller, name, caller.section("Resources")[name])
        return None if location is None else self._beside(caller.template.path, location)

    def _location(self, caller: Stack, name: str, entry: Entry) -> str | None:
        """Where the template is, where that is the same in every world."""
        resource = caller.resource(name)
        found = outcomes(self.worlds, lambda: resource.read(NESTED[resource.type]))
        value = only(found)
        if not any(self._on_disk(caller, outcome) for outcome in found):
            # The CDK writes the file's name beside a TemplateURL that only S3 can tell.
            asset = _inner(entry.value, "Metadata", "aws:asset:path")
            if isinstance(asset, ScalarNode) and isinstance(asset.value, str):
                return asset.value
        elif value is None:
            what = f"which template {name} nests depends on a condition; it is not followed"
            self.errors.append(InputError.at(entry.span, what))
        # Of an address in S3 the end is known: an assembly says which file is published there.
        end = value.parts[-1] if isinstance(value, Text) else value
        if not isinstance(end, Known) or not isinstance(end.data, str):
            return None
        published = self._assembly(caller.template.path).asset(end.data)
        return published if isinstance(value, Text) else published or end.data

    def _on_disk(self, caller: Stack, location: Value | None) -> bool:
        if not isinstance(location, Known) or not isinstance(location.data, str):
            return False
        return self._beside(caller.template.path, location.data) is not None

    def _body(self, caller: Stack, name: str, bodies: list[Value | None]) -> Template | None:
        """A template that is written as a string. All of it stands at the string's place."""
        value, outer = only(bodies), caller.template
        if not isinstance(value, Known | Text):
            return None
        from .embedded import placed, written_out

        written, parts = written_out(value)
        try:
            for found in templates(Source(outer.path, written)):
                root = placed(found.root, value.trail[0].span)
                return Template(outer.path, f"{outer.name}#{name}", root, outer=parts)
        except InputError:
            pass
        return None

    def _lost(self, caller: Stack, name: str, bodies: list[Value | None]) -> None:
        """A body that is not read is an error where it names what is judged.

        A string that CloudFormation would refuse may as well be another language.
        """
        from .embedded import written_out

        entry = caller.section("Resources")[name]
        texts = [written_out(body)[0] for body in bodies if isinstance(body, Known | Text)]
        texts.append((entry.value if bodies else caller.template.root).span.text)
        if any(type_ in text for type_ in self.types for text in texts):
            body = _inner(entry.value, "Properties", BODY)
            what = f"the template in {BODY} cannot be read; its resources are not checked"
            self.errors.append(InputError.at(body.span if body else entry.span, what))

    # -- cloud assemblies -------------------------------------------------------------------

    def _assembly(self, path: str) -> Assembly:
        """The cloud assembly in a template's folder; an empty one where there is none."""
        folder = os.path.dirname(path)
        if folder not in self._assemblies:
            self._assemblies[folder] = Assembly(folder, self._readable)
        return self._assemblies[folder]

    def _readable(self, path: str) -> bytes | None:
        readable = os.path.isfile(path) and self.walker.inside(path)
        return read_bytes(Tree(), path) if readable else None

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        """The CDK construct of a resource, as far as the template or its assembly tells it."""
        found = self._assembly(template.path).construct(template.path, name, construct)
        if found is None:
            return Origin(construct, None) if construct is not None else None
        return Origin(found.path, self._created(found.path, found.created))

    def _created(self, construct: str, place: Place | None) -> Hop | None:
        """The line that creates a construct, where its file is in the repository."""
        data = self._readable(place.path) if place is not None else None
        if place is None or data is None:
            return None
        try:
            source = Source.decode(normal(place.path), data)
        except InputError:
            return None
        if place.line > source.text.count("\n") + 1 or place.column > len(source.line(place.line)):
            return None  # the file is not what it was when the stack was synthesized
        start = source.offset(place.line, place.column)
        end = source.offset(place.line, len(source.line(place.line)) + 1)
        return Hop(source.span(start, end), f"the CDK construct {construct} is created here")

    # -- exports ----------------------------------------------------------------------------

    def imported(self, name: Value, importer: Stack) -> Value:
        """The value that a template of the scan exports under a name."""
        if self._exports is None:
            from .exports import Exports

            exporters = self._holding(b"Export")
            self._exports = Exports(lambda: self._stacks(exporters), self.worlds)
        return self._exports.find(name, importer)


def _unread(caller: Stack, name: str, why: str) -> Unknown:
    address = caller.prefixed(name)
    hop = Hop(caller.section("Resources")[name].span, f"the stack {address} is not read")
    term = ("ref", caller.root, address)
    return Unknown("module-unavailable", f"stack {address}: {why}", term, trail=(hop,))


def _of_types(stack: Stack, types: Iterable[str]) -> list[str]:
    wanted = frozenset(types)
    return [n for n, entry in stack.section("Resources").items() if type_of(entry.value) in wanted]


def _inner(node: Node, *keys: str) -> Node | None:
    found: Node | None = node
    for key in keys:
        found = found.get(key) if isinstance(found, MappingNode) else None
    return found

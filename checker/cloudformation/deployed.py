"""Stacks that Terraform deploys: `aws_cloudformation_stack` and stack sets, with their templates.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from functools import partial
from itertools import chain

from ..annotations import Protocol
from ..candidates import CLOUD_CONTROL, STACKS_IN_TERRAFORM, File, holds
from ..discovery import normal
from ..graph import Resource
from ..language.access import index
from ..language.convert import to_string
from ..language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..records import replace
from ..source import InputError, Source, Span
from .embedded import placed, written_out
from .open_types import has_open_type, is_open, may_name
from .parameters import Given
from .template import Template, templates
from .unused import of_names
from .uploaded import OBJECTS, uploads

_Held = tuple[Resource, Template, Callable[[], bool]]
"""A stack and its template, and what asks whether it is of that one in the current world."""
_Found = tuple[Resource, Template, Given, Callable[[], bool], bool]

BODIES_LIMIT = 20
"""Templates of one stack, in different worlds; more of them are an error."""

OVERRIDES = {
    "aws_cloudformation_stack_set_instance": "parameter_overrides",
    "aws_cloudformation_stack_instances": "parameter_overrides",
}
"""What deploys a stack set to accounts, and where that gives parameters of its own."""

_CLOUD_CONTROL = CLOUD_CONTROL.decode()
GROUPS = "stack_instances_group"
"""The argument of a stack set of awscc that says the same."""


class Files(Protocol):
    """What is needed of the loader."""

    worlds: Worlds
    errors: list[InputError]
    types: frozenset[str]
    opened: Set[str]

    def walked(self) -> list[File]:
        """The files that may be templates, those too that Terraform has opened by now."""
        ...

    def templates(self, path: str) -> list[Template]:
        """The templates of a file; none where it holds none."""
        ...

    def at(self, address: Value, caller: str) -> list[Template]:
        """The templates of the scan that an address in a file may mean, by its end."""
        ...

    def readable(self, path: str) -> bytes | None:
        """The bytes of a file in the repository; None where they cannot be read."""
        ...


class Deployed:
    """`instances` gives Terraform's resources of some types, `terraform` are the scan's files."""

    def __init__(
        self,
        instances: Callable[[tuple[str, ...]], Iterable[Resource]],
        files: Files,
        terraform: Iterable[File],
    ) -> None:
        self._of_types = instances
        self._uploaded: list[tuple[Resource, list[Value | None]]] | None = None  # with their keys
        found = list(instances((*STACKS_IN_TERRAFORM, *OVERRIDES, _CLOUD_CONTROL)))
        self._others = [resource for resource in found if resource.type == _CLOUD_CONTROL]
        self._stacks = [resource for resource in found if resource.type in STACKS_IN_TERRAFORM]
        self._instances = [resource for resource in found if resource.type in OVERRIDES]
        self._files = files
        self._terraform = list(terraform)
        self.unread: list[tuple[str, str]] = []
        """What is deployed and not known here, by the file that deploys it."""
        self.warnings: list[str] = []
        self._noted: set[tuple[Span, Template]] = set()
        self._walked: list[File] = []  # those that are opened, or name what is judged
        self._searched = 0
        self._needles = [type_.encode() for type_ in files.types]

    def all(self) -> Iterator[_Found]:
        """Each stack that is deployed, with its template, what gives its parameters, and what asks
        whether it is of that template in the current world.

        With it goes whether the template is only what the end of an address names. Of a template
        that depends on a condition each text is a stack, which exists where the condition gives it.
        """
        for resource in self._others:
            self._require_other(resource)
        for stack in self._stacks:
            try:
                yield from self._of(stack)
            except InputError as error:  # its block cannot be read, and may name any template
                self._files.errors.append(error)

    def _require_other(self, resource: Resource) -> None:
        """A resource of Cloud Control that may be of a type that is judged is an error."""

        def type_of() -> Value | None:
            exists = resource.exists()
            if isinstance(exists, Known) and exists.data is False:
                return Known("")
            return resource.read("type_name")

        found = self._outcomes(type_of)
        if not found or not all(
            isinstance(f, Known) and f.data not in self._files.types for f in found
        ):
            what = f"{resource.address} may be a vault; what its desired_state says is not checked"
            place = resource.place("type_name") or resource.span
            self._files.errors.append(InputError.at(place, what))

    def _of(self, stack: Resource) -> Iterator[_Found]:
        for one, template, is_of, likely in self._templates(stack):
            self._note_parameters(stack, template)
            names = [entry.key for entry in template.section("Parameters")]
            for passed in self._parameters(stack):
                given = {name: partial(self._parameter, passed, name) for name in names}
                yield one, template, given, is_of, likely

    def _note_parameters(self, stack: Resource, template: Template) -> None:
        """Note the parameters that a stack passes and its template does not declare."""
        place = stack.place("parameters")
        if place is None or (place, template) in self._noted:
            return
        self._noted.add((place, template))  # once for all instances
        names: dict[str, Span] = {}
        for value in self._outcomes(lambda: self._given(stack, "parameters")):
            if isinstance(value, MapValue):
                names.update(dict.fromkeys(value.items, place))
        guesses = self._files.worlds.guesses
        self.warnings.extend(of_names(names, stack.address, template, guesses))

    def _parameter(self, passed: tuple[Callable[[], Value | None], ...], name: str) -> Value | None:
        """A parameter's value; None where nothing gives it, or null does."""
        for read in passed:
            value = read()
            if value is None or (isinstance(value, Known) and value.data is None):
                continue
            if isinstance(value, MapValue) and not _may_have(value, name):
                continue
            found = to_string(index(value, Known(name), self._files.worlds))
            if not (isinstance(found, Known) and found.data is None):
                return found
        return None

    def _given(self, resource: Resource, path: str) -> Value | None:
        """What an argument gives parameters: by their names, in whatever form it is written."""

        def read() -> Value | None:
            value = resource.read(path)
            return _by_key(value) if isinstance(value, ListValue) else value

        return self._files.worlds.remember((self, resource, path), read, within=True)

    def _parameters(self, stack: Resource) -> Iterator[tuple[Callable[[], Value | None], ...]]:
        """What reads the parameters of each of its instances, the strongest first."""
        own = partial(self._given, stack, "parameters")
        overridden = [
            partial(self._given, instance, OVERRIDES[instance.type])
            for instance in self._instances
            if self._belongs(instance, stack) and instance.place(OVERRIDES[instance.type])
        ]
        yield (own,)
        yield from ((override, own) for override in overridden)
        if stack.place(GROUPS) is not None:
            found = self._outcomes(lambda: stack.read(GROUPS))
            sizes = [len(groups.items) for groups in found if isinstance(groups, ListValue)]
            for at in range(max(sizes, default=0) + 1):
                yield partial(self._of_group, stack, at), own

    def _of_group(self, stack: Resource, at: int) -> Value | None:
        """What one group of instances gives parameters; past the last, what more of them may."""

        def read() -> Value | None:
            groups = stack.read(GROUPS)
            group: Value | None = groups
            if isinstance(groups, ListValue):
                group = groups.items[at] if at < len(groups.items) else groups.rest
            if isinstance(group, MapValue):
                group = group.items.get("parameter_overrides", group.rest)
            return _by_key(group) if isinstance(group, ListValue) else group

        return self._files.worlds.remember((self, stack, GROUPS, at), read, within=True)

    def _belongs(self, instance: Resource, stack: Resource) -> bool:
        """Whether an instance may be one of a stack set."""
        names = self._outcomes(lambda: instance.read("stack_set_name"))
        owners = [
            name.resource if isinstance(name, Attribute) else name.owner
            for name in names
            if name is not None
        ]
        return (
            not owners
            or not all(owners)
            or any(
                owner and (owner.scope, owner.address) == (stack.scope, stack.address)
                for owner in owners
            )
        )

    # -- templates --------------------------------------------------------------------------

    def _templates(
        self, stack: Resource
    ) -> Iterator[tuple[Resource, Template, Callable[[], bool], bool]]:
        place = stack.place("template_body")
        if place is not None:
            yield from ((*held, False) for held in self._in(stack, "template_body", place))
            return
        place = stack.place("template_url")
        if place is None:
            return
        urls: list[Value] = []
        for url in self._outcomes(lambda: stack.read("template_url")):
            if url is not None and url != Known(None) and url not in urls:
                urls.append(url)
        named = any(type_ in place.text for type_ in OBJECTS)
        for url in urls[:BODIES_LIMIT]:
            exists = partial(_gives, stack, "template_url", url)
            one = replace(stack, exists=exists) if len(urls) > 1 else stack
            is_of = partial(_is, stack, "template_url", url)
            held = (self._held(one, upload, is_of) for upload in self._uploads(url))
            found = [(*of, not named) for of in chain.from_iterable(held)]
            if not (found and named):
                self._note(stack, str(url.data) if isinstance(url, Known) else "template_url")
            yield from found or [
                (one, template, is_of, True)
                for template in self._files.at(url, stack.span.source.path)
            ]

    def _uploads(self, url: Value) -> list[Resource]:
        """The objects that an address leads to, which Terraform uploads as well."""
        if self._uploaded is None:
            needles = [type_.encode() for type_ in OBJECTS]
            for file in self._terraform:  # the walk lets go of files that have nothing else
                with suppress(InputError):  # told where it is read
                    data = file.data
                    if holds(data, needles):
                        file.keep(data)
            found = self._of_types((*STACKS_IN_TERRAFORM, *OBJECTS))
            self._uploaded = [
                (one, self._outcomes(partial(one.read, "key")))
                for one in found
                if one.type in OBJECTS
            ]
        return list(uploads(url, self._uploaded))

    def _held(
        self, stack: Resource, upload: Resource, is_of: Callable[[], bool]
    ) -> Iterator[_Held]:
        """The templates that an object may hold."""
        place = upload.place("content")
        if place is not None:
            yield from self._in(stack, "content", place, upload)
            return
        place = upload.place("source")
        for source in self._outcomes(lambda: upload.read("source")) if place else ():
            if place is None or not isinstance(source, Known) or not isinstance(source.data, str):
                continue
            path = normal(os.path.join(upload.scope, source.data))  # where Terraform runs
            if self._files.readable(path) is not None:
                found = self._files.templates(path)
            else:  # from the folder in which Terraform runs
                found = self._files.at(
                    Known(f"file://{os.path.normpath(source.data)}"), place.source.path
                )
            yield from ((stack, template, is_of) for template in found[:1])

    def _note(self, stack: Resource, what: str) -> None:
        """Note what is not read."""
        told = what if "://" in what else f"the {what} of {stack.address}"
        self.unread.append((stack.span.source.path, told))

    def _in(
        self, stack: Resource, name: str, place: Span, holder: Resource | None = None
    ) -> Iterator[_Held]:
        """The templates in a text, which an argument holds: of the stack itself, or of another."""
        owner = holder or stack
        bodies: list[Value] = []
        outcomes = self._outcomes(lambda: owner.read(name))
        for body in outcomes:
            if isinstance(body, Known | Text) and body not in bodies:
                bodies.append(body)
        known = bool(outcomes) and all(isinstance(body, Known | Text) for body in outcomes)
        unread = False
        for number, body in enumerate(bodies[:BODIES_LIMIT]):
            written, parts = written_out(body)
            template = None if parts else self._file(written, place)
            if template is None:
                called = f"{place.source.path}#{stack.scope}:{stack.address}:{number}"
                template = _template(written, parts, called, self._with_origin(place))
            if template is not None:
                found = replace(stack, exists=partial(_gives, stack, name, body, owner))
                is_of = partial(_is, owner, name, body)
                yield (found if len(bodies) > 1 else stack), template, is_of
                known = known and not (parts and is_open(template.root))
                unread = unread or (bool(parts) and has_open_type(template.root, self._files.types))
            elif any(type_ in written for type_ in self._files.types):
                unread = True
            else:
                known = known and not parts
        unread = unread or (
            not known and (may_name(place.text, self._files.types) or self._elsewhere())
        )
        if unread or len(bodies) > BODIES_LIMIT:
            what = f"the template in {name} cannot be read; its resources are not checked"
            self._files.errors.append(InputError.at(place, what))
        elif not known:
            self._note(stack, name if holder is None else "template_url")

    def _elsewhere(self) -> bool:
        """Whether Terraform's code names a vault of a template, so that one may be hidden."""
        types = [type_ for type_ in self._files.types if "::" in type_]
        for file in self._terraform:
            with suppress(InputError):  # told where it is read
                if may_name(file.searchable.decode("utf-8", "replace"), types):
                    return True
        return False

    def _file(self, written: str, place: Span) -> Template | None:
        """The template of the file that has this content: of several, the one that is meant."""
        walked = self._files.walked()
        opened = self._files.opened
        self._walked += (
            f for f in walked[self._searched :] if f.holds(*self._needles) or f.path in opened
        )
        self._searched = len(walked)
        alike = [file.path for file in self._walked if self._reads(file, written)]
        alike = [path for path in alike if path in self._files.opened] or alike
        folder = os.path.dirname(place.source.path)

        def farness(path: str) -> tuple[int, int, str]:
            parts = path.split("/")
            named = sum(
                "/".join(parts[-length:]) in place.text for length in range(1, 1 + len(parts))
            )
            return -named, len(os.path.relpath(path, folder or ".").split(os.sep)), path

        path = min(alike, key=farness, default=None)
        return next(iter(self._files.templates(path)), None) if path is not None else None

    def _with_origin(self, place: Span) -> Span:
        """A place whose text is rendered from a file that it names, where there is one."""
        if place.source.origin is not None or "templatefile" not in place.text:
            return place
        named = [path for path in self._files.opened if os.path.basename(path) in place.text]
        for path in sorted(named, key=lambda path: (-len(os.path.basename(path)), path)):
            data = self._files.readable(path)
            with suppress(InputError):
                if data is not None:
                    found = Source.decode(path, data)
                    origin = found.span(0, len(found.line(1)))
                    source = replace(place.source, origin=origin)
                    return Span(source, place.start, place.end)
        return place

    def _reads(self, file: File, written: str) -> bool:
        try:
            return Source.decode(file.path, file.data).text == written
        except InputError:
            return False  # told where it is read

    def _outcomes(self, read: Callable[[], Value | None]) -> list[Value | None]:
        def readable() -> Value | None:
            try:
                return read()
            except (EvaluationError, InputError, RecursionError):
                return None

        try:
            return [outcome for _, outcome in self._files.worlds.explore(readable)]
        except TooManyWorlds:
            return []


def _template(written: str, parts: Mapping[str, Value], name: str, place: Span) -> Template | None:
    """A template all of which stands at one place; None for what is none."""
    try:
        found = templates(Source(place.source.path, written))
    except InputError:
        return None
    for template in found if len(found) == 1 else ():  # CloudFormation reads one document
        return Template(place.source.path, name, placed(template.root, place), outer=parts)
    return None


def _gives(stack: Resource, name: str, value: Value, owner: Resource | None = None) -> Value:
    """Whether a stack is created, and from what an argument is, in the current world."""
    exists = stack.exists()
    if isinstance(exists, Known) and exists.data is False:
        return exists
    return Known(_is(owner or stack, name, value))


def _is(resource: Resource, name: str, value: Value) -> bool:
    """Whether an argument has some value in the current world."""
    return resource.read(name) == value


def _by_key(parameters: ListValue) -> Value:
    """The parameters of awscc: objects of a key and a value."""
    found: dict[str, Value] = {}
    for item in parameters.items:
        match item:
            case MapValue(items={"parameter_key": Known(data=str(key)), "parameter_value": value}):
                found[key] = value
            case _:
                why = "what is passed to this stack is not known"
                return Unknown("external", why, ("parameters", term_of(parameters)))
    return MapValue(found, rest=parameters.rest)


def _may_have(parameters: MapValue, name: str) -> bool:
    return name in parameters.items or parameters.rest is not None

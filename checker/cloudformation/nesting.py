"""Which template a nested stack, a stack set or an application is made of."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import chain

from ..candidates import TEMPLATES
from ..discovery import Tree, Walker, normal
from ..language.document import Entry, ScalarNode, child_of
from ..language.value import Attribute, EvaluationError, Hop, Known, Text, Unknown, Value
from ..language.worlds import Worlds
from ..source import InputError, Source
from .files import TemplateFiles
from .outcomes import only, outcomes, refused
from .published import Published
from .stack import NESTED, Stack
from .template import Template, may_hold, templates

BODY = "TemplateBody"


class Nesting:
    """Of one scan. A stack's template is looked for once."""

    def __init__(
        self,
        tree: Tree,
        walker: Walker,
        worlds: Worlds,
        types: frozenset[str],
        files: TemplateFiles,
        errors: list[InputError],
    ) -> None:
        self.targets: dict[tuple[Stack, str], Template | Unknown] = {}
        self._tree = tree
        self._walker = walker
        self._worlds = worlds
        self._types = types
        self._files = files
        self._errors = errors
        self._published = Published(tree.templates, lambda path: files.quietly(path) != [])
        self._told: set[str] = set()

    def find(self, caller: Stack, name: str) -> Template | Unknown:
        """The template of a nested stack, or what stands for it where it is not on disk."""
        key = (caller, name)
        if key not in self.targets:
            # Kept while it is looked for: where a template is may lead back to this question.
            self.targets[key] = _unread(caller, name, "where its template is depends on itself")
            found = self.targets[key] = self._target(caller, name)
            if isinstance(found, Template):
                self._tree.remote_stacks.discard(_told(caller, name))  # as another stack calls it
                self._note_call(caller, name, found)
        return self.targets[key]

    def _note_call(self, caller: Stack, name: str, target: Template) -> None:
        """Note the parameters that a stack passes and its template does not declare."""
        from .unused import of_stack

        entry = caller.section("Resources")[name]
        for warning in of_stack(entry.value, name, target, self._worlds.guesses):
            if warning not in self._told:
                self._told.add(warning)
                self._tree.warnings.append(warning)

    def _target(self, caller: Stack, name: str) -> Template | Unknown:
        bodies: list[Value | None] = []
        held = may_hold(caller.section("Resources")[name].value, BODY)
        if held:
            bodies = outcomes(self._worlds, lambda: caller.resource(name).read(BODY))
            embedded = self._body(caller, name, bodies)
            if embedded is not None:
                self._require_types(caller, name, embedded)
                return embedded
        path = self.path(caller, name)
        if held and path is None:
            self._lost(caller, name, bodies)
            return _unread(caller, name, f"its {BODY} cannot be read")
        why = "its template is not on disk"
        if path is not None and not self._walker.inside(path):
            why = "its template lies outside the repository, where nothing is read"
        elif path is not None:
            found = self._files.templates(path)
            if found:
                return found[0]
            why = "its file is no template"
        return _unread(caller, name, why)

    def meant(self, caller: Stack, name: str, *, anywhere: bool) -> list[Template]:
        """The templates of the scan that an address may mean, in the current world or in any.

        What stands at the address may be another version of it.
        """
        resource = caller.resource(name)

        def location() -> Value | None:
            return resource.read(NESTED[resource.type])

        found: list[Value | None] = []
        if anywhere:
            found = outcomes(self._worlds, location)
        else:
            with suppress(EvaluationError):  # a stack that is refused
                found = [location()]
        path = caller.template.path
        return list(dict.fromkeys(chain.from_iterable(self.at(one, path) for one in found)))

    def at(self, address: Value | None, caller: str) -> list[Template]:
        """The templates of the scan that an address in a file, the caller, may mean."""
        found = map(self._files.templates, self._published.of(address, caller))
        return [template for templates in found for template in templates[:1]]

    def paths(self, caller: Stack, name: str) -> set[str]:
        """The files that a nested stack's template may be in, one for each world.

        What none of them holds is noted.
        """
        resource = caller.resource(name)
        found = outcomes(self._worlds, lambda: resource.read(NESTED[resource.type]))
        texts = {one.data for one in found if isinstance(one, Known) and isinstance(one.data, str)}
        files = {self._files.beside(caller.template.path, text) for text in texts}
        if not any(files):
            published = self.path(caller, name)
            if published is not None:
                return {published}
        if not self._has_body(caller, name):
            for location in found:
                if location is not None and not self._on_disk(caller, location):
                    self._note_location(caller, name, location)
                    files.update(self._published.of(location, caller.template.path))
        return {file for file in files if file is not None}

    def _has_body(self, caller: Stack, name: str) -> bool:
        """Whether a template stands in a stack itself. One that is not known is noted."""
        if not may_hold(caller.section("Resources")[name].value, BODY):
            return False
        found = outcomes(self._worlds, lambda: caller.resource(name).read(BODY))
        bodies = [body for body in found if body is not None and not refused(body)]
        if any(isinstance(body, Unknown | Attribute) for body in bodies):
            self._files.unread(caller.template.path, _told(caller, name))
        return bool(bodies)

    def _note_location(self, caller: Stack, name: str, location: Value) -> None:
        """Note that a template is not read: by its address, where one is written or known."""
        if refused(location):
            return
        told = _told(caller, name)
        property_ = NESTED[caller.resource(name).type]
        node = child_of(caller.section("Resources")[name].value, "Properties", property_)
        written = str(node.value) if isinstance(node, ScalarNode) else ""
        text = location.data if isinstance(location, Known) else None
        if "://" in written:
            told = written
        elif not isinstance(text, str):
            pass
        elif "://" in text:
            told = text
        elif text == written and (property_ == "TemplateURL" or text.endswith(TEMPLATES)):
            told = normal(os.path.join(os.path.dirname(caller.template.path), text))
        self._files.unread(caller.template.path, told)

    def path(self, caller: Stack, name: str) -> str | None:
        """The file that a nested stack's template is in."""
        location = self._location(caller, name, caller.section("Resources")[name])
        return None if location is None else self._files.beside(caller.template.path, location)

    def _location(self, caller: Stack, name: str, entry: Entry) -> str | None:
        """Where the template is, where that is the same in every world."""
        resource = caller.resource(name)
        found = outcomes(self._worlds, lambda: resource.read(NESTED[resource.type]))
        value = only(found)
        if not found:
            what = f"which template {name} nests needs more worlds than are explored"
            self._errors.append(InputError.at(entry.span, what))
        if not any(self._on_disk(caller, outcome) for outcome in found):
            # The CDK writes the file's name beside a TemplateURL that only S3 can tell.
            asset = child_of(entry.value, "Metadata", "aws:asset:path")
            if isinstance(asset, ScalarNode) and isinstance(asset.value, str):
                literal = any(isinstance(outcome, Known) and outcome.data for outcome in found)
                if not literal or _by_cdk(entry):
                    return asset.value
        elif value is None:
            what = f"which template {name} nests depends on a condition; it is not followed"
            self._errors.append(InputError.at(entry.span, what))
        # Of an address in S3 the end is known: an assembly says which file is published there.
        end = value.parts[-1] if isinstance(value, Text) else value
        if not isinstance(end, Known) or not isinstance(end.data, str):
            return None
        published = self._files.assembly(caller.template.path).asset(end.data)
        return published if isinstance(value, Text) else published or end.data

    def _on_disk(self, caller: Stack, location: Value | None) -> bool:
        if not isinstance(location, Known) or not isinstance(location.data, str):
            return False
        return self._files.beside(caller.template.path, location.data) is not None

    def _body(self, caller: Stack, name: str, bodies: list[Value | None]) -> Template | None:
        """A template that is written as a string. All of it stands at the string's place."""
        value, outer = only(bodies), caller.template
        if not isinstance(value, Known | Text):
            return None
        from .embedded import placed, written_out

        written, parts = written_out(value)
        try:
            found = templates(Source(outer.path, written))
        except InputError:
            return None
        if len(found) != 1:  # CloudFormation reads one document
            return None
        root = placed(found[0].root, value.trail[0].span)
        return Template(outer.path, f"{outer.name}#{name}", root, outer=parts)

    def _require_types(self, caller: Stack, name: str, embedded: Template) -> None:
        """A body in which what is not known may be what is judged is an error."""
        from .open_types import has_open_type, is_open, may_name

        entry = caller.section("Resources")[name]
        opened = embedded.outer and is_open(embedded.root)
        if has_open_type(embedded.root, self._types) or (
            opened and may_name(entry.value.span.text, self._types)
        ):
            what = f"{BODY} has resources of which not even the type is known; they are not checked"
            self._errors.append(InputError.at(embedded.root.span, what))
        elif opened:
            self._files.unread(caller.template.path, _told(caller, name))

    def _lost(self, caller: Stack, name: str, bodies: list[Value | None]) -> None:
        """A body that is not read is an error where it names what is judged.

        A string that CloudFormation would refuse may as well be another language.
        """
        from .embedded import written_out
        from .open_types import may_name

        entry = caller.section("Resources")[name]
        texts = [written_out(body)[0] for body in bodies if isinstance(body, Known | Text)]
        texts.append((entry.value if bodies else caller.template.root).span.text)
        if any(may_name(text, self._types) for text in texts):
            body = child_of(entry.value, "Properties", BODY)
            what = f"the template in {BODY} cannot be read; its resources are not checked"
            self._errors.append(InputError.at(body.span if body else entry.span, what))
        elif any(isinstance(body, Text) for body in bodies):
            self._files.unread(caller.template.path, _told(caller, name))


def _unread(caller: Stack, name: str, why: str) -> Unknown:
    address = caller.prefixed(name)
    hop = Hop(caller.section("Resources")[name].span, f"the stack {address} is not read")
    term = ("ref", caller.root, address)
    return Unknown("module-unavailable", f"stack {address}: {why}", term, trail=(hop,))


def _told(caller: Stack, name: str) -> str:
    return f"the template of stack {name} in {caller.template.path}"


def _by_cdk(stack: Entry) -> bool:
    """Whether a stack's address is made as the CDK makes those of its assets."""
    url = child_of(stack.value, "Properties", "TemplateURL")
    return url is not None and "AWS::URLSuffix" in url.span.text

"""The files of templates: read when they are asked for, with what they include.

What stands beside a template counts as well: the cloud assembly that the CDK wrote it into.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ..candidates import TEMPLATES, holds, is_meant_as_template, is_service, unescaped
from ..discovery import OUTSIDE, Tree, Walker, normal, read_bytes
from ..graph import Origin
from ..language.document import MappingNode, Node, ScalarNode
from ..language.value import Hop, Known, Text, Value
from ..patterns import pattern
from ..source import InputError, Source
from .alternatives import files_like
from .assembly import MANIFEST, Assembly, Place
from .includes import includes_in, location_of
from .outcomes import only
from .template import Template, templates
from .yaml_document import read_template

Locate = Callable[[str, MappingNode, Node], list[Value | None]]
"""What a computed location in a template is, in each world."""

_REMOTE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


class TemplateFiles:
    """Of one scan. Their faults go to `errors`, once something asks for what cannot be read.

    `types` are those that are judged.
    """

    def __init__(
        self,
        tree: Tree,
        walker: Walker,
        errors: list[InputError],
        types: frozenset[str],
        locate: Locate,
    ) -> None:
        self.met = {file.path: file for file in tree.templates}
        """Those that the walk has met, and so has searched."""
        self.read: dict[str, list[Template]] = {}
        self.included: dict[str, set[str]] = {}
        self._tree = tree
        self._walker = walker
        self._errors = errors
        self._types = types
        self._locate = locate
        self._documents: dict[str, tuple[Node | None, InputError | None]] = {}  # included ones
        self._searched: set[str] = set()  # for includes in them
        self._faults: dict[str, InputError] = {}
        self._assemblies: dict[str, Assembly] = {}

    def templates(self, path: str) -> list[Template]:
        """The templates of a file; none where it holds none. A file that is asked for matters."""
        found = self.quietly(path)
        if found is None and self._faults[path] not in self._errors:
            self._errors.append(self._faults[path])
        return found or []

    def quietly(self, path: str) -> list[Template] | None:
        """The templates of a file; None where it cannot be read, which is not reported."""
        if path not in self.read:
            file = self.met.get(path)
            self.read[path] = []
            data = self.data(path)
            if data is not None:
                try:
                    source = Source.decode(path, data)
                    ways = partial(self._fragment, path), partial(self._include, path)
                    self.read[path] = templates(source, *ways)
                except InputError as error:
                    if self._meant_as_template(unescaped(data)):
                        self._faults[path] = error
                else:
                    if file and bool(self.read[path]) is not file.sure:
                        self._tree.files += -1 if file.sure else 1
        return None if path in self._faults else self.read[path]

    def data(self, path: str) -> bytes | None:
        """A file's bytes; None, and an error, where it cannot be read."""
        file = self.met.get(path)
        if file is None:
            return read_bytes(self._tree, path)
        try:
            return file.data
        except InputError as error:
            self._errors.append(error)
            return None

    def _meant_as_template(self, text: bytes) -> bool:
        """Whether a file that cannot be read as YAML or JSON is meant as a template."""
        return is_meant_as_template(text) or is_service(text)

    def _fragment(self, template: str, location: str, *, quietly: bool = False) -> Node | None:
        """The document that a template includes, where it is on disk."""
        if location.startswith("${"):
            self.unread(template, f"{location} of {template}")
            return None
        path = self.beside(template, location)
        if path is None:
            if location.endswith(TEMPLATES) and not _REMOTE.match(location):
                self.unread(template, _absent(template, location))
            return None
        if not self._walker.inside(path):
            if not quietly:
                self._errors.append(InputError(OUTSIDE, path))
            return None
        self.included.setdefault(template, set()).add(path)
        if path not in self._documents:
            self._documents[path] = self._read(path)
        found, fault = self._documents[path]
        if fault is not None and not quietly:
            self._errors.append(fault)
        return found

    def _read(self, path: str) -> tuple[Node | None, InputError | None]:
        """The document that a file holds, and what is wrong with it."""
        data = self.data(path)
        if data is None:
            return None, None
        try:
            documents = read_template(Source.decode(path, data))
        except InputError as error:
            return None, error
        if len(documents) < 2:
            return next(iter(documents), None), None
        what = "what is included must be one document: this one is refused, and not checked"
        return documents[0], InputError.at(documents[1].span, what)

    def _include(
        self, template: str, include: Node, whole: MappingNode, declares: bool
    ) -> Node | None:
        """The document that `AWS::Include` brings in, where it is on disk."""
        location = self._location(template, location_of(include), whole)
        if location is None:
            if declares:
                place = f"{include.span.source.path}:{include.span.line}"
                self.unread(template, f"the include of {place}")
            return None
        found = self._fragment(template, location)
        if found is not None:
            self._refuse_includes(found)
        elif declares and _REMOTE.match(location):
            self.unread(template, f"{location} of {template}")
        elif declares and not location.endswith(TEMPLATES) and not self.beside(template, location):
            self.unread(template, f"{_absent(template, location)} of {template}")
        return found

    def _refuse_includes(self, document: Node) -> None:
        """An include in what is included is an error."""
        path = document.span.source.path
        if path not in self._searched:
            self._searched.add(path)
            for span in includes_in(document):
                what = "CloudFormation refuses an include in what is included; it is not followed"
                self._errors.append(InputError.at(span, what))

    def _location(self, template: str, node: Node | None, whole: MappingNode) -> str | None:
        """Where an include is; None where no one location is known."""
        if node is None:
            return None
        written = str(node.value) if isinstance(node, ScalarNode) and node.value else ""
        plain = isinstance(node, ScalarNode) and node.tag is None
        if plain and "${" not in written:
            return written or None
        found = [] if plain else self._locate(template, whole, node)
        value = only(found)
        if isinstance(value, Known):
            return str(value.data)
        paths = {written, *map(_path, found)}
        if not (plain or found) or any(self._may_declare(template, path) for path in paths):
            what = "which file is included here is not known; what it declares is not checked"
            self._errors.append(InputError.at(node.span, what))
        return written if plain else None

    def _may_declare(self, template: str, path: str) -> bool:
        """Whether a file on disk that a path with variables may mean names what is judged."""
        if not path or path.startswith("${") or _REMOTE.match(path):
            return False
        top = os.path.dirname(template)
        like = files_like(template, path)
        if like is None:
            return True
        found = (normal(os.path.join(top, one)) for one in like)
        data = (self.data(one) for one in found if self._walker.inside(one))
        needles = [type_.encode() for type_ in self._types]
        return any(one is not None and holds(one, needles) for one in data)

    def unread(self, template: str, what: str) -> None:
        """Note what a template that is asked about has, and nothing here can read."""
        if template not in self._tree.context:
            self._tree.remote_stacks.add(what)

    def beside(self, template: str, location: str) -> str | None:
        """The file that a location means, as seen from a template; None where there is none."""
        if _REMOTE.match(location) or "\0" in location:
            return None
        path = normal(os.path.join(os.path.dirname(template), location))
        return path if os.path.isfile(path) else None

    # -- cloud assemblies -------------------------------------------------------------------

    def assembly(self, path: str) -> Assembly:
        """The cloud assembly in a template's folder; an empty one where there is none."""
        folder = os.path.dirname(path)
        if folder not in self._assemblies:
            self._assemblies[folder] = Assembly(folder, self.readable)
        return self._assemblies[folder]

    def manifest(self, path: str) -> dict[str, Value]:
        """What a cloud assembly gives the parameters of a template in it."""
        given = self.assembly(path).parameters(path)
        manifest = normal(os.path.join(os.path.dirname(path), MANIFEST))
        data = self.readable(manifest) if given else None
        trail: tuple[Hop, ...] = ()
        with suppress(InputError):  # JSON may be UTF-16
            if data is not None:
                source = Source.decode(manifest, data)
                trail = (Hop(source.span(0, len(source.line(1))), f"set by {manifest}"),)
        return {name: Known(text, trail=trail) for name, text in given.items()}

    def readable(self, path: str) -> bytes | None:
        """The bytes of a file in the repository; None where they cannot be read."""
        readable = os.path.isfile(path) and self._walker.inside(path)
        return read_bytes(Tree(), path) if readable else None

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        """The CDK construct of a resource, as far as the template or its assembly tells it."""
        found = self.assembly(template.path).construct(template.path, name, construct)
        if found is None:
            return Origin(construct, None) if construct is not None else None
        return Origin(found.path, self._created(found.path, found.created))

    def _created(self, construct: str, place: Place | None) -> Hop | None:
        """The line that creates a construct, where its file is in the repository."""
        data = self.readable(place.path) if place is not None else None
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


def _absent(template: str, location: str) -> str:
    """The path, as it is reported, of a file that is not there."""
    return normal(os.path.join(os.path.dirname(template), location))


def _path(location: Value | None) -> str:
    """A location as a path, with variables for what is not known; "" where nothing is."""
    parts = location.parts if isinstance(location, Text) else (location,)
    return "".join(str(p.data) if isinstance(p, Known) else "${}" for p in parts)

"""The files of templates: read when they are asked for, with what they include.

What stands beside a template counts as well: the cloud assembly that the CDK wrote it into.
"""

from __future__ import annotations

import os
from functools import partial

from ..candidates import TEMPLATES, is_meant_as_template, is_service, unescaped
from ..discovery import Tree, Walker, normal, read_bytes
from ..graph import Origin
from ..language.document import Node
from ..language.value import Hop
from ..patterns import pattern
from ..source import InputError, Source
from .assembly import Assembly, Place
from .template import Template, templates
from .yaml_document import read_template

_REMOTE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


class TemplateFiles:
    """Of one scan. Their faults go to `errors`, once something asks for what cannot be read."""

    def __init__(self, tree: Tree, walker: Walker, errors: list[InputError]) -> None:
        self.met = {file.path: file for file in tree.templates}
        """Those that the walk has met, and so has searched."""
        self.read: dict[str, list[Template]] = {}
        self.included: dict[str, set[str]] = {}
        self._tree = tree
        self._walker = walker
        self._errors = errors
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
                    self.read[path] = templates(source, partial(self._fragment, path))
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
            self._tree.remote_stacks.add(f"{location} of {template}")
            return None
        path = self.beside(template, location)
        if path is None or not self._walker.inside(path):
            if location.endswith(TEMPLATES) and not _REMOTE.match(location):
                absent = normal(os.path.join(os.path.dirname(template), location))
                self._tree.remote_stacks.add(absent)
            return None
        self.included.setdefault(template, set()).add(path)
        data = self.data(path)
        if data is None:
            return None
        try:
            return next(iter(read_template(Source.decode(path, data))), None)
        except InputError as error:
            if not quietly:
                self._errors.append(error)
            return None

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

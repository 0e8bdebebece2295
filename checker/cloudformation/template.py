"""What one template declares. A file is a template by what it holds, not by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TypeGuard

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, merged
from ..language.expression import Expression
from ..language.value import Value
from ..records import dataclass, field
from ..source import Source, Span
from .includes import Fragment, included_elsewhere, with_includes
from .intrinsics import LOOP, condition, expression
from .yaml_document import read_template

_TYPE = re.compile(r"[A-Za-z0-9]+::[A-Za-z0-9_@:-]+")


@dataclass(eq=False)
class Template:
    """One document. `name` is its file's path, with its number where a file has several.

    `outer`: what stands for the dynamic references that are parts of an outer stack (embedded.py).
    """

    path: str
    name: str
    root: MappingNode
    serverless: bool = False
    outer: Mapping[str, Value] = field(default_factory=dict)
    _expressions: dict[tuple[int, bool], tuple[Node, Expression]] = field(default_factory=dict)

    def section(self, name: str) -> tuple[Entry, ...]:
        """The entries of `Parameters`, `Resources`, …"""
        node = self.root.get(name)
        return node.entries if isinstance(node, MappingNode) else ()

    @cached_property
    def included(self) -> Span | None:
        """Where whole sections are included that are not on disk."""
        return included_elsewhere(self.root)

    def expression(self, node: Node) -> Expression:
        return self._read(node, test=False)

    def condition(self, node: Node) -> Expression:
        return self._read(node, test=True)

    def _read(self, node: Node, test: bool) -> Expression:
        # The node is kept beside its expression, so that its id is not given to another.
        known = self._expressions.get((id(node), test))
        if known is None:
            read = condition if test else expression
            known = (node, read(node, serverless=self.serverless))
            self._expressions[id(node), test] = known
        return known[1]


def templates(source: Source, fragment: Fragment = lambda location: None) -> list[Template]:
    """The templates that a file holds, in its documents and in Serverless `resources:`.

    Raises InputError where the file is neither YAML nor JSON.
    """
    found: list[tuple[MappingNode, bool]] = []
    includes = "AWS::Include" in source.text
    for document in read_template(source):
        if not isinstance(document, MappingNode):
            continue
        if includes:
            document = with_includes(document, fragment)
        if is_template(document):
            found.append((document, False))
        elif is_template(resources := _serverless(document)):
            found.append((resources, True))
    names = [source.path, *(f"{source.path}#{number}" for number in range(2, len(found) + 1))]
    return [
        Template(source.path, name, root, serverless)
        for name, (root, serverless) in zip(names, found, strict=False)
    ]


def is_template(node: Node) -> TypeGuard[MappingNode]:
    """Whether a document is a mapping whose `Resources` have a `Type` of AWS's form."""
    resources = node.get("Resources") if isinstance(node, MappingNode) else None
    if not isinstance(resources, MappingNode):
        return False
    return any(
        entry.key.startswith(LOOP) or type_of(entry.value) is not None
        for entry in resources.entries
    )


def type_of(resource: Node) -> str | None:
    """A resource's type; None for what is no resource."""
    node = resource.get("Type") if isinstance(resource, MappingNode) else None
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return node.value if _TYPE.fullmatch(node.value) else None
    return None


def _serverless(document: MappingNode) -> MappingNode:
    """The template of a serverless.yml: `resources:`, or a list of parts, merged as lodash does.

    `extensions` are merged into the resources that they name.
    https://www.serverless.com/framework/docs/providers/aws/guide/resources
    """
    resources = document.get("resources")
    whole = MappingNode(document.span, ())
    for part in resources.items if isinstance(resources, SequenceNode) else (resources,):
        if isinstance(part, MappingNode):
            whole = merged(whole, part)
    extensions = whole.entry("extensions")
    if extensions is None:
        return whole
    return merged(whole, MappingNode(whole.span, (extensions._replace(key="Resources"),)))

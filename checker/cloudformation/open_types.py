"""Templates in a text of which only parts are known, where what is not known may be a vault."""

from __future__ import annotations

from collections.abc import Iterable

from ..candidates import names
from ..language.document import MappingNode, Node, ScalarNode
from ..patterns import pattern
from .embedded import is_part, known_parts

# A type that a text composes: `AWS::Backup::${var.kind}`.
_COMPOSED = pattern(r"((?:[A-Za-z0-9]+::)+[A-Za-z0-9]*)[$%]\{")


def has_open_type(template: MappingNode, types: Iterable[str]) -> bool:
    """Whether of the type of a resource only a part is known, so that it may be one of some."""
    return any(_may_be(node, types) for node in _types(template))


def is_open(template: MappingNode) -> bool:
    """Whether it is not known which resources a template has."""
    resources = template.get("Resources")
    if not isinstance(resources, MappingNode):
        return True
    return any(is_part(entry.key) or _is_part(entry.value) for entry in resources.entries)


def may_name(text: str, types: Iterable[str]) -> bool:
    """Whether code names one of some types, or composes what may be one."""
    wanted = tuple(types)
    starts = {found[1] for found in _COMPOSED.finditer(text)}
    return names(text, wanted) or any(t.startswith(s) for t in wanted for s in starts)


def _types(template: MappingNode) -> Iterable[Node | None]:
    resources = template.get("Resources")
    if isinstance(resources, MappingNode):
        for entry in resources.entries:
            yield entry.value.get("Type") if isinstance(entry.value, MappingNode) else None


def _may_be(node: Node | None, types: Iterable[str]) -> bool:
    if not _is_part(node):
        return False
    assert isinstance(node, ScalarNode)
    first, *_, last = known_parts(str(node.value))
    return any(type_.startswith(first) and type_.endswith(last) for type_ in types)


def _is_part(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str) and is_part(node.value)

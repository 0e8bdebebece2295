"""`AWS::Include`: parts of a template that stand in another file.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
`aws cloudformation package` takes a path on disk for the location; such a file is read. One that
only S3 holds may add anything at its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..annotations import Protocol
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..records import replace
from ..source import Span
from .transforms import TRANSFORM


class Fragment(Protocol):
    """The document at a location; None where it is not on disk, or cannot be read.

    What cannot be read is an error, except `quietly`: of what may be meant.
    """

    def __call__(self, location: str, *, quietly: bool = False) -> Node | None: ...


def with_includes(root: MappingNode, fragment: Fragment) -> MappingNode:
    """A template in which what it includes from disk stands in its place."""
    whole = _spliced(root, fragment)
    assert isinstance(whole, MappingNode)
    found = [(node.span, _fragment(node, fragment)) for node in _top_level(whole)]
    if found and all(part is not None for _, part in found):
        whole = replace(whole, entries=tuple(e for e in whole.entries if e.key != "Transform"))
    from .conflicts import either, wins

    for span, part in found:
        if isinstance(part, MappingNode):
            whole = either(whole, part, wins(span), certain=2)
    return whole


def included_elsewhere(root: MappingNode) -> Span | None:
    """Where a template includes whole sections that are not on disk."""
    entry = root.entry(TRANSFORM)
    return next((node.span for node in _top_level(root)), entry.span if entry else None)


def _top_level(root: MappingNode) -> Iterator[Node]:
    """What the section `Transform` includes."""
    node = root.get("Transform")
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if item is not None and _location(item) is not None:
            yield item


def _spliced(node: Node, fragment: Fragment) -> Node:
    match node:
        case SequenceNode(items=items):
            return replace(node, items=tuple(_spliced(item, fragment) for item in items))
        case MappingNode(entries=entries):
            own = tuple(Entry(key, span, _spliced(value, fragment)) for key, span, value in entries)
            node = replace(node, entries=own)
            transform = node.get(TRANSFORM)
            found = _fragment(transform, fragment) if transform is not None else None
            if found is None:
                return node
            rest = tuple(entry for entry in own if entry.key != TRANSFORM)
            if isinstance(found, MappingNode) and transform is not None:
                from .conflicts import either, wins

                return either(replace(node, entries=rest), found, wins(transform.span))
            return node if rest else found
    return node


def _fragment(transform: Node, fragment: Fragment) -> Node | None:
    location = _location(transform)
    return fragment(location) if location else None


def _location(transform: Node) -> str | None:
    """Where an include is, "" where no literal says it; None for other transforms."""
    if not isinstance(transform, MappingNode):
        return None
    name, parameters = transform.get("Name"), transform.get("Parameters")
    if not isinstance(name, ScalarNode) or name.value != "AWS::Include":
        return None
    location = parameters.get("Location") if isinstance(parameters, MappingNode) else None
    plain = isinstance(location, ScalarNode) and location.tag is None
    return str(location.value) if plain and isinstance(location, ScalarNode) else ""

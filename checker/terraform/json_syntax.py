"""Terraform's JSON syntax (`.tf.json`), as the same outline that HCL gives.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..annotations import Any
from ..language.convert import composed
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.expression import Deferred, Expression, Literal, Object, Tuple
from ..records import names_of, replace
from ..source import InputError, Source, Span
from .outline import AttributeSpan, Block, Body, NodeSpan

# How many labels each kind of block has; its bodies lie as many levels deep.
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1,
           "provider": 1, "locals": 0, "terraform": 0}  # fmt: skip
_STACK = {"component": 1, "stack": 1, "variable": 1, "output": 1, "locals": 0, "deployment": 1}
_TERRAGRUNT = {"include": 1, "dependency": 1, "generate": 1, "locals": 0, "terraform": 0}


def _place(node: Node, *, literal: bool = False) -> NodeSpan:
    return NodeSpan(node.span.source, node.span.start, node.span.end, node, literal)


def outline_json(source: Source) -> Body:
    """The blocks and assignments of a JSON file. Raises InputError."""
    return _outline(source, _LABELS)


def outline_stack(source: Source) -> Body:
    """The blocks and assignments of a stack's file in JSON. Raises InputError."""
    return _outline(source, _STACK)


def outline_terragrunt(source: Source) -> Body:
    """The blocks and assignments of a `terragrunt.hcl.json`. Raises InputError."""
    return _outline(source, _TERRAGRUNT)


def _outline(source: Source, labels: Mapping[str, int]) -> Body:
    """Blocks may be repeated at each level, as their labels are; arguments may not."""
    from ..language.json_document import read_json

    top = read_json(source, repeated=True)
    attributes: dict[str, AttributeSpan] = {}
    blocks: list[Block] = []
    for mapping in _mappings(top):
        for entry in mapping.entries:
            if entry.key in labels:
                depth = 0 if _is_bare(entry) else labels[entry.key]
                blocks.extend(_blocks(entry, entry, (), depth))
            else:
                _check_unique(entry.value)
            attributes[entry.key] = AttributeSpan(entry.key, entry.span, _place(entry.value))
    return Body(attributes, tuple(blocks))


def _is_bare(entry: Entry) -> bool:
    """Whether it is Terragrunt's include without a label, alone or in a list."""
    if entry.key != "include":
        return False
    items = entry.value.items if isinstance(entry.value, SequenceNode) else (entry.value,)
    inner = (one for item in items if isinstance(item, MappingNode) for one in item.entries)
    return any(one.key == "path" and not isinstance(one.value, MappingNode) for one in inner)


def _check_unique(top: Node) -> None:
    """Raises InputError where a key is given twice, at any level."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, SequenceNode):
            waiting.extend(node.items)
        elif isinstance(node, MappingNode):
            keys: set[str] = set()
            for entry in node.entries:
                if entry.key in keys and entry.key != "//":
                    raise InputError.at(entry.span, f'"{entry.key}" is set twice')
                keys.add(entry.key)
                waiting.append(entry.value)


def outline_values(source: Source) -> Body:
    """The assignments of a `.tfvars.json` file. Raises InputError."""
    from ..language.json_document import read_json

    return outline_node(_place(read_json(source), literal=True))


def _blocks(kind: Entry, entry: Entry, labels: tuple[str, ...], depth: int) -> Iterator[Block]:
    for mapping in _mappings(entry.value):
        if depth:
            for inner in mapping.entries:
                if inner.key != "//":
                    yield from _blocks(kind, inner, (*labels, inner.key), depth - 1)
        else:
            _check_unique(mapping)
            whole = Span(entry.span.source, entry.span.start, mapping.span.end)
            # A variable's default is no template: https://developer.hashicorp.com/terraform/language/syntax/json#variable-blocks
            body = _place(mapping, literal=kind.key == "variable")
            yield Block(kind.key, labels, entry.span, body, whole)


def _mappings(node: Node) -> Iterator[MappingNode]:
    """An object, or each of a list of objects, which JSON allows in its place."""
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if not isinstance(item, MappingNode):
            raise InputError.at(item.span, "an object is expected here")
        yield item


def outline_node(span: NodeSpan) -> Body:
    """A block's own arguments. Nested blocks are among them: only a schema tells them apart."""
    if not isinstance(span.node, MappingNode):
        raise InputError.at(span, "an object is expected here")
    return Body(
        {
            entry.key: AttributeSpan(
                entry.key, entry.span, _place(entry.value, literal=span.literal)
            )
            for entry in span.node.entries
            if entry.key != "//"
        },
        (),
    )


def outlines_within(span: NodeSpan) -> Iterator[Body]:
    """Nested blocks of one type: an object or a list of objects. Raises InputError."""
    for mapping in _mappings(span.node):
        yield outline_node(_place(mapping))


def json_expression(node: Node, *, literal: bool = False) -> Expression:
    """A JSON value as an expression: its strings are templates, or literal. Raises InputError."""

    def read(span: Span, value: str, written: str) -> Expression:
        return Literal(span, composed(value)) if literal else _template(span, value, written)

    match node:
        case MappingNode(entries=entries):
            items = (
                (
                    read(entry.span, entry.key, entry.key),
                    json_expression(entry.value, literal=literal),
                )
                for entry in entries
            )
            return Object(_place(node), tuple(items))
        case SequenceNode(items=elements):
            parts = (json_expression(item, literal=literal) for item in elements)
            return Tuple(_place(node), tuple(parts))
        case ScalarNode(value=str(value), written=written):
            return read(_place(node), value, written)
        case ScalarNode(value=value):
            return Literal(_place(node), value)
    raise TypeError(type(node).__name__)


def _template(span: Span, value: str, written: str) -> Expression:
    from .templates import parse_template

    if "${" not in value and "%{" not in value:
        return Literal(span, composed(value))
    return _within(span, value, written, lambda at: parse_template(at.source, at.start, at.end))


def written_expression(span: NodeSpan) -> Expression:
    """The expression that a string holds, without `${`. Raises InputError."""
    from .expressions import expression

    node = span.node
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return _within(span, node.value, node.written, expression)
    return json_expression(node)


def _within(
    span: Span, value: str, written: str, parse: Callable[[Span], Expression]
) -> Expression:
    """What is read of a string's value. Raises InputError."""
    if value == written:
        return replace(parse(span.source.span(span.start + 1, span.end - 1)), span=span)
    # Escapes move the offsets: parsed apart, then every part stands at the whole string.
    apart = Source(span.source.path, value)
    try:
        found: Expression = _relocated(parse(apart.span(0, len(value))), span)
        return found
    except InputError as error:
        raise InputError.at(span, error.message) from None


def _relocated(found: Any, span: Span) -> Any:
    """The same tree, with every span replaced."""
    if isinstance(found, tuple):
        return tuple(_relocated(item, span) for item in found)
    if isinstance(found, Deferred):
        read = found.read
        return Deferred(span, lambda: _relocated(read(), span))
    if not isinstance(found, Expression):
        return found
    changed = {name: _relocated(getattr(found, name), span) for name in names_of(found)}
    return replace(found, **{**changed, "span": span})

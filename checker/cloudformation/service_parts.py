"""How the parts of a Serverless service override one another.

https://www.serverless.com/framework/docs/providers/aws/guide/resources
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of, merged
from ..records import replace
from ..source import Span

CHOICE = "one of, by a variable"
"""The tag of a choice: a list of what is asked, and the alternatives (choices.py)."""


Part = tuple[int, str, int, int]
"""What a template is made of: its level, its file, and where in this it is written."""


def part(level: int, node: Node) -> Part:
    return level, node.span.source.path, node.span.start, node.span.end


def is_variable(node: Node | None) -> bool:
    """Whether a node is a variable that was not followed, and nothing else."""
    return (
        isinstance(node, ScalarNode)
        and node.tag is None
        and isinstance(node.value, str)
        and node.value.startswith("${")
        and node.value.endswith("}")
    )


def parts_of(node: Node | None) -> tuple[Node, ...]:
    """The parts that `resources:` is merged from."""
    if isinstance(node, SequenceNode) and node.tag is None:
        return node.items
    return () if node is None else (node,)


def standing(part: Node | None) -> Iterator[tuple[int, Node]]:
    """What a template is made of, with levels: its parts, their resources, and each of these."""
    for one in _alternatives(part, lists=True):
        yield 0, one
        for section in _alternatives(child_of(one, "Resources")):
            yield 1, section
            for entry in section.entries if isinstance(section, MappingNode) else ():
                yield from ((2, node) for node in _alternatives(entry.value))


def not_followed(part: Node | None) -> Iterator[str]:
    """The variables that bring in resources from where nothing is read."""
    for _, node in standing(part):
        if isinstance(node, ScalarNode) and is_variable(node):
            yield str(node.value)


def _alternatives(node: Node | None, *, lists: bool = False) -> Iterator[Node]:
    """What stands for a node: all that a variable chooses from, and the parts that are listed."""
    if isinstance(node, SequenceNode) and (node.tag == CHOICE or (lists and node.tag is None)):
        for item in node.items[node.tag is not None :]:
            yield from _alternatives(item, lists=lists)
    elif node is not None:
        yield node


def with_parameters(template: MappingNode, given: Iterable[Node]) -> MappingNode:
    """A template whose parameters have the values that its service gives them.

    What is given and not known takes the default away: another value counts.
    """
    values: dict[str, Node | None] = {}
    for each in given:
        key, value = (child_of(each, name) for name in ("ParameterKey", "ParameterValue"))
        if not isinstance(key, ScalarNode) or "${" in str(key.value):
            anything = template.get("Parameters")
            names = anything.entries if isinstance(anything, MappingNode) else ()
            values = dict.fromkeys((e.key for e in names), None)
            break
        plain = isinstance(value, ScalarNode) and "${" not in str(value.value)
        values[str(key.value)] = value if plain else None
    section = template.entry("Parameters")
    if not values or section is None or not isinstance(section.value, MappingNode):
        return template
    entries = (
        Entry(e.key, e.span, _defaulting(e.value, values[e.key])) if e.key in values else e
        for e in section.value.entries
    )
    found = Entry(section.key, section.span, replace(section.value, entries=tuple(entries)))
    return replace(template, entries=tuple(found if e is section else e for e in template.entries))


def _defaulting(parameter: Node, value: Node | None) -> Node:
    if not isinstance(parameter, MappingNode):
        return parameter
    rest = (e for e in parameter.entries if e.key != "Default")
    default = () if value is None else (Entry("Default", value.span, value),)
    return replace(parameter, entries=(*rest, *default))


def open_types(template: MappingNode, types: Iterable[str]) -> Iterator[Span]:
    """Where resources are of a type of which variables may make one of some types."""
    resources = template.get("Resources")
    for entry in resources.entries if isinstance(resources, MappingNode) else ():
        node = entry.value.get("Type") if isinstance(entry.value, MappingNode) else None
        if isinstance(node, ScalarNode) and "${" in str(node.value):
            before, _, rest = str(node.value).partition("${")
            after = rest.rpartition("}")[2]
            if any(type_.startswith(before) and type_.endswith(after) for type_ in types):
                yield node.span


def overriding(below: MappingNode, above: Node) -> MappingNode:
    """A part to be merged, in which what is not known stands for all that it may override."""
    if is_variable(above):
        above = MappingNode(above.span, (Entry("Resources", above.span, above),))
    if not isinstance(above, MappingNode):
        return MappingNode(above.span, ())
    entry, resources = above.entry("Resources"), below.get("Resources")
    if entry is None or not isinstance(resources, MappingNode):
        return above
    key, span, value = entry
    if is_variable(value):
        names = [each.key for each in resources.entries]
        value = MappingNode(value.span, tuple(Entry(name, value.span, value) for name in names))
    if not isinstance(value, MappingNode):
        return above
    entries = tuple(_staying(entry, resources.entry(entry.key)) for entry in value.entries)
    whole = Entry(key, span, replace(value, entries=entries))
    return replace(above, entries=tuple(whole if e is entry else e for e in above.entries))


def _staying(above: Entry, below: Entry | None) -> Entry:
    """What overrides a resource, which stays where it is declared: where its type is written."""
    if below is None:
        return above
    body = _any_properties(above.value)
    declares = child_of(body, "Type") is not None and child_of(below.value, "Type") is None
    if declares or not isinstance(body, MappingNode) or not isinstance(below.value, MappingNode):
        return above._replace(value=body)
    return Entry(above.key, below.span, replace(body, span=below.value.span))


def _any_properties(resource: Node) -> Node:
    """A resource that a variable stands for, where it is known of which one."""
    if not is_variable(resource):
        return resource
    return MappingNode(resource.span, (Entry("Properties", resource.span, resource),))


def extended(whole: MappingNode, extensions: Node) -> MappingNode:
    """A template with `extensions`, as far as they name resources of its own."""
    resources = whole.entry("Resources")
    if resources is None or not isinstance(resources.value, MappingNode):
        return whole
    if is_variable(extensions):
        anything = MappingNode(extensions.span, (Entry("Resources", extensions.span, extensions),))
        return merged(whole, overriding(whole, anything))
    if not isinstance(extensions, MappingNode):
        return whole
    more = {entry.key: entry for entry in extensions.entries}
    entries = (_with_extension(entry, more.get(entry.key)) for entry in resources.value.entries)
    found = replace(resources.value, entries=tuple(entries))
    section = Entry(resources.key, resources.span, found)
    return replace(
        whole, entries=tuple(section if e.key == "Resources" else e for e in whole.entries)
    )


def _with_extension(resource: Entry, extension: Entry | None) -> Entry:
    body = _any_properties(extension.value) if extension is not None else None
    if not isinstance(body, MappingNode) or not isinstance(resource.value, MappingNode):
        return resource
    entries = {entry.key: entry for entry in resource.value.entries}
    for key, span, value in body.entries:
        known = entries.get(key)
        if known and isinstance(known.value, MappingNode) and isinstance(value, MappingNode):
            inner = {entry.key: entry for entry in (*known.value.entries, *value.entries)}
            value = replace(value, entries=tuple(inner.values()))
        entries[key] = Entry(key, span, value)
    return Entry(resource.key, resource.span, replace(resource.value, entries=(*entries.values(),)))

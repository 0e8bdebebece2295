"""A service of the Serverless Framework: its `resources:`, with what its variables bring in.

https://www.serverless.com/framework/docs/providers/aws/guide/resources
https://www.serverless.com/framework/docs/guides/variables
A variable that leads to a file on disk or to the service's own text is followed. Any other stays
as it is written: its value is not known (functions.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, merged
from ..records import replace
from ..source import InputError
from .includes import Fragment
from .intrinsics import CHOSEN

Parts = dict[str, set[str]]
"""The files that a service takes parts from, and the addresses of these ("" is the whole)."""

VALUE_LIMIT = 200_000
"""Nodes that the variables of one service bring in."""

_TEXT_LIMIT = 10_000
"""Characters of a text with variables in it; of a longer one they are not followed."""

_ROUNDS = 20
"""Variables within variables within one text."""

_DEPTH_LIMIT = 400
"""Levels of nesting, those that variables bring in with them."""

_READABLE = (".yml", ".yaml", ".json")
_SPACE = r"[ \t]*"
_REST = rf"{_SPACE}(?:,.*)?"
_INNERMOST = re.compile(r"\$\{([^${}]+)\}")
_SELF = re.compile(rf"self:{_SPACE}([^\s,:]+){_REST}", re.DOTALL)
_FILE = re.compile(
    rf"""file\({_SPACE}(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s][^()\n]*)){_SPACE}\){_SPACE}"""
    rf"""(?::{_SPACE}([^\s,:]+))?{_REST}""",
    re.DOTALL,
)
_WORD = r"(?:\$\{[^${}]*\}|[^\s,:.${}])+"
# A variable in whose address others are that are not known: `self:custom.keys.${opt:stage}`.
_CHOICE = re.compile(
    rf"""\$\{{(?:self:{_SPACE}|(file\([^()]*\)){_SPACE}:{_SPACE})({_WORD}(?:[.]{_WORD})*){_SPACE}"""
    rf"""(?:,{_SPACE}('[^'\n]*'|"[^"\n]*"|(?:\$\{{[^${{}}]*\}}|[^${{}}'"])+?){_SPACE})?\}}""",
)
# `--stage` and `--region` come before what the file says.
_OPTIONS = ("provider.stage", "provider.region")

# The levels of a template: the whole, a section, a resource, its properties. What a variable
# brings in there stands in its own file; deeper, it is a value of the property that names it.
_STRUCTURE = 3


def resources_of(document: MappingNode, fragment: Fragment) -> tuple[MappingNode, Parts]:
    """The template of a service: `resources:`, or a list of parts, merged as lodash does.

    `extensions` then replace attributes and properties of the resources that they name.
    """
    service = _Service(document, fragment)
    node = document.get("resources")
    found = service.resolved(node) if node is not None else None
    whole = MappingNode(document.span, ())
    for part in found.items if isinstance(found, SequenceNode) else (found,):
        if part is not None:
            whole = merged(whole, _overriding(whole, part))
    return _extended(whole), service.parts


def is_variable(node: Node | None) -> bool:
    """Whether a node is a variable that was not followed, and nothing else."""
    return (
        isinstance(node, ScalarNode)
        and node.tag is None
        and isinstance(node.value, str)
        and node.value.startswith("${")
        and node.value.endswith("}")
    )


def _overriding(below: MappingNode, above: Node) -> MappingNode:
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
    entries = (
        Entry(name, at, _any_properties(node) if resources.get(name) is not None else node)
        for name, at, node in value.entries
    )
    whole = Entry(key, span, replace(value, entries=tuple(entries)))
    return replace(above, entries=tuple(whole if e is entry else e for e in above.entries))


def _any_properties(resource: Node) -> Node:
    """A resource that a variable stands for, where it is known of which one."""
    if not is_variable(resource):
        return resource
    return MappingNode(resource.span, (Entry("Properties", resource.span, resource),))


def _extended(whole: MappingNode) -> MappingNode:
    """A template with its `extensions`, as far as they name resources of its own."""
    extensions, resources = whole.get("extensions"), whole.entry("Resources")
    if extensions is None or resources is None or not isinstance(resources.value, MappingNode):
        return whole
    if is_variable(extensions):
        anything = MappingNode(extensions.span, (Entry("Resources", extensions.span, extensions),))
        return merged(whole, _overriding(whole, anything))
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


class _Service:
    def __init__(self, document: MappingNode, fragment: Fragment) -> None:
        self.parts: Parts = {}
        self._document = document
        self._fragment = fragment
        self._files: dict[str, Node | None] = {}
        self._above: dict[int, tuple[Node, Node]] = {}
        self._active: set[tuple[str, str]] = set()
        self._depth = 0
        self._left = VALUE_LIMIT

    def resolved(self, node: Node, level: int = 0) -> Node:
        """A node with the variables in it followed. `level`: how deep it is in the template."""
        if self._depth >= _DEPTH_LIMIT:
            return node
        self._depth += 1
        try:
            match node:
                case ScalarNode(value=str(text)) if "${" in text and len(text) <= _TEXT_LIMIT:
                    return self._of_text(node, text, level)
                case SequenceNode(items=items):
                    inner = level + 1 if level else 0  # each part of a list is a template
                    found = tuple([self.resolved(item, inner) for item in items])
                    return replace(node, items=found)
                case MappingNode(entries=entries):
                    return replace(node, entries=tuple([self._entry(e, level) for e in entries]))
            return node
        finally:
            self._depth -= 1

    def _entry(self, entry: Entry, level: int) -> Entry:
        key, span, value = entry
        value = self.resolved(value, level + 1)
        if level == 1 and isinstance(value, MappingNode) and value.entries:
            first = value.entries[0].span
            # A resource is declared where its body is.
            span = span if first.source is span.source else first
        return Entry(key, span, value)

    def _of_text(self, node: ScalarNode, text: str, level: int) -> Node:
        for _ in range(_ROUNDS):
            whole = _INNERMOST.fullmatch(text)
            if whole is not None:
                value = self._followed(whole[1], level)
                if value is None or (node.tag is not None and value.tag is not None):
                    break
                value = replace(value, tag=node.tag or value.tag)
                return value if level <= _STRUCTURE else value.at_alias(node.span)
            changed = _INNERMOST.sub(self._as_text, text)
            if changed == text or len(changed) > _TEXT_LIMIT:
                break
            text = changed
        choice = _CHOICE.fullmatch(text) if level > _STRUCTURE and node.tag is None else None
        chosen = self._choice(choice, node, level) if choice is not None else None
        if chosen is not None:
            return chosen
        return node if text == node.value else replace(node, value=text)

    def _choice(self, found: re.Match[str], node: ScalarNode, level: int) -> Node | None:
        """One of the values in a mapping, which a variable chooses; None where there is none.

        The last source is asked where it chooses none.
        """
        way, address, default = found.groups()
        words = re.findall(_WORD, address)
        known = 0
        while known < len(words) and "${" not in words[known]:
            known += 1
        variable = ".".join(words[:known])
        variable = f"{way}:{variable}" if way else f"self:{variable}"
        whole = self._followed(variable, level) if 0 < known < len(words) else None
        if not isinstance(whole, MappingNode):
            return None
        keys = (ScalarNode(node.span, word, word) for word in words[known:])
        present = _present(whole, len(words) - known)
        items: list[Node] = [SequenceNode(node.span, (present, *keys))]
        if default is not None:
            literal = default[0] in "'\""
            written = default[1:-1] if literal else f"${{{default}}}"
            other = ScalarNode(node.span, written, written)
            items.append(other if literal else self.resolved(other, level))
        chosen = SequenceNode(node.span, tuple(items))
        return MappingNode(node.span, (Entry(CHOSEN, node.span, chosen),))

    def _as_text(self, match: re.Match[str]) -> str:
        """What a variable within a text stands for; the variable itself where it is not known."""
        value = self._followed(match[1], 0)
        if not isinstance(value, ScalarNode) or value.tag is not None:
            return match[0]
        return value.value if isinstance(value.value, str) else value.written

    def _followed(self, variable: str, level: int) -> Node | None:
        """What a variable's first source leads to; None where that is not known, or null."""
        own, file = _SELF.fullmatch(variable), _FILE.fullmatch(variable)
        if own is not None:
            path, address = "", own[1]
        elif file is not None:
            path, address = file[1] or file[2] or file[3].rstrip(), file[4] or ""
        else:
            return None
        if (path, address) in self._active:
            return None
        self._active.add((path, address))
        try:
            found = self._at(path, address)
            if found is None or _is_null(found):
                return None
            self._count(found)
            return self.resolved(found, level)
        finally:
            self._active.discard((path, address))

    def _at(self, path: str, address: str) -> Node | None:
        """What is at an address of a file, or of the service itself for the path ""."""
        root: Node | None = self._document
        if path:
            root = self._file(path)
            if root is not None:
                self.parts.setdefault(root.span.source.path, set()).add(address)
        elif address in _OPTIONS:
            return None
        for key in address.split(".") if address else ():
            if isinstance(root, ScalarNode):  # `custom: ${file(custom.yml)}`
                if id(root) not in self._above:
                    self._above[id(root)] = (root, self.resolved(root))
                root = self._above[id(root)][1]
            root = _member(root, key)
        return root

    def _file(self, path: str) -> Node | None:
        if path not in self._files:
            readable = path.lower().endswith(_READABLE)
            self._files[path] = self._fragment(path) if readable else None
        return self._files[path]

    def _count(self, node: Node) -> None:
        self._left -= sum(1 for _ in _all(node))
        if self._left < 0:
            what = f"its variables bring in more than {VALUE_LIMIT} nodes"
            raise InputError.at(self._document.span, what)


def _present(node: Node, levels: int) -> Node:
    """A mapping without what is null, to some levels: a variable does not choose that."""
    if not levels or not isinstance(node, MappingNode):
        return node
    entries = (entry for entry in node.entries if not _is_null(entry.value))
    inner = (Entry(key, span, _present(value, levels - 1)) for key, span, value in entries)
    return replace(node, entries=tuple(inner))


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _member(node: Node | None, key: str) -> Node | None:
    if isinstance(node, SequenceNode) and key.isascii() and key.isdecimal() and len(key) < 9:
        return node.items[int(key)] if int(key) < len(node.items) else None
    return node.get(key) if isinstance(node, MappingNode) else None


def _all(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        yield (node := waiting.pop())
        if isinstance(node, SequenceNode):
            waiting.extend(node.items)
        elif isinstance(node, MappingNode):
            waiting.extend(entry.value for entry in node.entries)

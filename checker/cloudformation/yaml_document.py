"""YAML as CloudFormation reads it, with the exact place of every node.

The tree is built from the parser's events, which come one by one: libyaml's own composer
recurses, and ends the process between 20,000 and 40,000 levels of nesting.
"""

from __future__ import annotations

import re

from ..language.document import (
    DEPTH_LIMIT,
    NODE_LIMIT,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from ..patterns import pattern
from ..source import InputError, Source, Span
from .yaml_scalars import older_reading, typed

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from yaml.events import (
        AliasEvent,
        CollectionEndEvent,
        CollectionStartEvent,
        DocumentStartEvent,
        Event,
        ScalarEvent,
    )

_STANDARD = "tag:yaml.org,2002:"
_DIRECTIVE_LIMIT = 100
"""`%TAG` lines: libyaml compares each with all before it."""

_TAG_DIRECTIVE = pattern(r"^%TAG", re.MULTILINE)
_UNPRINTABLE_ASCII = pattern("[^\t\n\r\x20-\x7e]")
_UNPRINTABLE = pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROPERTY = pattern(r"[&!]\S*+(?>(?:\s++|#[^\n\r]*+)*)")


def read_template(source: Source) -> list[Node]:
    """The documents of a template in JSON or YAML.

    What begins with a brace or bracket is JSON if its file is named so, or if it reads as such.
    Raises InputError.
    """
    if source.text.lstrip()[:1] in ("[", "{"):
        from ..language.json_document import read_json

        if source.path.lower().endswith(".json"):
            return [read_json(source)]
        try:
            return [read_json(source)]
        except InputError:
            return read_yaml(source)
    return read_yaml(source)


def read_yaml(source: Source) -> list[Node]:
    """The documents of a YAML stream that are not empty.

    Raises InputError, at its place, for what is not YAML, for a duplicate key, a key that is no
    scalar, an alias without an anchor or within its own anchor, a merge of what is no mapping,
    and for more than DEPTH_LIMIT levels or NODE_LIMIT nodes with aliases expanded.
    """
    import yaml

    _refuse_unreadable(source)
    builder = _Builder(source)
    take: dict[type[Event], Callable[[Any], None]] = {
        yaml.ScalarEvent: builder.scalar,
        yaml.AliasEvent: builder.alias,
        yaml.MappingStartEvent: builder.begin,
        yaml.SequenceStartEvent: builder.begin,
        yaml.MappingEndEvent: builder.end,
        yaml.SequenceEndEvent: builder.end,
        yaml.DocumentStartEvent: builder.begin_document,
    }
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        parser = loader(source.text)
        try:
            while event := parser.get_event():
                if handler := take.get(type(event)):
                    handler(event)
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index, len(source.text)) if mark else 0
        raise _error(source, at, _problem(source, at, error.problem or error.context)) from None
    except yaml.YAMLError:
        raise InputError("not valid YAML", source.path) from None
    return builder.documents


def _refuse_unreadable(source: Source) -> None:
    """Raise InputError for text that the parser would cut short, misplace or be slow on."""
    text = source.text
    if text.startswith("\ufeff"):
        raise _error(source, 0, "the file has a second byte order mark")
    unprintable = _UNPRINTABLE_ASCII if text.isascii() else _UNPRINTABLE
    if bad := unprintable.search(text):
        code = f"U+{ord(bad[0]):04X}"
        raise _error(source, bad.start(), f"the character {code} is not allowed")
    if "%TAG" in text:
        for number, directive in enumerate(_TAG_DIRECTIVE.finditer(text)):
            if number >= _DIRECTIVE_LIMIT:
                raise _error(source, directive.start(), "too many %TAG directives")


class _Open:
    """A collection that is being read. `size` and `height` count it with what it holds."""

    __slots__ = ("anchor", "entries", "height", "items", "key", "key_span",
                 "merged", "size", "start", "tag")  # fmt: skip

    def __init__(self, start: int, tag: str | None, anchor: str | None, mapping: bool) -> None:
        self.start = start
        self.tag = tag
        self.anchor = anchor
        self.items: list[Node] = []
        self.entries: dict[str, Entry] | None = {} if mapping else None
        self.key: str | None = ""
        self.key_span: Span | None = None
        self.merged: tuple[Span, Node] | None = None
        self.size = 1
        self.height = 1

    @property
    def awaits_key(self) -> bool:
        return self.entries is not None and self.key_span is None


class _Anchored:
    __slots__ = ("height", "node", "size")

    def __init__(self, node: Node, size: int, height: int) -> None:
        self.node = node
        self.size = size
        self.height = height


class _Builder:
    def __init__(self, source: Source) -> None:
        self.documents: list[Node] = []
        self._source = source
        self._text = source.text
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._nodes = 0
        self._last_end = 0

    def begin_document(self, _: DocumentStartEvent) -> None:
        self._anchors = {}
        self._nodes = 0

    def scalar(self, event: ScalarEvent) -> None:
        # Half of the time of reading a template is spent in here: nothing is called without need.
        first, last = event.start_mark, event.end_mark
        assert first is not None
        assert last is not None
        outer, end = first.index, last.index
        self._nodes += 1
        if self._nodes > NODE_LIMIT:
            raise _too_many(self._source, outer)
        style = event.style
        plain = not style
        value = event.value
        parent = self._stack[-1] if self._stack else None
        awaits_key = parent is not None and parent.entries is not None and parent.key_span is None
        if awaits_key and plain and event.tag is None and event.anchor is None:  # as most keys are
            name = value if isinstance(typed(value), str) else self._text[outer:end]
            self._last_end = end
            span = Span(self._source, outer, end)
            if parent is None or name == "<<" or not parent.entries or name in parent.entries:
                self._key(None if value == "<<" else name, span)
            else:
                parent.key, parent.key_span = name, span
            return
        start = content = outer
        given = tag = event.tag
        if tag is not None or event.anchor is not None:
            # Most are written as they are meant, with one blank before a quoted text.
            if style and tag and self._text.startswith(f"{tag} {style}", outer) and len(tag) > 1:
                content = outer + len(tag) + 1
                tag = tag.removeprefix("!")
            else:
                start, content = self._properties(outer, end)
                tag, plain = _tag(tag, plain)
        written = self._text[content:end]
        if style in ("|", ">"):
            written = written.rstrip(" \t\r\n\x85\u2028\u2029")
            end = content + len(written)
        elif style in ("'", '"'):
            written = written[1:-1]
        span = Span(self._source, start, end)
        if plain:
            node = ScalarNode(span, typed(value), written, tag=tag, older=older_reading(value))
        else:
            node = ScalarNode(span, value, written, tag=tag)
        self._last_end = end
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 1)
        if awaits_key:
            merge = (given is None and plain and value == "<<") or given == _STANDARD + "merge"
            key = self._word(node, span)
            self._key(None if merge else key, span)
        else:
            self._add(node, 1, 1)

    def alias(self, event: AliasEvent) -> None:
        start, end = _extent(event)
        name = event.anchor or ""
        if name not in self._anchors:
            raise _error(self._source, start, f"no anchor is named {_quoted(name)}")
        anchored = self._anchors[name]
        if anchored is None:
            raise _error(self._source, start, f"the alias {_quoted(name)} contains itself")
        self._count(anchored.size, start)
        if len(self._stack) + anchored.height - 1 > DEPTH_LIMIT:
            raise _too_deep(self._source, start)
        self._last_end = end
        if self._stack and self._stack[-1].awaits_key:
            span = Span(self._source, start, end)
            self._key(self._word(anchored.node, span), span)
        else:
            node = anchored.node.at_alias(Span(self._source, start, end))
            self._add(node, anchored.size, anchored.height)

    def begin(self, event: CollectionStartEvent) -> None:
        outer, _ = _extent(event)
        self._count(1, outer)
        if len(self._stack) >= DEPTH_LIMIT:
            raise _too_deep(self._source, outer)
        if self._stack and self._stack[-1].awaits_key:
            raise _error(self._source, outer, "a key must be a scalar")
        start, tag = outer, None
        if event.tag is not None or event.anchor is not None:
            start, content = self._properties(outer, len(self._text))
            tag = _tag(event.tag, True)[0]
            start = start if event.tag is not None else content
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        # Told apart by the class's name, so that yaml is not imported before it is needed.
        mapping = type(event).__name__ == "MappingStartEvent"
        self._stack.append(_Open(start, tag, event.anchor, mapping))

    def end(self, event: CollectionEndEvent) -> None:
        closed = self._stack.pop()
        # The end of a block collection is a token without width, after blanks and comments.
        start, end = _extent(event)
        if end > start:
            self._last_end = end
        span = Span(self._source, closed.start, max(self._last_end, closed.start))
        node: Node
        if closed.entries is None:
            node = SequenceNode(span, tuple(closed.items), tag=closed.tag)
        else:
            brought = self._merge(closed.entries, *closed.merged) if closed.merged else None
            entries = tuple(closed.entries.values())
            node = MappingNode(span, entries, tag=closed.tag, brought=brought)
        if closed.anchor is not None:
            self._anchors[closed.anchor] = _Anchored(node, closed.size, closed.height)
        self._add(node, closed.size, closed.height)

    def _word(self, node: Node, span: Span) -> str:
        """The key that a node is."""
        if not isinstance(node, ScalarNode) or node.tag is not None:
            raise _error(self._source, span.start, "a key must be a scalar without a tag")
        return node.value if isinstance(node.value, str) else node.written

    def _key(self, key: str | None, span: Span) -> None:
        """A key was read; None for `<<`."""
        parent = self._stack[-1]
        duplicate = parent.merged if key is None else parent.entries and key in parent.entries
        if duplicate:
            raise _error(self._source, span.start, f"duplicate key {_quoted(key or '<<')}")
        parent.key = key
        parent.key_span = span

    def _add(self, node: Node, size: int, height: int) -> None:
        if not self._stack:
            if not (isinstance(node, ScalarNode) and node.value is None and not node.written):
                self.documents.append(node)
            return
        parent = self._stack[-1]
        parent.size += size
        if parent.height <= height:
            parent.height = height + 1
        if parent.entries is None:
            parent.items.append(node)
            return
        assert parent.key_span is not None
        if parent.key is None:
            parent.merged = (parent.key_span, node)
        else:
            entry = parent.key, parent.key_span, node
            parent.entries[parent.key] = tuple.__new__(Entry, entry)  # past its slower `__new__`
        parent.key_span = None

    def _merge(
        self, entries: dict[str, Entry], key_span: Span, node: Node
    ) -> Mapping[str, Span] | None:
        """Add the merged entries that the mapping lacks; of a list, earlier mappings win.

        Gives the place of the alias that brought each of them.
        """
        brought: dict[str, Span] = {}
        sources = node.items if isinstance(node, SequenceNode) and not node.tag else (node,)
        for source in sources:
            if not isinstance(source, MappingNode) or source.tag:
                raise _error(
                    self._source, key_span.start, "`<<` takes a mapping or a list of mappings"
                )
            for entry in source.entries:
                if entry.key not in entries:
                    entries[entry.key] = entry
                    if source.anchor is not None:
                        brought[entry.key] = source.span
        return brought or None

    def _properties(self, start: int, end: int) -> tuple[int, int]:
        """Where the tag (or else the content) begins, and where the content begins."""
        text, tag_at, at = self._text, -1, start
        for _ in range(2):
            if at >= end or text[at] not in "&!":
                break
            if text[at] == "!":
                tag_at = at
            match = _PROPERTY.match(text, at)
            at = min(match.end(), end) if match else at
        return (tag_at if tag_at >= 0 else at), at

    def _count(self, nodes: int, at: int) -> None:
        self._nodes += nodes
        if self._nodes > NODE_LIMIT:
            raise _too_many(self._source, at)


def _extent(event: Event) -> tuple[int, int]:
    """The event's offsets: both of PyYAML's parsers count code points."""
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return start.index, end.index


def _tag(tag: str | None, plain: bool) -> tuple[str | None, bool]:
    """The local tag, and whether the scalar is typed by how it is written.

    A space in it stays as it is written: what is made here of templates has tags with spaces.
    """
    if tag is None:
        return None, plain
    if tag.startswith(_STANDARD):
        return None, tag[len(_STANDARD) :] in ("int", "float", "bool", "null")
    if tag == "!":
        return None, False
    return tag.removeprefix("!").replace(" ", "%20"), False


def _problem(source: Source, at: int, problem: str | None) -> str:
    if source.text[at : at + 1] == "\t" or (problem and "tab character" in problem):
        return "a tab is used for indentation; YAML takes spaces"
    return problem or "cannot be read"


def _too_many(source: Source, at: int) -> InputError:
    return _error(source, at, f"more than {NODE_LIMIT} nodes, with aliases expanded")


def _too_deep(source: Source, at: int) -> InputError:
    return _error(source, at, f"nested deeper than {DEPTH_LIMIT} levels")


def _error(source: Source, at: int, message: str) -> InputError:
    return InputError.at(Span(source, at, at), f"not valid YAML: {message}")


def _quoted(text: str) -> str:
    return ascii(text if len(text) <= 60 else text[:57] + "...")

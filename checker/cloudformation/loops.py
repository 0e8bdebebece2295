"""`Fn::ForEach`, expanded as the transform AWS::LanguageExtensions does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html

A loop gives a copy of its body for each string that it runs over in some world. Where not all
worlds have the same ones, a copy has a condition: that this world has its string. Worlds in which
the strings are not all known have one copy more, in which the identifier is any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

from ..language.convert import scalar_text
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.value import Known, ListValue, Term, Unknown, Value, derived, term_of
from ..language.worlds import Worlds
from ..patterns import pattern
from ..records import dataclass, replace
from ..source import InputError, Span
from .functions import Words, settled
from .intrinsics import EACH, IS_ITEM, LOOP, function_of

_NOT_ALPHANUMERIC = pattern(r"[^A-Za-z0-9]")

EXPANSION_LIMIT = 10_000
"""Copies of a body that the loops of one section may give."""


@dataclass(frozen=True)
class Runs:
    """The strings that a loop runs over in the worlds that know all of them, each once.

    `always`: in every world it runs over all of them, and over nothing else.
    """

    items: tuple[str, ...]
    always: bool


_CREATED = ("Resources", "Outputs")  # whose entries may have a condition

Collection = Callable[[Node], Runs]


class _TooMany(Exception):
    """The loops of a section give more than EXPANSION_LIMIT copies."""


def expand(
    section: str,
    entries: Iterable[Entry],
    collection: Collection,
    fault: Callable[[InputError], None],
) -> dict[str, Entry]:
    """The entries of a section, or of a mapping (""), with each loop replaced by what it gives.

    Loops that multiply past the limit are a fault, and end there.
    """
    found: dict[str, Entry] = {}
    loops = _Loops(section, collection, fault)
    for entry in entries:
        try:
            found.update((copy.key, copy) for copy in loops.expanded(entry))
        except _TooMany:
            what = f"its loops give more than {EXPANSION_LIMIT} copies; not all are checked"
            fault(InputError.at(entry.span, what))
    return found


class _Loops:
    def __init__(
        self, section: str, collection: Collection, fault: Callable[[InputError], None]
    ) -> None:
        self._section = section
        self._collection = collection
        self._fault = fault
        self._left = EXPANSION_LIMIT

    def expanded(self, entry: Entry) -> Iterator[Entry]:
        if not entry.key.startswith(LOOP):
            yield entry
            return
        match entry.value:
            case SequenceNode(items=(ScalarNode(value=str(name)), values, MappingNode() as body)):
                runs = self._collection(values)
                for item in (*runs.items, *(() if runs.always else (None,))):
                    self._left -= 1
                    if self._left < 0:
                        raise _TooMany
                    copy = self._copy(body, name, values, item)
                    if isinstance(copy, MappingNode):
                        for inner in chain.from_iterable(map(self.expanded, copy.entries)):
                            yield inner if runs.always else self._where(inner, values, runs, item)

    def _copy(self, body: MappingNode, name: str, values: Node, item: str | None) -> Node:
        if item is not None:
            return substitute(body, name, item)
        any_ = _Any(name, values)
        for span in any_.types(body) if self._section == "Resources" else ():
            what = "its type is not known, as what the loop runs over is not; it is not checked"
            self._fault(InputError.at(span, what))
        return any_.body(body) if self._section in _CREATED else any_.of(body)

    def _where(self, copy: Entry, values: Node, runs: Runs, item: str | None) -> Entry:
        """A copy that is there in the worlds that have its string."""
        span = values.span
        known = SequenceNode(span, tuple(ScalarNode(span, text, text) for text in runs.items))
        test = SequenceNode(span, (values, known, ScalarNode(span, item, item or "")), tag=IS_ITEM)
        if self._section in _CREATED and isinstance(copy.value, MappingNode):
            return copy._replace(value=_created(copy.value, test))
        if self._section:
            return copy
        nothing = ScalarNode(span, "AWS::NoValue", "AWS::NoValue", tag="Ref")
        chosen = SequenceNode(copy.value.span, (test, copy.value, nothing), tag="If")
        return copy._replace(value=chosen)


def _created(body: MappingNode, test: Node) -> MappingNode:
    """A resource or output with one condition more."""
    own = body.entry("Condition")
    if own is not None:
        named = own.value
        if isinstance(named, ScalarNode) and named.tag is None:
            named = replace(named, tag="Condition")
        test = SequenceNode(own.value.span, (test, named), tag="And")
    entries = (entry for entry in body.entries if entry.key != "Condition")
    return replace(body, entries=(*entries, Entry("Condition", test.span, test)))


# -- in a world ---------------------------------------------------------------------------------


def is_item(arguments: tuple[Value, ...], worlds: Worlds) -> Value:
    """Whether a loop has a copy in this world: that of a string, or (null) that of all others."""
    items, known, item = arguments
    texts = strings(items, worlds)
    expanded = strings(known, worlds) or ()
    others = texts is None or not set(texts) <= set(expanded)
    if isinstance(item, Known) and item.data is not None:
        return Known(not others and texts is not None and str(item.data) in texts)
    return Known(others)


def strings(items: Value, worlds: Worlds) -> tuple[str, ...] | None:
    """The strings of a list, each once, where this world knows all of them."""
    if not isinstance(items, ListValue) or items.rest is not None:
        return None
    found = [
        settled(worlds.refine(i) if isinstance(i, Unknown) else i, worlds) for i in items.items
    ]
    known = [i.data for i in found if isinstance(i, Known) and i.data is not None]
    return tuple(dict.fromkeys(map(scalar_text, known))) if len(known) == len(found) else None


def each_of(arguments: tuple[Value, ...], where: str, worlds: Worlds) -> Value:
    """What a loop's identifier is in the copy that stands for strings that are not known."""
    items, name, place = arguments
    term: Term = ("ref", f"{where}:{term_of(place)}", str(term_of(name)[2]))
    if isinstance(items, ListValue) and items.rest is None and items.items:
        *others, last = items.items
        for item in others:
            if worlds.decide(("==", term, term_of(item))):
                return settled(item, worlds)
        return settled(last, worlds)
    domain = items.words if isinstance(items, Words) else None
    found = derived("Fn::ForEach", items, not_null=True)
    return settled(worlds.refine(replace(found, term=term, domain=domain)), worlds)


# -- the body -----------------------------------------------------------------------------------


def substitute(node: Node, name: str, value: str) -> Node:
    """A loop's body for one value of its identifier."""
    function = function_of(node)
    if function is not None and function[0] == "Ref":
        argument = function[1]
        if isinstance(argument, ScalarNode) and argument.value == name:
            return ScalarNode(node.span, value, value)
    match node:
        case ScalarNode(value=str(text)):
            return replace(node, value=_replaced(text, name, value))
        case SequenceNode(items=items):
            return replace(node, items=tuple(substitute(item, name, value) for item in items))
        case MappingNode(entries=entries):
            copies = (
                Entry(_replaced(key, name, value), span, substitute(inner, name, value))
                for key, span, inner in entries
            )
            return replace(node, entries=tuple(copies))
    return node


def _replaced(text: str, name: str, value: str) -> str:
    if "{" not in text:
        return text
    plain = _NOT_ALPHANUMERIC.sub("", value)
    return text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", plain)


class _Any:
    """A body in which the identifier is not known.

    The names of what the template declares stay as they are written: those of the same loop, or
    of another over the same strings, agree.
    """

    def __init__(self, name: str, values: Node) -> None:
        self._name = name
        self._values = values
        self._written = re.compile(rf"[$&]\{{{re.escape(name)}\}}")

    def of(self, node: Node) -> Node:
        function = function_of(node)
        if function is not None:
            return self._function(node, *function)
        match node:
            case ScalarNode(value=str(text)):
                return self._text(node, text)
            case SequenceNode(items=items):
                return replace(node, items=tuple(map(self.of, items)))
            case MappingNode(entries=entries):
                return replace(node, entries=tuple(map(self._entry, entries)))
        return node

    def body(self, node: Node) -> Node:
        """A body of resources or outputs: which conditions they have is a name, too."""
        if not isinstance(node, MappingNode):
            return self.of(node)
        return replace(node, entries=tuple(map(self._declared, node.entries)))

    def types(self, body: MappingNode) -> Iterator[Span]:
        """Where the identifier is a part of a resource's type."""
        for entry in body.entries:
            match entry.value:
                case SequenceNode(items=(_, _, MappingNode() as inner)) if entry.key.startswith(
                    LOOP
                ):
                    yield from self.types(inner)
                case MappingNode() as resource:
                    type_ = resource.get("Type")
                    if type_ is not None and self.of(type_) != type_:
                        yield type_.span

    def _declared(self, entry: Entry) -> Entry:
        match entry.value:
            case SequenceNode(items=(name, values, body)) if entry.key.startswith(LOOP):
                items = (name, self.of(values), self.body(body))
                return entry._replace(value=replace(entry.value, items=items))
            case MappingNode(entries=entries) if function_of(entry.value) is None:
                kept = (e if e.key == "Condition" else self._entry(e) for e in entries)
                return entry._replace(value=replace(entry.value, entries=tuple(kept)))
        return self._entry(entry)

    def _entry(self, entry: Entry) -> Entry:
        return entry._replace(value=self.of(entry.value))

    def _function(self, node: Node, function: str, argument: Node) -> Node:
        match function, argument:
            case "Ref", ScalarNode(value=self._name):
                return self._each(node.span)
            case (("Ref" | "Condition" | "Fn::GetAtt"), _):
                return node
            case "Fn::If", SequenceNode(items=(ScalarNode(tag=None) as test, *others)):
                return _with(node, replace(argument, items=(test, *map(self.of, others))))
            case "Fn::Sub", ScalarNode(value=str(text)) if self._written.search(text):
                given = MappingNode(argument.span, (self._variable(argument.span),))
                return _with(node, SequenceNode(argument.span, (argument, given)))
            case "Fn::Sub", SequenceNode(items=(text, MappingNode() as given)):
                given = replace(
                    given,
                    entries=(*map(self._entry, given.entries), self._variable(argument.span)),
                )
                return _with(node, replace(argument, items=(text, given)))
            case "Fn::Sub", _:
                return node
        return _with(node, self.of(argument))

    def _variable(self, span: Span) -> Entry:
        return Entry(self._name, span, self._each(span))

    def _each(self, span: Span) -> Node:
        loop = str(self._values.span)
        told = (ScalarNode(span, text, text) for text in (self._name, loop))
        return SequenceNode(span, (self._values, *told), tag=EACH)

    def _text(self, node: ScalarNode, text: str) -> Node:
        if node.tag is not None or not self._written.search(text):
            return node
        span = node.span
        part = partial(ScalarNode, span)
        pieces: list[Node] = [part(piece, piece) for piece in self._written.split(text)]
        joined: list[Node] = pieces[:1]
        for piece in pieces[1:]:
            joined += (self._each(span), piece)
        return SequenceNode(span, (part("", ""), SequenceNode(span, tuple(joined))), tag="Join")


def _with(node: Node, argument: Node) -> Node:
    """A function with another argument, in the same form."""
    if node.tag is not None:
        return replace(argument, tag=node.tag)
    assert isinstance(node, MappingNode)
    return replace(node, entries=(node.entries[0]._replace(value=argument),))

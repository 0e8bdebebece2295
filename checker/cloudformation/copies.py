"""A loop's body for one string, and for any of those that are not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..patterns import pattern
from ..records import replace
from ..source import Span
from .intrinsics import EACH, LOOP, function_of

_SHORT = pattern(r"Ref [A-Za-z0-9]{1,40}\Z")
_NOT_ALPHANUMERIC = pattern(r"[^A-Za-z0-9]")


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


def stand_in_of(values: Node, outer: tuple[str, ...], whole: bool) -> str:
    """What stands in a name for any of the strings that a loop runs over.

    It is the same for all loops over one list; a loop in another over the same has its own. No
    name that a template declares holds such letters.
    """
    told = _told(values)
    if not _SHORT.match(told):
        from hashlib import sha256

        told = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    found = f"<{told}>" if whole else f"<{told} in it>"
    while found in outer:
        found = f"{found[:-1]} in it>"
    return found


def _told(node: Node) -> str:
    """A list as a text that is equal for equal ones, in whichever form they are written."""
    if node.tag == EACH and isinstance(node, SequenceNode):
        place = node.items[2]
        return place.written if isinstance(place, ScalarNode) else ""
    function = function_of(node)
    if function is not None:
        name, argument = function
        if name == "Ref" and isinstance(argument, ScalarNode) and argument.tag is None:
            return f"Ref {argument.value}"
        return f"{name} {_told(argument)}"
    match node:
        case SequenceNode(items=items):
            return f"[{', '.join(map(_told, items))}]"
        case MappingNode(entries=entries):
            return f"{{{', '.join(f'{key!r}: {_told(value)}' for key, _, value in entries)}}}"
    return repr((node.value, node.written)) if isinstance(node, ScalarNode) else ""


class AnyItem:
    """A body in which the identifier is not known.

    In the names of what the template declares, `stand_in` is written for it: those of the same
    loop, or of another over the same strings, agree.
    """

    def __init__(self, name: str, values: Node, stand_in: str, named: bool) -> None:
        self._name = name
        self._values = values
        self.stand_in = stand_in
        self._named = named
        one = rf"[$&]\{{{re.escape(name)}\}}"
        self._written = re.compile(one)
        self._nested = re.compile(rf"\$\{{(?:[^{{}}]|{one})*\}}")  # `${Key${Name}.Arn}` of Fn::Sub

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

    def _placed(self, text: str) -> str:
        return self._written.sub(lambda _: self.stand_in, text) if "{" in text else text

    def _name_of(self, node: Node) -> Node:
        """A name, which is certain but for the identifier where it is only put together."""
        match function_of(node), node:
            case None, ScalarNode(value=str(text)):
                return replace(node, value=self._placed(text))
            case ("Ref", ScalarNode(value=self._name)), _:
                return ScalarNode(node.span, self.stand_in, self.stand_in)
            case ("Fn::Sub", ScalarNode(value=str(text)) as argument), _:
                return _with(node, replace(argument, value=self._placed(text)))
            case ("Fn::Join", SequenceNode(items=(delimiter, SequenceNode(tag=None) as list_))), _:
                items = tuple(map(self._name_of, list_.items))
                pair = (delimiter, replace(list_, items=items))
                return _with(node, SequenceNode(node.span, pair))
        return self.of(node)

    def body(self, node: Node) -> Node:
        """A body of what has a name: that is told apart by what the loop runs over.

        Which conditions resources and outputs have is a name, too.
        """
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
        if self._named and not entry.key.startswith(LOOP):
            entry = entry._replace(key=self._placed(entry.key))
        match entry.value:
            case SequenceNode(items=(name, values, body)) if entry.key.startswith(LOOP):
                items = (name, self.of(values), self.body(body))
                return entry._replace(value=replace(entry.value, items=items))
            case MappingNode(entries=entries) if function_of(entry.value) is None:
                kept = (
                    e._replace(value=self._name_of(e.value))
                    if e.key == "Condition"
                    else self._entry(e)
                    for e in entries
                )
                return entry._replace(value=replace(entry.value, entries=tuple(kept)))
        return self._entry(entry)

    def _entry(self, entry: Entry) -> Entry:
        return entry._replace(value=self.of(entry.value))

    def _function(self, node: Node, function: str, argument: Node) -> Node:
        if function == "Fn::Sub":
            argument = self._of_names(argument)
        match function, argument:
            case "Ref", ScalarNode(value=self._name):
                return self._each(node.span)
            case "Ref" | "Condition", _:
                return _with(node, self._name_of(argument))
            case "Fn::GetAtt", ScalarNode(value=str(text)):
                of, dot, path = text.partition(".")
                return _with(node, replace(argument, value=f"{self._placed(of)}{dot}{path}"))
            case "Fn::GetAtt", SequenceNode(items=(of, *path)):
                kept = (p if _is_text(p) else self.of(p) for p in path)
                return _with(node, replace(argument, items=(self._name_of(of), *kept)))
            case "Fn::If", SequenceNode(items=(ScalarNode(tag=None) as test, *others)):
                items = (self._name_of(test), *map(self.of, others))
                return _with(node, replace(argument, items=items))
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
                return _with(node, argument)
        return _with(node, self.of(argument))

    def _of_names(self, argument: Node) -> Node:
        """The text of an Fn::Sub in which the names of resources are certain."""
        match argument:
            case ScalarNode(value=str(text)):
                return replace(
                    argument,
                    value=self._nested.sub(
                        lambda found: f"${{{self._placed(found[0][2:-1])}}}", text
                    ),
                )
            case SequenceNode(tag=None, items=(text, *given)):
                return replace(argument, items=(self._of_names(text), *given))
        return argument

    def _variable(self, span: Span) -> Entry:
        return Entry(self._name, span, self._each(span))

    def _each(self, span: Span) -> Node:
        loop = str(self._values.span)
        told = (
            ScalarNode(span, self._name, self._name),
            ScalarNode(span, loop, self.stand_in),
        )
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


def _is_text(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag is None


def _with(node: Node, argument: Node) -> Node:
    """A function with another argument, in the same form."""
    if node.tag is not None:
        return replace(argument, tag=node.tag)
    assert isinstance(node, MappingNode)
    return replace(node, entries=(node.entries[0]._replace(value=argument),))

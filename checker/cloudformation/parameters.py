"""Parameters of a template: their values, as far as their constraints allow them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..language.convert import scalar_text
from ..language.decisions import Unreachable
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.evaluate import define, evaluate
from ..language.expression import Expression
from ..language.pieces import pieces
from ..language.scope import Scope
from ..language.value import (
    Attribute,
    Hop,
    Known,
    ListValue,
    Text,
    Unknown,
    Value,
    derived,
    noted,
    term_of,
    text,
)
from ..patterns import pattern
from ..records import dataclass, replace
from .functions import split, string, words_of
from .patterns import matches

_LIST = pattern(r"CommaDelimitedList\Z|List<")
# Types whose values exist in the account: none of them is empty.
_EXISTING = ("AWS::EC2::", "AWS::Route53::")
_NUMBER = pattern("-?[0-9]{1,99}(?:[.][0-9]{1,99})?")
_TRUE = ("true", "yes", "on")
_STORED = "AWS::SSM::Parameter::Value<"

Given = Mapping[str, Callable[[], Value | None]]
"""What gives each parameter its value; None where it turns out that nothing does."""


def parameter(
    entry: Entry,
    given: Callable[[], Value | None] | None,
    scope: Scope,
    read: Callable[[Node], Expression],
    where: str,
) -> Value:
    """A parameter's value in a stack, which `where` tells apart from others."""
    name, span, body = entry
    kind = _text(body, "Type") or "String"
    if kind.startswith(_STORED):
        why = f'parameter "{name}" is read from SSM when the stack is deployed'
        term = ("ref", where, name)
        return Unknown("external", why, term, not_null=True, trail=(Hop(span, why),))
    hidden = (_text(body, "NoEcho") or "").lower() in _TRUE
    many = _LIST.match(kind) is not None
    bounds = _Bounds(body, kind, _allowed(entry, scope, read), scope)
    value = given() if given is not None else None
    removed = _removed(value)
    why = f'parameter "{name}" has neither a value nor a default'
    default = body.get("Default") if isinstance(body, MappingNode) else None
    refused = f'parameter "{name}" is given a value that its constraints refuse'
    if (value is None or _is_null(value)) and default is not None:
        shown = "a sensitive value" if hidden else _shown(default)
        value = define(scope, read(default), f'parameter "{name}" defaults to {shown}')
        refused = f'parameter "{name}" has no value, and its constraints refuse its default'
    if value is not None and not many and bounds.refuse(value):
        # CloudFormation stops and asks for another, so this is never the value.
        why, value = refused, None
    if value is None or _is_null(value):
        # AllowedValues that can be read otherwise bound another unknown in that world.
        term = ("ref", f"{where}{bounds.older}", name)
        value = Unknown(
            "caller-supplied",
            why,
            term,
            not_null=True,
            type=None if many else "string",
            trail=(Hop(span, why),),
        )
    if isinstance(value, Unknown) and not many:
        value = bounds.within(value)
    value = replace(value, trail=(*removed, *value.trail)) if removed else value
    value = string(value.hidden() if hidden else value)
    if not many:
        return value
    listed = _listed(value)
    return words_of(listed, bounds.places) if isinstance(listed, Unknown) else listed


def _removed(value: Value | None) -> tuple[Hop, ...]:
    """What is told of a value that is passed as AWS::NoValue."""
    hops = noted(value.trail) if value is not None and _is_null(value) else ()
    what = "AWS::NoValue leaves it to its default"
    return (*hops[:-1], Hop(hops[-1].span, f"{hops[-1].note}: {what}")) if hops else ()


def refuses(entry: Entry, value: Value, scope: Scope, read: Callable[[Node], Expression]) -> bool:
    """Whether a parameter's constraints certainly refuse a value that is given to it."""
    body = entry.value
    kind = _text(body, "Type") or "String"
    if kind.startswith(_STORED) or _LIST.match(kind):
        return False
    return _Bounds(body, kind, _allowed(entry, scope, read), scope).refuse(value)


def _listed(value: Value) -> Value:
    """A list parameter's value: the parts between commas, without blanks around them."""
    rest = None
    if isinstance(value, Known) and value.data is not None:
        parts = split(",", value)
        found = parts.items if isinstance(parts, ListValue) else ()
    elif isinstance(value, Text | Attribute):
        found, more = pieces(value, ",")
        rest = derived("Fn::Split", Known(","), more) if more is not None else None
        if rest is not None and not found:
            return rest
    else:
        return value
    return ListValue(tuple(map(_stripped, found)), "list", rest, trail=value.trail)


def _stripped(value: Value) -> Value:
    match value:
        case Known(data=str(data)):
            return replace(value, data=data.strip())
        case Text(parts=(first, *between, last)):
            if isinstance(first, Known):
                first = replace(first, data=str(first.data).lstrip())
            if isinstance(last, Known):
                last = replace(last, data=str(last.data).rstrip())
            return text([first, *between, last], trail=value.trail)
    return value


def _allowed(
    entry: Entry, scope: Scope, read: Callable[[Node], Expression]
) -> Mapping[str, Hop] | None:
    """The values that are allowed, each with its place; None where not all of them are known."""
    name, _, body = entry
    node = body.get("AllowedValues") if isinstance(body, MappingNode) else None
    if not isinstance(node, SequenceNode) or not node.items:
        return None
    found: dict[str, Hop] = {}
    for item in node.items:
        value = evaluate(read(item), scope)
        if not isinstance(value, Known):
            return None
        word = "" if value.data is None else scalar_text(value.data)
        found.setdefault(word, Hop(item.span, f"one of the AllowedValues of {name}"))
    return found


@dataclass(frozen=True)
class _Bounds:
    """What a parameter's constraints leave to its value, or to each element of its list.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """

    body: Node
    kind: str
    places: Mapping[str, Hop] | None
    scope: Scope

    @property
    def allowed(self) -> tuple[str, ...] | None:
        return None if self.places is None else tuple(self.places)

    @property
    def older(self) -> str:
        """A mark of the world, where it decides which values are allowed."""
        node = self.body.get("AllowedValues") if isinstance(self.body, MappingNode) else None
        items = node.items if isinstance(node, SequenceNode) else ()
        ambiguous = any(map(_is_ambiguous, items))
        return f":{self.allowed}" if ambiguous else ""

    def refuse(self, value: Value) -> bool:
        """Whether they certainly refuse a value."""
        if not isinstance(value, Known) or value.data is None:
            return False
        word = scalar_text(value.data)
        return (self.places is not None and word not in self.places) or self._refuse(word)

    def within(self, value: Unknown) -> Unknown:
        """An unknown value, which is none of those that they refuse.

        Raises Unreachable in a world in which it is.
        """
        allowed = self.allowed
        if allowed is None and _whole(self.body, "MaxLength") == 0 and self.kind == "String":
            allowed = ("",)
        if allowed is not None:
            either = allowed if value.domain is None else value.domain
            known = frozenset(allowed)
            both = tuple(data for data in either if data in known)
            left = tuple(data for data in both if not self._refuse(scalar_text(data or "")))
            return replace(value, domain=left or both or allowed, places=self.places or {})
        if value.domain is None and self._refuse(""):
            self.scope.worlds.decide(("==", value.term, term_of(Known(""))))
        if self.refuse(self.scope.worlds.refine(value)):
            raise Unreachable
        return value

    def _refuse(self, word: str) -> bool:
        if self.kind == "Number":
            return self._refuse_number(word)
        if self.kind != "String":
            return not word and self.kind.startswith(_EXISTING)
        least, most = _whole(self.body, "MinLength"), _whole(self.body, "MaxLength")
        if word.isascii() and not (least or 0) <= len(word) <= (
            len(word) if most is None else most
        ):
            return True
        pattern = _text(self.body, "AllowedPattern")
        return pattern is not None and matches(pattern, word) is False

    def _refuse_number(self, word: str) -> bool:
        if not _NUMBER.fullmatch(word):
            # Java reads more than this as a number, but nothing without a digit or a word for it.
            return not re.search("[0-9NI]", word)
        from decimal import Decimal  # few templates bound their numbers

        least, most = _text(self.body, "MinValue"), _text(self.body, "MaxValue")
        number = Decimal(word)
        return (
            least is not None and bool(_NUMBER.fullmatch(least)) and number < Decimal(least)
        ) or (most is not None and bool(_NUMBER.fullmatch(most)) and number > Decimal(most))


def _whole(body: Node, key: str) -> int | None:
    text = _text(body, key)
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None


def _is_ambiguous(node: Node) -> bool:
    """Whether a scalar's text depends on what reads and writes it."""
    return isinstance(node, ScalarNode) and (
        node.older is not None or isinstance(node.value, float)
    )


def _text(body: Node, key: str) -> str | None:
    node = body.get(key) if isinstance(body, MappingNode) else None
    if isinstance(node, ScalarNode) and node.value is not None:
        return scalar_text(node.value)
    return None


def _shown(node: Node) -> str:
    if not isinstance(node, ScalarNode) or node.value is None:
        return "a value"
    shown = f'"{scalar_text(node.value)}"'
    return shown if len(shown) <= 60 and "\n" not in shown else "a value"


def _is_null(value: Value) -> bool:
    return isinstance(value, Known) and value.data is None

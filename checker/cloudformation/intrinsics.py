"""Nodes of a template → expressions: intrinsic functions in short, long and mixed forms.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

Names are left to the scope (stack.py): `Ref X` is `Ref["X"]`, `GetAtt A.B.C` is
`GetAtt["A"]["B.C"]`, `FindInMap` reads `Mappings`, and a condition's name reads `Condition`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from ..language.convert import scalar_text
from ..language.document import MappingNode, Node, ScalarNode, SequenceNode
from ..language.expression import (
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    Object,
    Operation,
    Reference,
    Scalar,
    Template,
    Unsupported,
)
from ..patterns import pattern
from ..records import replace
from ..source import Span
from .transforms import INCLUDE, LEAVES, MAKES, TRANSFORM, WINS, Transform, beside, name_of
from .yaml_scalars import plain_key

LOOP = "Fn::ForEach::"
EACH, IS_ITEM = "each of a loop", "item of a loop"
"""Tags of what loops.py puts in place of an identifier, and of what it asks for a copy."""

# A dynamic reference; in Sub it may hold variables.
_RESOLVE = r"\{\{resolve:(?:\$\{[^{}]*\}|[^{}])*\}\}"
_DYNAMIC = pattern(_RESOLVE)
_SUB = pattern(rf"{_RESOLVE}|\$\{{[^{{}}]*\}}")
# A variable of the Serverless Framework, which may hold others.
_VARIABLE = pattern(rf"{_RESOLVE}|\$\{{(?:[^{{}}]|\$\{{[^{{}}]*\}})*\}}")

CHOSEN = "chosen by a variable"
"""The tag of a value that a Serverless variable chooses: a mapping and keys, and a default."""

TAKES = "variable takes"
"""The tag of a list of tests: whether it chooses one part of the template itself."""


def expression(node: Node, *, serverless: bool = False) -> Expression:
    """The expression of a value. `serverless`: `${…}` in plain strings is a variable."""
    return (_SERVERLESS if serverless else _PLAIN).value(node)


def condition(node: Node, *, serverless: bool = False) -> Expression:
    """The expression of a condition, where `Condition: Name` is a function too."""
    return (_SERVERLESS if serverless else _PLAIN).test(node)


def function_of(node: Node) -> tuple[str, Node] | None:
    """The full name and the argument of a function in any of its forms; None for other nodes."""
    if node.tag is not None:
        name = node.tag if node.tag in ("Ref", "Condition") else f"Fn::{node.tag}"
        return name, replace(node, tag=None)
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        key, _, argument = node.entries[0]
        if key == "Ref" or (key.startswith("Fn::") and not key.startswith(LOOP)):
            return key, argument
    return None


class _Reader:
    def __init__(self, serverless: bool) -> None:
        self._serverless = serverless
        # What the Serverless Framework reads reaches CloudFormation as JSON.
        self._read_by_cloudformation = not serverless
        self._functions: dict[str, Callable[[Node, Span], Expression]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._get_att,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": self._equals,
            "Fn::And": self._logic("Fn::And", "&&"),
            "Fn::Or": self._logic("Fn::Or", "||"),
            "Fn::Not": self._not,
            TRANSFORM: self._transform,
            "Fn::Join": self._call("Fn::Join", 2),
            "Fn::Split": self._call("Fn::Split", 2),
            "Fn::Select": self._call("Fn::Select", 2),
            "Fn::Cidr": self._call("Fn::Cidr", 2, 3),
            "Fn::Base64": self._call("Fn::Base64"),
            "Fn::GetAZs": self._call("Fn::GetAZs"),
            "Fn::ImportValue": self._call("Fn::ImportValue"),
            "Fn::Length": self._call("Fn::Length"),
            "Fn::ToJsonString": self._call("Fn::ToJsonString"),
        }
        # By tags that no template can have: what is made here of templates.
        self._made: dict[str | None, Callable[[Node, Span], Expression]] = {
            EACH: self._call(EACH, 3),
            IS_ITEM: self._call(IS_ITEM, 3),
            WINS: lambda argument, span: Call(span, WINS, ()),
            TAKES: self._logic("Fn::And", "&&"),
            CHOSEN: self._chosen,
        }

    def value(self, node: Node) -> Expression:
        if node.anchor is not None:
            written = self.value(replace(node, span=node.anchor, anchor=None))
            return Call(node.span, "alias", (written,))
        made = self._made.get(node.tag)
        if made is not None:
            return made(replace(node, tag=None), node.span)
        function = function_of(node)
        if function is not None:
            name, argument = function
            read = self._functions.get(name)
            return read(argument, node.span) if read else self._unknown(name, node.span)
        match node:
            case ScalarNode(older=older, value=value) if older is not None or isinstance(
                value, float
            ):
                return self._either(node.span, older, value, node.written)
            case ScalarNode(value=str()):
                return self._string(node)
            case ScalarNode(value=value):
                return Literal(node.span, value)
            case SequenceNode(items=items):
                return Call(node.span, "list", tuple(map(self.value, items)))
            case MappingNode():
                return self._object(node)
        raise TypeError(type(node).__name__)

    def _unknown(self, name: str, span: Span) -> Expression:
        """A function that CloudFormation does not have, or not yet."""
        from ..meant import hint

        known = (one.removeprefix("Fn::") for one in self._functions)
        near = hint(name.removeprefix("Fn::"), known)
        return Unsupported(span, f"{name} is no function known here{near}")

    def test(self, node: Node) -> Expression:
        match node:
            case MappingNode(tag=None, entries=(("Condition", _, argument),)):
                return self._condition(argument, node.span)
        return self.value(node)

    def _object(self, node: MappingNode) -> Expression:
        items: list[tuple[Expression, Expression]] = []
        transform = beside(node)
        forms = [self._forms(key, span) for key, span, _ in node.entries]
        uncertain = any(len(texts) > 1 for texts in forms)
        many = Counter(text for texts in forms for text in texts) if uncertain else Counter[str]()
        for (key, span, value), texts in zip(node.entries, forms, strict=True):
            name: Expression = Literal(span, key)
            if len(texts) > 1:
                older, number = plain_key(key)
                name = self._either(span, older, number if older is None else key, key)
            elif key == TRANSFORM:
                name = self._transform(value, span)  # it adds keys that are not known
            elif key.startswith("Fn::"):
                name = Unsupported(span, key)
            alike = any(many[text] > 1 for text in texts)
            inner = Unsupported(span, "two keys that may be one") if alike else self.value(value)
            # What a transform adds has no place among the keys: nothing of it is a later key.
            at = 0 if key == TRANSFORM else len(items)
            items.insert(at, (name, _kept(transform, inner)))
        return Object(node.span, tuple(items))

    def _forms(self, key: str, span: Span) -> set[str]:
        """What a key may be: one in quotes is text."""
        if span.text != key:
            return {key}
        older, number = plain_key(key)
        value = number if older is None else older
        if value is None or (isinstance(older, bool) and not self._read_by_cloudformation):
            return {key}
        more = {java_text(value)} if isinstance(value, float) else set()
        return {key, scalar_text(value), *more}

    def _either(
        self, span: Span, older: bool | int | float | None, newer: Scalar, written: str
    ) -> Expression:
        """A scalar that YAML 1.1 and 1.2 may read differently."""
        read = self._number(span, newer, written)
        if older is None or (isinstance(older, bool) and not self._read_by_cloudformation):
            return read
        test = Call(span, "YAML 1.1", ())
        return Conditional(span, test, self._number(span, older, written), read)

    def _number(self, span: Span, value: Scalar, written: str) -> Expression:
        """A scalar, which CloudFormation keeps as a string; how it writes a fraction is not known.

        JavaScript, in which the Serverless Framework reads it, writes it as short as can be.
        """
        if not isinstance(value, float):
            return Literal(span, value)
        short = scalar_text(value)
        if not self._read_by_cloudformation:
            return Literal(span, short)
        found: Expression = Literal(span, written)
        for form, text in (("Java", java_text(value)), ("short", short)):
            if found != Literal(span, text):
                test = Call(span, "number", (Literal(span, form),))
                found = Conditional(span, test, Literal(span, text), found)
        return found

    # -- names ------------------------------------------------------------------------------

    def _ref(self, argument: Node, span: Span) -> Expression:
        if isinstance(argument, ScalarNode) and argument.value == "AWS::NoValue":
            return Literal(span, None)
        return Index(span, Reference(span, "Ref"), self._name(argument))

    def _condition(self, argument: Node, span: Span) -> Expression:
        return Index(span, Reference(span, "Condition"), self._name(argument))

    def _name(self, node: Node) -> Expression:
        """A name that the template declares, which reads as where it is declared."""
        if isinstance(node, ScalarNode) and node.tag is None and node.older is not None:
            return Literal(node.span, node.value)
        return self.value(node)

    def _get_att(self, argument: Node, span: Span) -> Expression:
        match argument:
            case ScalarNode(tag=None, value=str(text)):
                name, _, path = text.partition(".")
                return self._attribute(Literal(span, name), Literal(span, path), span)
            case SequenceNode(tag=None, items=(name_node, path_node)):
                return self._attribute(self.value(name_node), self.value(path_node), span)
            case SequenceNode(tag=None, items=(name_node, *path)) if path:
                words = [str(n.value) if isinstance(n, ScalarNode) else "" for n in path]
                name_expression = self.value(name_node)
                return self._attribute(name_expression, Literal(span, ".".join(words)), span)
        return _malformed("Fn::GetAtt", span)

    def _attribute(self, name: Expression, path: Expression, span: Span) -> Expression:
        resource = Index(span, Reference(span, "GetAtt"), name)
        return Index(span, resource, Call(path.span, "settled", (path,)))

    def _find_in_map(self, argument: Node, span: Span) -> Expression:
        items = _items(argument)
        if len(items) not in (3, 4):
            return _malformed("Fn::FindInMap", span)
        found: Expression = Reference(span, "Mappings")
        for key in items[:3]:
            found = Index(span, found, self.value(key))
        found = Call(span, "mapped", (found, self.value(items[0])))
        options = items[3] if len(items) == 4 else None
        default = options.get("DefaultValue") if isinstance(options, MappingNode) else None
        if default is None:
            return found
        return Call(span, "try", (found, self.value(default)))

    def _chosen(self, argument: Node, span: Span) -> Expression:
        way, *default = _items(argument)
        whole, *keys = _items(way)
        found = self.value(whole)
        for key in keys:
            found = Index(span, found, self.value(key))
        return Call(span, "try", (found, self.value(default[0]))) if default else found

    # -- strings ----------------------------------------------------------------------------

    def _string(self, node: ScalarNode) -> Expression:
        text = str(node.value)
        pattern = _VARIABLE if self._serverless else _DYNAMIC
        if ("${" not in text or not self._serverless) and "{{resolve:" not in text:
            return Literal(node.span, text)
        return Template(node.span, _parts(node, pattern, self._external))

    def _external(self, found: str, span: Span) -> Expression:
        name = "resolve" if found.startswith("{{") else "serverless"
        return Call(span, name, (Literal(span, found),))

    def _sub(self, argument: Node, span: Span) -> Expression:
        variables: dict[str, Expression] = {}
        match argument:
            case SequenceNode(tag=None, items=(text, MappingNode() as given)):
                variables = {key: self.value(value) for key, _, value in given.entries}
            case SequenceNode(tag=None, items=(text,)):
                pass
            case text:
                pass
        if not isinstance(text, ScalarNode) or text.tag is not None or text.value is None:
            return _malformed("Fn::Sub", span)

        def part(found: str, place: Span) -> Expression:
            if found.startswith("{{"):
                return self._external(found, place)
            name = found[2:-1].strip()
            if name.startswith("!"):
                return Literal(place, f"${{{name[1:]}}}")
            if name in variables:
                return Call(place, "substituted", (variables[name],))
            if self._serverless and ":" in name and not name.startswith("AWS::"):
                return self._external(found, place)
            if name == "AWS::NoValue":
                return Literal(place, "")
            if "." in name:
                return self._get_att(ScalarNode(place, name, name), place)
            return Index(place, Reference(place, "Ref"), Literal(place, name))

        return Template(span, _parts(text, _SUB, part))

    # -- conditions -------------------------------------------------------------------------

    def _if(self, argument: Node, span: Span) -> Expression:
        items = _items(argument)
        if len(items) != 3:
            return _malformed("Fn::If", span)
        name = items[0]
        test = (
            self._condition(name, name.span)
            if isinstance(name, ScalarNode) and name.tag is None
            else self.test(name)
        )
        return Conditional(span, test, self.value(items[1]), self.value(items[2]))

    def _equals(self, argument: Node, span: Span) -> Expression:
        items = _items(argument)
        if len(items) != 2:
            return _malformed("Fn::Equals", span)
        # CloudFormation compares strings: true and "true" are the same.
        left, right = (Call(item.span, "string", (self.value(item),)) for item in items)
        return Operation(span, "==", (left, right))

    def _logic(self, name: str, operator: str) -> Callable[[Node, Span], Expression]:
        def read(argument: Node, span: Span) -> Expression:
            items = _items(argument)
            if not items:
                return _malformed(name, span)
            tests = [self.test(item) for item in items]
            while len(tests) > 1:  # pairwise, so that many operands do not nest deeply
                pairs = [tests[at : at + 2] for at in range(0, len(tests), 2)]
                tests = [
                    Operation(span, operator, tuple(pair)) if len(pair) == 2 else pair[0]
                    for pair in pairs
                ]
            return tests[0]

        return read

    def _not(self, argument: Node, span: Span) -> Expression:
        items = _items(argument)
        if len(items) != 1:
            return _malformed("Fn::Not", span)
        return Operation(span, "!", (self.test(items[0]),))

    # -- other functions --------------------------------------------------------------------

    def _call(self, name: str, *counts: int) -> Callable[[Node, Span], Expression]:
        """A function with a list of so many arguments; without counts, of one argument."""

        def read(argument: Node, span: Span) -> Expression:
            if not counts:
                return Call(span, name, (self.value(argument),))
            items = _items(argument)
            if len(items) not in counts:
                return _malformed(name, span)
            return Call(span, name, tuple(map(self.value, items)))

        return read

    def _transform(self, argument: Node, span: Span) -> Expression:
        macro = name_of(argument)
        if macro == INCLUDE:
            return Call(span, INCLUDE, ())
        return Unsupported(span, f"Fn::Transform of {macro}")


_PLAIN = _Reader(serverless=False)
_SERVERLESS = _Reader(serverless=True)


def java_text(number: float) -> str:
    """A number as Java's Double.toString writes it: `1.0`, and `1.0E7` from there on."""
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    from decimal import Decimal  # few templates have such a number

    mantissa, _, power = f"{Decimal(repr(number)).normalize():e}".partition("e")
    fraction = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{fraction}E{int(power)}"


def _kept(transform: Transform | None, written: Expression) -> Expression:
    """What is written in reach of a transform."""
    if transform is None:
        return written
    name = (Literal(transform.span, transform.name),)
    test = Call(transform.span, LEAVES, name)
    made = Call(transform.span, MAKES, name)
    return Conditional(written.span, test, written, made)


def _items(argument: Node) -> tuple[Node, ...]:
    if isinstance(argument, SequenceNode) and argument.tag is None:
        return argument.items
    return (argument,)


def _malformed(name: str, span: Span) -> Expression:
    return Call(span, "malformed", (Literal(span, name),))


def _parts(
    node: ScalarNode, pattern: re.Pattern[str], make: Callable[[str, Span], Expression]
) -> tuple[Expression, ...]:
    """The literal and the variable parts of a string, each at its own place.

    The parts stand at the whole scalar where the text was written otherwise than it reads.
    """
    text, start = str(node.value), _content(node)
    found = list(pattern.finditer(text))
    written = list(pattern.finditer(node.written)) if start is not None else []
    exact = [match[0] for match in found] == [match[0] for match in written]

    def place(begin: int, end: int, content: str) -> Span:
        if start is None or not exact or node.written[begin:end] != content:
            return node.span
        return node.span.source.span(start + begin, start + end)

    parts: list[Expression] = []
    at = at_written = 0
    for number, match in enumerate(found):
        begin, end = written[number].span() if exact and written else match.span()
        if literal := text[at : match.start()]:
            parts.append(Literal(place(at_written, begin, literal), literal))
        parts.append(make(match[0], place(begin, end, match[0])))
        at, at_written = match.end(), end
    if literal := text[at:]:
        parts.append(Literal(place(at_written, len(node.written), literal), literal))
    return tuple(parts)


def _content(node: ScalarNode) -> int | None:
    """The offset at which a scalar's written text begins, after a tag or quote."""
    for closing in (0, 1):
        start = node.span.end - closing - len(node.written)
        if start >= node.span.start and node.span.source.text.startswith(node.written, start):
            return start
    return None

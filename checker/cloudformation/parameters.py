"""Parameters of a template, and the files that give their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ..language.convert import scalar_text
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.evaluate import Scope, define
from ..language.expression import Expression
from ..language.value import Hop, Known, ListValue, Text, Unknown, Value, derived
from ..records import replace
from ..source import InputError, Source, Span
from .functions import split, string
from .yaml_document import read_template

_LIST = re.compile(r"CommaDelimitedList\Z|List<")
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
    term = ("ref", where, name)
    if kind.startswith(_STORED):
        why = f'parameter "{name}" is read from SSM when the stack is deployed'
        return Unknown("external", why, term, not_null=True, trail=(Hop(span, why),))
    hidden = (_text(body, "NoEcho") or "").lower() == "true"
    value = given() if given is not None else None
    why = f'parameter "{name}" has neither a value nor a default'
    default = body.get("Default") if isinstance(body, MappingNode) else None
    if (value is None or _is_null(value)) and default is not None:
        shown = "a sensitive value" if hidden else _shown(default)
        value = define(scope, read(default), f'parameter "{name}" defaults to {shown}')
        if not _LIST.match(kind) and _refused(body, value):
            # CloudFormation stops and asks for another, so the default is never the value.
            why = f'parameter "{name}" has no value, and its constraints refuse its default'
            value = None
    if value is None or _is_null(value):
        domain = None if _LIST.match(kind) else _allowed(body)
        value = Unknown(
            "caller-supplied", why, term, not_null=True, domain=domain, trail=(Hop(span, why),)
        )
    value = string(value)
    if _LIST.match(kind):
        value = _listed(value)
    return value.hidden() if hidden else value


def _listed(value: Value) -> Value:
    """A list parameter's value: the parts between commas, without blanks around them."""
    if isinstance(value, Text):
        return derived("Fn::Split", Known(","), value)
    if not isinstance(value, Known):
        return value
    parts = split(",", value)
    assert isinstance(parts, ListValue)
    items = (replace(i, data=str(i.data).strip()) for i in parts.items if isinstance(i, Known))
    return ListValue(tuple(items), "list", trail=value.trail)


def _allowed(body: Node) -> tuple[str, ...] | None:
    node = body.get("AllowedValues") if isinstance(body, MappingNode) else None
    if not isinstance(node, SequenceNode) or not node.items:
        return None
    values = [item.value for item in node.items if isinstance(item, ScalarNode)]
    if len(values) != len(node.items):
        return None
    return tuple(dict.fromkeys("" if value is None else scalar_text(value) for value in values))


def _refused(body: Node, default: Value) -> bool:
    """Whether a parameter's constraints refuse its default.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    A pattern (Java's) is tried on an empty default only: that is the placeholder people write,
    and no pattern takes long to match nothing.
    """
    if not isinstance(default, Known) or default.data is None:
        return False
    text = scalar_text(default.data)
    allowed = _allowed(body)
    if allowed is not None and text not in allowed:
        return True
    if text:
        return False
    pattern, least = _text(body, "AllowedPattern"), _text(body, "MinLength")
    if least is not None and least.isdecimal() and int(least) > 0:
        return True
    try:
        return pattern is not None and re.fullmatch(pattern[:1_000], "") is None
    except (re.error, OverflowError, RecursionError):
        return False


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


# -- files of parameters ------------------------------------------------------------------------


def read_parameters(source: Source) -> dict[str, Value]:
    """A file of parameters: the AWS CLI's list, CodePipeline's `Parameters`, or a plain map.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
    Raises InputError.
    """
    documents = read_template(source)
    if len(documents) != 1:
        raise InputError("a parameter file holds one document", source.path, 1, 1)
    return dict(_pairs(documents[0]))


def _pairs(node: Node) -> Iterator[tuple[str, Value]]:
    if isinstance(node, MappingNode):
        inner = node.get("Parameters")
        mapping = inner if isinstance(inner, MappingNode) else node
        for key, _, value in mapping.entries:
            yield key, _value(value)
        return
    if not isinstance(node, SequenceNode):
        raise InputError.at(node.span, "a parameter file is a list or a mapping")
    for item in node.items:
        match item:
            case ScalarNode(value=str(text)) if "=" in text:
                key, _, word = text.partition("=")
                yield key, _set(word, item.span)
            case MappingNode():
                name, value_node = item.get("ParameterKey"), item.get("ParameterValue")
                if not isinstance(name, ScalarNode):
                    raise InputError.at(item.span, "a parameter needs a ParameterKey")
                if value_node is not None:
                    yield str(name.value), _value(value_node)
            case _:
                raise InputError.at(item.span, "a parameter is a ParameterKey and ParameterValue")


def _value(node: Node) -> Value:
    match node:
        case ScalarNode(value=value) if value is not None:
            return _set(scalar_text(value), node.span)
        case SequenceNode(items=items):
            words = [str(item.value) for item in items if isinstance(item, ScalarNode)]
            return _set(",".join(words), node.span)
    raise InputError.at(node.span, "a parameter's value is a string or a list of strings")


def _set(text: str, span: Span) -> Value:
    return Known(text, trail=(Hop(span, f"set by {span.source.path}"),))

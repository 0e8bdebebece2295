"""Intrinsic functions over values that may be unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from ..language.access import index
from ..language.convert import scalar_text, to_number, to_string
from ..language.pieces import pieces
from ..language.scope import Scope
from ..language.value import (
    Attribute,
    Cause,
    EvaluationError,
    Hop,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    derived,
    term_of,
    text,
)
from ..language.worlds import WORLD_LIMIT, TooManyWorlds, Worlds
from ..records import dataclass, replace


@dataclass(frozen=True)
class Words(Unknown):
    """A list that is not known, of strings that are each one of some."""

    words: tuple[str, ...] = ()


def words_of(value: Unknown, words: Mapping[str, Hop] | None) -> Unknown:
    """A list that is not known, whose elements are each one of some words, where these are told."""
    if words is None:
        return value
    return Words(
        value.cause,
        value.why,
        value.term,
        not_null=value.not_null,
        trail=value.trail,
        sensitive=value.sensitive,
        words=tuple(words),
        places=words,
    )


_CIDR_LIMIT = 256
"""The most blocks that Fn::Cidr gives."""


def call(name: str, arguments: tuple[Value, ...], scope: Scope) -> Value:
    """The result of a function. Raises EvaluationError where CloudFormation would refuse it."""
    return _FUNCTIONS[name](arguments, scope)


def string(value: Value) -> Value:
    """A scalar as CloudFormation keeps it: as a string. Other values as they are."""
    if isinstance(value, Known) and value.data is not None:
        return replace(value, data=scalar_text(value.data))
    return value


def settled(value: Value, worlds: Worlds) -> Value:
    """One world for each of the values that AllowedValues leave to a parameter.

    Raises TooManyWorlds where these are more than are explored.
    """
    match value:
        case Unknown(domain=domain) if domain:
            known = worlds.refine(value)
            if isinstance(known, Known):
                return known
            if len(domain) > WORLD_LIMIT:
                raise TooManyWorlds
            for data in domain:
                known = value.assumed(data)
                term = ("==", value.term, term_of(known))
                if worlds.facts.get(term) is not False and worlds.decide(term):
                    return known
        case Text(parts=parts) if any(isinstance(p, Unknown) and p.domain for p in parts):
            return text([settled(part, worlds) for part in parts], trail=value.trail)
    return value


def split(delimiter: str, value: Value) -> Value:
    """The parts of a string. Raises EvaluationError for a collection."""
    value = to_string(value)
    if isinstance(value, Known) and value.data is not None:
        parts = str(value.data).split(delimiter) if delimiter else [str(value.data)]
        return ListValue(tuple(replace(value, data=part) for part in parts), "list")
    if isinstance(value, Known):
        raise EvaluationError("Fn::Split takes a string, not null")
    found, more = pieces(value, delimiter) if delimiter else ((), value)
    rest = derived("Fn::Split", Known(delimiter), more) if more is not None else None
    return ListValue(found, "list", rest) if found or rest is None else rest


def _settled(arguments: tuple[Value, ...], scope: Scope) -> Value:
    return settled(arguments[0], scope.worlds)


def _list(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """A list as it is written: an element that is AWS::NoValue is not there."""
    return ListValue(tuple(item for item in arguments if not _removed(item)))


def _string(arguments: tuple[Value, ...], scope: Scope) -> Value:
    return string(arguments[0])


def _substituted(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """A variable that Fn::Sub is given: AWS::NoValue leaves nothing in its place."""
    value = arguments[0]
    return replace(value, data="") if isinstance(value, Known) and value.data is None else value


def _split(arguments: tuple[Value, ...], scope: Scope) -> Value:
    delimiter = to_string(arguments[0])
    if not isinstance(delimiter, Known):
        return derived("Fn::Split", *arguments)
    return split(str(delimiter.data), arguments[1])


def _join(arguments: tuple[Value, ...], scope: Scope) -> Value:
    delimiter, items = to_string(arguments[0]), arguments[1]
    if isinstance(items, Unknown | Attribute):
        return derived("Fn::Join", delimiter, items)
    if not isinstance(items, ListValue):
        raise EvaluationError("Fn::Join takes a list")
    present = list(_members(items))
    if items.rest is not None:
        present.append(items.rest)
    parts: list[Value] = []
    for item in present:
        if parts:
            parts.append(delimiter)
        parts.append(to_string(item))
    return text(parts)


def _members(items: ListValue) -> tuple[Value, ...]:
    return tuple(item.hidden() for item in items.items) if items.sensitive else items.items


def _removed(value: Value) -> bool:
    return isinstance(value, Known) and value.data is None


def _select(arguments: tuple[Value, ...], scope: Scope) -> Value:
    at, items = settled(arguments[0], scope.worlds), arguments[1]
    if isinstance(items, Unknown | Attribute):
        found = derived("Fn::Select", at, items, not_null=False)
        if isinstance(items, Words):
            return replace(found, domain=items.words, places=items.places)
        return found
    if not isinstance(items, ListValue):
        raise EvaluationError("Fn::Select takes a list")
    return index(items, at, scope.worlds)


def _length(arguments: tuple[Value, ...], scope: Scope) -> Value:
    items = arguments[0]
    if isinstance(items, ListValue) and items.rest is None:
        return Known(len(items.items), sensitive=items.sensitive)
    if isinstance(items, Known | MapValue):
        raise EvaluationError("Fn::Length takes a list")
    return derived("length", items)


def _base64(arguments: tuple[Value, ...], scope: Scope) -> Value:
    from base64 import b64encode

    value = to_string(arguments[0])
    if not isinstance(value, Known):
        return derived("Fn::Base64", value)
    if value.data is None:
        raise EvaluationError("Fn::Base64 takes a string, not null")
    encoded = b64encode(str(value.data).encode("utf-8", "surrogatepass")).decode("ascii")
    return replace(value, data=encoded)


def _cidr(arguments: tuple[Value, ...], scope: Scope) -> Value:
    from ipaddress import ip_network
    from itertools import islice

    block, count = to_string(arguments[0]), to_number(arguments[1])
    bits = to_number(arguments[2]) if len(arguments) == 3 else Known(8)
    if not (isinstance(block, Known) and isinstance(count, Known) and isinstance(bits, Known)):
        return derived("Fn::Cidr", block, count, bits)
    try:
        network = ip_network(str(block.data), strict=False)
        prefix = network.max_prefixlen - int(bits.data or 0)
        wanted = int(count.data or 0)
        if not 1 <= wanted <= _CIDR_LIMIT:
            raise ValueError(f"it gives 1 to {_CIDR_LIMIT} blocks")
        found = [str(subnet) for subnet in islice(network.subnets(new_prefix=prefix), wanted)]
    except ValueError as error:
        why = "a sensitive value is refused" if block.sensitive else str(error)
        raise EvaluationError(f"Fn::Cidr: {why}") from None
    if len(found) < wanted:
        raise EvaluationError(f"Fn::Cidr: it has no {wanted} blocks of that size")
    sensitive = any(argument.sensitive for argument in arguments)
    return ListValue(tuple(Known(subnet, sensitive=sensitive) for subnet in found), "list")


def _zones(arguments: tuple[Value, ...], scope: Scope) -> Value:
    why = "the availability zones of an account are not in the code"
    return Unknown("external", why, ("Fn::GetAZs", term_of(arguments[0])), not_null=True)


def _json(arguments: tuple[Value, ...], scope: Scope) -> Value:
    return text(list(_json_parts(arguments[0])))


def _json_parts(value: Value) -> Iterator[Value]:
    """A value as JSON. What is not known of it is taken as a string, as most parameters are."""
    from json import dumps  # few templates write any

    match value:
        case ListValue(rest=None):
            yield from _enclosed("[]", map(_json_parts, _members(value)))
        case MapValue(items=items, rest=None):
            members = {k: v.hidden() if value.sensitive else v for k, v in items.items()}
            yield from _enclosed(
                "{}",
                (
                    chain((Known(f"{dumps(key, ensure_ascii=False)}:"),), _json_parts(item))
                    for key, item in members.items()
                    if not _removed(item)
                ),
            )
        case Known(data=data):
            yield replace(value, data=dumps(data, ensure_ascii=False))
        case Text(parts=parts):
            written = (
                replace(part, data=dumps(part.data, ensure_ascii=False)[1:-1])
                if isinstance(part, Known)
                else part
                for part in parts
            )
            yield from (Known('"'), *written, Known('"'))
        case ListValue() | MapValue():
            yield derived("Fn::ToJsonString", value)
        case _:
            yield from (Known('"'), value, Known('"'))


def _enclosed(brackets: str, members: Iterable[Iterable[Value]]) -> Iterator[Value]:
    yield Known(brackets[0])
    for number, member in enumerate(members):
        if number:
            yield Known(",")
        yield from member
    yield Known(brackets[1])


def _resolve(arguments: tuple[Value, ...], scope: Scope) -> Value:
    written = term_of(arguments[0])[2]
    why = f"{written} is resolved only when the stack is deployed"
    return Unknown("external", why, ("resolve", term_of(arguments[0])), not_null=True)


# What the first source of a variable is, and what is said of it.
_SOURCES: tuple[tuple[str, Cause, str], ...] = (
    (r"env:", "caller-supplied", "is read from the environment when the service is deployed"),
    (r"opt:\s*(\w+)", "caller-supplied", "is given by --{} when the service is deployed"),
    (
        r"param:",
        "caller-supplied",
        "is given by --param or the dashboard, and the service has no value for it",
    ),
    (
        r"(?:sls:\s*|self:\s*provider[.])(stage|region)\b",
        "caller-supplied",
        "is given by --{} when the service is deployed",
    ),
    (r"self:[^,{}]*\Z", "undeclared", "leads to nothing that the service declares"),
    (r"self:", "unsupported", "is not followed: not all of its sources or parts are known"),
    (r"file\([^()$]*\.[cm]?[jt]s\b", "external", "is computed by a program"),
    (r"file\([^)]*\$\{", "external", "is in a file that is chosen when the service is deployed"),
    (r"file\(", "external", "leads to no file or key on disk"),
    (r"", "external", "is known only when the Serverless Framework deploys the service"),
)
# https://www.serverless.com/framework/docs/providers/aws/guide/variables: `sls:stage` is short for
# such a chain; where an option alone is not given, nothing is deployed.
_STAGE = re.compile(
    r"\$\{\s*(?:opt:\s*|sls:\s*|self:\s*provider[.])(stage|region)\s*"
    r"(?:,\s*(?:self:\s*provider[.]|sls:\s*)\1\s*)?\}"
)
_SHARED = re.compile(r"\b(?:opt:\s*|sls:\s*|self:\s*provider[.])(?:stage|region)\b")
_SOURCE = re.compile(r"[:(]")
_PART_OF = re.compile(r"\$\{(\S+) of (.*)\}", re.DOTALL)


def serverless_variable(arguments: tuple[Value, ...], service: str) -> Value:
    """A variable of the Serverless Framework that is not followed (serverless.py).

    Services are deployed apart, each with its own options: they are taken to share the stage and
    the region only.
    """
    written = str(term_of(arguments[0])[2])
    shown, subject = written, written[2:-1].strip()
    if (part := _PART_OF.fullmatch(written)) is not None:
        subject = part[2]
        shown = f"${{{part[1]}}} is a part of ${{{subject}}}, which"
    for start, cause, what in _SOURCES:
        if (found := re.match(start, subject)) is not None:
            why = f"{shown} {what.format(*found.groups())}"
            # Of the stage and the region the framework has defaults of its own.
            certain = subject.startswith(("sls:", "self:")) and cause == "caller-supplied"
            type_ = "string" if certain else None
            named = _STAGE.sub(r"${sls:\1}", written)
            where = service if _SOURCE.search(_SHARED.sub("", named)) else ""
            return Unknown(cause, why, ("ref", where, named), not_null=certain, type=type_)
    raise AssertionError("the last source is any")


def _include(arguments: tuple[Value, ...], scope: Scope) -> Value:
    why = "AWS::Include reads it from S3"
    return Unknown("external", why, ("AWS::Include",))


def _mapped(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """What Fn::FindInMap finds, which is written in a mapping of that name."""
    found, name = arguments
    at = next((at for at, hop in enumerate(found.trail) if not hop.note), None)
    if at is None or not isinstance(name, Known) or name.sensitive:
        return found
    hop = Hop(found.trail[at].span, f'mapping "{name.data}"')
    return replace(found, trail=(*found.trail[:at], hop, *found.trail[at + 1 :]))


def _alias(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """What a YAML alias stands for; its trail leads on to the anchor."""
    value = arguments[0]
    first, *others = value.trail
    if first.note:
        return value
    return replace(value, trail=(Hop(first.span, "it stands for this"), *others))


def _older_yaml(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """Whether what deploys the template reads YAML 1.1: all of its scalars, or none."""
    why = "which version of YAML is read depends on what deploys the template"
    return Unknown("external", why, ("==", ("ref", "", "YAML"), term_of(Known("1.1"))))


def _number(arguments: tuple[Value, ...], scope: Scope) -> Value:
    """Whether all numbers with a fraction are written in some form, when they become strings."""
    why = "how a number with a fraction is written depends on what deploys the template"
    form = {"Java": "as Java writes them", "short": "as short as can be"}
    written = term_of(Known(form[str(term_of(arguments[0])[2])]))
    return Unknown("external", why, ("==", ("ref", "", "numbers"), written))


def _malformed(arguments: tuple[Value, ...], scope: Scope) -> Value:
    raise EvaluationError(f"{term_of(arguments[0])[2]} does not have the arguments that it takes")


_FUNCTIONS: dict[str, Callable[[tuple[Value, ...], Scope], Value]] = {
    "string": _string,
    "list": _list,
    "settled": _settled,
    "substituted": _substituted,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::Length": _length,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::ToJsonString": _json,
    "resolve": _resolve,
    "AWS::Include": _include,
    "mapped": _mapped,
    "alias": _alias,
    "YAML 1.1": _older_yaml,
    "number": _number,
    "malformed": _malformed,
}

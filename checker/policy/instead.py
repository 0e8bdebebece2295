"""What is to be written where a value is of a right key, and is not its ARN."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph import Resource
from ..kms import ALIASES, arn_of
from ..language.value import (
    Attribute,
    EvaluationError,
    ListValue,
    MapValue,
    Text,
    Value,
    Whole,
)
from ..patterns import pattern

_MODULES = pattern(r'(?:module\.[^.\[]+(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])?\.)*')


def written_instead(value: Value) -> str | None:
    """The ARN of the key that a value is of, as the code would write it, in backticks.

    None where the value is of no key, or of one that has no ARN to be written.
    """
    resource = _resource(value)
    return None if resource is None else _arn(resource)


def _resource(value: Value) -> Resource | None:
    """The resource that a value is, or is an attribute or part of."""
    match value:
        case Attribute(resource=resource) | Whole(resource=resource):
            return resource
        case Text(parts=[*_, Attribute(resource=resource)]):
            return resource
        case ListValue(items=[Attribute(resource=resource) | Whole(resource=resource), *_]):
            return resource
        case MapValue(items=items):
            return _of_instance(items)
    return value.owner


def _of_instance(items: Mapping[str, Value]) -> Resource | None:
    """The first instance of a resource with `for_each`."""
    try:
        first = next(iter(items.values()), None)
    except EvaluationError:
        return None
    return first.resource if isinstance(first, Whole) else None


def _arn(resource: Resource) -> str | None:
    attribute = arn_of(resource.type)
    if attribute is None:
        target = _target(resource)
        return None if target is None else _arn(target)
    if resource.framework == "terraform":
        modules = _MODULES.match(resource.address)
        local = resource.address[modules.end() if modules else 0 :]
        if not local.removeprefix("data.").startswith(f"{resource.type}."):
            return None  # a known module, whose outputs have names of their own
        return f"`{local.replace('[*]', '[…]')}.{attribute}`"
    name = resource.address.rpartition("/")[2]
    if resource.span.source.path.endswith(".json"):
        return f'`{{"Fn::GetAtt": ["{name}", "{attribute}"]}}`'
    return f"`!GetAtt {name}.{attribute}`"


def _target(alias: Resource) -> Resource | None:
    """The key that an alias leads on to, where it is declared."""
    if alias.type not in ALIASES or alias.data:
        return None
    try:
        target = alias.read(ALIASES[alias.type][1])
    except EvaluationError:
        return None
    found = target.resource if isinstance(target, Attribute) else None
    return found if found is not None and arn_of(found.type) else None

"""`dynamic` blocks: the blocks that they make, each with the variable of its iteration.

https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..language.evaluate import define
from ..language.scope import Bound, Scope
from ..language.value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Unknown,
    Value,
    Whole,
    derived,
    first_unknown,
)
from .expressions import expression
from .outline import AttributeSpan, Block


def generated(
    block: Block,
    attributes: Mapping[str, AttributeSpan],
    scope: Scope,
    content: Callable[[Scope], Value],
) -> ListValue:
    """What a block makes, in the current world; `content` reads one, in the scope of it.

    Raises EvaluationError where Terraform would refuse it.
    """
    if "for_each" not in attributes:
        raise EvaluationError("a dynamic block has no for_each", block.header)
    label = block.labels[0]
    iterator = attributes.get("iterator")
    name = iterator.value.text.strip() if iterator else label
    each = define(scope, expression(attributes["for_each"].value), f"for_each of dynamic {label}")

    def made(key: Value, value: Value) -> Value:
        return content(Bound(scope, {name: MapValue({"key": key, "value": value})}))

    pairs, rest, element = _elements(each, block)
    items = tuple(made(key, value) for key, value in pairs)
    if rest is None:
        return ListValue(items, "list")
    key = Unknown(rest.cause, rest.why, ("each.key", str(block.header), rest.term), not_null=True)
    value = Unknown(rest.cause, rest.why, ("each.value", str(block.header), rest.term))
    return ListValue(items, "list", rest, made(key, element or value))


def _elements(
    each: Value, block: Block
) -> tuple[list[tuple[Value, Value]], Unknown | None, Value | None]:
    """The keys and values of a collection, and what stands for more of them."""
    match each:
        case MapValue(items=mapping, rest=rest, element=element):
            return [(Known(name), mapping[name]) for name in sorted(mapping)], rest, element
        case ListValue(items=items, kind="set", rest=rest, element=element):
            return [(item, item) for item in items], rest, element
        case ListValue(items=items, rest=rest, element=element):
            return [(Known(at), item) for at, item in enumerate(items)], rest, element
        case Known():
            raise EvaluationError("for_each is null or no collection", block.header)
    unknown = first_unknown(each)
    if isinstance(each, Whole) or unknown is None:
        raise EvaluationError("for_each is no collection", block.header)
    return [], derived("for_each", each), None

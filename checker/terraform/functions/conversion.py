"""Conversions of type, and the marks on values (sensitive, ephemeral)."""

from __future__ import annotations

from ...language.branches import unified, unified_list, unified_map
from ...language.convert import is_null, to_bool, to_string
from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    Whole,
    first_unknown,
    term_of,
)
from ...records import replace
from .arguments import arity, mapping, sequence, unknown
from .context import Context, Function


def _tostring(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("tostring", arguments, 1, 1)
    return to_string(arguments[0])


def _tobool(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("tobool", arguments, 1, 1)
    return to_bool(arguments[0])


def _tolist(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("tolist", arguments, 1, 1)
    if is_null(arguments[0]):
        return arguments[0]
    values = sequence("tolist", arguments[0])
    if values is None:
        return unknown("tolist", arguments[0], not_null=False)
    made = unified_list(values, context.worlds, strictly=context.worlds.trying)
    return replace(made, kind="list")


def _tomap(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("tomap", arguments, 1, 1)
    if is_null(arguments[0]):
        return arguments[0]
    values = mapping("tomap", arguments[0])
    if values is None:
        return unknown("tomap", arguments[0], not_null=False)
    if context.worlds.trying:
        unified(tuple(values.items.values()), context.worlds, strictly=True)
    return unified_map(values, context.worlds)


def _list(context: Context, arguments: tuple[Value, ...]) -> Value:
    """`[…]` of Terraform 0.11, which 0.15 removed.

    https://developer.hashicorp.com/terraform/language/functions/list
    """
    return ListValue(unified(arguments, context.worlds, strictly=context.worlds.trying), "list")


def _map(context: Context, arguments: tuple[Value, ...]) -> Value:
    """`{…}` of Terraform 0.11, which 0.15 removed: keys and values take turns."""
    if len(arguments) % 2:
        raise EvaluationError("map takes a value for each key")
    items: dict[str, Value] = {}
    for key, value in zip(arguments[::2], arguments[1::2], strict=True):
        name = to_string(key)
        if not isinstance(name, Known) or not isinstance(name.data, str):
            return unknown("map", *arguments)
        items[name.data] = value
    return unified_map(MapValue(items), context.worlds)


def _type(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("type", arguments, 1, 1)
    return unknown("type", *arguments) if _open(arguments[0]) else Known(_kind(arguments[0], 0))


def _open(value: Value) -> bool:
    match value:
        case Known() | Text():
            return False
        case ListValue(items=items, rest=None):
            return any(_open(item) for item in items)
        case MapValue(items=items, rest=None):
            return any(_open(items[name]) for name in items)
    return True


def _kind(value: Value, depth: int) -> str:
    """The type of a known value, as `terraform console` writes it on one line."""
    if depth > 20:
        raise EvaluationError("type: the value is nested too deeply", cause="unsupported")
    match value:
        case ListValue(items=items, kind="tuple"):
            return f"tuple([{', '.join(_kind(item, depth + 1) for item in items)}])"
        case ListValue(items=items, kind=kind):
            return f"{kind}({_kind(items[0], depth + 1) if items else 'dynamic'})"
        case MapValue(items=items, kind="map"):
            first = next(iter(items), None)
            return f"map({_kind(items[first], depth + 1) if first is not None else 'dynamic'})"
        case MapValue(items=items):
            inner = ", ".join(f"{name}={_kind(items[name], depth + 1)}" for name in sorted(items))
            return f"object({{{inner}}})"
        case Known(data=None):
            return "dynamic"
        case Known(data=bool()):
            return "bool"
        case Known(data=int() | float()):
            return "number"
    return "string"


def _sensitive(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("sensitive", arguments, 1, 1)
    return arguments[0].hidden()


def _nonsensitive(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("nonsensitive", arguments, 1, 1)
    return replace(arguments[0], sensitive=False)


def _issensitive(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("issensitive", arguments, 1, 1)
    value = arguments[0]
    if not value.sensitive and first_unknown(value) is not None:
        return unknown("issensitive", value)  # the provider may say so of an attribute
    return Known(value.sensitive)


def _ephemeralasnull(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("ephemeralasnull", arguments, 1, 1)
    value = arguments[0]
    if isinstance(value, Unknown):
        return unknown("ephemeralasnull", value, not_null=False)
    # Whether a value came from an ephemeral variable is not followed; what a resource has did not.
    if isinstance(value, Attribute | Whole) or is_null(value):
        return value
    ephemeral = context.worlds.decide(("is ephemeral", term_of(value)))
    return Known(None) if ephemeral else value


FUNCTIONS: dict[str, Function] = {
    "tostring": _tostring,
    "tobool": _tobool,
    "list": _list,
    "map": _map,
    "tolist": _tolist,
    "tomap": _tomap,
    "type": _type,
    "sensitive": _sensitive,
    "nonsensitive": _nonsensitive,
    "issensitive": _issensitive,
    "ephemeralasnull": _ephemeralasnull,
}

"""Type constraints of variables, and the conversion of values to them.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from ..annotations import Any
from ..language.branches import unified_list, unified_map
from ..language.convert import to_bool, to_number, to_string
from ..language.evaluate import evaluate
from ..language.expression import Call, Expression, Literal, Object, Reference, Tuple, settled
from ..language.operands import null_here
from ..language.scope import Scope
from ..language.types import alike, convertible, element_type
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Term,
    Type,
    Unknown,
    Value,
    derived,
)
from ..records import replace
from .expressions import expression
from .outline import AttributeSpan, NodeSpan

_PRIMITIVE = {"string": to_string, "number": to_number, "bool": to_bool}


def constraint_of(attribute: AttributeSpan | None) -> Expression | None:
    """A variable's type. The JSON syntax, and Terraform 0.11, write it in a string.

    `list` and `map` alone are those of any type.
    """
    if attribute is None:
        return None
    span = attribute.value
    if isinstance(span, NodeSpan):
        from .json_syntax import written_expression

        constraint = written_expression(span)
    else:
        if span.text.startswith('"') and span.text.endswith('"') and len(span.text) > 2:
            span = span.source.span(span.start + 1, span.end - 1)
        constraint = expression(span)
    if isinstance(constraint, Reference) and constraint.name in ("list", "map"):
        return Call(constraint.span, constraint.name, (Reference(constraint.span, "any"),))
    return constraint


def takes_text(constraint: Expression | None) -> bool:
    """Whether the text of a --var is the value itself, not an expression.

    https://developer.hashicorp.com/terraform/language/values/variables#complex-typed-values
    """
    match constraint:
        case None | Reference(name="string" | "number" | "bool"):
            return True
    return False


def type_of(constraint: Expression | None) -> Type | None:
    """The type that a constraint asks for; None where it takes any, or is not known."""
    match settled(constraint) if constraint is not None else None:
        case Reference(name=name) if name in _PRIMITIVE:
            return name
        case Call(name="list" | "set" | "map" as name, arguments=(element,)):
            return (name, type_of(element))
        case Call(name="tuple"):
            return ("tuple",)
        case Call(name="object", arguments=(inner,)) if isinstance(
            attributes := settled(inner), Object
        ):
            return _type_of_object(attributes)
        case Call(name="optional", arguments=(inner, *_)):
            return type_of(inner)
    return None


def _type_of_object(attributes: Object) -> tuple[Any, ...]:
    return (
        "object",
        *(
            (key.value, type_of(type_), *_default_of(type_))
            for key, type_ in attributes.items
            if isinstance(key, Literal)
        ),
    )


def _default_of(constraint: Expression) -> tuple[str, ...]:
    """The default of an optional attribute that is null or not given, as it is written."""
    match settled(constraint):
        case Call(name="optional", arguments=(_, default)):
            return (default.span.text,)
    return ()


def convert(value: Value, constraint: Expression | None, scope: Scope) -> Value:
    """A value as the type constraint makes it, with the defaults of `optional` filled in.

    What is unknown stays unknown. Raises EvaluationError where Terraform would refuse.
    """
    constraint = settled(constraint) if constraint is not None else None
    if isinstance(value, Known) and value.data is None:
        return replace(value, null_type=_primitive(constraint) or value.null_type)
    match constraint:
        case Reference(name=name) if name in _PRIMITIVE:
            if isinstance(value, ListValue | MapValue):
                raise EvaluationError(f"a {name} is required", constraint.span)
            converted = _PRIMITIVE[name](value)
            return replace(converted, trail=value.trail, sensitive=value.sensitive)
        case Call(name="list" | "set" as name, arguments=(element,)):
            return _sequence(value, name, element, scope)
        case Call(name="map", arguments=(element,)):
            return _map(value, element, scope)
        case Call(name="tuple", arguments=(inner,)) if isinstance(types := settled(inner), Tuple):
            return _tuple(value, types.items, scope)
        case Call(name="object", arguments=(inner,)) if isinstance(
            attributes := settled(inner), Object
        ):
            return _object(value, attributes, scope)
        case Call(name="optional", arguments=(inner, *_)):
            return convert(value, inner, scope)
    return value  # any, or a constraint that is not known: the value as it is


def _primitive(constraint: Expression | None) -> str | None:
    match constraint:
        case Reference(name=name) if name in _PRIMITIVE:
            return name
        case Call(name="optional", arguments=(inner, *_)):
            return _primitive(settled(inner))
    return None


def _sequence(value: Value, name: str, element: Expression, scope: Scope) -> Value:
    if not isinstance(value, ListValue):
        return _unconverted(value, (name, type_of(element)))
    from .functions.sets import make_set

    items = tuple(convert(item, element, scope) for item in value.items)
    value = replace(value, items=items)
    if _holds_any(element):
        value = unified_list(value, scope.worlds, strictly=scope.worlds.trying)
    if name == "set":
        made = make_set(value.items, value.rest, value.element)
        return replace(made, trail=value.trail, sensitive=value.sensitive)
    return replace(value, kind="list")


def _holds_any(constraint: Expression) -> bool:
    """Whether a constraint leaves a type open, which is then one for all elements.

    https://developer.hashicorp.com/terraform/language/expressions/type-constraints
    ("Dynamic Types: The any Constraint")
    """
    match settled(constraint):
        case Reference(name=name):
            return name == "any"
        case Call(arguments=arguments):
            return any(map(_holds_any, arguments[:1]))
        case Tuple(items=types):
            return any(map(_holds_any, types))
        case Object(items=attributes):
            return any(_holds_any(type_) for _, type_ in attributes)
    return False


def _map(value: Value, element: Expression, scope: Scope) -> Value:
    if not isinstance(value, MapValue):
        found = _unconverted(value, ("map", type_of(element)))
        if isinstance(found, Unknown) and (kept := found.kept) is not None:
            made = kept.made
            entries = replace(kept, made=lambda k, v: convert(made(k, v), element, scope))
            return replace(found, kept=entries)
        return found
    items, each = value.items, value.element
    lazy = LazyItems(tuple(items), lambda key: convert(items[key], element, scope))
    more = None if each is None else convert(each, element, scope)
    found = replace(value, items=lazy, element=more)
    found = unified_map(found, scope.worlds) if _holds_any(element) else found
    return replace(found, kind="map")


def _tuple(value: Value, types: tuple[Expression, ...], scope: Scope) -> Value:
    if not isinstance(value, ListValue):
        return _unconverted(value, ("tuple",))
    if value.rest is None and len(value.items) != len(types):
        raise EvaluationError(f"a tuple of {len(types)} elements is required")
    items = (convert(item, type_, scope) for item, type_ in zip(value.items, types, strict=False))
    return replace(value, items=tuple(items), kind="tuple")


def _object(value: Value, attributes: Object, scope: Scope) -> Value:
    if not isinstance(value, MapValue):
        return _unconverted(value, _type_of_object(attributes))
    types = {key.value: type_ for key, type_ in attributes.items if isinstance(key, Literal)}
    items, rest = value.items, value.rest
    for name, type_ in types.items():
        if name not in items and rest is None and not _is_optional(type_):
            raise EvaluationError(f'the attribute "{name}" is required', attributes.span)

    def read(name: str) -> Value:
        type_ = settled(types[name])
        found: Value = Known(None)
        if name in items:
            found = items[name]
        elif rest is not None:
            found = derived("index", rest, Known(name), not_null=False)
        if isinstance(type_, Call) and type_.name == "optional":
            if len(type_.arguments) == 2 and null_here(scope, found):
                found = evaluate(type_.arguments[1], scope)
            elif name not in items and rest is None:
                found = Known(None, trail=value.trail)
        return convert(found, type_, scope)

    names = tuple(str(name) for name in types)
    return replace(value, items=LazyItems(names, read), kind="object", rest=None)


def _is_optional(constraint: Expression) -> bool:
    constraint = settled(constraint)
    return isinstance(constraint, Call) and constraint.name == "optional"


def _unconverted(value: Value, type_: tuple[Any, ...]) -> Value:
    """What is not known passes, of another term where it, or what is in it, is converted.

    Raises EvaluationError for what is of another type.
    """
    kind = type_[0]
    refused = EvaluationError(f"{'an' if kind == 'object' else 'a'} {kind} is required")
    if not isinstance(value, Unknown):
        if isinstance(value, Known):
            raise refused
        return value
    if isinstance(value.type, str) or not convertible(value.type, type_):
        raise refused
    if alike(value.type, type_):
        return value
    term: Term = (f"converted to {kind}", str(type_), value.term)
    turned = value.type is not None and {value.type[0], kind} == {"list", "set"}
    if turned and alike(element_type(value.type), element_type(type_)):
        term = (f"to{kind}", value.term)  # as the function has it
    kept = value.kept if kind == "map" else None
    return replace(value, term=term, type=type_, kept=kept)

"""What an expression reads of its scope, beside its own variables."""

from __future__ import annotations

from collections.abc import Iterator

from .expression import (
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Object,
    Operation,
    Reference,
    Splat,
    Template,
    Tuple,
    settled,
)


def reads(expression: Expression, own: frozenset[str] = frozenset()) -> Iterator[Expression]:
    """The names, with the attributes that follow them, whose values an expression depends on.

    `own` are variables that it binds itself. Raises InputError for deferred parts.
    """
    expression = settled(expression)
    match expression:
        case Reference(name=name):
            if name not in own:
                yield expression
        case Index() if (root := _root(expression)) is not None:
            if root not in own:
                yield expression
        case For():
            yield from reads(expression.collection, own)
            inner = own | {expression.value_name, expression.key_name or expression.value_name}
            for part in (expression.key, expression.value, expression.condition):
                if part is not None:
                    yield from reads(part, inner)
        case Splat(base=base, each=each):
            yield from reads(base, own)
            yield from reads(each, own | {"*"})
        case _:
            for part in _parts(expression):
                yield from reads(part, own)


def _root(expression: Expression) -> str | None:
    """The name that a traversal with certain keys begins with."""
    while isinstance(expression, Index) and isinstance(settled(expression.key), Literal):
        expression = settled(expression.base)
    return expression.name if isinstance(expression, Reference) else None


def _parts(expression: Expression) -> Iterator[Expression]:
    match expression:
        case Index(base=base, key=key):
            yield from (base, key)
        case Template(parts=parts) | Tuple(items=parts):
            yield from parts
        case Call(arguments=parts) | Operation(operands=parts):
            yield from parts
        case Conditional():
            yield from (expression.test, expression.then, expression.otherwise)
        case Object(items=pairs):
            for pair in pairs:
                yield from pair

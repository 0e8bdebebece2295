"""The expression tree that both languages are read into.

Names are resolved by the scope, not here: `var.x` is `Index(Reference("var"), "x")`, and
CloudFormation's `Ref: X` is `Index(Reference("Ref"), "X")`, so one evaluator serves both.
"""

from __future__ import annotations

from collections.abc import Callable

from ..records import dataclass, field
from ..source import Span

Scalar = str | bool | int | float | None


@dataclass(frozen=True)
class Expression:
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Literal(Expression):
    """A plain value; None is null."""

    value: Scalar


@dataclass(frozen=True)
class Reference(Expression):
    """The first name of a traversal: `var`, `local`, `aws_kms_key`, a `for` variable, `Ref`."""

    name: str


@dataclass(frozen=True)
class Index(Expression):
    """`base[key]` and `base.key` alike; `.0` has the number 0 as its key."""

    base: Expression
    key: Expression


@dataclass(frozen=True)
class Splat(Expression):
    """`base[*]` (full) or `base.*`, then `each` applied to every element.

    In `each` the element is `Reference("*")`.
    """

    base: Expression
    each: Expression
    full: bool


@dataclass(frozen=True)
class Template(Expression):
    """A string of parts. A template of one interpolation, `"${x}"`, is x itself (HCL)."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Call(Expression):
    """A function. `spread`: the last argument is expanded (`f(xs...)`)."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool = False


@dataclass(frozen=True)
class Conditional(Expression):
    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Operation(Expression):
    """An operator: `! -` with one operand, `+ - * / % == != < > <= >= && ||` with two."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Tuple(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Object(Expression):
    """`{key = value}`. A bare identifier key is a Literal, a parenthesised one an expression."""

    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True)
class For(Expression):
    """`[for k, v in collection : value if condition]`, or with `key` the object form.

    `grouping` is the `...` of the object form.
    """

    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouping: bool = False


@dataclass(frozen=True, eq=False)
class Deferred(Expression):
    """An expression that is read when its value is asked for. `read` raises InputError."""

    read: Callable[[], Expression] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return self.read() == (other.read() if isinstance(other, Deferred) else other)

    def __hash__(self) -> int:
        return hash(self.read())


def settled(expression: Expression) -> Expression:
    """The expression itself, read where it was deferred."""
    while isinstance(expression, Deferred):
        expression = expression.read()
    return expression


@dataclass(frozen=True)
class Unsupported(Expression):
    """A construct that we do not evaluate, by its name. Never a pass: `unresolved/unsupported`."""

    construct: str

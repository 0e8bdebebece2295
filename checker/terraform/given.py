"""What a module instance is given: values for its variables, and what stands for a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..language.access import index
from ..language.evaluate import Scope, define, evaluate, truth
from ..language.operands import null_here
from ..language.value import Known, Value
from ..records import dataclass
from ..source import Span
from .expressions import expression
from .outline import AttributeSpan


@dataclass(frozen=True)
class KnownModule:
    """A registry module that is not on disk, but known to declare a customer key.

    `name` is the one in the registry, `outputs` are those that identify the key.
    """

    name: str
    outputs: frozenset[str]


def switched_off(arguments: Mapping[str, AttributeSpan], scope: Scope) -> Span | None:
    """The argument by which the call of a known module creates no key, in this world.

    Cloud Posse's `context` hands on `enabled`, where that is absent or null.
    https://github.com/cloudposse/terraform-null-label/blob/main/exports/context.tf
    """
    for name in ("create", "create_kms_key", "enabled", "context"):
        if name not in arguments:
            continue
        value = evaluate(expression(arguments[name].value), scope)
        if name == "context" and not null_here(scope, value):
            value = index(value, Known("enabled"), scope.worlds)
        if name.startswith("create") or not null_here(scope, value):
            return None if truth(value, scope) else arguments[name].value
    return None


@dataclass(frozen=True)
class Given:
    """A value given to a variable; `read` gives None where it turns out that none is given.

    With `text`, the text of a --var, it is read as an expression only where the variable's
    type is a collection. `place` is the argument that gives it, where one does.
    """

    read: Callable[[], Value | None]
    text: Span | None = None
    place: Span | None = None

    @classmethod
    def written(cls, argument: AttributeSpan, scope: Scope, note: str) -> Given:
        """The value of an argument in the scope where it is written."""
        span = argument.value
        return cls(lambda: define(scope, expression(span), note), place=argument.span)

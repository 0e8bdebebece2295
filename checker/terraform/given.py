"""What a module instance is given: values for its variables, and what stands for a module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from ..language.access import index
from ..language.evaluate import define
from ..language.expression import Expression
from ..language.operands import null_here, truth
from ..language.scope import Scope
from ..language.value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Value,
    derived,
)
from ..language.worlds import Worlds
from ..records import dataclass
from ..source import Span
from .declarations import entries_of
from .expressions import expression
from .outline import AttributeSpan


@dataclass(frozen=True)
class KnownModule:
    """A registry module that is not on disk, but known to declare a customer key.

    `name` is the one in the registry, `outputs` are those that identify the key.
    """

    name: str
    outputs: frozenset[str]


SWITCHES = ("create", "create_kms_key", "enabled", "context")
"""The arguments of known modules that may turn their key off."""


def switched_off(given: Mapping[str, Given], scope: Scope) -> Span | None:
    """What the call of a known module creates no key by, in this world.

    Cloud Posse's `context` hands on `enabled`, where that is absent or null.
    https://github.com/cloudposse/terraform-null-label/blob/main/exports/context.tf
    """
    for name in SWITCHES:
        value = given[name].read() if name in given else None
        if value is None:
            continue
        if name == "context" and not null_here(scope, value):
            value = index(value, Known("enabled"), scope.worlds)
        if name.startswith("create") or not null_here(scope, value):
            return None if truth(value, scope) else value.trail[0].span
    return None


@dataclass(frozen=True)
class Given:
    """A value given to a variable; `read` gives None where it turns out that none is given.

    One that is `passed` as text, by the flag or environment variable of that name, is what the
    variable's type makes of the text. `place` is the argument that gives it, where one does.
    Where `instead` is there, it tells what is given in this one's place in the current world.
    """

    read: Callable[[], Value | None]
    passed: str = ""
    place: Span | None = None
    instead: Callable[[], Given] | None = None

    def value(self, constraint: Expression | None, worlds: Worlds) -> Value | None:
        """What a variable of a type is given, before its conversion. Raises EvaluationError."""
        if self.instead is not None:
            return self.instead().value(constraint, worlds)
        value = self.read()
        if value is None or not self.passed:
            return value
        from .passed import decoded

        return decoded(value, constraint, self.passed, worlds)

    @classmethod
    def written(cls, argument: AttributeSpan, scope: Scope, note: str) -> Given:
        """The value of an argument in the scope where it is written."""
        span = argument.value
        return cls(lambda: define(scope, expression(span), note), place=argument.span)


def inputs(
    argument: AttributeSpan | None, scope: Scope, note: str, variables: Iterable[str]
) -> dict[str, Given]:
    """What an object of inputs gives to variables; of those only, where its names are not known."""
    if argument is None:
        return {}
    written = expression(argument.value)
    entries = entries_of(written)
    if entries is not None:
        return {
            name: Given(partial(define, scope, value, note), place=place)
            for name, (place, value) in entries.items()
        }

    def read(name: str) -> Value | None:
        key = (scope, argument.value, note)
        return item(scope.worlds.remember(key, lambda: define(scope, written, note)), name, scope)

    return {name: Given(partial(read, name)) for name in variables}


def item(value: Value, name: str, scope: Scope) -> Value | None:
    """What an object has under a name; None where it certainly has nothing."""
    if isinstance(value, Known) and value.data is None:
        return None
    if isinstance(value, Known | Text | ListValue):
        raise EvaluationError("what is passed is no object")
    if not isinstance(value, MapValue):
        return derived("index", value, Known(name), not_null=False)
    if name in value.items or value.rest is not None:
        return index(value, Known(name), scope.worlds)
    return None

"""Where names are looked up while an expression is evaluated."""

from __future__ import annotations

from collections.abc import Mapping

from ..annotations import Protocol
from ..source import Span
from .value import Value
from .worlds import Worlds


class Scope(Protocol):
    """Where names are looked up. One scope a module instance, stack, or bound variable."""

    @property
    def worlds(self) -> Worlds: ...

    def lookup(self, name: str, span: Span) -> Value:
        """The value of a name. Raises EvaluationError where it is not declared."""
        ...

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        """The result of a function."""
        ...


class Bound:
    """A scope with a few names more: `for` variables, `each`, `count`, a splat's element."""

    def __init__(self, outer: Scope, names: Mapping[str, Value]) -> None:
        self._outer = outer
        self._names = names
        self.worlds = outer.worlds

    def lookup(self, name: str, span: Span) -> Value:
        value = self._names.get(name)
        return self._outer.lookup(name, span) if value is None else value

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        return self._outer.call(name, arguments, span)

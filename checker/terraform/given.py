"""What a module instance is given: values for its variables, and what stands for a module."""

from __future__ import annotations

from collections.abc import Callable

from ..language.evaluate import Scope, define
from ..language.value import Value
from ..records import dataclass
from ..source import Span
from .expressions import expression


@dataclass(frozen=True)
class KnownModule:
    """A registry module that is not on disk, but known to declare a customer key.

    `name` is the one in the registry, `outputs` are those that identify the key.
    """

    name: str
    outputs: frozenset[str]


@dataclass(frozen=True)
class Given:
    """A value given to a variable; `read` gives None where it turns out that none is given.

    With `text`, the text of a --var, it is read as an expression only where the variable's
    type is a collection.
    """

    read: Callable[[], Value | None]
    text: Span | None = None

    @classmethod
    def written(cls, span: Span, scope: Scope, note: str) -> Given:
        """The value of an expression in the scope where it is written."""
        return cls(lambda: define(scope, expression(span), note))

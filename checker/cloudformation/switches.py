"""What is told of a condition: where it is defined, and what it switches off."""

from __future__ import annotations

from collections.abc import Callable

from ..language.document import Node, ScalarNode
from ..language.value import HOPS_LIMIT, Absent, Hop, Known, Value, noted
from ..source import Span
from .template import child_of


def defined(condition: Value, span: Span, name: str) -> Value:
    """A condition; where only a world decides it, with the place of its definition."""
    certain = isinstance(condition, Known) and condition.assumption is None
    return condition if certain else condition.via(span, f"condition {name}")


def off(node: Node, message: str, named: Callable[[ScalarNode], Value]) -> Absent:
    """That something is not there in this world, with what decided its condition."""
    condition = child_of(node, "Condition")
    absent = Absent(message, condition.span if condition is not None else None)
    if isinstance(condition, ScalarNode):
        hops = noted(named(condition).trail)[:HOPS_LIMIT]
        absent.hops = (Hop(condition.span, message), *hops)
    return absent

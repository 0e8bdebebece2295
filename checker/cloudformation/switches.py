"""What is told of a condition: where it is defined, and what it switches off."""

from __future__ import annotations

from collections.abc import Callable

from ..annotations import TypeGuard
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of, inside
from ..language.value import HOPS_LIMIT, Absent, Hop, Known, Value, noted
from ..meant import guess
from ..records import replace
from ..source import Span
from .intrinsics import IS_ITEM, TAKES
from .transforms import WINS

CREATED = ("Resources", "Outputs")
"""Sections whose entries may have a condition."""

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from ..meant import Guesses

_GUESS = "; did you mean "


def defined(condition: Value, span: Span, name: str) -> Value:
    """A condition; where only a world decides it, with the place of its definition."""
    certain = isinstance(condition, Known) and condition.assumption is None
    return condition if certain else condition.via(span, f"condition {name}")


def is_name(condition: Node | None) -> TypeGuard[ScalarNode]:
    """Whether what a resource has for a `Condition` is a name; of a variable, it is not known."""
    if not isinstance(condition, ScalarNode) or condition.tag is not None:
        return False
    return not any(mark in str(condition.value) for mark in ("${", "{{"))


def undeclared(
    condition: ScalarNode, absent: str, known: tuple[str, ...], guesses: Guesses
) -> Absent:
    """That no condition has a name; `absent` says so of any name."""
    name = str(condition.value)
    near = guess(name, known, guesses)
    return Absent(absent.format(name) + (f'{_GUESS}"{near}"?' if near else ""), condition.span)


def refused(message: str) -> str:
    """The same, of a template that CloudFormation refuses for it."""
    said, did, near = message.partition(_GUESS)
    return f"{said}, so CloudFormation refuses it{did}{near}"


def malformed(resource: Node) -> Span | None:
    """Where a resource's `Condition` is no scalar, and none that was made here of several."""
    condition = child_of(resource, "Condition")
    if condition is None or (isinstance(condition, ScalarNode) and condition.tag is None):
        return None
    made = any(node.tag in (IS_ITEM, TAKES, WINS) for node in inside(condition))
    return None if made else condition.span


def created(body: MappingNode, test: Node) -> MappingNode:
    """A resource or output with one condition more."""
    own = body.entry("Condition")
    if own is not None:
        before = own.value.items if _is_all_of(own.value) else (named(own.value),)
        test = SequenceNode(own.value.span, (*before, test), tag="And")
    entries = (entry for entry in body.entries if entry.key != "Condition")
    return replace(body, entries=(*entries, Entry("Condition", test.span, test)))


def _is_all_of(condition: Node) -> TypeGuard[SequenceNode]:
    return isinstance(condition, SequenceNode) and condition.tag == "And"


def named(condition: Node) -> Node:
    """What a resource has for a `Condition`, as a part of another condition."""
    plain = isinstance(condition, ScalarNode) and condition.tag is None
    return replace(condition, tag="Condition") if plain else condition


def no_value(span: Span) -> ScalarNode:
    """What stands where there is nothing: `!Ref AWS::NoValue`."""
    return ScalarNode(span, "AWS::NoValue", "AWS::NoValue", tag="Ref")


def off(node: Node, message: str, named: Callable[[ScalarNode], Value]) -> Absent:
    """That something is not there in this world, with what decided its condition."""
    condition = child_of(node, "Condition")
    absent = Absent(message, condition.span if condition is not None else None)
    if isinstance(condition, ScalarNode):
        hops = noted(named(condition).trail)[:HOPS_LIMIT]
        absent.hops = (Hop(condition.span, message), *hops)
    return absent

"""`Fn::ImportValue` across the templates of the scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..language.value import (
    EvaluationError,
    Hop,
    Known,
    Text,
    Unknown,
    Value,
    first_unknown,
    term_of,
)
from .stack import STACK_NAME, Stack

_NAME = "[A-Za-z][A-Za-z0-9-]*"  # of a stack


class Exports:
    """What the stacks of the scan export. They are asked for only when something is imported."""

    def __init__(self, stacks: Callable[[], Iterable[Stack]]) -> None:
        self._stacks = stacks
        self._outputs: list[tuple[Stack, str]] | None = None

    def find(self, name: Value) -> Value:
        """The exported value of a name; an unknown where nothing, or too much, has that name.

        A name is the same where its parts are. The name of the exporting stack is known only
        when it is deployed: what the importer writes in its place agrees with it.
        """
        same: list[tuple[Stack, str]] = []
        alike: list[tuple[Stack, str]] = []
        for stack, output in self._all():
            exported = self._name(stack, output)
            if exported is None:
                continue
            if term_of(exported) == term_of(name):
                same.append((stack, output))
            elif _agrees(name, exported):
                alike.append((stack, output))
        found = same or alike
        term = ("Fn::ImportValue", term_of(name))
        if len(found) == 1:
            stack, output = found[0]
            return stack.output(output)
        if not found:
            return _nobody(name, term)
        hops = tuple(
            Hop(stack.section("Outputs")[output].span, "it may be exported here")
            for stack, output in found
        )
        why = "several templates of the scan export that name"
        return Unknown("external", why, term, not_null=True, trail=hops)

    def _all(self) -> list[tuple[Stack, str]]:
        if self._outputs is None:
            self._outputs = [
                (stack, output) for stack in self._stacks() for output in stack.section("Outputs")
            ]
        return self._outputs

    def _name(self, stack: Stack, output: str) -> Value | None:
        try:
            return stack.export(output)
        except EvaluationError:
            return None  # told where the exporting template itself is judged


def _nobody(name: Value, term: tuple[object, ...]) -> Unknown:
    unknown = first_unknown(name)
    if unknown is not None and unknown.cause == "caller-supplied":
        why = f"the name of the import is not known: {unknown.why}"
        return Unknown(
            "caller-supplied", why, term, not_null=True, trail=unknown.trail  # type: ignore[arg-type]
        )
    shown = f' ("{name.data}")' if isinstance(name, Known) and not name.sensitive else ""
    why = f"it is an import{shown} that nobody in the scan exports"
    return Unknown("external", why, term, not_null=True)  # type: ignore[arg-type]


def _agrees(name: Value, exported: Value) -> bool:
    parts = exported.parts if isinstance(exported, Text) else (exported,)
    if not any(map(_is_stack_name, parts)):
        return False
    if isinstance(name, Known):
        if not all(isinstance(part, Known) or _is_stack_name(part) for part in parts):
            return False
        pattern = "".join(
            re.escape(str(part.data)) if isinstance(part, Known) else _NAME for part in parts
        )
        return re.fullmatch(pattern, str(name.data)) is not None
    given = name.parts if isinstance(name, Text) else (name,)
    return len(given) == len(parts) and all(map(_part_agrees, given, parts))


def _part_agrees(given: Value, exported: Value) -> bool:
    if _is_stack_name(exported):
        return isinstance(given, Unknown) and given.cause == "caller-supplied"
    return term_of(given) == term_of(exported)


def _is_stack_name(part: Value) -> bool:
    return isinstance(part, Unknown) and part.term[0] == "ref" and part.term[-1] == STACK_NAME

"""`Fn::ImportValue` across the templates of the scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from ..language.value import (
    EvaluationError,
    Hop,
    Known,
    Term,
    Text,
    Unknown,
    Value,
    first_unknown,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from .stack import STACK_NAME, Stack

Output = tuple[Stack, str]

_NAME = "[A-Za-z][A-Za-z0-9-]*"  # of a stack


class Exports:
    """What the stacks of the scan export. They are asked for only when something is imported."""

    def __init__(self, stacks: Callable[[], Iterable[Stack]], worlds: Worlds) -> None:
        self._stacks = stacks
        self._worlds = worlds
        self._read = False
        self._fixed: dict[Term, list[Output]] = {}
        self._named_by_stack: list[tuple[Value, Output]] = []
        self._varying: list[Output] = []

    def find(self, name: Value) -> Value:
        """The exported value of a name; an unknown where nothing, or too much, has that name.

        A name is the same where its parts are. The name of the exporting stack is known only
        when it is deployed: what the importer writes in its place agrees with it.
        """
        self._index()
        same = list(self._fixed.get(term_of(name), ()))
        alike = [output for exported, output in self._named_by_stack if _agrees(name, exported)]
        for output in self._varying:
            exported = _name(output)
            if exported is not None and term_of(exported) == term_of(name):
                same.append(output)
            elif exported is not None and _agrees(name, exported):
                alike.append(output)
        found = same or alike
        term = ("Fn::ImportValue", term_of(name))
        if len(found) == 1:
            stack, key = found[0]
            return stack.output(key)
        if not found:
            return _nobody(name, term)
        hops = tuple(
            Hop(stack.section("Outputs")[key].span, "it may be exported here")
            for stack, key in found
        )
        why = "several templates of the scan export that name"
        return Unknown("external", why, term, not_null=True, trail=hops)

    def _index(self) -> None:
        if self._read:
            return
        self._read = True  # before reading: where a stack's template is may be an import too
        for stack in self._stacks():
            for key in stack.section("Outputs"):
                output = (stack, key)
                try:
                    names = [name for _, name in self._worlds.explore(partial(_name, output))]
                except TooManyWorlds:
                    continue
                if any(name != names[0] for name in names):
                    self._varying.append(output)
                elif names and names[0] is not None:
                    self._fixed.setdefault(term_of(names[0]), []).append(output)
                    if any(map(_is_stack_name, _parts(names[0]))):
                        self._named_by_stack.append((names[0], output))


def _name(output: Output) -> Value | None:
    """The name of an export, in the current world; None for an output that is not exported."""
    stack, key = output
    try:
        return stack.export(key)
    except (EvaluationError, RecursionError):
        return None  # what is wrong with it is told where its own template is judged


def _parts(name: Value) -> tuple[Value, ...]:
    return name.parts if isinstance(name, Text) else (name,)


def _nobody(name: Value, term: Term) -> Unknown:
    unknown = first_unknown(name)
    if unknown is not None and unknown.cause == "caller-supplied":
        why = f"the name of the import is not known: {unknown.why}"
        return Unknown("caller-supplied", why, term, not_null=True, trail=unknown.trail)
    shown = f' ("{name.data}")' if isinstance(name, Known) and not name.sensitive else ""
    why = f"it is an import{shown} that nobody in the scan exports"
    return Unknown("external", why, term, not_null=True)


def _agrees(name: Value, exported: Value) -> bool:
    parts = _parts(exported)
    if not any(map(_is_stack_name, parts)):
        return False
    if isinstance(name, Known):
        if not all(isinstance(part, Known) or _is_stack_name(part) for part in parts):
            return False
        pattern = "".join(
            re.escape(str(part.data)) if isinstance(part, Known) else _NAME for part in parts
        )
        return re.fullmatch(pattern, str(name.data)) is not None
    given = _parts(name)
    return len(given) == len(parts) and all(map(_part_agrees, given, parts))


def _part_agrees(given: Value, exported: Value) -> bool:
    if _is_stack_name(exported):
        return isinstance(given, Unknown) and given.cause == "caller-supplied"
    return term_of(given) == term_of(exported)


def _is_stack_name(part: Value) -> bool:
    return isinstance(part, Unknown) and part.term[0] == "ref" and part.term[-1] == STACK_NAME

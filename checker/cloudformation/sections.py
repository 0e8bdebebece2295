"""The entries of a stack's sections, with their loops expanded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from ..language.document import Entry, MappingNode, Node
from ..language.evaluate import evaluate
from ..language.scope import Scope
from ..language.value import EvaluationError
from ..language.worlds import TooManyWorlds
from ..source import InputError
from .intrinsics import LOOP
from .loops import Runs, expand, strings
from .template import Template


class Sections:
    """`scope` is the stack, in which collections are evaluated. Faults go to `errors`."""

    def __init__(self, template: Template, scope: Scope, errors: list[InputError]) -> None:
        self._template = template
        self._scope = scope
        self._errors = errors
        self._found: dict[str, Mapping[str, Entry]] = {}
        self._unrolled: dict[int, tuple[Node, Node]] = {}

    def of(self, name: str) -> Mapping[str, Entry]:
        """The entries of a section."""
        found = self._found.get(name)
        if found is None:
            entries = self._template.section(name)
            plain = {e.key: e for e in entries if not e.key.startswith(LOOP)}
            self._found[name] = found = plain  # what a loop's own collection may refer to
            if len(plain) < len(entries):
                self._found[name] = found = self._expand(name, entries)
        return found

    def within(self, node: Node) -> Node:
        """A mapping with its loops expanded; other nodes as they are."""
        if not isinstance(node, MappingNode):
            return node
        found = self._unrolled.get(id(node))
        if found is None:  # the node is kept, so that its id is not given to another
            whole: Node = node
            if any(e.key.startswith(LOOP) for e in node.entries):
                whole = MappingNode(node.span, tuple(self._expand("", node.entries).values()))
            self._unrolled[id(node)] = found = (node, whole)
        return found[1]

    def _expand(self, section: str, entries: Iterable[Entry]) -> dict[str, Entry]:
        return expand(section, entries, self._collection, self._errors.append)

    def _collection(self, node: Node) -> Runs:
        """The strings that a loop runs over, in all worlds."""
        scope, worlds = self._scope, self._scope.worlds

        def read() -> tuple[str, ...] | None:
            try:
                return strings(evaluate(self._template.expression(node), scope), worlds)
            except (EvaluationError, RecursionError):
                return None

        try:
            outcomes = [outcome for _, outcome in worlds.explore(read)]
        except TooManyWorlds:
            outcomes = [None]
        found = dict.fromkeys(chain.from_iterable(filter(None, outcomes)))
        return Runs(tuple(found), None not in outcomes and len(set(outcomes)) == 1)

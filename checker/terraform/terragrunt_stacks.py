"""The units that Terragrunt's stacks generate: copies of folders, with values.

https://docs.terragrunt.com/features/stacks/explicit
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..candidates import TERRAGRUNT_STACK, TERRAGRUNT_UNITS
from ..discovery import Tree, normal
from ..language.evaluate import define, evaluate
from ..language.value import EvaluationError, Known, MapValue, Unknown, Value
from ..records import dataclass, field, replace
from ..source import InputError, Span
from .certain import certain
from .expressions import expression
from .outline import Block, Body, outline_span
from .terragrunt import Configuration, Files

DEPTH_LIMIT = 20
"""Stacks within stacks."""

BLOCK_LIMIT = 10_000
"""Blocks of units and stacks that are followed in one scan; more of them are an error."""


@dataclass
class _Made:
    """What one stack makes: its units, the files copied for it, and the sources not on disk."""

    units: dict[str, Configuration] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)
    stacks: set[str] = field(default_factory=set)
    absent: list[tuple[str, str]] = field(default_factory=list)


class Stacks:
    """`units` are the generated ones, by the folders that Terragrunt writes them to."""

    def __init__(self, files: Files, tree: Tree, paths: Iterable[str]) -> None:
        self.units: dict[str, Configuration] = {}
        self._files = files
        self._left = BLOCK_LIMIT
        self._tree = tree
        self._copied: set[str] = set()  # by their real paths
        found = []
        for path in paths:
            self._made = _Made()
            self._generate(path, os.path.dirname(path) or ".", (), None, ())
            found.append((path, self._made))
        nested = set().union(*(made.stacks for _, made in found))
        for path, made in found:
            # A stack that others nest is one with their values, and none of its own.
            if os.path.realpath(path) not in nested:
                self.units.update(made.units)
                self._copied |= made.copied
                for folder, source in made.absent:
                    tree.remote_modules.setdefault(folder, set()).add(source)

    def makes(self, path: str) -> bool:
        """Whether a unit's file is copied by a stack, or is such a copy."""
        folder = os.path.dirname(path) or "."
        return folder in self.units or os.path.realpath(path) in self._copied

    def _generate(
        self,
        path: str,
        folder: str,
        calls: tuple[Span, ...],
        values: Value | None,
        above: tuple[str, ...],
    ) -> None:
        """Generate what the stack of a file makes in a folder."""
        body = self._files.configuration(path)
        if body is None or path in above:
            return
        origin = os.path.dirname(path) or "."
        moved = origin if origin != folder else ""
        stack = Configuration(path, folder, body, self._files, values, calls, moved)
        for block in body.blocks:
            if block.type in ("unit", "stack") and len(block.labels) == 1:
                self._left -= 1
                if self._left < 0:
                    if self._left == -1:
                        what = f"the stacks have more than {BLOCK_LIMIT} units"
                        self._tree.errors.append(InputError.at(block.header, what))
                    return
                try:
                    self._block(stack, block, (*above, path))
                except InputError as error:
                    self._tree.errors.append(error)

    def _block(self, stack: Configuration, block: Block, above: tuple[str, ...]) -> None:
        body = outline_span(block.body)
        source = _text(stack, body, "source")
        path = _text(stack, body, "path") or block.labels[0]
        flat = certain(stack.worlds, lambda: _read(stack, body, "no_dot_terragrunt_stack"))
        below = "" if isinstance(flat, Known) and flat.data is True else ".terragrunt-stack"
        folder = normal(os.path.join(stack.unit, below, path))
        values = _values(stack, block, body)
        calls = (*stack.calls, block.header)
        origin = self._origin(stack, source)
        if origin is None:
            written = body.attributes.get("source")
            missing = source or (written.value.text.strip('"') if written else block.labels[0])
            self._made.absent.append((stack.folder, missing))
        elif block.type == "stack":
            file = normal(os.path.join(origin, TERRAGRUNT_STACK))
            self._made.stacks.add(os.path.realpath(file))
            if len(above) < DEPTH_LIMIT:
                self._generate(file, folder, calls, values, above)
            else:
                what = f"there are more than {DEPTH_LIMIT} stacks within stacks"
                raise InputError.at(block.header, what)
        else:
            self._unit(origin, folder, values, calls)

    def _unit(self, origin: str, folder: str, values: Value, calls: tuple[Span, ...]) -> None:
        for name in TERRAGRUNT_UNITS:
            path = normal(os.path.join(origin, name))
            body = self._files.configuration(path)
            if body is None:
                continue
            self._made.copied.add(os.path.realpath(path))
            self._made.units[folder] = Configuration(
                path, folder, body, self._files, values, calls, origin
            )
            return

    def _origin(self, stack: Configuration, source: str | None) -> str | None:
        """The folder on disk that a source names; None where there is none."""
        if source is None:
            return None
        path = stack.on_disk(normal(os.path.join(stack.unit, source.replace("//", "/"))))
        return path if os.path.isdir(path) else None


def _values(stack: Configuration, block: Block, body: Body) -> Value:
    """What a block passes; what is wrong with it stands for the whole."""
    attribute = body.attributes.get("values")
    if attribute is None:
        return MapValue({}, absent='the stack passes no value "{}"')
    note = f'values of {block.type} "{block.labels[0]}"'
    value = certain(stack.worlds, lambda: define(stack, expression(attribute.value), note))
    if value is None:
        why = f"the {note} are not known"
        term = ("ref", stack.unit, f"{block.type}.{block.labels[0]}")
        return Unknown("unsupported", why, term).via(attribute.value, why)
    if isinstance(value, MapValue):
        return replace(value, absent='the stack passes no value "{}"')
    return value


def _text(stack: Configuration, body: Body, name: str) -> str | None:
    value = certain(stack.worlds, lambda: _read(stack, body, name))
    return value.data if isinstance(value, Known) and isinstance(value.data, str) else None


def _read(stack: Configuration, body: Body, name: str) -> Value:
    if name not in body.attributes:
        raise EvaluationError(f"there is no {name}")
    return evaluate(expression(body.attributes[name].value), stack)

"""What Terragrunt's `extra_arguments` pass to Terraform.

https://terragrunt.gruntwork.io/docs/features/extra-arguments/
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Mapping

from ..discovery import normal
from ..language.evaluate import define
from ..language.value import EvaluationError, Known, ListValue, MapValue, Text, Unknown, Value, text
from ..patterns import pattern
from ..records import dataclass, replace
from .expressions import expression
from .outline import AttributeSpan, outline_span
from .terragrunt import Configuration

ANYTHING = ""
"""In place of a variable's name: what is passed, and to which, is not known."""

Argument = str | tuple[str, Value]
"""The path of a tfvars file, or a variable and its value."""


@dataclass(frozen=True)
class _Block:
    """One block, and the file that it stands in."""

    where: Configuration
    label: str
    attributes: Mapping[str, AttributeSpan]

    def read(self, name: str) -> Value | None:
        if name not in self.attributes:
            return None
        note = f"{name} of extra_arguments {self.label}"
        return define(self.where, expression(self.attributes[name].value), note)

    def applies(self) -> bool:
        """Whether `apply` gets them; a list that is not known counts as one that has it."""
        try:
            commands = self.read("commands")
        except EvaluationError:
            return True  # Terragrunt's own lists: of what needs variables, locks or input
        if not isinstance(commands, ListValue) or commands.rest is not None:
            return True
        return any(not isinstance(c, Known) or c.data == "apply" for c in commands.items)


def arguments(
    unit: Configuration, module: str, left_out: Container[str] = ()
) -> Iterator[Argument]:
    """Files and variables, in the order in which they are passed: the last one counts.

    Terraform runs where the folder `module` is copied to, and then the unit's, but for what is
    `left_out`. Raises EvaluationError where what the unit includes is not known.
    """

    def copied(argument: Argument, value: Value) -> Argument:
        if not (isinstance(argument, str) and isinstance(value, Known)):
            return argument
        other = normal(os.path.join(module, str(value.data)))
        there = argument not in left_out and os.path.exists(argument)
        return argument if there or not os.path.exists(other) else other

    for block in _blocks(unit):
        for option, value in _options(_elements(block.read("arguments"))):
            yield copied(_operand(block, option, value), value)
        for value in _elements(block.read("required_var_files")):
            yield copied(_operand(block, "var-file", value), value)
        for value in _elements(block.read("optional_var_files")):
            found = _operand(block, "var-file", value)
            if not isinstance(found, str) or os.path.exists(found):
                yield found


def environment(unit: Configuration) -> Iterator[tuple[str, Value]]:
    """The variables that `env_vars` set; they outweigh inputs."""
    for block in _blocks(unit):
        value = block.read("env_vars")
        if isinstance(value, MapValue):
            names = (name for name in value.items if name.startswith("TF_VAR_"))
            yield from ((name.removeprefix("TF_VAR_"), value.items[name]) for name in names)
            value = value.rest
        if value is not None:
            yield ANYTHING, value


def _blocks(unit: Configuration) -> Iterator[_Block]:
    """Those of included files, and its own after them or in place of those of their label."""
    return (block for block in _by_label(unit).values() if block.applies())


def _by_label(unit: Configuration) -> dict[str, _Block]:
    found: dict[str, _Block] = {}
    for included, _ in reversed(unit.merged()):
        found.update(_by_label(included))
    for _, body in unit.blocks("terraform"):
        for block in body.blocks:
            if block.type == "extra_arguments":
                label = block.labels[0] if block.labels else ""
                found[label] = _Block(unit, label, outline_span(block.body).attributes)
    return found


def _operand(block: _Block, option: str, value: Value) -> Argument:
    if option == "var":
        return _assignment(value) or (ANYTHING, value)
    if option == "var-file" and isinstance(value, Known):
        return block.where.located(value)
    return ANYTHING, value


_OPTION = pattern(r"--?(var|var-file)(=|\Z)")


def _elements(value: Value | None) -> tuple[Value, ...]:
    """The strings of a list, and what stands for those that are not known."""
    if value is None:
        return ()
    items = value.items if isinstance(value, ListValue) else (value,)
    rest = value.rest if isinstance(value, ListValue) else None
    hops = tuple(hop for hop in value.trail if hop.note)
    known = (replace(item, trail=(*hops, *item.trail)) for item in items)
    return (*known, *((rest,) if rest is not None else ()))


def _options(arguments: Iterable[Value]) -> Iterator[tuple[str, Value]]:
    """The `-var` and `-var-file` options of a command line, with their operands."""
    pending: str | None = None
    for argument in arguments:
        found = _OPTION.match(_beginning(argument))
        if pending is not None:
            yield pending, argument
            pending = None
        elif found and found[2]:
            yield found[1], _without(argument, found.end())
        elif found:
            pending = found[1]
        elif isinstance(argument, Unknown):
            yield "any", argument


def _assignment(operand: Value) -> tuple[str, Value] | None:
    """The variable and the value of `name=value`."""
    name, equals, _ = _beginning(operand).partition("=")
    return (name.strip(), _without(operand, len(name) + 1)) if equals else None


def _beginning(value: Value) -> str:
    """The text that a string certainly begins with."""
    first = value.parts[0] if isinstance(value, Text) else value
    return first.data if isinstance(first, Known) and isinstance(first.data, str) else ""


def _without(value: Value, length: int) -> Value:
    """A string without so much of what it certainly begins with."""
    if isinstance(value, Text):
        return text([_without(value.parts[0], length), *value.parts[1:]], trail=value.trail)
    assert isinstance(value, Known)
    return replace(value, data=str(value.data)[length:])

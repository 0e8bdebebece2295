"""Parameters that no template takes: of files of parameters and of nested stacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from ..candidates import File
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of
from ..language.expression import Expression
from ..language.value import Known, Value
from ..meant import TOLD, guess, without_effect
from ..patterns import pattern
from ..source import InputError, Span
from .intrinsics import LOOP, function_of
from .parameters import refuses
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..meant import Guesses
    from .stack import Stack

_KEY = pattern(rb"""(?<![\w-])([\w-]++)["']?\s*+:""")  # of a mapping, as far as bytes tell


def refused(
    roots: Iterable[Stack],
    given: Mapping[str, Value],
    outcomes: Callable[[Callable[[], Value]], list[Value | None]],
) -> Iterator[str]:
    """A warning for each value of a file that a parameter's constraints refuse in every world."""
    for stack in roots:
        for name, entry in stack.section("Parameters").items():
            if name not in given:
                continue
            read = stack.template.expression
            found = outcomes(partial(_refuses, entry, given[name], stack, read))
            if found and all(outcome == Known(True) for outcome in found):
                what = f'parameter "{name}" of {stack.template.name} refuses this value'
                yield f"{given[name].trail[0].span}: {what}, so CloudFormation refuses the stack"


def _refuses(entry: Entry, value: Value, stack: Stack, read: Callable[[Node], Expression]) -> Value:
    return Known(refuses(entry, value, stack, read))


def of_files(
    roots: Collection[Stack], given: Mapping[str, Value], unread: Iterable[File]
) -> Iterator[str]:
    """A warning for what files of parameters give to no root template.

    `unread`: the files that lead to no vault. Their bytes are asked, for they may be templates
    that share the file of parameters.
    """
    declared = {name for stack in roots for name in stack.section("Parameters")}
    unknown = {
        name: value.trail[0].span
        for name, value in given.items()
        if value.trail and name not in declared and "::" not in name
    }
    if not unknown or not roots:
        return
    for file in unread:
        with suppress(InputError):  # told where it is read
            for match in _KEY.finditer(file.searchable):
                unknown.pop(match[1].decode(), None)
    yield from without_effect(unknown.items(), "no root template", declared)


def of_stack(resource: Node, address: str, target: Template, guesses: Guesses) -> Iterator[str]:
    """A warning for each parameter that a nested stack or stack set passes to no parameter.

    CloudFormation refuses it: "Parameters: [...] do not exist in the template".
    """
    return of_names(passed(resource), address, target, guesses)


def of_names(
    names: Mapping[str, Span], address: str, target: Template, guesses: Guesses
) -> Iterator[str]:
    """The same for names of parameters, and their places: of many for the first of them."""
    declared = names_of(target)
    if declared is None:
        return
    known = frozenset(declared)
    wrong = [(name, place) for name, place in names.items() if name not in known]
    what, refuses = f"the template of {address} has no parameter", "so CloudFormation refuses"
    for name, place in wrong[:TOLD]:
        near = guess(name, declared, guesses)
        meant = f"; did you mean {near}?" if near is not None else ""
        yield f"{place}: {what} {name}, {refuses} the stack{meant}"
    if len(wrong) > TOLD:
        more = f"for {len(wrong) - TOLD} more names from here on"
        yield f"{wrong[TOLD][1]}: {what} {more}, {refuses} the stack"


def names_of(target: Template) -> tuple[str, ...] | None:
    """The parameters that a template declares; None where more may be added to them."""
    names = tuple(entry.key for entry in target.section("Parameters"))
    known = target.included is None and not target.transforms
    return names if known and not any(name.startswith((LOOP, "Fn::")) for name in names) else None


def passed(resource: Node) -> Mapping[str, Span]:
    """The names that a resource passes parameters by, as far as they are written, and where."""
    properties = child_of(resource, "Properties")
    found: dict[str, Span] = {}
    groups = child_of(properties, "StackInstancesGroup")
    for group in groups.items if isinstance(groups, SequenceNode) else ():
        found.update(_names(child_of(group, "ParameterOverrides")))
    found.update(_names(child_of(properties, "Parameters")))
    return found


def _names(node: Node | None) -> Iterator[tuple[str, Span]]:
    """The names in a mapping, or in a list of keys and values; of all branches of `Fn::If`."""
    function = function_of(node) if node is not None else None
    if function is not None:
        name, argument = function
        if name == "Fn::If" and isinstance(argument, SequenceNode):
            for branch in argument.items[1:]:
                yield from _names(branch)
    elif isinstance(node, MappingNode):
        for key, span, _ in node.entries:
            if not key.startswith("Fn::"):
                yield key, span
    elif isinstance(node, SequenceNode):
        for item in node.items:
            key_node = child_of(item, "ParameterKey")
            if isinstance(key_node, ScalarNode) and key_node.tag is None:
                yield str(key_node.value), key_node.span

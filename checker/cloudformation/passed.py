"""What a nested stack or a stack set gives to its template: parameters, account and region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.evaluate import define
from ..language.value import Term, Unknown, Value
from ..records import dataclass
from .intrinsics import function_of
from .parameters import Given
from .template import type_of

if TYPE_CHECKING:
    from .stack import Stack

OF_INSTANCE = ("AWS::AccountId", "AWS::Region")
"""What each instance of a stack set has of its own."""


@dataclass(frozen=True, eq=False)
class Call:
    """One resource that nests a template, and the stack that declares it."""

    caller: Stack
    entry: Entry
    address: str

    @property
    def is_set(self) -> bool:
        return type_of(self.entry.value) == "AWS::CloudFormation::StackSet"

    def given(self, names: list[str]) -> Given:
        """What gives each parameter its value."""
        return {name: partial(self._parameter, name) for name in names}

    def _parameter(self, name: str) -> Value | None:
        overrides = self._member(self._group()[1], "ParameterOverrides")
        value = self._of(overrides, name) if overrides is not None else None
        properties = self._member(self.entry.value, "Properties")
        if value is not None or properties is None:
            return value
        if function_of(properties) is not None:
            whole = self.caller.member(properties, "Parameters", f"passed by {self.address}")
            return whole if isinstance(whole, Unknown) else None
        parameters = self._member(properties, "Parameters")
        return None if parameters is None else self._of(parameters, name)

    def of_instance(self, name: str) -> Unknown:
        """The account or region of a stack set's instance: not those of the stack around it."""
        number, group = self._group()
        regions = self._member(group, "Regions") if name == "AWS::Region" else None
        domain = None
        if isinstance(regions, SequenceNode):
            scalars = [r for r in regions.items if isinstance(r, ScalarNode) and r.tag is None]
            if scalars and len(scalars) == len(regions.items):
                domain = tuple(dict.fromkeys(str(scalar.value) for scalar in scalars))
        why = f"{name} is that of each instance of {self.address}"
        where = f"{self.caller.root}:{self.address}:{number}"
        return Unknown("external", why, ("ref", where, name), not_null=True, domain=domain)

    def _member(self, node: Node | None, name: str) -> Node | None:
        """A member as it is in this world; None where there is none, or where it is not known."""
        found = node.get(name) if isinstance(node, MappingNode) else None
        return None if found is None else self.caller.chosen(found)

    def _of(self, parameters: Node, name: str) -> Value | None:
        """One parameter of a mapping, or of a list of keys and values."""
        note = f"passed by {self.address}"
        if not isinstance(parameters, SequenceNode) or parameters.tag is not None:
            return self.caller.member(parameters, name, note)
        for item in map(self.caller.chosen, parameters.items):
            key = item.get("ParameterKey") if isinstance(item, MappingNode) else None
            if isinstance(key, ScalarNode) and key.value == name:
                value = item.get("ParameterValue") if isinstance(item, MappingNode) else None
                expression = self.caller.template.expression(value) if value else None
                return define(self.caller, expression, note) if expression else None
        return None

    # -- the instances of a stack set -------------------------------------------------------

    def _group(self) -> tuple[int, Node | None]:
        """The group of instances that this world is about, each of them in a world of its own."""
        groups = list(self._groups()) if self.is_set else []
        term: Term = ("ref", self.caller.root, f"the instance group of {self.address}")
        for number, group in enumerate(groups[:-1], 1):
            if self.caller.worlds.decide(("==", term, ("literal", "int", number))):
                return number, group
        return (len(groups), groups[-1]) if groups else (0, None)

    def _groups(self) -> Iterator[Node | None]:
        properties = self._member(self.entry.value, "Properties")
        groups = self._member(properties, "StackInstancesGroup")
        found = []
        if isinstance(groups, SequenceNode):
            chosen = map(self.caller.chosen, groups.items)
            found = [group for group in chosen if isinstance(group, MappingNode)]
        yield from found
        if not found or self._deploys_later():
            yield None  # accounts that are added later get what is not overridden

    def _deploys_later(self) -> bool:
        """Whether accounts that join later get an instance, as far as that is written."""
        properties = self._member(self.entry.value, "Properties")
        automatic = self._member(properties, "AutoDeployment")
        enabled = self._member(automatic, "Enabled")
        if not isinstance(enabled, ScalarNode) or enabled.tag is not None:
            return isinstance(automatic, MappingNode) and enabled is not None
        return str(enabled.value).lower() != "false"

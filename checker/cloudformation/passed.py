"""What a nested stack or a stack set gives to its template: parameters, account and region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

from functools import partial

from ..language.convert import to_string
from ..language.decisions import Unreachable
from ..language.document import Entry, MappingNode, Node, SequenceNode
from ..language.evaluate import evaluate
from ..language.expression import Literal, Scalar
from ..language.value import Known, ListValue, Term, Unknown, Value, first_unknown, term_of
from ..meant import guess
from ..records import dataclass, field
from ..source import Span
from .intrinsics import function_of
from .parameters import Given
from .template import Template, type_of
from .transforms import beside

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from .stack import Stack

_Found = Node | Unknown | None

OF_INSTANCE = ("AWS::AccountId", "AWS::Region")
"""What each instance of a stack set has of its own."""


def unpassed(stack: Stack, name: str) -> tuple[Span, str]:
    """Where a call leaves a parameter of a stack to its default, and what is said of that."""
    what = f'{stack.address} passes no "{name}"'
    names = stack.worlds.remember((stack, "undeclared"), lambda: _undeclared(stack))
    near = guess(name, tuple(names), stack.worlds.guesses) if names else None
    if near is None:
        return stack.calls[-1], what
    return names[near], f'{what}; "{near}" is not a parameter of it'


def _undeclared(stack: Stack) -> dict[str, Span]:
    """What a call passes to no parameter of a stack, and where."""
    from .unused import passed

    declared = stack.section("Parameters")
    names = passed(stack.called.entry.value) if stack.called is not None else {}
    return {name: place for name, place in names.items() if name not in declared}


class _Listed:
    """A list of keys and values, by the keys that are plain words: few look at all of a list."""

    def __init__(self, parameters: SequenceNode, template: Template) -> None:
        self._first: dict[str, int] = {}
        self._others: list[int] = []
        for at, item in enumerate(parameters.items):
            word = _key_of(item, template)
            if word is None:
                self._others.append(at)
            else:
                self._first.setdefault(word, at)

    def at(self, name: str) -> list[int]:
        """The places of what may be of that name, in order."""
        first = self._first.get(name)
        return self._others if first is None else sorted((*self._others, first))


def _key_of(item: Node, template: Template) -> str | None:
    """The key of an item in every world; None where that is not a plain word."""
    if not isinstance(item, MappingNode) or function_of(item) is not None:
        return None
    if any(entry.key.startswith("Fn::") for entry in item.entries):
        return None
    key = item.get("ParameterKey")
    read = template.expression(key) if key is not None else None
    return read.value if isinstance(read, Literal) and isinstance(read.value, str) else None


@dataclass(frozen=True, eq=False)
class Call:
    """One resource that nests a template, and the stack that declares it."""

    caller: Stack
    entry: Entry
    address: str
    # A list is kept beside what is read of it, so that its id is not given to another.
    _lists: dict[int, tuple[SequenceNode, _Listed]] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        return type_of(self.entry.value) == "AWS::CloudFormation::StackSet"

    def given(self, names: list[str]) -> Given:
        """What gives each parameter its value."""
        return {name: partial(self._parameter, name) for name in names}

    def _parameter(self, name: str) -> Value | None:
        rewritten = self.caller.rewritten("Resources", self.entry.value)
        if rewritten is not None:
            return rewritten
        value = self._of(self._member(self._group()[1], "ParameterOverrides"), name)
        absent = value is None or (isinstance(value, Known) and value.data is None)
        return self._of(self._property("Parameters"), name) if absent else value

    def of_instance(self, name: str) -> Unknown:
        """The account or region of a stack set's instance: not those of the stack around it."""
        group, inside = self._group()
        regions = self._regions(inside) if name == "AWS::Region" else None
        why = f"{name} is that of each instance of {self.address}"
        where = f"{self.caller.root}:{self.address}:{group}"
        return Unknown(
            "external", why, ("ref", where, name), not_null=True, domain=regions, type="string"
        )

    def _regions(self, group: _Found) -> tuple[Scalar, ...] | None:
        """Those of a group; of all groups, for accounts that join later."""
        found: dict[Scalar, None] = {}
        for one in self._groups() if group is None else [group]:
            regions = self._member(one, "Regions")
            value = self._value(regions) if isinstance(regions, Node) else None
            if not isinstance(value, ListValue) or value.rest is not None:
                return None
            for item in value.items:
                if isinstance(item, Known):
                    found.update({item.data: None} if item.data is not None else {})
                elif isinstance(item, Unknown) and item.domain is not None:
                    found.update(dict.fromkeys(item.domain))
                else:
                    return None
        return tuple(found) or None

    # -- what is written, as it is in this world --------------------------------------------

    def _property(self, name: str) -> _Found:
        return self._member(self._member(self.entry.value, "Properties"), name)

    def _member(self, node: _Found, name: str) -> _Found:
        """A member of a mapping; None where there is none."""
        if not isinstance(node, Node):
            return node
        whole = self._chosen(node)
        if not isinstance(whole, MappingNode):
            return whole if isinstance(whole, Unknown) else None
        return whole.get(name)

    def _chosen(self, node: Node) -> _Found:
        """What functions make of a node that is a mapping or a list; None for nothing."""
        node = self.caller.expanded(self.caller.chosen(node))
        transform = beside(node)
        if transform is not None:
            leaves = self.caller.worlds.decide(transform.leaves)
            return node if leaves else transform.made()
        if function_of(node) is None:
            return node
        value = self._value(node)
        if isinstance(value, Known):
            return None
        unknown = first_unknown(value)
        return unknown or Unknown(
            "unsupported", "a function gives it", ("text", ("literal", "str", node.span.text))
        )

    def _value(self, node: Node) -> Value:
        return evaluate(self.caller.template.expression(node), self.caller)

    def _of(self, parameters: _Found, name: str) -> Value | None:
        """One parameter of a mapping, or of a list of keys and values."""
        note = f"passed by {self.address}"
        if not isinstance(parameters, Node):
            return parameters
        whole = self._chosen(parameters)
        if isinstance(whole, MappingNode):
            return self.caller.member(whole, name, note)
        if not isinstance(whole, SequenceNode):
            return whole if isinstance(whole, Unknown) else None
        for at in self._listed(whole).at(name):
            item = whole.items[at]
            key = self._member(item, "ParameterKey")
            if isinstance(key, Unknown):
                return key  # what it gives may be this one
            if key is None or not self._is(key, name):
                continue
            return self.caller.member(self.caller.chosen(item), "ParameterValue", note)
        return None

    def _listed(self, parameters: SequenceNode) -> _Listed:
        known = self._lists.get(id(parameters))
        if known is None:
            known = (parameters, _Listed(parameters, self.caller.template))
            self._lists[id(parameters)] = known
        return known[1]

    def _is(self, key: Node, name: str) -> bool:
        value = to_string(self._value(key))
        return self.caller.worlds.decide(("==", term_of(value), term_of(Known(name))))

    # -- the instances of a stack set -------------------------------------------------------

    def _group(self) -> tuple[str, _Found]:
        """The group of instances that this world is about, each of them in a world of its own.

        None stands for accounts that are added later: they get what is not overridden.
        """
        groups = self._groups() if self.is_set else []
        named = {f"StackInstancesGroup[{at}]": group for at, group in enumerate(groups)}
        choices: dict[str, _Found] = {**named}
        if not groups or self._deploys_later():
            choices["accounts that join later"] = None
        if len(choices) == 1:
            return next(iter(choices.items()))
        term: Term = ("ref", self.caller.root, f"the instances of {self.address}")
        for name, group in choices.items():
            if self.caller.worlds.decide(("==", term, ("literal", "str", name))):
                return name, group
        raise Unreachable

    def _groups(self) -> list[Node | Unknown]:
        groups = self._property("StackInstancesGroup")
        whole = self._chosen(groups) if isinstance(groups, Node) else groups
        if isinstance(whole, Unknown):
            return [whole]
        if not isinstance(whole, SequenceNode):
            return []
        found = map(self._chosen, whole.items)
        return [group for group in found if isinstance(group, MappingNode | Unknown)]

    def _deploys_later(self) -> bool:
        """Whether accounts that join later get an instance, as far as that is written."""
        automatic = self._property("AutoDeployment")
        enabled = self._member(automatic, "Enabled")
        if isinstance(enabled, Node):
            value = to_string(self._value(enabled))
            return not (isinstance(value, Known) and str(value.data).lower() in ("false", "none"))
        return isinstance(enabled, Unknown)

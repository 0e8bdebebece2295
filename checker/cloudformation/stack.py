"""One stack of a template, as a scope: parameters, conditions, mappings, resources, outputs.

A template that another one nests is evaluated once per call, with the parameters of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Protocol

from ..graph import Origin, Resource
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.evaluate import define, evaluate, truth
from ..language.value import (
    Attribute,
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Unknown,
    Value,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..records import dataclass, field
from ..source import Span
from .functions import call as call_function
from .intrinsics import LOOP, function_of
from .loops import expand
from .parameters import Given, parameter
from .template import Template, type_of

NESTED: Mapping[str, str] = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::CloudFormation::StackSet": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""Types whose instance is a stack of its own, and the property that locates its template."""

# Resources whose attributes are what code outside the template makes of them.
_ELSEWHERE = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro")
_PRODUCTS = ("AWS::ServiceCatalog::CloudFormationProvisionedProduct",)

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_ACCOUNT_WIDE = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix")
STACK_NAME = "AWS::StackName"
_OF_STACK = (STACK_NAME, "AWS::StackId", "AWS::NotificationARNs")


class Library(Protocol):
    """Where nested templates and imported values come from: the loader."""

    def nested(self, caller: Stack, name: str) -> Template | Unknown:
        """The template of a nested stack, or what stands for it where it is not on disk."""
        ...

    def imported(self, name: Value, importer: Stack) -> Value:
        """The value that a template of the scan exports under a name."""
        ...

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        """The CDK construct of a resource, as far as the template or its assembly tells it."""
        ...


class _Anything(Mapping[str, Value]):
    """The attributes of a resource: any name may be read, and none can be listed."""

    def __init__(self, get: Callable[[str], Value]) -> None:
        self._get = get

    def __getitem__(self, key: str) -> Value:
        return self._get(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)


@dataclass(eq=False)
class Stack:
    """A scope. `address` is "" for a root, else the logical IDs of the stacks that lead here.

    `root` is the name of the root's template, `calls` the logical IDs' places.
    """

    template: Template
    address: str
    given: Given
    library: Library
    worlds: Worlds
    root: str
    calls: tuple[Span, ...] = ()
    parent: Stack | None = None
    name: str = ""
    _sections: dict[str, dict[str, Entry]] = field(default_factory=dict)
    _resources: dict[str, Resource] = field(default_factory=dict)
    _children: dict[str, Stack] = field(default_factory=dict)

    # -- scope ------------------------------------------------------------------------------

    def lookup(self, name: str, span: Span) -> Value:
        match name:
            case "Ref":
                names = (
                    *self.section("Parameters"),
                    *self.section("Resources"),
                    *_ACCOUNT_WIDE,
                    *_OF_STACK,
                    "AWS::NoValue",
                )
                return self._table(name, names, self._ref, "Resources", "parameter or resource")
            case "GetAtt":
                return self._section_table(name, "Resources", self._attributes, "resource")
            case "Condition":
                return self._section_table(name, "Conditions", self._condition, "condition")
            case "Mappings":
                return self._section_table(name, "Mappings", self._mapping, "mapping")
        raise EvaluationError(f"there is no {name}", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        if name == "Fn::ImportValue":
            return self.library.imported(arguments[0], self)
        if name == "resolve" and isinstance(arguments[0], Known):
            part = self.template.outer.get(str(arguments[0].data))
            if part is not None:
                return part
        return call_function(name, arguments, self)

    def _section_table(
        self, kind: str, section: str, read: Callable[[str], Value], what: str
    ) -> MapValue:
        return self._table(kind, tuple(self.section(section)), read, section, what)

    def _table(
        self,
        kind: str,
        names: tuple[str, ...],
        read: Callable[[str], Value],
        section: str,
        what: str,
    ) -> MapValue:
        def remembered(name: str) -> Value:
            return self.worlds.remember((self, kind, name), lambda: read(name))

        absent = f'the template declares no {what} "{{}}"'
        rest: Unknown | None = None
        included = self.section(section).get("Fn::Transform")
        if included is not None:
            why = f"it is not in {section}, but Fn::Transform may add it"
            hop = Hop(included.span, why)
            rest = Unknown("external", why, ("Fn::Transform", self._where, section), trail=(hop,))
        return MapValue(LazyItems(names, remembered), rest=rest, absent=absent)

    def section(self, name: str) -> Mapping[str, Entry]:
        """The entries of a section, with its loops expanded."""
        found = self._sections.get(name)
        if found is None:
            entries = self.template.section(name)
            plain = {e.key: e for e in entries if not e.key.startswith(LOOP)}
            self._sections[name] = found = plain  # what a loop's own collection may refer to
            if len(plain) < len(entries):
                self._sections[name] = found = expand(entries, self._collection)
        return found

    def _collection(self, node: Node) -> tuple[str, ...] | None:
        """The strings that a loop runs over, where they are the same in every world."""

        def read() -> tuple[str, ...] | None:
            try:
                value = evaluate(self.template.expression(node), self)
            except (EvaluationError, RecursionError):
                return None
            if not isinstance(value, ListValue) or value.rest is not None:
                return None
            known = [item.data for item in value.items if isinstance(item, Known)]
            return tuple(map(str, known)) if len(known) == len(value.items) else None

        try:
            outcomes = {outcome for _, outcome in self.worlds.explore(read)}
        except TooManyWorlds:
            return None
        return outcomes.pop() if len(outcomes) == 1 else None

    # -- names ------------------------------------------------------------------------------

    def _ref(self, name: str) -> Value:
        declared = self.section("Parameters").get(name)
        if declared is not None:
            given = self.given.get(name)
            return parameter(declared, given, self, self.template.expression, self._where)
        if name in self.section("Resources"):
            return Attribute(self.resource(name), "Ref")
        if name == "AWS::NoValue":
            return Known(None)
        if name in _ACCOUNT_WIDE and self.parent is not None:
            return self.parent._ref(name)
        value = self.given[name]() if name in self.given else None
        if value is not None:
            return value
        scope = "" if name in _ACCOUNT_WIDE else self._where
        why = f"{name} is known only when the stack is deployed"
        return Unknown("external", why, ("ref", scope, name), not_null=True)

    @property
    def _where(self) -> str:
        return f"{self.root}:{self.address}"

    def _mapping(self, name: str) -> Value:
        return evaluate(self.template.expression(self.section("Mappings")[name].value), self)

    def _condition(self, name: str) -> Value:
        return evaluate(self.template.condition(self.section("Conditions")[name].value), self)

    def _holds(self, node: Node) -> bool:
        """Whether the `Condition` of a resource or output is true in this world."""
        condition = node.get("Condition") if isinstance(node, MappingNode) else None
        if condition is None:
            return True
        if isinstance(condition, ScalarNode) and condition.tag is None:
            table = self.lookup("Condition", condition.span)
            assert isinstance(table, MapValue)
            key = str(condition.value)
            if key not in table.items:
                raise EvaluationError(table.absent.format(key), condition.span)
            return truth(table.items[key], self)
        return truth(evaluate(self.template.condition(condition), self), self)

    # -- resources --------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether this stack and those above it are created, in the current world."""
        if self.parent is None:
            return True
        entry = self.parent.section("Resources")[self.name]
        return self.parent.exists() and self.parent._holds(entry.value)

    def resource(self, name: str) -> Resource:
        """A declared resource. Its properties are evaluated when they are read."""
        found = self._resources.get(name)
        if found is not None:
            return found
        entry = self.section("Resources")[name]
        properties = _child(entry.value, "Properties")
        address = self.prefixed(name)

        def read(path: str) -> Value | None:
            if properties is None:
                return None
            return self._chosen(self.member(properties, path, f"{address} {path}"))

        found = Resource(
            framework="cloudformation",
            type=type_of(entry.value) or "",
            address=address,
            span=entry.span,
            scope=self.root,
            read=read,
            place=lambda path: _place(properties, path),
            exists=lambda: Known(self.exists() and self._holds(entry.value)),
            calls=self.calls,
            origin=lambda: self.library.origin(self.template, name, _construct(entry.value)),
            extent=Span(entry.span.source, entry.span.start, entry.value.span.end),
            metadata=_metadata(entry.value, "iac-check"),
        )
        self._resources[name] = found
        return found

    def prefixed(self, name: str) -> str:
        return f"{self.address}/{name}" if self.address else name

    def member(self, node: Node, name: str, note: str) -> Value | None:
        """One member of a mapping, which may itself be an intrinsic function.

        None where there is no such member; a null where a function removed all of them.
        """
        direct = node.get(name) if isinstance(node, MappingNode) else None
        if direct is not None and function_of(node) is None:
            expression = self.template.expression(direct)
            return self.worlds.remember(
                (self, id(expression)), lambda: define(self, expression, note)
            )
        value = evaluate(self.template.expression(self._expanded(node)), self)
        match value:
            case MapValue(items=items, rest=rest):
                return items.get(name, rest)
            case Known(data=None):
                return value if function_of(node) is not None else None
            case Unknown():
                return value
        raise EvaluationError("it is not a mapping of properties", node.span)

    def _chosen(self, value: Value | None) -> Value | None:
        """One world for each of the values that AllowedValues leave to a parameter."""
        if isinstance(value, Unknown):
            for data in value.domain or ():
                known = Known(data, trail=value.trail, sensitive=value.sensitive)
                if self.worlds.decide(("==", value.term, term_of(known))):
                    return known
        return value

    def _expanded(self, node: Node) -> Node:
        if isinstance(node, MappingNode) and any(e.key.startswith(LOOP) for e in node.entries):
            entries = expand(node.entries, self._collection)
            return MappingNode(node.span, tuple(entries.values()))
        return node

    # -- attributes -------------------------------------------------------------------------

    def _attributes(self, name: str) -> Value:
        resource = self.resource(name)
        rest = Unknown(
            "external",
            f"which attribute of {resource.address} is read is not known",
            ("GetAtt", self._where, name),
        )
        return MapValue(_Anything(lambda path: self._attribute(resource, name, path)), rest=rest)

    def _attribute(self, resource: Resource, name: str, path: str) -> Value:
        if resource.type in NESTED and path.startswith("Outputs."):
            return self._nested_output(name, path.removeprefix("Outputs."))
        term = ("ref", self._where, f"{resource.address}.{path}")
        hop = Hop(resource.span, f"{resource.address} is declared here")
        if resource.type.startswith(_ELSEWHERE):
            why = f"what {resource.address} ({resource.type}) returns is not in the template"
            return Unknown("external", why, term, trail=(hop,))
        if resource.type.endswith("::MODULE") or resource.type in _PRODUCTS:
            why = f"the template of {resource.address} ({resource.type}) is not on disk"
            return Unknown("module-unavailable", why, term, trail=(hop,))
        return Attribute(resource, path)

    def _nested_output(self, name: str, output: str) -> Value:
        child = self.child(name)
        if isinstance(child, Unknown):
            return child
        if not child.exists():
            raise EvaluationError(f"{child.address} is not created under this condition")
        return child.output(output)

    # -- nested stacks ----------------------------------------------------------------------

    def child(self, name: str) -> Stack | Unknown:
        """The stack that a resource creates, with the parameters that it passes."""
        found = self._children.get(name)
        if found is not None:
            return found
        target = self.library.nested(self, name)
        if isinstance(target, Unknown):
            return target
        entry = self.section("Resources")[name]
        address = self.prefixed(name)
        if target in self.templates():
            why = f"{address} nests a template that it is part of"
            hop = Hop(entry.span, why)
            return Unknown("cycle", why, ("ref", self._where, address), trail=(hop,))
        found = Stack(
            target,
            address,
            self._passed(entry, target, address),
            self.library,
            self.worlds,
            self.root,
            (*self.calls, entry.span),
            self,
            name,
        )
        self._children[name] = found
        return found

    def templates(self) -> Iterator[Template]:
        """The templates of this stack and of those above it."""
        stack: Stack | None = self
        while stack is not None:
            yield stack.template
            stack = stack.parent

    def _passed(self, entry: Entry, target: Template, address: str) -> Given:
        properties = _child(entry.value, "Properties")
        names = [parameter.key for parameter in target.section("Parameters")]

        def read(name: str) -> Value | None:
            if properties is None:
                return None
            note = f"passed by {address}"
            node = _child(properties, "Parameters")
            if function_of(properties) is None and node is None:
                return None
            if node is None:
                return self._member_of(self.member(properties, "Parameters", note), name)
            if isinstance(node, SequenceNode) and node.tag is None:  # a StackSet's
                node = _listed(node, name)
                return None if node is None else define(self, self.template.expression(node), note)
            return self.member(node, name, note)

        return {name: partial(read, name) for name in names}

    def _member_of(self, value: Value | None, name: str) -> Value | None:
        match value:
            case MapValue(items=items, rest=rest):
                return items.get(name, rest)
            case Unknown():
                return value
        return None

    # -- outputs ----------------------------------------------------------------------------

    def output(self, name: str) -> Value:
        """An output. Raises EvaluationError where this world has none of that name."""
        return self.worlds.remember((self, "output", name), lambda: self._output(name))

    def _output(self, name: str) -> Value:
        where = self.address or self.template.path
        entry = self.section("Outputs").get(name)
        value = _child(entry.value, "Value") if entry is not None else None
        if entry is None or value is None:
            raise EvaluationError(f'{where} has no output "{name}"')
        if not self._holds(entry.value):
            raise EvaluationError(f'{where} has no output "{name}" under this condition')
        return define(self, self.template.expression(value), f"output {name} of {where}")

    def export(self, output: str) -> Value | None:
        """The name under which an output is exported, in the current world."""
        node = _child(self.section("Outputs")[output].value, "Export")
        name = _child(node, "Name") if node is not None else None
        return None if name is None else evaluate(self.template.expression(name), self)


def _child(node: Node, key: str) -> Node | None:
    return node.get(key) if isinstance(node, MappingNode) else None


def _place(properties: Node | None, path: str) -> Span | None:
    """Where a property's value stands; the first of them where a function chooses."""
    if properties is None:
        return None
    function = function_of(properties)
    if function is None:
        node = _child(properties, path)
        return node.span if node is not None else None
    if function[0] == "Fn::If" and isinstance(function[1], SequenceNode):
        for branch in function[1].items[1:]:
            found = _place(branch, path)
            if found is not None:
                return found
    return None


def _metadata(resource: Node, key: str) -> Node | None:
    metadata = _child(resource, "Metadata")
    return _child(metadata, key) if metadata is not None else None


def _construct(resource: Node) -> str | None:
    """The CDK construct path, where the template has it."""
    node = _metadata(resource, "aws:cdk:path")
    return str(node.value) if isinstance(node, ScalarNode) else None


def _listed(parameters: SequenceNode, name: str) -> Node | None:
    """The value of one parameter in a list of ParameterKey and ParameterValue."""
    for item in parameters.items:
        key = _child(item, "ParameterKey")
        if isinstance(key, ScalarNode) and key.value == name:
            return _child(item, "ParameterValue")
    return None

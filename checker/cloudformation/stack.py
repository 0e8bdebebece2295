"""One stack of a template, as a scope: parameters, conditions, mappings, resources, outputs.

A template that another one nests is evaluated once per call, with the parameters of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from operator import is_

from ..graph import Resource
from ..language.bounded import CHOICES_LIMIT, choices
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of
from ..language.evaluate import define, evaluate
from ..language.expression import Conditional
from ..language.operands import truth
from ..language.value import (
    Absent,
    Attribute,
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    MapValue,
    Unknown,
    Value,
)
from ..language.worlds import Worlds
from ..records import dataclass, field
from ..source import Span
from .children import Children
from .functions import call as call_function
from .functions import serverless_variable, settled
from .intrinsics import EACH, IS_ITEM, function_of
from .library import Library
from .loops import each_of, is_item
from .names import AnyName, MoreNames
from .parameters import Given, parameter
from .passed import OF_INSTANCE, Call, unpassed
from .sections import Sections
from .switches import defined, is_name, malformed, off, refused, undeclared
from .template import Template, construct, marks, misplaced, type_of
from .transforms import TRANSFORM, Transform, asked, beside

NESTED: Mapping[str, str] = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::CloudFormation::StackSet": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""Types whose instance is a stack of its own, and the property that locates its template."""

# Resources whose attributes are what code outside the template makes of them.
_ELSEWHERE = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro")
_PRODUCTS = ("AWS::ServiceCatalog::CloudFormationProvisionedProduct",)

# Properties of which only one value is asked for: they need no world for each that they may have.
_ASKED = ("BackupVaultName",)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_ACCOUNT_WIDE = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix")
STACK_NAME = "AWS::StackName"
_PSEUDO = (*_ACCOUNT_WIDE, STACK_NAME, "AWS::StackId", "AWS::NotificationARNs", "AWS::NoValue")


@dataclass(eq=False)
class Stack:
    """A scope. `address` is "" for a root, else the logical IDs of the stacks that lead here.

    `root` is the name of the root's template, `calls` the logical IDs' places; `likely` of how
    many templates it has one, where it is only what the end of an address names.
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
    called: Call | None = None
    deployed: Resource | None = None  # what deploys a root, in Terraform
    likely: int = 0
    _resources: dict[str, Resource] = field(default_factory=dict)
    _tables: dict[str, tuple[tuple[Mapping[str, Entry], ...], MapValue]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self._sections = Sections(self.template, self, self.library.errors)
        self._children = Children(self)

    # -- scope ------------------------------------------------------------------------------

    def lookup(self, name: str, span: Span) -> Value:
        match name:
            case "Ref":
                sections, what = ("Parameters", "Resources"), "parameter or resource"
                return self._table(name, sections, self._ref, what, _PSEUDO)
            case "GetAtt":
                return self._table(name, ("Resources",), self._attributes, "resource")
            case "Condition":
                return self._table(name, ("Conditions",), self._condition, "condition")
            case "Mappings":
                return self._table(name, ("Mappings",), self._mapping, "mapping")
        raise Absent(f"there is no {name}", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        if name == "Fn::ImportValue":
            return self.library.imported(arguments[0], self)
        if name == EACH:
            return each_of(arguments, self._where, self.worlds)
        if name == IS_ITEM:
            return is_item(arguments, self.worlds)
        if name == "serverless":
            return serverless_variable(arguments, self.root)
        if name == "Fn::Split" and choices(arguments[1]) <= CHOICES_LIMIT:
            arguments = (arguments[0], self.settled(arguments[1]) or arguments[1])
        told = asked(name, arguments, span)
        if told is not None:
            return told
        if name == "resolve" and isinstance(arguments[0], Known):
            part = self.template.outer.get(str(arguments[0].data))
            if part is not None:
                return part
        return call_function(name, arguments, self)

    def _table(
        self,
        kind: str,
        sections: tuple[str, ...],
        read: Callable[[str], Value],
        what: str,
        names: tuple[str, ...] = (),
    ) -> MapValue:
        """The names of some sections, and what each of them means."""
        found = tuple(map(self.section, sections))
        known = self._tables.get(kind)
        if known is not None and all(map(is_, known[0], found)):  # a loop's section may grow
            return known[1]

        def written(name: str) -> Value:
            section = next((s for s in sections if name in self.section(s)), None)
            return (section and self.rewritten(section)) or read(name)

        def remembered(name: str) -> Value:
            return self.worlds.remember((self, kind, name), lambda: written(name))

        names = (*chain.from_iterable(found), *names)
        items = LazyItems(names, remembered)
        if "Resources" in sections:
            items = MoreNames(names, remembered, self._of_module)
        absent = f'the template declares no {what} "{{}}"'
        table = MapValue(items, rest=self._more(*sections), absent=absent)
        self._tables[kind] = (found, table)
        return table

    def _more(self, *sections: str) -> Unknown | None:
        """What stands for the names that an include may add to sections, if there is one."""
        entries = (self.section(name).get(TRANSFORM) for name in sections)
        span = next((entry.span for entry in entries if entry), self.template.included)
        return None if span is None else self._included(span, f"in {' or '.join(sections)}")

    def rewritten(self, section: str, *nodes: Node) -> Unknown | None:
        """What a transform makes of a section or of nodes in it, in a world where it does."""
        entry = self.section(section).get(TRANSFORM)
        inner = (Transform.of(entry) if entry else None, *map(beside, nodes))
        for transform in (*self.template.transforms, *inner):
            if transform is not None and not self.worlds.decide(transform.leaves):
                return transform.made()
        return None

    def _included(self, span: Span, where: str) -> Unknown:
        why = f"it is not {where}, but {TRANSFORM} may add it"
        return Unknown("external", why, (TRANSFORM, self._where, where), trail=(Hop(span, why),))

    def _of_module(self, name: str) -> Unknown | None:
        """A name that is made of a module's logical ID and that of a resource in it."""
        for module, entry in self.section("Resources").items():
            if name.startswith(module) and (type_of(entry.value) or "").endswith("::MODULE"):
                return self._unread(self.resource(module), name)
        return None

    def section(self, name: str) -> Mapping[str, Entry]:
        """The entries of a section, with its loops expanded."""
        return self._sections.of(name)

    # -- names ------------------------------------------------------------------------------

    def _ref(self, name: str) -> Value:
        declared = self.section("Parameters").get(name)
        if declared is not None:
            if not (name.isascii() and name.isalnum()):
                what = f'"{name}" is no name of a parameter: those are of letters and digits'
                raise self.template.refuse(declared.span, what, self.library.errors)
            given = self.given.get(name)
            found = parameter(declared, given, self, self.template.expression, self._where)
            if self.calls and (given is None or given() is None):
                return found.via(*unpassed(self, name))
            return found
        if name in self.section("Resources"):
            return self._attribute(self.resource(name), name, "Ref")
        if name == "AWS::NoValue":
            return Known(None)
        if name in OF_INSTANCE and self.called is not None and self.called.is_set:
            return self.called.of_instance(name)
        if name in _ACCOUNT_WIDE and self.parent is not None:
            return self.parent._ref(name)
        value = self.given[name]() if name in self.given else None
        if value is not None:
            return value
        scope = "" if name in _ACCOUNT_WIDE else self._where
        why = f"{name} is known only when the stack is deployed"
        return Unknown("external", why, ("ref", scope, name), not_null=True, type="string")

    @property
    def _where(self) -> str:
        return f"{self.root}:{self.address}"

    def _mapping(self, name: str) -> Value:
        return evaluate(self.template.expression(self.section("Mappings")[name].value), self)

    def _condition(self, name: str) -> Value:
        written = self.section("Conditions")[name].value
        return defined(evaluate(self.template.condition(written), self), written.span, name)

    def _holds(self, node: Node) -> bool:
        """Whether the `Condition` of a resource or output is true in this world."""
        condition = node.get("Condition") if isinstance(node, MappingNode) else None
        if condition is None:
            return True
        if isinstance(condition, ScalarNode) and condition.tag is None:
            return truth(self._named(condition), self)
        return truth(evaluate(self.template.condition(condition), self), self)

    def _created(self, resource: Node, address: str) -> Known:
        """Whether a resource is created in this world, and what decides that it is not."""
        if not self.exists() or self._holds(resource):
            return Known(self.exists())
        return Known(False, trail=off(resource, f"{address} is not created", self._named).hops)

    def _named(self, condition: ScalarNode) -> Value:
        """A condition by its name. Raises Absent for one that is not declared."""
        table = self.lookup("Condition", condition.span)
        assert isinstance(table, MapValue)
        found = table.items.get(str(condition.value), table.rest)
        if found is None:
            known = tuple(self.section("Conditions"))
            raise undeclared(condition, table.absent, known, self.worlds.guesses)
        return found

    def _require_condition(self, node: Node) -> None:
        """Raises Absent, and tells of it, where a resource has a condition that is not declared.

        CloudFormation refuses the template, unless a macro adds the condition.
        """
        condition = node.get("Condition") if isinstance(node, MappingNode) else None
        if is_name(condition) and not self.template.transforms:
            try:
                self._named(condition)
            except Absent as absent:
                what = refused(absent.message)
                self.template.refuse(condition.span, what, self.library.errors)
                raise
        if self.parent is not None:
            self.parent._require_condition(self.parent.section("Resources")[self.name].value)

    # -- resources --------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether this stack and those above it are created, in the current world."""
        if self.parent is None:
            exists = self.deployed.exists() if self.deployed else Known(True)
            return not (isinstance(exists, Known) and exists.data is False)
        entry = self.parent.section("Resources")[self.name]
        if not (self.parent.exists() and self.parent._holds(entry.value)):
            return False
        return not self.likely or self.parent._children.has(self.name, self)

    def resource(self, name: str) -> Resource:
        """A declared resource. Its properties are evaluated when they are read."""
        found = self._resources.get(name)
        if found is not None:
            return found
        entry = self.section("Resources")[name]
        if (no_name := malformed(entry.value)) is not None:
            what = "Condition takes a condition's name; CloudFormation refuses this"
            self.template.refuse(no_name, what, self.library.errors)
        properties = child_of(entry.value, "Properties")
        transform = beside(entry.value)
        address = self.prefixed(name)

        def read(path: str) -> Value | None:
            if type_of(entry.value) not in NESTED:  # that is told of what is in it
                self._require_condition(entry.value)
            note = f"{path} of {address}"
            value = None if properties is None else self.member(properties, path, note)
            if value is None and transform is not None:
                return transform.made(f"in {address}")
            rewritten = self.rewritten("Resources", entry.value)
            return rewritten or (value if path in _ASKED else self.settled(value))

        found = Resource(
            framework="cloudformation",
            type=type_of(entry.value) or "",
            address=address,
            span=entry.span,
            scope=self.root,
            read=read,
            place=lambda path: self._place(entry.value, path),
            exists=lambda: self._created(entry.value, address),
            calls=self.calls,
            origin=lambda: self.library.origin(self.template, name, construct(entry.value)),
            extent=Span(entry.span.source, entry.span.start, entry.value.span.end),
            metadata=tuple(self._marks(entry.value)),
            misplaced=lambda: dict(misplaced(entry.value)),
            written=lambda: [e.key for e in getattr(properties, "entries", ())],
            located=lambda: (self._ref("AWS::Region"), self._ref("AWS::AccountId")),
        )
        self._resources[name] = found
        return found

    def _marks(self, resource: Node) -> Iterator[Entry]:
        """What a resource and the stacks that it is in say to this tool, nearest first."""
        yield from marks(resource)
        if self.parent is not None:
            above = self.parent._marks(self.parent.section("Resources")[self.name].value)
            yield from (mark for mark in above if mark.key == "iac-check")

    def prefixed(self, name: str) -> str:
        """The address of a resource."""
        name = self.section("Resources")[name].key
        return f"{self.address}/{name}" if self.address else name

    def member(self, node: Node, name: str, note: str) -> Value | None:
        """One member of a mapping, which may itself be an intrinsic function.

        None where there is no such member; a null where a function removed all of them.
        """
        node = self.chosen(node)
        direct = node.get(name) if isinstance(node, MappingNode) else None
        if direct is not None and function_of(node) is None and beside(node) is None:
            expression = self.template.expression(direct)
            return self.worlds.remember(
                (self, id(expression)), lambda: define(self, expression, note)
            )
        whole = self.template.expression(self.expanded(node))
        value = self.worlds.remember((self, id(whole)), lambda: evaluate(whole, self), within=True)
        match value:
            case MapValue(items=items, rest=rest):
                return items.get(name, rest)
            case Known(data=None):
                return value if function_of(node) is not None else None
            case Unknown():
                return value
        raise EvaluationError("it is not a mapping of properties", node.span)

    def chosen(self, node: Node) -> Node:
        """What a node is in this world, where `Fn::If` chooses it."""
        while (function := function_of(node)) is not None and function[0] == "Fn::If":
            expression = self.template.expression(node)
            if not isinstance(expression, Conditional) or not isinstance(function[1], SequenceNode):
                break
            _, then, otherwise = function[1].items
            node = then if truth(evaluate(expression.test, self), self) else otherwise
        return node

    def _place(self, resource: Node, path: str) -> Span | None:
        """Where a property's value is written, in the current world."""
        properties = child_of(resource, "Properties")
        if properties is None:
            return None
        properties = self.chosen(properties)
        node = child_of(properties, path)
        if node is None:
            return None
        # What the vault itself says is the alias, where one stands for any of this.
        return next((n.span for n in (resource, properties) if n.anchor is not None), node.span)

    def settled(self, value: Value | None) -> Value | None:
        """One world for each of the values that AllowedValues leave to a parameter."""
        return None if value is None else settled(value, self.worlds)

    def expanded(self, node: Node) -> Node:
        """A mapping with its loops expanded; other nodes as they are."""
        return self._sections.within(node)

    # -- attributes -------------------------------------------------------------------------

    def _attributes(self, name: str) -> Value:
        resource = self.resource(name)
        rest = Unknown(
            "external",
            f"which attribute of {resource.address} is read is not known",
            ("GetAtt", self._where, name),
        )
        return MapValue(AnyName(lambda path: self._attribute(resource, name, path)), rest=rest)

    def _attribute(self, resource: Resource, name: str, path: str) -> Value:
        declared = self.section("Resources")[name].value
        nested = resource.type in NESTED and path.startswith("Outputs.")
        properties = child_of(declared, "Properties") if nested else None
        within = (declared,) if properties is None else (declared, self.chosen(properties))
        rewritten = self.rewritten("Resources", *within)
        if rewritten is not None:
            return rewritten
        if nested:
            return self._nested_output(name, path.removeprefix("Outputs."))
        term = ("ref", self._where, f"{resource.address}.{path}")
        hop = Hop(resource.span, f"{resource.address} is declared here")
        if resource.type.startswith(_ELSEWHERE):
            why = f"what {resource.address} ({resource.type}) returns is not in the template"
            return Unknown("external", why, term, trail=(hop,))
        if resource.type.endswith("::MODULE") or resource.type in _PRODUCTS:
            return self._unread(resource, path)
        return Attribute(resource, path)

    def _unread(self, resource: Resource, path: str) -> Unknown:
        why = f"the template of {resource.address} ({resource.type}) is not on disk"
        hop = Hop(resource.span, f"{resource.address} is declared here")
        term = ("ref", self._where, f"{resource.address}.{path}")
        return Unknown("module-unavailable", why, term, trail=(hop,))

    def _nested_output(self, name: str, output: str) -> Value:
        child = self.child(name)
        if isinstance(child, Unknown):
            return child
        if not child.exists():
            message = f"{child.address} is not created under this condition"
            raise off(self.section("Resources")[name].value, message, self._named)
        return child.output(output)

    # -- nested stacks ----------------------------------------------------------------------

    def child(self, name: str) -> Stack | Unknown:
        """The stack that a resource creates in this world, with the parameters that it passes."""
        return self._children.current(name)

    def children(self, name: str) -> list[Stack | Unknown]:
        """The stacks that a resource may create, one for each template that it may have."""
        return self._children.possible(name)

    def templates(self) -> Iterator[Template]:
        """The templates of this stack and of those above it."""
        stack: Stack | None = self
        while stack is not None:
            yield stack.template
            stack = stack.parent

    # -- outputs ----------------------------------------------------------------------------

    def output(self, name: str) -> Value:
        """An output. Raises EvaluationError where this world has none of that name."""
        return self.worlds.remember((self, "output", name), lambda: self._output(name))

    def _output(self, name: str) -> Value:
        where = self.address or self.template.path
        entry = self.section("Outputs").get(name)
        value = child_of(entry.value, "Value") if entry is not None else None
        if entry is None or value is None:
            raise Absent(f'{where} has no output "{name}"')
        if not self._holds(entry.value):
            message = f'{where} has no output "{name}" under this condition'
            raise off(entry.value, message, self._named)
        rewritten = self.rewritten("Outputs", entry.value)
        if rewritten is not None:
            return rewritten
        return define(self, self.template.expression(value), f"output {name} of {where}")

    def export(self, output: str) -> Value | None:
        """The name under which an output is exported, in the current world."""
        node = child_of(self.section("Outputs")[output].value, "Export")
        name = child_of(node, "Name") if node is not None else None
        if name is None:
            return None
        return self.settled(evaluate(self.template.expression(name), self))

    def has_output(self, name: str) -> bool:
        """Whether the condition of an output is true in this world."""
        return self._holds(self.section("Outputs")[name].value)

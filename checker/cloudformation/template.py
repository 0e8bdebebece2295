"""What one template declares. A file is a template by what it holds, not by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cached_property

from ..annotations import TypeGuard
from ..language.document import Entry, MappingNode, Node, ScalarNode, child_of
from ..language.expression import Expression
from ..language.value import EvaluationError, Hop, Value
from ..meant import hint
from ..patterns import pattern
from ..records import dataclass, field
from ..source import InputError, Source, Span
from .includes import Fragment, Include, included_elsewhere, with_includes
from .intrinsics import LOOP, condition, expression
from .transforms import Transform, over
from .yaml_document import read_template

TYPE_CHECKING = False  # only services have parts
if TYPE_CHECKING:
    from .service_parts import Part

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html
# and https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
_ATTRIBUTES = (
    "Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy",
    "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Connectors", "IgnoreGlobals",
)  # fmt: skip
_TYPE = pattern(r"[A-Za-z0-9]+::[A-Za-z0-9_@:-]+")


@dataclass(eq=False)
class Template:
    """One document. `name` is its file's path, with its number where a file has several.

    `outer`: what stands for the dynamic references that are parts of an outer stack (embedded.py).
    `parts`: what a service of the Serverless Framework is made of (service_parts.py).
    """

    path: str
    name: str
    root: MappingNode
    serverless: bool = False
    outer: Mapping[str, Value] = field(default_factory=dict)
    parts: Set[Part] = frozenset()
    refused: set[Span] = field(default_factory=set)  # where it was told why it is refused
    _expressions: dict[tuple[int, bool], tuple[Node, Expression]] = field(default_factory=dict)

    def section(self, name: str) -> tuple[Entry, ...]:
        """The entries of `Parameters`, `Resources`, …"""
        node = self.root.get(name)
        return node.entries if isinstance(node, MappingNode) else ()

    def refuse(self, span: Span, what: str, errors: list[InputError]) -> EvaluationError:
        """What CloudFormation refuses it for: an error, once, unless a macro may change it."""
        if span not in self.refused and not self.transforms:
            self.refused.add(span)
            errors.append(InputError.at(span, what))
        return EvaluationError(what, span)

    @cached_property
    def included(self) -> Span | None:
        """Where whole sections are included that are not on disk."""
        return included_elsewhere(self.root)

    @cached_property
    def transforms(self) -> tuple[Transform, ...]:
        """What may rewrite all of it."""
        return over(self.root)

    def expression(self, node: Node) -> Expression:
        return self._read(node, test=False)

    def condition(self, node: Node) -> Expression:
        return self._read(node, test=True)

    def _read(self, node: Node, test: bool) -> Expression:
        # The node is kept beside its expression, so that its id is not given to another.
        known = self._expressions.get((id(node), test))
        if known is None:
            read = condition if test else expression
            known = (node, read(node, serverless=self.serverless))
            self._expressions[id(node), test] = known
        return known[1]


def _nothing(location: str, *, quietly: bool = False) -> None:
    return None


def _none(transform: Node, whole: MappingNode, declares: bool) -> None:
    return None


def templates(
    source: Source, fragment: Fragment = _nothing, include: Include = _none
) -> list[Template]:
    """The templates that a file holds, in its documents and in Serverless `resources:`.

    Raises InputError where the file is neither YAML nor JSON.
    """
    found: list[Template] = []
    # As it is written, or in a form that only the reader knows.
    transforms = any(sign in source.text for sign in ("Transform", "\\", "%"))

    def add(root: MappingNode, serverless: bool, parts: Set[Part]) -> None:
        name = f"{source.path}#{len(found) + 1}" if found else source.path
        found.append(Template(source.path, name, root, serverless, parts=parts))

    for document in read_template(source):
        if not isinstance(document, MappingNode):
            continue
        template = with_includes(document, include) if transforms else document
        if is_template(template):
            add(template, False, frozenset())
        if document.get("resources") is not None:  # of a service, whatever else it has
            from .serverless import resources_of

            resources, parts = resources_of(document, fragment)
            resources = with_includes(resources, include)
            if is_template(resources, of_service=True):
                add(resources, True, parts)
    return found


def covers(parts: Set[Part], template: Template) -> bool:
    """Whether a service is made of all resources of a template, which is then none of its own."""
    section = template.root.get("Resources")
    if template.serverless or not parts or section is None:
        return False
    from .service_parts import part

    resources = template.section("Resources")
    return not parts.isdisjoint((part(0, template.root), part(1, section))) or all(
        part(2, entry.value) in parts for entry in resources
    )


def is_template(node: Node, *, of_service: bool = False) -> TypeGuard[MappingNode]:
    """Whether a document is a mapping whose `Resources` have a `Type` of AWS's form.

    Those of a service may have one that variables tell.
    """
    resources = node.get("Resources") if isinstance(node, MappingNode) else None
    if not isinstance(resources, MappingNode):
        return False
    return any(
        entry.key.startswith(LOOP)
        or type_of(entry.value) is not None
        or (of_service and child_of(entry.value, "Type") is not None)
        for entry in resources.entries
    )


def type_of(resource: Node) -> str | None:
    """A resource's type; None for what is no resource."""
    node = resource.get("Type") if isinstance(resource, MappingNode) else None
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return node.value if _TYPE.fullmatch(node.value) else None
    return None


def may_hold(resource: Node, name: str) -> bool:
    """Whether a resource may have a property: not where its properties are all written, without."""
    properties = resource.get("Properties") if isinstance(resource, MappingNode) else None
    if not isinstance(properties, MappingNode) or properties.tag is not None:
        return properties is not None
    return any(e.key in (name, "Ref") or e.key.startswith("Fn::") for e in properties.entries)


def marks(resource: Node) -> Iterator[Entry]:
    """What `Metadata` says to this tool, or to Checkov, whose words settings may let count."""
    found = child_of(resource, "Metadata")
    if isinstance(found, MappingNode):
        yield from (entry for entry in found.entries if entry.key in ("iac-check", "checkov"))


def misplaced(resource: Node) -> Iterator[tuple[str, Hop]]:
    """What a resource has that CloudFormation refuses, such as a property beside `Properties`."""
    entries = resource.entries if isinstance(resource, MappingNode) else ()
    for key, span, _ in entries:
        if key not in _ATTRIBUTES and not key.startswith("Fn::"):
            what = f'"{key}" is not an attribute of a resource'
            yield key, Hop(span, f"{what}{hint(key, _ATTRIBUTES)}")


def construct(resource: Node) -> str | None:
    """The CDK construct path, where the template has it."""
    found = child_of(resource, "Metadata")
    node = child_of(found, "aws:cdk:path") if found is not None else None
    return str(node.value) if isinstance(node, ScalarNode) else None

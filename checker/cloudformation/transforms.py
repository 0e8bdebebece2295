"""What a transform may make of a template: `Fn::Transform` beside other keys, and `Transform`.

A macro is given its siblings too, and may give back anything in their place; which of two values
of one key counts where `AWS::Include` brings another is not documented.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.value import Cause, Hop, Known, Term, Unknown, Value
from ..records import dataclass, replace
from ..source import Span

TRANSFORM = "Fn::Transform"
INCLUDE = "AWS::Include"
WINS = "include wins"
"""The tag of a node that asks which of two values counts: that of the include, or the other."""
LEAVES, MAKES = "transform leaves", "transform makes"
"""Functions of a transform's name, at its place: whether it changes nothing, and what it makes."""


@dataclass(frozen=True)
class Transform:
    """One use of a macro, which is in reach of what stands beside and below it."""

    span: Span
    name: str

    @classmethod
    def of(cls, entry: Entry) -> Transform:
        return cls(entry.span, name_of(entry.value))

    @property
    def leaves(self) -> Term:
        """That it leaves what is in its reach as it is written."""
        what = f"{TRANSFORM} of {self.name}"
        return ("told", str(self.span), f"{what} changes nothing", f"{what} changes it")

    def made(self, where: str = "") -> Unknown:
        """What it makes of a value, or of one that is not in a place."""
        what = f"{TRANSFORM} of {self.name}"
        why = f"it is not {where}, but {what} may add it" if where else f"{what} may change it"
        term = (TRANSFORM, str(self.span), where)
        cause: Cause = "external" if self.name == INCLUDE else "unsupported"
        return Unknown(cause, why, term, trail=(Hop(self.span, why),))


def beside(node: Node | None) -> Transform | None:
    """The transform that is in reach of a mapping's other keys."""
    entry = node.entry(TRANSFORM) if isinstance(node, MappingNode) else None
    return Transform.of(entry) if entry else None


def name_of(transform: Node) -> str:
    name = transform.get("Name") if isinstance(transform, MappingNode) else transform
    return str(name.value) if isinstance(name, ScalarNode) and name.tag is None else "a macro"


def over(root: MappingNode) -> tuple[Transform, ...]:
    """The transforms of a whole template, without those of AWS that are known to keep vaults."""
    return tuple(_over(root))


def _over(root: MappingNode) -> Iterator[Transform]:
    whole = beside(root)
    if whole is not None:
        yield whole
    node = root.get("Transform")
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if item is None:
            continue
        name = name_of(item)
        if name == INCLUDE or not name.startswith("AWS::"):
            yield Transform(item.span, name)


def asked(name: str, arguments: tuple[Value, ...], span: Span) -> Unknown | None:
    """The result of one of the functions above; None for another function."""
    if name == WINS:
        which = "what AWS::Include brings counts", "what stands beside AWS::Include counts"
        return Unknown("external", which[0], ("told", str(span), *which))
    if name not in (LEAVES, MAKES) or not isinstance(arguments[0], Known):
        return None
    transform = Transform(span, str(arguments[0].data))
    made = transform.made()
    return made if name == MAKES else replace(made, term=transform.leaves)

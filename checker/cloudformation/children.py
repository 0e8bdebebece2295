"""The stacks that a stack nests: one for each resource, or for each template that it may have."""

from __future__ import annotations

from ..language.value import Hop, Term, Unknown
from .passed import Call
from .template import Template

TYPE_CHECKING = False  # each makes the other
if TYPE_CHECKING:
    from .stack import Stack


class Children:
    """Of one stack. Each is made once."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._found: dict[tuple[str, Template], Stack] = {}

    def current(self, name: str) -> Stack | Unknown:
        """The one of a resource in this world.

        Where an address may mean several templates, each is the one in a world of its own.
        """
        stack = self._stack
        target = stack.library.nested(stack, name)
        if isinstance(target, Template):
            return self._of(name, target, stack.likely)
        meant = self._meant(name, anywhere=False)
        if not meant:
            return target
        is_one = (template for template in meant[:-1] if self._is(name, template))
        return self._of(name, next(is_one, meant[-1]), max(len(meant), stack.likely))

    def has(self, name: str, child: Stack) -> bool:
        """Whether a resource creates one of its possible stacks in this world."""
        if isinstance(self._stack.library.nested(self._stack, name), Template):
            return True
        meant = self._meant(name, anywhere=False)
        if child.template not in meant:
            return False
        return len(meant) == 1 or self._is(name, child.template)

    def possible(self, name: str) -> list[Stack | Unknown]:
        """Those of a resource in any world."""
        target = self._stack.library.nested(self._stack, name)
        if isinstance(target, Template):
            return [self._of(name, target, self._stack.likely)]
        meant = self._meant(name, anywhere=True)
        likely = max(len(meant), self._stack.likely)
        return [self._of(name, template, likely) for template in meant] or [target]

    def _is(self, name: str, template: Template) -> bool:
        what = f"the template of {self._stack.prefixed(name)}"
        which: Term = ("ref", f"{self._stack.root}:{self._stack.address}", what)
        return self._stack.worlds.decide(("==", which, ("literal", "str", template.name)))

    def _meant(self, name: str, *, anywhere: bool) -> list[Template]:
        """What an address may mean; it is no template that the stack is part of.

        Nothing where it may be several, and the stack's own template is one of several already:
        so that they do not multiply.
        """
        above = set(self._stack.templates())
        found = self._stack.library.meant(self._stack, name, anywhere=anywhere)
        found = [template for template in found if template not in above]
        return [] if len(found) > 1 and self._stack.likely > 1 else found

    def _of(self, name: str, target: Template, likely: int) -> Stack | Unknown:
        found = self._found.get((name, target))
        if found is not None:
            return found
        stack = self._stack
        entry = stack.section("Resources")[name]
        address = stack.prefixed(name)
        if target in stack.templates():
            why = f"{address} nests a template that it is part of"
            term = ("ref", f"{stack.root}:{stack.address}", address)
            return Unknown("cycle", why, term, trail=(Hop(entry.span, why),))
        from .stack import Stack

        call = Call(stack, entry, address)
        found = self._found[name, target] = Stack(
            target,
            address,
            call.given([parameter.key for parameter in target.section("Parameters")]),
            stack.library,
            stack.worlds,
            stack.root,
            (*stack.calls, entry.span),
            stack,
            name,
            call,
            likely=likely,
        )
        return found

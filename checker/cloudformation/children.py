"""The stacks that a stack nests: one for each resource, or for each template that it may have."""

from __future__ import annotations

from ..language.value import Hop, Unknown
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
        for template in meant[:-1]:
            what = f"the template of {stack.prefixed(name)} is", template.name
            key = f"{stack.root}:{stack.address}:{name}:{template.name}"
            if stack.worlds.decide(("told", key, " ".join(what), " not ".join(what))):
                return self._of(name, template, True)
        return self._of(name, meant[-1], True) if meant else target

    def possible(self, name: str) -> list[Stack | Unknown]:
        """Those of a resource in any world."""
        target = self._stack.library.nested(self._stack, name)
        if isinstance(target, Template):
            return [self._of(name, target, self._stack.likely)]
        meant = self._meant(name, anywhere=True)
        return [self._of(name, template, True) for template in meant] or [target]

    def _meant(self, name: str, *, anywhere: bool) -> list[Template]:
        """What an address may mean; it is no template that the stack is part of."""
        above = set(self._stack.templates())
        found = self._stack.library.meant(self._stack, name, anywhere=anywhere)
        return [template for template in found if template not in above]

    def _of(self, name: str, target: Template, likely: bool) -> Stack | Unknown:
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

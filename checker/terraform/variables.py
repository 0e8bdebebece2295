"""The variables of a module instance: what is given, else the default, else unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..language.convert import to_bool
from ..language.evaluate import define, evaluate
from ..language.expression import Call
from ..language.operands import null_here, truth
from ..language.scope import Bound, Scope
from ..language.value import (
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    MapValue,
    Term,
    Text,
    Unknown,
    Value,
    names_in,
    term_of,
)
from ..language.worlds import Requirement, TooManyWorlds
from ..meant import meant
from ..records import dataclass, field, replace
from ..source import InputError, Span
from .declarations import Declarations
from .expressions import expression
from .given import Given
from .outline import AttributeSpan, NodeSpan
from .types import constraint_of, convert, type_of


@dataclass(eq=False)
class Variables:
    """`scope` is the module instance; `address`, `root`, `calls` and `exists` are its own.

    `caller` is what gives it its values.
    """

    module: Declarations
    given: Mapping[str, Given]
    scope: Scope
    caller: str
    address: str
    root: str
    calls: tuple[Span, ...]
    exists: Callable[[], bool]
    _validating: set[str] = field(default_factory=set)

    def read(self, name: str) -> Value:
        """A variable's value."""
        value = self._declared(name)
        if value is None:
            value = self._unknown(name, "has neither a value nor a default")
        elif self._given(name) is None and self._refuses(name, value):
            # Terraform stops and asks for another, so the default is never the value.
            found = self._unknown(name, "has no value, and its validation refuses its default")
            value = replace(found, not_null=True) if _is_null(value) else found
        if isinstance(value, Unknown | Text):
            self._bound(name, value)
        return value.hidden() if self._flag(name, "sensitive") else value

    def _declared(self, name: str) -> Value | None:
        """What is given, else the default."""
        given = self._given(name)
        if given is None or self._flag(name, "nullable") is not False:
            return self._default(name) if given is None else given
        if self._attribute(name, "default") is not None and null_here(self.scope, given):
            return self._default(name)
        return replace(given, not_null=True) if isinstance(given, Unknown) else given

    def _given(self, name: str) -> Value | None:
        given = self.given.get(name)
        if given is None:
            return None
        constraint = constraint_of(self._attribute(name, "type"))
        value = given.value(constraint, self.scope.worlds)
        return None if value is None else self._converted(name, value)

    def _converted(self, name: str, value: Value) -> Value:
        """A value as the variable's type makes it. Raises EvaluationError, with its place."""
        try:
            return convert(value, constraint_of(self._attribute(name, "type")), self.scope)
        except EvaluationError as error:
            refused = type(error)(f'variable "{name}": {error.message}', error.span, error.cause)
            refused.hops = error.hops if self._flag(name, "sensitive") else value.trail
            raise refused from None

    def _default(self, name: str) -> Value | None:
        default = self._attribute(name, "default")
        if default is None:
            return None
        shown = default.value.text if len(default.value.text) <= 60 else "a value"
        if self._flag(name, "sensitive"):
            shown = "a sensitive value"
        note = f'variable "{name}" defaults to {shown}'
        value = define(self.scope, expression(default.value), note)
        value = self._converted(name, value)
        if self.calls and name not in self.given:
            value = value.via(*self._unpassed(name))
        return value

    def _unpassed(self, name: str) -> tuple[Span, str]:
        """Where a call leaves a variable to its default, and what is said of that."""
        what = f'{self.caller} passes no "{name}"'
        extra = {n: g.place for n, g in self.given.items() if n not in self.module.variables}
        near = meant(name, extra) if extra else None
        place = extra[near] if near is not None else None
        if place is None:
            return self.calls[-1], what
        return place, f'{what}; "{near}" is not an argument of it'

    def _unknown(self, name: str, what: str) -> Unknown:
        why = f'variable "{name}" {what}'
        term = self._term(name)
        constraint = constraint_of(self._attribute(name, "type"))
        if isinstance(constraint, Call) and constraint.name == "set":
            term = ("toset", term)  # whose values are its keys
        found = Unknown(
            "caller-supplied",
            why,
            term,
            not_null=self._flag(name, "nullable") is False,
            type=type_of(constraint),
            trail=(Hop(self.module.variables[name].header, why),),
        )
        if self.calls and name not in self.given:
            place, told = self._unpassed(name)
            if place != self.calls[-1]:
                return found.via(place, told)
        return found

    def _term(self, name: str) -> Term:
        return ("ref", f"{self.root}:{self.address}", f"var.{name}")

    def _attribute(self, name: str, argument: str) -> AttributeSpan | None:
        return self.module.body(self.module.variables[name]).attributes.get(argument)

    def _flag(self, name: str, argument: str) -> bool | None:
        """A constant bool, which may be written as a string; None where there is none."""
        attribute = self._attribute(name, argument)
        if attribute is None:
            return None
        try:
            value = to_bool(evaluate(expression(attribute.value), self.scope))
        except EvaluationError:
            return None
        return value.data if isinstance(value, Known) and isinstance(value.data, bool) else None

    # -- validations ------------------------------------------------------------------------

    def _refuses(self, name: str, value: Value) -> bool:
        """Whether a `validation` of a variable is certainly false of a value.

        https://developer.hashicorp.com/terraform/language/validate#input-variable-validation
        """
        conditions = self._conditions(name)
        if conditions and name in self._validating:
            raise EvaluationError("it depends on itself", cause="cycle")

        def refused(condition: Span) -> bool:
            def fails() -> bool:
                return not self._accepted((condition,), name, value)

            try:
                outcomes = [failed for _, failed in self.scope.worlds.explore(fails)]
            except TooManyWorlds:
                return False
            return bool(outcomes) and all(outcomes)

        return any(refused(condition) for condition in conditions)

    def _bound(self, name: str, value: Value) -> None:
        """Let no world be reachable in which a validation is certainly false of a value.

        Of what depends on input variables only: all else may be known so late that what else
        depends on it is there before Terraform refuses it.
        """
        conditions = self._conditions(name)
        try:
            spoken_of = names_in(term_of(value)) if conditions else frozenset()
        except EvaluationError:
            return
        if not spoken_of or not all(str(term[2]).startswith("var.") for term in spoken_of):
            return

        free = self._given(name) is None

        def holds() -> bool:
            if name in self._validating or not self.exists():
                return True
            if (self._given(name) is None) is not free:
                return True
            now = None if free else self._declared(name)
            return self._accepted(conditions, name, now or value)

        about = None
        if not self.calls:
            words = " ".join(condition.text for condition in conditions)
            others = (self._term(other) for other in self.module.variables if other in words)
            about = frozenset((*spoken_of, *others))
        requirement = Requirement(holds, about)
        self.scope.worlds.require((self, name, free), spoken_of, requirement)

    def _accepted(self, conditions: Iterable[Span], name: str, value: Value) -> bool:
        """Whether conditions are true of a value in this world; those that cannot be told are."""

        def read(other: str) -> Value:
            if other == name:
                return value
            # Not `read`: validations may speak of each other's variables.
            declared = self._declared(other)
            return self._unknown(other, "is not given") if declared is None else declared

        names = MapValue(LazyItems(tuple(self.module.variables), read))
        scope = Bound(self.scope, {"var": names})
        self._validating.add(name)
        try:
            return all(_is_true(condition, scope) for condition in conditions)
        finally:
            self._validating.discard(name)

    def _conditions(self, name: str) -> tuple[Span, ...]:
        body = self.module.body(self.module.variables[name])
        blocks = [self.module.body(block) for block in body.blocks if block.type == "validation"]
        written = body.attributes.get("validation")
        if written is not None and isinstance(written.value, NodeSpan):
            from .json_syntax import outlines_within

            blocks.extend(outlines_within(written.value))
        found = (block.attributes.get("condition") for block in blocks)
        return tuple(condition.value for condition in found if condition is not None)


def _is_true(condition: Span, scope: Scope) -> bool:
    try:
        return truth(evaluate(expression(condition), scope), scope)
    except (EvaluationError, InputError, RecursionError):
        return True


def _is_null(value: Value) -> bool:
    return isinstance(value, Known) and value.data is None

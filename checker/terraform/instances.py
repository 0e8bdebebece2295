"""`count` and `for_each`: which instances a resource or module call has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from ..language.access import index
from ..language.convert import to_number
from ..language.decisions import Unreachable
from ..language.evaluate import define
from ..language.keys import ONE_OF, is_set, sources
from ..language.operands import truth
from ..language.scope import Scope
from ..language.types import element_type
from ..language.value import (
    Attribute,
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Term,
    Text,
    Unknown,
    Value,
    Whole,
    derived,
    first_unknown,
    term_of,
)
from ..language.worlds import Worlds
from ..records import dataclass, replace
from .expressions import expression
from .outline import AttributeSpan, Body, NodeSpan, outline_span

Key = int | str | None  # the instance key: [0], ["x"], or none

INSTANCE_LIMIT = 10_000


@dataclass(frozen=True)
class AnyKey:
    """The key of every instance that has none of its own: where the collection is not known.

    In a world that knows the collection, it is each key that not every such world has.
    """


InstanceKey = Key | AnyKey


_SIMPLE = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _printable(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def suffix(key: InstanceKey) -> str:
    """An instance key as Terraform writes it in an address."""
    match key:
        case None:
            return ""
        case AnyKey():
            return "[*]"
        case int():
            return f"[{key}]"
    escaped = "".join(_SIMPLE.get(letter) or _printable(letter) for letter in key)
    escaped = escaped.replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


@dataclass(frozen=True)
class Instances:
    """The instances in the current world, and what `each` and `count` are in each."""

    keys: tuple[InstanceKey, ...]
    names: Callable[[InstanceKey], Mapping[str, Value]]
    kind: str | None  # "count", "for_each" or None
    rest: Unknown | None = None
    trail: tuple[Hop, ...] = ()  # how `count` or `for_each` came to be what it is

    def holds(
        self, key: InstanceKey, worlds: Worlds, others: frozenset[InstanceKey] = frozenset()
    ) -> bool:
        """Whether there is an instance of a key, in the current world.

        Of a collection of which nothing is known there is one where the collection is not empty.
        `others` are the keys that stand beside AnyKey: they are instances of their own.
        """
        if key not in self.known:
            return isinstance(key, AnyKey) and not self.known <= others
        if self.keys != (AnyKey(),) or self.kind != "for_each" or self.rest is None:
            return True
        sizes = (("length", source) for source in sources(self.rest.term))
        return all(worlds.decide(("<", ("literal", "int", 0), size)) for size in sizes)

    @cached_property
    def known(self) -> frozenset[InstanceKey]:
        """The keys, to look one up."""
        return frozenset(self.keys)


def instances(body: Body, scope: Scope, address: str) -> Instances:
    """Expand `count`, `for_each` or `lifecycle { enabled }`.

    Raises EvaluationError where Terraform would refuse it.
    """
    attributes = body.attributes
    count, for_each = attributes.get("count"), attributes.get("for_each")
    if count is not None:
        return _counted(count, scope, address)
    if for_each is not None:
        return _for_each(for_each, scope, address)
    enabled = _enabled(body)
    if enabled is not None:
        value = define(scope, expression(enabled.value), f"enabled of {address}")
        keys: tuple[InstanceKey, ...] = (None,) if truth(value, scope) else ()
        return Instances(keys, lambda _: {}, None, trail=value.trail)
    return Instances((None,), lambda _: {}, None)


def _enabled(body: Body) -> AttributeSpan | None:
    """OpenTofu's switch of one resource or module call.

    https://opentofu.org/docs/language/meta-arguments/enabled
    """
    bodies = [outline_span(block.body) for block in body.blocks if block.type == "lifecycle"]
    written = body.attributes.get("lifecycle")
    if written is not None and isinstance(written.value, NodeSpan):
        from .json_syntax import outlines_within

        bodies.extend(outlines_within(written.value))
    found = (one.attributes["enabled"] for one in bodies if "enabled" in one.attributes)
    return next(found, None)


def _counted(attribute: AttributeSpan, scope: Scope, address: str) -> Instances:
    value = to_number(define(scope, expression(attribute.value), f"count of {address}"))
    unknown: Unknown | None = None
    keys: tuple[InstanceKey, ...]
    if isinstance(value, Known):
        if not isinstance(value.data, int | float):
            raise EvaluationError("count is null", attribute.value)
        if value.data > INSTANCE_LIMIT:
            raise EvaluationError(
                f"count is above {INSTANCE_LIMIT}", attribute.value, "unsupported"
            )
        keys = tuple(range(int(value.data)))
    else:
        scope.worlds.is_count(term_of(value))
        none = scope.worlds.decide(("<", term_of(value), ("literal", "int", 1)))
        keys = () if none else (AnyKey(),)
        unknown = derived("count", value)

    def names(key: InstanceKey) -> Mapping[str, Value]:
        index: Value = (
            Known(key)
            if isinstance(key, int)
            else Unknown(
                "external",
                "count.index is not known",
                ("count.index", address, term_of(value)),
                not_null=True,
                type="number",
                domain=tuple(range(len(keys))) if unknown is None else None,
            )
        )
        return {"count": MapValue({"index": index})}

    return Instances(keys, names, "count", unknown if keys else None, value.trail)


def _for_each(attribute: AttributeSpan, scope: Scope, address: str) -> Instances:
    value = define(scope, expression(attribute.value), f"for_each of {address}")
    items: Mapping[str, Value]
    declared = value.type if isinstance(value, Unknown) else None
    type_ = element_type(declared)
    match value:
        case MapValue(items=items, rest=rest, element=element):
            pass
        case ListValue(items=elements, rest=rest, element=element):
            items, open_rest = _set_items(elements)
            rest = rest or open_rest
        case Unknown() | Attribute() | Text():
            rest = derived("for_each", value)
            if isinstance(value, Unknown):
                rest = replace(rest, kept=value.kept)
            items, element = {}, None
        case Whole():
            items, rest, element = {}, derived("for_each", Attribute(value.resource, "*")), None
        case _:
            raise EvaluationError("for_each is null or no collection", attribute.value)
    keys: tuple[InstanceKey, ...] = tuple(items)
    if len(keys) > INSTANCE_LIMIT:
        raise EvaluationError(
            f"for_each has more than {INSTANCE_LIMIT} elements", attribute.value, "unsupported"
        )
    if rest is not None:
        keys = (*keys, AnyKey())

    def names(key: InstanceKey) -> Mapping[str, Value]:
        if isinstance(key, str):
            if key not in items:  # an instance of other worlds
                raise Unreachable
            return {"each": MapValue({"key": Known(key), "value": items[key]})}
        if rest is None:
            return {"each": _one_of(items, address, scope)}
        key_term, value_term = (("each." + one, address, rest.term) for one in ("key", "value"))
        name = Unknown(rest.cause, rest.why, key_term, not_null=True, type="string")
        value = Unknown(rest.cause, rest.why, value_term, type=type_)
        kept = rest.kept
        if kept is not None and not kept.has(name):
            raise Unreachable  # there is no instance for what is left out
        if kept is not None and element is None:
            return {"each": MapValue({"key": name, "value": kept.at(name)})}
        of_itself = is_set(rest.term) or (declared is not None and declared[0] == "set")
        one = element or (name if of_itself else value)
        return {"each": MapValue({"key": name, "value": one})}

    return Instances(keys, names, "for_each", rest, value.trail)


def _one_of(items: Mapping[str, Value], address: str, scope: Scope) -> Value:
    """`each` of one of the instances of a collection that is known, whichever it is."""
    names = tuple(items)
    if not names:
        raise EvaluationError("there is no such instance")
    term = ("each.key", address, term_of(ListValue(tuple(map(Known, names)))))
    why = "which of the instances it is, is not told"
    key = Unknown("unsupported", why, term, not_null=True, type="string", domain=names)
    element = MapValue(items)

    def read(name: str) -> Value:
        found = scope.worlds.refine(key)
        return found if name == "key" else index(element, found, scope.worlds)

    return MapValue(LazyItems(("key", "value"), read))


def _set_items(elements: tuple[Value, ...]) -> tuple[Mapping[str, Value], Unknown | None]:
    """The elements that are known, and what stands for the others, of which there is one."""
    known: dict[str, Value] = {}
    others: dict[Term, Value] = {}
    for element in elements:
        if isinstance(element, Known):
            known[str(element.data)] = element
        elif first_unknown(element) is None:
            raise EvaluationError("for_each takes a set of strings, not of collections")
        else:
            others[term_of(element)] = element
    if not others:
        return known, None
    return known, derived(ONE_OF, *(others[term] for term in sorted(others, key=repr)))


def collection(found: Instances, make: Callable[[InstanceKey], Value], address: str) -> Value:
    """What a reference to the whole is: one value, a list (count) or a map (for_each)."""
    if found.kind is None:
        return make(None) if found.keys else Known(None, trail=found.trail)
    element = make(AnyKey()) if found.rest is not None else None
    trail = () if found.keys else found.trail  # of what there is, its declaration is enough
    if found.kind == "count":
        items = tuple(make(key) for key in found.keys)
        absent = f'{address} has count, and no "{{}}": an instance is read as {address}[0]'
        return ListValue(items, "tuple", found.rest, element, absent=absent, trail=trail)
    names = tuple(key for key in found.keys if isinstance(key, str))
    absent = f'{address}["{{}}"] is not declared'
    if names:
        example = suffix(names[0]).replace("{", "{{").replace("}", "}}")
        absent = f"{absent}: {address} has for_each, and an instance is read as {address}{example}"
    return MapValue(LazyItems(names, make), "map", found.rest, element, absent, trail=trail)

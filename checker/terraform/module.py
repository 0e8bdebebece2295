"""One instance of a module: its variables, locals, resources, calls and outputs, as a scope.

A module that is called is evaluated once per call, with the values that each call passes; a
root module has the values of its tfvars.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from ..annotations import Protocol
from ..discovery import normal
from ..graph import Resource
from ..language.evaluate import define
from ..language.scope import Scope
from ..language.value import (
    Absent,
    Attribute,
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Unknown,
    Value,
    Whole,
)
from ..language.worlds import Worlds
from ..records import dataclass, field, replace
from ..source import InputError, Span
from .declarations import OF_CALLS, Declarations, Key, call_address, title
from .dynamic import generated
from .expressions import expression
from .given import SWITCHES, Given, KnownModule, inputs, switched_off
from .instances import InstanceKey, Instances, collection, instances, suffix
from .outline import Block
from .variables import Variables

# Attributes that are what an argument is.
# https://developer.hashicorp.com/terraform/language/resources/terraform-data#attributes-reference
_COPIES = {("terraform_data", "output"): "input"}
_ECHOES = frozenset({"terraform_data", "null_resource"})


class Library(Protocol):
    """Where called modules and functions come from: the loader."""

    def find(self, caller: ModuleInstance, name: str) -> Declarations | KnownModule | Unknown:
        """The module that a call names, or what stands for it where it is not on disk."""
        ...

    def function(
        self, folder: str, root: str, name: str, arguments: tuple[Value, ...], span: Span
    ) -> Value:
        """The result of a built-in function, called in a module below a root module."""
        ...


@dataclass(eq=False)
class ModuleInstance:
    """A scope. `address` is "" for a root module, else `module.a["x"].module.b`.

    `root` is the root module's folder, or that of its Terragrunt unit, `path` the names of the
    calls that lead here. `started` is the root module's own folder, in which Terraform runs,
    `caller` what gives a root module's values, where something does.
    """

    module: Declarations
    address: str
    given: Mapping[str, Given]
    library: Library
    worlds: Worlds
    root: str
    path: tuple[str, ...] = ()
    calls: tuple[Span, ...] = ()
    started: str = ""
    caller: str = ""
    keys: dict[str, frozenset[InstanceKey]] = field(default_factory=dict)
    """The instance keys over all worlds, of each address that was expanded over all."""
    _children: dict[tuple[str, InstanceKey], ModuleInstance] = field(default_factory=dict)
    _resources: dict[tuple[Key, InstanceKey], Resource] = field(default_factory=dict)
    _names: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        module = self.module
        self.started = self.started or module.folder
        types: dict[str, dict[str, list[str]]] = {"resource": {}, "data": {}}
        for mode, type_, name in module.resources:
            types[mode].setdefault(type_, []).append(name)
        variables = Variables(
            module,
            self.given,
            self,
            self.address or self.caller,
            self.address,
            self.root,
            self.calls,
            self.exists,
        )
        self._names = {
            "var": self._namespace(module.variables, variables.read, 'variable "{}"'),
            "local": self._namespace(module.locals, self._local, 'local "{}"'),
            **{kind: self._called(kind) for kind in module.kinds},
            "data": MapValue(
                {t: self._resource_names("data", t, names) for t, names in types["data"].items()},
                absent="data source of type {} is not declared",
            ),
            "path": MapValue(
                {
                    "module": Known(normal(os.path.relpath(module.folder, self.started))),
                    "root": Known("."),
                    "cwd": self._unknown("path.cwd"),
                }
            ),
            "terraform": MapValue({"workspace": self._unknown("terraform.workspace")}),
        }
        resources = {
            t: self._resource_names("resource", t, n) for t, n in types["resource"].items()
        }
        # `resource.aws_kms_key.k` is the long form of `aws_kms_key.k`.
        self._names["resource"] = MapValue(resources, absent="no {} is declared in this module")
        self._names.update(resources)
        self._names["tofu"] = self._names["terraform"]

    # -- scope ------------------------------------------------------------------------------

    def lookup(self, name: str, span: Span) -> Value:
        found = self._names.get(name)
        if found is not None:
            return found
        if name in ("each", "count", "self"):
            raise EvaluationError(f"{name} is not available here", span)
        if name == "ephemeral":
            raise EvaluationError("a resource's argument cannot hold an ephemeral value", span)
        raise Absent(f"no {name} is declared in this module", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        return self.library.function(self.module.folder, self.started, name, arguments, span)

    def _namespace(
        self, table: Mapping[str, object], read: Callable[[str], Value], what: str
    ) -> MapValue:
        def remembered(name: str) -> Value:
            return self.worlds.remember((self, what, name), lambda: read(name))

        absent = f"{what} is not declared"
        return MapValue(LazyItems(tuple(table), remembered), absent=absent)

    def _resource_names(self, mode: str, type_: str, names: list[str]) -> Value:
        def read(name: str) -> Value:
            key = (mode, type_, name)
            return self.worlds.remember((self, key), lambda: self._resource_value(key))

        return MapValue(LazyItems(tuple(names), read), absent=f"{type_}.{{}} is not declared")

    def _unknown(self, name: str) -> Unknown:
        why, term = f"{name} is not known", ("ref", "", name)
        return Unknown("external", why, term, not_null=True, type="string")

    def prefixed(self, address: str) -> str:
        """An address below this module, as Terraform writes it."""
        return f"{self.address}.{address}" if self.address else address

    # -- names ------------------------------------------------------------------------------

    def _local(self, name: str) -> Value:
        return define(self, expression(self.module.locals[name].value), f"local.{name}")

    def expanded(self, block: Block, address: str) -> Instances:
        """What `count`, `for_each` or `enabled` of a block expand to, in the current world."""

        def expand() -> Instances:
            return instances(self.module.body(block), self, address)

        return self.worlds.remember((self, "instances", address), expand)

    def has(self, block: Block, address: str, key: InstanceKey) -> bool:
        """Whether a block has an instance of a key, in the current world."""
        others = self.keys.get(address, frozenset())
        return self.expanded(block, address).holds(key, self.worlds, others)

    # -- resources --------------------------------------------------------------------------

    def resource_keys(self, key: Key) -> tuple[InstanceKey, ...]:
        """The instance keys in the current world."""
        block = self.module.resources[key]
        return self.expanded(block, address_of(key)).keys

    def _resource_value(self, key: Key) -> Value:
        block = self.module.resources[key]
        address = address_of(key)
        found = self.expanded(block, address)
        return collection(found, lambda instance: self._whole(key, instance), address)

    def _whole(self, key: Key, instance: InstanceKey) -> Value:
        resource = self.resource(key, instance)
        hop = Hop(resource.span, f"{resource.address} is declared here")
        return Whole(resource, trail=(hop,))

    def resource(self, key: Key, instance: InstanceKey) -> Resource:
        """One instance of a resource. Its arguments are evaluated when they are read."""
        found = self._resources.get((key, instance))
        if found is not None:
            return found
        mode, type_, _ = key
        block = self.module.resources[key]
        address = address_of(key) + suffix(instance)
        scope = _InstanceScope(self, block, address_of(key), instance)

        def place(name: str) -> Span | None:
            attribute = self.module.body(block).attributes.get(name)
            return attribute.value if attribute else None

        def read(name: str) -> Value | None:
            name = _COPIES.get((type_, name), name)
            attribute = self.module.body(block).attributes.get(name)
            if attribute is not None:
                note = f"{name} of {address}"
                return self.worlds.remember(
                    (self, key, instance, name),
                    lambda: define(scope, expression(attribute.value), note),
                )
            return self._blocks(block, name, scope)

        def exists() -> Value:
            if not self.exists():  # there, nothing of it is evaluated
                return Known(False)
            there = self.has(block, address_of(key), instance)
            trail = () if there else self.expanded(block, address_of(key)).trail
            return Known(there, trail=trail)

        def located() -> tuple[Value, Value]:
            from .providers import place_of  # asked for where a plan names a vault by its ARN

            return place_of(self, type_, block, scope)

        resource = Resource(
            framework="terraform",
            type=type_,
            address=self.prefixed(address),
            span=block.header,
            scope=self.root,
            read=read,
            place=place,
            exists=exists,
            data=mode == "data",
            echoes=type_ in _ECHOES,
            calls=self.calls,
            extent=block.span,
            located=located,
            written=lambda: self.module.body(block).attributes,
        )
        self._resources[key, instance] = resource
        return resource

    def _blocks(self, block: Block, name: str, scope: Scope) -> Value | None:
        """Nested blocks of one type, as a list of objects; those that are generated, too."""
        found = ListValue((), "list")
        written = [b for b in self.module.body(block).blocks if _nests(b, name)]
        for inner in written:
            if found.rest is not None:  # at which index the others stand is not known
                return replace(found, element=None)
            if inner.type == name:
                found = replace(found, items=(*found.items, self._object(inner, scope)))
            else:
                found = self._generated(found, inner, scope)
        return found if written else None

    def _generated(self, before: ListValue, block: Block, scope: Scope) -> ListValue:
        """The blocks that a `dynamic` block makes, after those before it."""
        body = self.module.body(block)
        contents = [inner for inner in body.blocks if inner.type == "content"]
        if not contents:
            raise EvaluationError("a dynamic block has no content", block.header)
        made = generated(block, body.attributes, scope, partial(self._object, contents[0]))
        return replace(made, items=(*before.items, *made.items))

    def _object(self, block: Block, scope: Scope) -> Value:
        """A nested block. Attributes that it does not set are null, or the provider sets them."""
        body = self.module.body(block)

        def read(name: str) -> Value:
            attribute = body.attributes.get(name)
            if attribute is not None:
                return define(scope, expression(attribute.value), f"{name} of {block.type}")
            return self._blocks(block, name, scope) or Known(None)

        generated = (b.labels[0] for b in body.blocks if b.type == "dynamic" and b.labels)
        written = (inner.type for inner in body.blocks if not inner.labels)
        names = dict.fromkeys((*body.attributes, *written, *generated))
        why = f"what this {block.type} block does not set is known only after apply"
        place = f"{self.root}:{self.address}:{block.header}"
        others = Unknown("external", why, ("ref", place, block.type))
        return MapValue(LazyItems(tuple(names), read), rest=others)

    # -- module calls -----------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether the calls that lead here have this instance, in the current world."""
        return True

    def call_keys(self, name: str) -> tuple[InstanceKey, ...]:
        """The instance keys of a module call, in the current world."""
        block = self.module.calls[name]
        return self.expanded(block, call_address(block)).keys

    def _called(self, kind: str) -> MapValue:
        calls = self.module.calls.items()
        names = {block.labels[0]: name for name, block in calls if block.type == kind}
        return self._namespace(names, lambda label: self._module(names[label]), f'{kind} "{{}}"')

    def _module(self, name: str) -> Value:
        block = self.module.calls[name]
        target = self.library.find(self, name)
        found = self.expanded(block, call_address(block))

        def outputs(key: InstanceKey) -> Value:
            if isinstance(target, Unknown):
                return target
            if isinstance(target, KnownModule):
                return self._known_outputs(name, key, target)
            return self.child(name, key, target).outputs()

        return collection(found, outputs, call_address(block))

    def _passed(
        self, block: Block, scope: Scope, address: str, variables: Iterable[str]
    ) -> dict[str, Given]:
        """What a call gives to the variables of what it calls."""
        attributes, note = self.module.body(block).attributes, f"passed by {address}"
        if block.type != "module":
            return inputs(attributes.get("inputs"), scope, note, variables)
        return {
            argument: Given.written(attribute, scope, note)
            for argument, attribute in attributes.items()
            if argument not in OF_CALLS
        }

    def _known_outputs(self, name: str, key: InstanceKey, target: KnownModule) -> Value:
        """What a known registry module gives: its key, and else what only its source can tell."""
        block = self.module.calls[name]
        address = self.prefixed(f"{call_address(block)}{suffix(key)}")
        scope = _InstanceScope(self, block, call_address(block), key)

        def exists() -> Value:
            return Known(self.exists() and self.has(block, call_address(block), key))

        declared = Resource(
            framework="terraform",
            type="aws_kms_key",
            address=address,
            span=block.header,
            scope=self.root,
            read=lambda _: None,
            place=lambda _: None,
            exists=exists,
        )
        hop = Hop(block.header, f"{address} ({target.name}, not on disk) declares a customer key")
        key_value = Attribute(declared, "arn", trail=(hop,))

        def output() -> Value:
            off = switched_off(self._passed(block, scope, address, SWITCHES), scope)
            if off is None:
                return key_value
            return Known(None, trail=(hop, Hop(off, f"{address} creates no key")))

        def read(name: str) -> Value:
            return self.worlds.remember((self, "known module", address), output)

        why = f"{title(block)} is not on disk, and only some of its outputs are known"
        rest = Unknown("module-unavailable", why, ("ref", self.root, address), trail=(hop,))
        return MapValue(LazyItems(tuple(sorted(target.outputs)), read), rest=rest)

    def child(self, name: str, key: InstanceKey, target: Declarations) -> ModuleInstance:
        """The instance of a called module, with the arguments of the call."""
        found = self._children.get((name, key))
        if found is None:
            block = self.module.calls[name]
            address = self.prefixed(f"{call_address(block)}{suffix(key)}")
            scope = _InstanceScope(self, block, call_address(block), key)
            given = self._passed(block, scope, address, target.variables)
            found = _Child(
                target,
                address,
                given,
                self.library,
                self.worlds,
                self.root,
                (*self.path, name),
                (*self.calls, block.header),
                self.started,
            )
            found.parent, found.key, found.name = self, key, name
            self._children[name, key] = found
        return found

    def called_by(self) -> tuple[ModuleInstance, Block] | None:
        """The module instance that calls this one, and its call; None for a root module."""
        return None

    def outputs(self) -> Value:
        """All outputs, as the object that `module.x` is."""
        where = self.address or self.root

        def read(name: str) -> Value:
            attribute = self.module.body(self.module.outputs[name]).attributes.get("value")
            if attribute is None:
                header = self.module.outputs[name].header
                raise InputError.at(header, f'output "{name}" has no value')
            return define(self, expression(attribute.value), f"output {name} of {where}")

        return self._namespace(
            self.module.outputs, read, f'output "{{}}" of {self.address or self.root}'
        )


class _Child(ModuleInstance):
    """An instance of a module that is called."""

    parent: ModuleInstance
    key: InstanceKey
    name: str

    def called_by(self) -> tuple[ModuleInstance, Block]:
        return self.parent, self.parent.module.calls[self.name]

    def exists(self) -> bool:
        block = self.parent.module.calls[self.name]
        return self.parent.exists() and self.parent.has(block, call_address(block), self.key)


class _InstanceScope:
    """A scope with `each`, `count` and `self` of one instance, looked up when they are used."""

    def __init__(self, outer: ModuleInstance, block: Block, address: str, key: InstanceKey) -> None:
        self._outer = outer
        self._block = block
        self._address = address
        self._key = key
        self.worlds = outer.worlds

    def lookup(self, name: str, span: Span) -> Value:
        if name in ("each", "count"):
            names = self._outer.expanded(self._block, self._address).names(self._key)
            if name in names:
                return names[name]
        return self._outer.lookup(name, span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        return self._outer.call(name, arguments, span)


def _nests(block: Block, name: str) -> bool:
    """Whether a nested block is one of a type, or makes such blocks."""
    return block.labels == (name,) if block.type == "dynamic" else block.type == name


def address_of(key: Key) -> str:
    """The address of a declaration within its module."""
    mode, type_, name = key
    return f"data.{type_}.{name}" if mode == "data" else f"{type_}.{name}"

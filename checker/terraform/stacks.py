"""Terraform's stacks: components call modules with their inputs, for each deployment.

https://developer.hashicorp.com/terraform/language/files/stack
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from ..annotations import Protocol
from ..discovery import stack_of
from ..language.evaluate import define, evaluate
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    MapValue,
    Unknown,
    Value,
)
from ..language.worlds import Worlds
from ..records import dataclass, field
from ..source import InputError, Source, Span
from .certain import certain
from .declarations import Declarations, title
from .expressions import expression
from .given import Given, inputs
from .module import Library, ModuleInstance
from .outline import AttributeSpan, Block, Body, outline, outline_span

_DEPLOYMENTS = (".tfdeploy.hcl", ".tfdeploy.json")
# What only HCP Terraform knows, when it deploys.
_OUTSIDE = frozenset({"identity_token", "store", "upstream_input", "orchestration_context"})


@dataclass(eq=False)
class StackDeclarations(Declarations):
    """What the files of one stack declare: its components are calls of modules.

    `deployments` give its variables their values; `deployed` are the locals beside them.
    """

    kinds: tuple[str, ...] = ("component", "stack")
    deployments: dict[str, Block] = field(default_factory=dict)
    deployed: dict[str, AttributeSpan] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return stack_of(self.folder)

    def _outline(self, source: Source) -> Body:
        if source.path.endswith(".json"):
            from .json_syntax import outline_stack

            return outline_stack(source)
        return outline(source)

    def _add_block(self, block: Block, override: bool) -> None:
        if block.header.source.path.endswith(_DEPLOYMENTS):
            self._add_deployment(block)
        elif block.type in ("component", "stack"):
            if len(block.labels) != 1:
                what = f"{block.type} block with {len(block.labels)} labels"
                raise InputError.at(block.header, what)
            label = block.labels[0]
            # A component and a stack may share a name.
            key = label if block.type == "component" else f"stack.{label}"
            self._declare(self.calls, key, block, override=False)
        elif block.type in ("variable", "output", "locals"):
            super()._add_block(block, override=False)

    def _add_deployment(self, block: Block) -> None:
        if block.type == "deployment" and len(block.labels) == 1:
            self._declare(self.deployments, block.labels[0], block, override=False)
        elif block.type == "locals":
            for name, attribute in outline_span(block.body).attributes.items():
                if name in self.deployed:
                    raise InputError.at(attribute.span, f'local "{name}" is declared twice')
                self.deployed[name] = attribute


def deployed(
    stack: StackDeclarations, given: Mapping[str, Given], library: Modules, uncreated: list[Span]
) -> Iterator[ModuleInstance]:
    """A stack that no other calls, once for each of its deployments.

    Without any in the scan, its variables have what is `given`. Those that are destroyed are
    added to `uncreated`. One that cannot be read is an error, and its vaults are judged without
    what it passes.
    """
    worlds = library.worlds
    if not stack.deployments:
        yield ModuleInstance(stack, "", given, library, worlds, root=stack.name)
    scope = _Deployments(stack, library, worlds)
    for label, block in stack.deployments.items():
        note = f"passed by {title(block)}"
        passed: dict[str, Given] = {}
        try:
            body = stack.body(block)
            if certain(worlds, partial(_is_destroyed, body, scope)):
                uncreated.append(block.header)
                continue
            passed = inputs(body.attributes.get("inputs"), scope, note, stack.variables)
        except InputError as error:
            library.errors.append(error)
        yield ModuleInstance(
            stack,
            "",
            passed,
            library,
            worlds,
            root=f"{stack.name}:{label}",
            calls=(block.header,),
            caller=title(block),
        )


def _is_destroyed(body: Body, scope: _Deployments) -> bool:
    """https://developer.hashicorp.com/terraform/cloud-docs/stacks/destroy"""
    destroy = body.attributes.get("destroy")
    value = evaluate(expression(destroy.value), scope) if destroy else None
    return isinstance(value, Known) and value.data is True


class Modules(Library, Protocol):
    """What stacks need of the loader."""

    worlds: Worlds
    errors: list[InputError]


class _Deployments:
    """The scope of a stack's deployments."""

    def __init__(self, stack: StackDeclarations, library: Library, worlds: Worlds) -> None:
        self._stack = stack
        self._library = library
        self.worlds = worlds

    def lookup(self, name: str, span: Span) -> Value:
        if name == "local":
            names = LazyItems(tuple(self._stack.deployed), self._local)
            return MapValue(names, absent='local "{}" is not declared beside the deployments')
        if name in _OUTSIDE:
            why = f"{name} is known only to HCP Terraform"
            return Unknown("external", why, ("ref", self._stack.name, name))
        raise EvaluationError(f"{name} is not available to deployments", span)

    def _local(self, name: str) -> Value:
        value = self._stack.deployed[name].value
        key = (self, name)
        return self.worlds.remember(key, lambda: define(self, expression(value), f"local.{name}"))

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        folder = self._stack.folder
        return self._library.function(folder, folder, name, arguments, span)

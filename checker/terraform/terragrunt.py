"""Terragrunt: a folder with `terragrunt.hcl` calls a module with its `inputs`.

https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from ..annotations import Protocol
from ..discovery import normal
from ..language.evaluate import define, evaluate
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    MapValue,
    Unknown,
    Value,
    derived,
    term_of,
)
from ..language.worlds import Worlds
from ..records import dataclass, replace
from ..source import Span
from .declarations import entries_of
from .expressions import expression
from .given import item
from .outline import AttributeSpan, Body, outline_span
from .terragrunt_blocks import Layers, deeply, dependency, generates, told

UNIT = "terragrunt.hcl"
VALUES = "terragrunt.values.hcl"

# Functions whose result only a run of Terragrunt can know.
_OUTSIDE = frozenset(
    {"get_env", "run_cmd", "sops_decrypt_file", "get_aws_account_id", "get_aws_account_alias",
     "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id", "get_platform",
     "get_terraform_command", "get_terraform_cli_args", "get_default_retryable_errors",
     "get_terragrunt_source_cli_flag", "get_working_dir"}
)  # fmt: skip


_OF_PATHS = frozenset({"find_in_parent_folders", "read_terragrunt_config", "read_tfvars_file"})
_NAMES = frozenset({"local", "include", "dependency", "values", "feature"})


class Files(Protocol):
    """Where configurations and modules come from: the loader."""

    @property
    def worlds(self) -> Worlds: ...

    def configuration(self, path: str) -> Body | None:
        """The outline of a file inside the repository; None where there is none."""
        ...

    def boundary(self, folder: str) -> str:
        """The repository's folder."""
        ...

    def function(
        self, folder: str, root: str, name: str, arguments: tuple[Value, ...], span: Span
    ) -> Value:
        """The result of a function of Terraform's own."""
        ...

    def unit(self, folder: str) -> Configuration | None:
        """The unit of a folder; None where there is none."""
        ...

    def outputs_of(self, unit: str, span: Span) -> Value:
        """The outputs of another unit's module."""
        ...


@dataclass(eq=False)
class Configuration:
    """One Terragrunt file, read for the unit whose folder is `unit`. It is a scope.

    A unit that a stack generates has the stack's `values`, is called by its `calls`, and is
    `copied` from a folder on disk. What `read_terragrunt_config` reads is read `by` another unit.
    """

    path: str
    unit: str
    body: Body
    files: Files
    values: Value | None = None
    calls: tuple[Span, ...] = ()
    copied: str = ""
    by: str = ""

    @property
    def worlds(self) -> Worlds:
        return self.files.worlds

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path) or "."

    # -- what it says -----------------------------------------------------------------------

    def blocks(self, type_: str) -> Iterator[tuple[str, Body]]:
        for block in self.body.blocks:
            if block.type == type_:
                yield (block.labels[0] if block.labels else ""), outline_span(block.body)

    def includes(self) -> Mapping[str, Configuration]:
        """The included files by label. Raises EvaluationError where a path is not known."""
        return self.worlds.remember((self, "includes"), self._includes)

    def _includes(self) -> Mapping[str, Configuration]:
        found = {}
        for label, body in self.blocks("include"):
            attribute = body.attributes.get("path")
            if attribute is not None:
                path = self.located(evaluate(expression(attribute.value), self))
                found[label] = self._read(path, self.unit, attribute.value)
        return found

    def module_source(self) -> tuple[str, Span] | None:
        """The text of `terraform { source }`, its own or an included file's."""
        scope, place = self.written_source() or (self, None)
        value = evaluate(expression(place), scope) if place else None
        if place and isinstance(value, Known) and isinstance(value.data, str):
            return value.data, place
        return None

    def written_source(self) -> tuple[Configuration, Span] | None:
        """Where `terraform { source }` is written, and the file whose names it uses."""
        for _, body in self.blocks("terraform"):
            attribute = body.attributes.get("source")
            if attribute is not None:
                return self, attribute.value
        for included, _ in self.merged():
            found = included.written_source()
            if found is not None:
                return found
        return None

    def merged(self) -> list[tuple[Configuration, bool]]:
        """The included files that are merged, the strongest first, and whether deeply.

        Of several includes the bottom one overrides those above it.
        https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/#include
        """
        merged = []
        bodies = dict(self.blocks("include"))
        for label, included in self.includes().items():
            attribute = bodies[label].attributes.get("merge_strategy")
            strategy = evaluate(expression(attribute.value), self) if attribute else None
            match strategy:
                case None | Known(data="shallow" | "deep" | "no_merge"):
                    how = strategy.data if strategy else "shallow"
                case _:
                    raise EvaluationError("a merge_strategy is not known", cause="unsupported")
            if how != "no_merge":
                merged.append((included, how == "deep"))
        return merged[::-1]

    def dependencies(self) -> Mapping[str, Layers]:
        """The `dependency` blocks by label: its own, and those they are merged with or replace."""
        found: dict[str, Layers] = {}
        for label, body in self.blocks("dependency"):
            found[label] = ((self, body),)
        for included, deep in self.merged():
            for label, layers in included.dependencies().items():
                if label not in found:
                    found[label] = layers
                elif deep:
                    found[label] = (*found[label], *layers)
        return found

    def input(self, name: str) -> Value | None:
        """One argument of the module, its own and included files' merged; None where there is none.

        Raises EvaluationError.
        """
        found = self._own_input(name)
        for included, deep in self.merged():
            if found is None or deep:
                passed = included.input(name)
                found = passed if found is None else deeply(passed, found)
        return found

    def input_places(self) -> Mapping[str, Span]:
        """The names of its inputs and of those it is merged with, and where they are written.

        Raises EvaluationError where they are not known.
        """
        found: dict[str, Span] = {}
        for included, _ in reversed(self.merged()):
            found.update(included.input_places())
        attribute = self.body.attributes.get("inputs")
        if attribute is None:
            return found
        written = expression(attribute.value)
        entries = entries_of(written)
        if entries is not None:
            return {**found, **{name: place for name, (place, _) in entries.items()}}
        value = evaluate(written, self)
        if not isinstance(value, MapValue) or value.rest is not None:
            raise EvaluationError("the names of the inputs are not known", attribute.value)
        return {**found, **dict.fromkeys(value.items, attribute.span)}

    def _own_input(self, name: str) -> Value | None:
        attribute = self.body.attributes.get("inputs")
        if attribute is None:
            return None
        note = "Terragrunt's inputs"
        value = self.worlds.remember(
            (self, "inputs"), lambda: define(self, expression(attribute.value), note)
        )
        return item(value, name, self)

    # -- scope ------------------------------------------------------------------------------

    def lookup(self, name: str, span: Span) -> Value:
        if name not in _NAMES:
            raise EvaluationError(f"{name} is not available in Terragrunt", span)
        return self.worlds.remember((self, name), lambda: self._namespace(name))

    def _namespace(self, name: str) -> Value:
        match name:
            case "local":
                return self._lazy("local", self._locals(), self._local)
            case "include":
                return self._exposed()
            case "dependency":
                blocks = self.dependencies()
                return self._lazy("dependency", blocks, lambda label: dependency(blocks[label]))
            case "values":
                return self.values or self._values()
        why = "a feature flag is known only when Terragrunt runs"
        return Unknown("external", why, ("ref", self.unit, "feature"))

    def _exposed(self) -> Value:
        """The included files as values; one alone that has no label is `include` itself.

        https://docs.terragrunt.com/reference/hcl/blocks#include
        """
        bodies = dict(self.blocks("include"))
        found = {
            label: included.value()
            for label, included in self.includes().items()
            if told(self, bodies[label], "expose")
        }
        if [*bodies] == [""] and found:
            return found[""]
        return MapValue(found, absent='there is no include "{}" that is exposed')

    def _values(self) -> Value:
        """What `terragrunt stack generate` wrote beside the unit; else what a stack would pass."""
        path = normal(os.path.join(self.copied or self.unit, VALUES))
        body = self.files.configuration(path)
        if body is None:
            why = "no Terragrunt stack of the scan gives this unit its values"
            return Unknown("caller-supplied", why, ("ref", self.unit, "values"))
        written = body.attributes

        def read(name: str) -> Value:
            return define(self, expression(written[name].value), f"values.{name}")

        return self._lazy("values", written, read)

    def _lazy(self, what: str, names: Mapping[str, object], read: Callable[[str], Value]) -> Value:
        def remembered(name: str) -> Value:
            return self.worlds.remember((self, what, name), lambda: read(name))

        return MapValue(
            LazyItems(tuple(names), remembered), absent=f'{what} "{{}}" is not declared'
        )

    def _locals(self) -> Mapping[str, AttributeSpan]:
        return {
            name: attribute
            for _, body in self.blocks("locals")
            for name, attribute in body.attributes.items()
        }

    def _local(self, name: str) -> Value:
        return define(self, expression(self._locals()[name].value), f"local.{name}")

    def value(self) -> Value:
        """The whole file as a value: what `read_terragrunt_config` and `include` give."""

        def read(name: str) -> Value:
            match name:
                case "inputs":
                    return self._inputs()
                case "generate":
                    found = generates(self)
                    return MapValue({label: one.value() for label, one in found.items()})
            return self._namespace("local" if name == "locals" else name)

        return MapValue(LazyItems(("locals", "inputs", "dependency", "generate"), read))

    def _inputs(self) -> Value:
        """Its inputs, those of what it includes among them."""
        if self.merged():
            return MapValue(LazyItems(tuple(self.input_places()), self._merged_input))
        attribute = self.body.attributes.get("inputs")
        return evaluate(expression(attribute.value), self) if attribute else MapValue({})

    def _merged_input(self, name: str) -> Value:
        found = self.input(name)
        return Known(None) if found is None else found

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        if name in _OUTSIDE:
            why = f"{name}() is known only when Terragrunt runs"
            return Unknown("external", why, (name, *map(term_of, arguments)))
        if name in _OF_PATHS and arguments and not isinstance(arguments[0], Known):
            return derived(name, *arguments, not_null=False)
        match name:
            case "find_in_parent_folders":
                return self._find_in_parents(arguments, span)
            case "read_terragrunt_config":
                path = self.located(arguments[0]) if arguments else ""
                if len(arguments) > 1 and self.files.configuration(path) is None:
                    return arguments[1]
                return self._read(path, os.path.dirname(path), span).value()
            case "get_terragrunt_dir":
                return Known(os.path.abspath(self.unit))
            case "get_original_terragrunt_dir":
                return Known(os.path.abspath(self.by or self.unit))
            case "get_parent_terragrunt_dir":
                return Known(os.path.abspath(self._above(arguments)))
            case "get_repo_root":
                return Known(self.files.boundary(self.unit))
            case "path_relative_to_include":
                return Known(normal(os.path.relpath(self.unit, self._above(arguments))))
            case "path_relative_from_include":
                return Known(normal(os.path.relpath(self._above(arguments), self.unit)))
            case "get_path_to_repo_root":
                return Known(os.path.relpath(self.files.boundary(self.unit), self.unit))
            case "get_path_from_repo_root":
                return Known(os.path.relpath(self.unit, self.files.boundary(self.unit)))
        from . import terragrunt_functions

        if name in terragrunt_functions.NAMES:
            return terragrunt_functions.call(self, name, arguments, span)
        folder = self.on_disk(self.folder)  # the file's own, included or not
        return self.files.function(folder, folder, name, arguments, span)

    def _above(self, arguments: tuple[Value, ...]) -> str:
        """The folder of what is included: of this file, or of the one that it includes.

        An argument is the label of one of several.
        """
        labels = [label for label, _ in self.blocks("include")]
        if not labels:
            return self.folder
        named = arguments[0].data if arguments and isinstance(arguments[0], Known) else None
        label = labels[0] if len(labels) == 1 else named
        try:
            included = self.includes()
        except EvaluationError as error:
            if error.cause != "cycle":
                raise
            return self.unit  # as it is while the path of an include is read
        if label not in included:
            raise EvaluationError("which of the included files is meant is not known")
        return included[str(label)].folder

    def _find_in_parents(self, arguments: tuple[Value, ...], span: Span) -> Value:
        first = arguments[0] if arguments else Known(UNIT)
        if not isinstance(first, Known):
            raise EvaluationError("the name of a parent file is not known", span)
        boundary = self.files.boundary(self.unit)
        folder = os.path.realpath(self.unit)
        while folder != boundary and folder.startswith(boundary + os.sep):
            folder = os.path.dirname(folder)
            path = os.path.join(folder, str(first.data))
            if os.path.exists(path):
                return Known(path)
        if len(arguments) > 1:
            return arguments[1]
        raise EvaluationError(f"{first.data} is in no parent folder", span)

    def located(self, value: Value) -> str:
        """A path as it is reported; what is relative is relative to the unit."""
        if not (isinstance(value, Known) and isinstance(value.data, str)):
            raise EvaluationError("a path is not known")
        return self.on_disk(normal(os.path.join(self.unit, value.data)))

    def on_disk(self, path: str) -> str:
        """Where a path is on disk, of which a part may be copied."""
        if self.copied and (path == self.unit or path.startswith(f"{self.unit}/")):
            return normal(self.copied + path[len(self.unit) :])
        return path

    def _read(self, path: str, unit: str, span: Span) -> Configuration:
        body = self.files.configuration(path)
        if body is None:
            raise EvaluationError(f"{path} is not on disk", span, "module-unavailable")
        if unit == self.unit:
            return replace(self, path=path, body=body)
        return Configuration(path, normal(unit or "."), body, self.files, by=self.by or self.unit)


def module_folder(source: str, unit: Configuration) -> str | None:
    """The folder that a local source names; `//` parts the copied folder from the module in it."""
    if not source.startswith((".", "/")):
        return None
    return unit.on_disk(normal(os.path.join(unit.unit, source.replace("//", "/"))))

"""What gives the variables of a Terragrunt unit's module their values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..discovery import normal
from ..language.operands import null_here
from ..language.value import Known, Text, Unknown, Value
from ..records import replace
from ..source import Source
from . import extra_arguments
from .arguments import automatic_files, in_order, is_first
from .certain import certain
from .declarations import Declarations
from .extra_arguments import ANYTHING, Argument
from .generated import Written
from .given import Given
from .terragrunt import Configuration
from .units import Modules


def values_of(
    unit: Configuration, module: Declarations, written: Written, loader: Modules
) -> dict[str, Given]:
    """What gives a variable its value, by name. `written` is what the unit generates.

    https://developer.hashicorp.com/terraform/language/values/variables (precedence); inputs are
    passed as environment variables, but for those that are null: these Terragrunt writes into the
    first automatic file of values, `.terragrunt-null-vars.auto.tfvars.json`.
    """
    worlds = unit.worlds
    places = certain(worlds, lambda: dict(unit.input_places()))
    inputs = {
        name: Given(partial(unit.input, name), f"TF_VAR_{name}", places[name] if places else None)
        for name in (module.variables if places is None else places)
    }
    given = dict(inputs)
    # Of each variable, where it may be passed by what is not known.
    every = dict.fromkeys(module.variables, Given(_nothing))
    environment = certain(worlds, lambda: tuple(extra_arguments.environment(unit)))
    if environment is None or any(name == ANYTHING for name, _ in environment):
        read = partial(extra_arguments.environment, unit)
        weaker = {**every, **given}
        given = {name: _depending(read, name, one, loader) for name, one in weaker.items()}
    else:
        given.update(map(_passed, environment))
    first, automatic = _files(unit, module, written)
    given.update(loader.given((), first, flags=False))
    for name, one in inputs.items():
        if given[name] is not one:
            given[name] = _null_or(unit, one, given[name])
    given.update(loader.given((), automatic, flags=False))
    read_all = partial(extra_arguments.arguments, unit, module.folder, written.left_out)
    passed = certain(worlds, lambda: tuple(read_all()))
    if passed is None or any(one[0] == ANYTHING for one in passed if isinstance(one, tuple)):
        weaker = {**every, **given}
        given = {name: _depending(read_all, name, one, loader) for name, one in weaker.items()}
        passed = ()
    more = (one if isinstance(one, str) else _passed(one) for one in passed)
    given.update(loader.given((), (*more, *loader.var_files)))
    return given


_Values = list[str | Source | tuple[str, Given]]


def _files(unit: Configuration, module: Declarations, written: Written) -> tuple[_Values, _Values]:
    """The automatic files of values: those of fixed names, and the others, in their order."""
    folders = dict.fromkeys((module.folder, unit.copied or unit.unit))
    found: dict[str, str | Source | Value] = {
        os.path.basename(path): path
        for folder in folders
        for path in automatic_files(folder)
        if normal(path) not in written.left_out
    }
    found = {name: file for name, file in found.items() if name not in written.removed}
    found.update(written.values)
    first: _Values = []
    others: _Values = []
    for name in in_order(found):
        file = found[name]
        values = first if is_first(name) else others
        if isinstance(file, Value):
            values.extend(_not_known(name, file, module))
        else:
            values.append(file)
    return first, others


def _not_known(name: str, text: Value, module: Declarations) -> Iterator[tuple[str, Given]]:
    """The variables that text which is not known may give a value: all, or those it speaks of."""
    known = None
    if isinstance(text, Text):
        known = "".join(
            part.data
            for part in text.parts
            if isinstance(part, Known) and isinstance(part.data, str)
        )
    why = f"what is generated as {name} is not known"
    for variable in module.variables:
        if known is None or variable in known:
            term = ("ref", name, variable)
            yield variable, Given(partial(Unknown, "external", why, term, trail=text.trail))


def _depending(
    read: Callable[[], Iterable[Argument]], name: str, weaker: Given, loader: Modules
) -> Given:
    """A variable's value where what is passed depends on the world, or is not known."""

    def instead() -> Given:
        found = weaker
        for one in read():
            if isinstance(one, str):
                found = loader.given((), (one,), flags=False).get(name, found)
            elif one[0] == name:
                found = _passed(one)[1]
            elif one[0] == ANYTHING:
                why = "what Terragrunt passes to Terraform is not known"
                term = ("ref", "extra_arguments", name)
                found = Given(partial(Unknown, "external", why, term, trail=one[1].trail))
        return found

    return replace(weaker, instead=instead)


def _null_or(unit: Configuration, one: Given, weaker: Given) -> Given:
    """An input that is null, where it is, else what outweighs it."""

    def instead() -> Given:
        value = one.read()
        return one if value is not None and null_here(unit, value) else weaker

    return replace(weaker, instead=instead)


def _passed(argument: tuple[str, Value]) -> tuple[str, Given]:
    """A variable and its value, of which Terraform is passed the text."""
    name, value = argument
    return name, Given(lambda: value, passed=f"-var {name}")


def _nothing() -> None:
    return None

"""Values for the variables of a root module: tfvars files, --var-file and --var.

In Terraform's order, later wins: default < terraform.tfvars < *.auto.tfvars by name <
--var-file < --var. https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ..candidates import is_automatic
from ..language.value import EvaluationError, Hop, Known, Value
from ..language.worlds import Worlds
from ..source import InputError, Source, Span
from .given import Given
from .outline import outline


class Constants:
    """The scope of a tfvars file: there are no names and no functions in it."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def lookup(self, name: str, span: Span) -> Value:
        raise EvaluationError("a tfvars file may not refer to anything", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        raise EvaluationError("a tfvars file may not call functions", span)


_FIRST = ("terraform.tfvars", "terraform.tfvars.json")


def is_first(name: str) -> bool:
    """Whether it is one of the two tfvars files that Terraform reads first."""
    return name in _FIRST


def automatic_files(*folders: str) -> Iterator[str]:
    """The tfvars files that Terraform reads by itself, in its order.

    Of several folders that are copied into one, the last has the say.
    """
    places: dict[str, str] = {}
    for folder in folders:
        with suppress(OSError):
            places.update((name, os.path.join(folder, name)) for name in os.listdir(folder))
    return (places[name] for name in in_order(filter(is_automatic, places)))


def in_order(names: Iterable[str]) -> list[str]:
    """The names of tfvars files as Terraform reads them, the last of which has the say."""
    found = dict.fromkeys(names)
    return [
        *(name for name in _FIRST if name in found),
        *sorted(name for name in found if not is_first(name)),
    ]


def from_file(source: Source, worlds: Worlds) -> Mapping[str, Given]:
    """The values of one tfvars file, in JSON where its name ends in .json. Raises InputError."""
    if source.path.endswith(".json"):
        from .json_syntax import outline_values as outlined
    else:
        outlined = outline
    content = outlined(source)
    for block in content.blocks:
        raise InputError.at(block.header, "a tfvars file has assignments only, no blocks")
    scope = Constants(worlds)
    return {
        name: Given.written(attribute, scope, f'tfvars value of "{name}"')
        for name, attribute in content.attributes.items()
    }


def from_flags(variables: Mapping[str, str]) -> Mapping[str, Given]:
    """The values of --var NAME=VALUE."""
    return {name: _flag(f"--var {name}", text) for name, text in variables.items()}


def _flag(flag: str, text: str) -> Given:
    hop = Hop(Source(flag, text).span(0, len(text)), f"set by {flag}")
    return Given(lambda: Known(text, trail=(hop,)), passed=flag)

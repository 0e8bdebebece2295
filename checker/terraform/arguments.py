"""Values for the variables of a root module: tfvars files, --var-file and --var.

In Terraform's order, later wins: default < terraform.tfvars < *.auto.tfvars by name <
--var-file < --var. https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from ..language.evaluate import Scope
from ..source import InputError, Source
from .module import Given
from .outline import AttributeSpan, outline


def automatic_files(folder: str) -> Iterator[str]:
    """The tfvars files that Terraform reads by itself, in its order."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in ("terraform.tfvars", "terraform.tfvars.json"):
        if name in names:
            yield os.path.join(folder, name)
    for name in names:
        if name.endswith((".auto.tfvars", ".auto.tfvars.json")):
            yield os.path.join(folder, name)


def read_file(path: str, source: Source, scope: Scope) -> Mapping[str, Given]:
    """The values of one tfvars file. Raises InputError."""
    return {
        name: Given(attribute, scope, f"set in {path}")
        for name, attribute in attributes(source).items()
    }


def attributes(source: Source) -> Mapping[str, AttributeSpan]:
    """The assignments of a tfvars file, in HCL or JSON. Raises InputError."""
    if source.path.endswith(".json"):
        from .json_syntax import outline_json

        return outline_json(source).attributes
    content = outline(source)
    for block in content.blocks:
        raise InputError.at(block.header, "a tfvars file has assignments only, no blocks")
    return content.attributes


def from_flags(variables: Iterable[tuple[str, str]], scope: Scope) -> Mapping[str, Given]:
    """The values of --var NAME=VALUE. A value that is no expression is a string, as it stands."""
    given = {}
    for name, value in variables:
        source = Source(f"--var {name}", value)
        span = source.span(0, len(value))
        given[name] = Given(AttributeSpan(name, span, span), scope, f"set by --var {name}")
    return given

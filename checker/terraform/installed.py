"""Modules that `terraform init` has put on disk, and registry modules that are known by name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..patterns import pattern
from ..source import InputError, Source

# Of the public registries only: another host may serve anything under the same name.
_REGISTRY = pattern(
    r"(?:(?:registry\.terraform\.io|registry\.opentofu\.org)/)?([\w-]+/[\w-]+/[\w-]+)(//[^?]*)?\Z"
)


def manifest(source: Source) -> Mapping[str, str]:
    """`.terraform/modules/modules.json`: the folder of each call, by its path of names (`a.b`).

    Folders are relative to the root module. Raises InputError where it is no such file.
    https://developer.hashicorp.com/terraform/cli/commands/init#child-module-installation
    """
    import json

    try:
        content = json.loads(source.text)
        modules = content["Modules"]
        return {str(entry["Key"]): str(entry["Dir"]) for entry in modules if entry["Key"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError("it is not a modules.json of terraform init", source.path) from None


def manifest_path(folder: str) -> str:
    return os.path.join(folder, ".terraform", "modules", "modules.json")


def registry_name(source: str) -> str | None:
    """`namespace/name/provider` of a public registry's module; None for another or a submodule."""
    match = _REGISTRY.match(source)
    return match[1] if match and not match[2] else None

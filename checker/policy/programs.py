"""One tree, two programs: OpenTofu reads `.tofu` files, which Terraform passes over.

https://opentofu.org/docs/language/files/#opentofu-specific-files
Which of them deploys is not in the code, so the worse of both counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from ..candidates import TOFU, File
from ..records import replace
from .result import Result

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Mapping

    Vault = tuple[str, str, str, tuple[tuple[str, int], ...]]

_OF_TOFU = "OpenTofu runs it, not Terraform"
_OF_TERRAFORM = "Terraform runs it, which reads no .tofu files"
_LEVELS = ("off", "warning", "error")
_REASONS = ("unresolved", "aws-managed", "missing")


def as_terraform(folders: Mapping[str, list[File]]) -> dict[str, list[File]] | None:
    """The files that Terraform reads; None where they are those that OpenTofu reads.

    A folder of `.tofu` files alone is no module of Terraform's, and stays what it is.
    """
    found = {}
    for folder, files in folders.items():
        others = [file for file in files if not file.path.endswith(TOFU)]
        if others and len(others) < len(files):
            found[folder] = others
    return {**folders, **found} if found else None


def both(tofu: Iterable[Result], terraform: Iterable[Result]) -> list[Result]:
    """The results of the two, each vault's once where they agree, else the worse.

    What one of them refuses is not deployed by it: there the other counts.
    """
    one, other = _by_vault(tofu), _by_vault(terraform)
    found = [
        _worse(*pair)
        for vault in dict.fromkeys((*one, *other))
        for pair in zip_longest(one.get(vault, ()), other.get(vault, ()))
    ]
    return sorted(found, key=lambda result: result.order)


def _by_vault(results: Iterable[Result]) -> dict[Vault, list[Result]]:
    found: dict[Vault, list[Result]] = {}
    for result in results:
        calls = tuple((call.source.path, call.start) for call in result.calls)
        vault = (result.rule, result.span.source.path, result.address, calls)
        found.setdefault(vault, []).append(result)
    return found


def _worse(tofu: Result | None, terraform: Result | None) -> Result:
    if tofu is None or terraform is None:
        alone, who = (tofu, _OF_TOFU) if tofu is not None else (terraform, _OF_TERRAFORM)
        assert alone is not None
        return _where(alone, who)
    if (tofu.reason, tofu.cause) == (terraform.reason, terraform.cause):
        return tofu if tofu.status != "suppressed" else terraform
    if terraform.cause == "undeclared" or tofu.cause == "undeclared":
        return tofu if terraform.cause == "undeclared" else terraform
    if _rank(tofu) >= _rank(terraform):
        return _where(tofu, _OF_TOFU)
    return _where(terraform, _OF_TERRAFORM)


def _rank(result: Result) -> tuple[int, ...]:
    """How bad it is, as the engine ranks the worlds of one program."""
    if result.reason is None:
        return ()
    return _LEVELS.index(result.level), _REASONS.index(result.reason)


def _where(result: Result, who: str) -> Result:
    """A result that holds for one of the two."""
    return replace(result, when=f"{who}, and {result.when}" if result.when else who)

"""Where CI systems show a finding: in the repository, by a path from its root."""

from __future__ import annotations

import os
from functools import lru_cache

from ..policy.result import Result
from ..source import Span

INSTALLED = ".terraform"
"""The folder that `terraform init` fills: no repository holds it."""
CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""What GitHub Actions and GitLab CI call the folder that they check out into."""


def in_repository(result: Result) -> Span:
    """The place of a finding; of one in an installed module, the innermost call outside of these.

    Pages of CI systems leave out what stands in no file of the repository.
    """
    places = (result.span, *reversed(result.calls))
    own = (place for place in places if INSTALLED not in place.source.path.split("/"))
    return next(own, result.span)


def installed_at(result: Result) -> str:
    """` (the vault is at PATH:LINE)` where a finding is shown at the call of its module."""
    shown = in_repository(result)
    if shown == result.span:
        return ""
    return f" (the vault is at {result.span.source.path}:{result.span.line})"


def from_root(path: str) -> str:
    """A path from the root of the repository that CI has checked out; elsewhere as it is.

    It is told by the variables of CI systems, so that a run by hand has paths as in every report.
    """
    given = tuple(os.environ.get(name, "") for name in CHECKOUTS)
    if not any(given):
        return path
    here = os.getcwd()
    root = _root(here, given)
    if root is None:
        return path
    whole = os.path.normpath(os.path.join(here, path))
    inside = os.path.relpath(whole, root)
    return path if inside.split(os.sep)[0] == os.pardir else inside.replace(os.sep, "/")


@lru_cache(maxsize=4)
def _root(here: str, given: tuple[str, ...]) -> str | None:
    """The repository around a folder, within the checkout that holds it; else that checkout."""
    for name in filter(None, given):
        checkout = os.path.realpath(name)
        folder = here
        if os.path.commonpath((checkout, here)) != checkout:
            continue
        while folder != checkout and not os.path.lexists(os.path.join(folder, ".git")):
            folder = os.path.dirname(folder)
        return folder
    return None

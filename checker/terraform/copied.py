"""What Terragrunt leaves out where it copies a module, and a unit, to where Terraform runs.

https://github.com/gruntwork-io/terragrunt/blob/v1.1.3/internal/util/file.go (newLegacyCopyFilter)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from ..candidates import VALUES, File
from ..discovery import normal
from ..language.evaluate import evaluate
from ..language.value import EvaluationError, Known, ListValue
from ..source import InputError, Span
from .certain import certain
from .expressions import expression
from .terragrunt import Configuration

Unsure = list[tuple[InputError, str]]
_NAME = "exclude_from_copy"


def not_copied(
    unit: Configuration, top: str, folder: str, terraform: Mapping[str, list[File]]
) -> tuple[set[str], Unsure]:
    """The paths of files that are not copied, of the module's `folder` and of the unit's own.

    `top` is the folder that is copied for the module. What else of it is not copied is an error,
    for who calls that folder.
    """
    globs = certain(unit.worlds, lambda: exclusions(unit) or [])
    if globs is None:
        return set(), _not_known(unit)
    if not globs:
        return set(), []
    try:
        left_out = LeftOut(globs)
    except InputError as error:
        return set(), [(error, "")]
    own = unit.copied or unit.unit
    found = set()
    for above, inside in ((top, folder), (own, own)):
        names = {os.path.basename(file.path) for file in terraform.get(inside, ())}
        with suppress(OSError):
            names.update(name for name in os.listdir(inside) if name.endswith(VALUES))
        found |= {normal(os.path.join(inside, n)) for n in left_out.of(above, inside, names)}
    return found, [
        (InputError.at(globs[0][1], f"files of {other} are not copied, so it is not known"), other)
        for other, files in terraform.items()
        if other not in (folder, own)
        and (top == "." or other.startswith(f"{top}/"))
        and left_out.of(top, other, {os.path.basename(file.path) for file in files})
    ]


def _not_known(unit: Configuration) -> Unsure:
    """What is said where globs are not known; a file that is included and not there may have none.

    Such a file's own fault is told by all that it is asked for.
    """
    blocks = unit.body.blocks
    text = blocks[0].header.source.text if blocks else ""
    if _NAME in text or (blocks and certain(unit.worlds, unit.includes) is not None):
        return [(InputError.at(blocks[0].header, "what is not copied is not known"), "")]
    return []


def exclusions(unit: Configuration) -> list[tuple[str, Span]] | None:
    """The globs of `exclude_from_copy`; None where no `terraform` block is written.

    Raises EvaluationError. An included file that is not merged deeply and has such a block gives
    those of its own, though it has none (`Merge` of pkg/config/include.go).
    """
    found = None
    for _, body in unit.blocks("terraform"):
        attribute = body.attributes.get(_NAME)
        found = [*_globs(unit, attribute.value)] if attribute else []
    for included, deep in unit.merged():
        other = exclusions(included)
        if other is not None:
            found = [*(found or ()), *other] if deep else other
    return found


def _globs(unit: Configuration, place: Span) -> Iterator[tuple[str, Span]]:
    value = evaluate(expression(place), unit)
    if isinstance(value, Known) and value.data is None:
        return
    if not isinstance(value, ListValue) or value.rest is not None:
        raise EvaluationError("what is not copied is not known", place)
    for one in value.items:
        if not (isinstance(one, Known) and isinstance(one.data, str)):
            raise EvaluationError("what is not copied is not known", place)
        yield one.data, place


class LeftOut:
    """What some globs leave out of a folder that is copied. Raises InputError."""

    def __init__(self, globs: Iterable[tuple[str, Span]]) -> None:
        from .functions.globs import matcher

        self._matchers: list[Callable[[str], bool]] = []
        for glob, place in globs:
            try:
                self._matchers.append(matcher(os.path.normpath(glob.lstrip("/")))[0])
            except ValueError as error:
                raise InputError.at(place, f"{glob} is no glob: {error}") from None

    def of(self, top: str, folder: str, names: Iterable[str]) -> set[str]:
        """The names of files of a `folder` that lies in the folder `top`, which is copied.

        As Terragrunt has it, what begins as a path that a glob means is left out with that.
        """
        if not self._matchers:
            return set()
        inside = normal(os.path.relpath(folder, top))
        steps = [] if inside == "." else inside.split("/")
        above = ("/".join(steps[:count]) for count in range(1, len(steps) + 1))
        if any(self._means(path) for path in above):
            return {*names}
        paths = {name: "/".join((*steps, name)) for name in names}
        meant = tuple(path for path in paths.values() if self._means(path))
        return {name for name, path in paths.items() if meant and path.startswith(meant)}

    def _means(self, path: str) -> bool:
        return any(matches(path) for matches in self._matchers)

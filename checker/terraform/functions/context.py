"""What a function of Terraform is called with."""

from __future__ import annotations

from collections.abc import Callable

from ...language.value import Value
from ...language.worlds import Worlds
from ...records import dataclass
from ...source import Span


@dataclass(frozen=True)
class Context:
    """The place of a call, and where its relative paths lead.

    `root_dir` is the folder in which Terraform runs, as a path relative to the process's
    directory; functions of files read nothing outside `boundary`.
    """

    span: Span
    root_dir: str
    boundary: str
    worlds: Worlds


Function = Callable[[Context, tuple[Value, ...]], Value]
"""Raises EvaluationError for what Terraform would refuse, and Undecided to split a world."""

"""Reports: one module a format, all over the same results. Nothing is judged again here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from ..policy.result import Report

Renderer = Callable[[Report, TextIO, bool], None]
"""Writes a report. The flag asks for what passed, where a format leaves it out."""


def renderer(name: str) -> Renderer:
    """The renderer of a format, imported only when it is used. Raises KeyError for another name."""
    match name:
        case "text":
            from .text import render
        case "concise":
            from .concise import render
        case "json":
            from .json_report import render
        case _:
            raise KeyError(name)
    return render

"""Reports: one module a format, all over the same results. Nothing is judged again here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .style import PLAIN, Style

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import TextIO

    from ..policy.result import Report

    # Writes a report. The flag asks for what passed, where a format leaves it out.
    Renderer = Callable[[Report, TextIO, bool], None]


def renderer(name: str, *, style: Style = PLAIN, suppressed: bool = False) -> Renderer:
    """The renderer of a format, imported only when it is used. Raises KeyError for another name.

    `style` dresses the text; `suppressed` keeps suppressed results in SARIF.
    """
    match name:
        case "text":
            from . import text

            return partial(text.render, style=style)
        case "concise":
            from . import concise

            return concise.render
        case "json":
            from . import json_report

            return json_report.render
        case "sarif":
            from . import sarif

            return partial(sarif.render, suppressed=suppressed)
        case "github":
            from . import github

            return github.render
        case "gitlab":
            from . import gitlab

            return gitlab.render
        case "junit":
            from . import junit

            return junit.render
        case "markdown":
            from . import markdown

            return markdown.render
        case "html":
            from . import html_report

            return html_report.render
        case "mermaid":
            from . import diagram

            return diagram.render_mermaid
        case "dot":
            from . import diagram

            return diagram.render_dot
    raise KeyError(name)

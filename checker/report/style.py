"""Colour and links of the report for terminals."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import dataclass

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal, TextIO

    Role = Literal["error", "warning", "pass", "place", "message", "hop"]
    When = Literal["auto", "always", "never"]
else:
    Role = When = str

_SGR: Mapping[Role, str] = {
    "error": "1;31",
    "warning": "1;33",
    "pass": "1;32",
    "place": "1;34",
    "message": "1",
    "hop": "36",
}


@dataclass(frozen=True)
class Style:
    """How text is dressed. What is passed in must be safe to print already."""

    colour: bool = False
    links: bool = False

    def paint(self, role: Role, text: str) -> str:
        """The text in the colour of its role (ECMA-48 SGR)."""
        return f"\x1b[{_SGR[role]}m{text}\x1b[0m" if self.colour and text else text

    def link(self, address: str, text: str) -> str:
        """The text, leading to an address (OSC 8)."""
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if self.links else text


PLAIN = Style()


def style_for(when: When, out: TextIO, environment: Mapping[str, str]) -> Style:
    """The style for a stream. `--color` outweighs NO_COLOR, that FORCE_COLOR, that TERM=dumb.

    Links are for terminals only: a file or pipe may end where nothing hides their addresses.
    """
    terminal = out.isatty() and environment.get("TERM") != "dumb"
    if when != "auto":
        colour = when == "always"
    elif environment.get("NO_COLOR"):  # https://no-color.org: set and not empty
        colour = False
    else:
        forced = environment.get("FORCE_COLOR")
        colour = terminal if not forced else forced != "0"
    return Style(colour, links=colour and terminal)

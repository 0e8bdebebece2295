"""The command's streams, and the files that it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    from typing import TextIO


_BLOCKS = (
    b"check", b"data", b"ephemeral", b"import", b"locals", b"module", b"moved", b"output",
    b"provider", b"removed", b"resource", b"terraform", b"variable",
)  # fmt: skip
"""How the blocks of a file of Terraform begin."""


def complain(message: str) -> None:
    """One line on stderr; nothing of a scanned name can steer the terminal."""
    from .report.escape import escape

    if sys.stderr is not None:  # None where it is closed: `print` would turn to stdout
        print(escape(message), file=sys.stderr)


def abandon_stdout() -> None:
    """Drop what is buffered and can never be written; else Python complains of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def encode(stream: TextIO | None, encoding: str | None) -> None:
    """What the terminal's encoding cannot write is shown as an escape, never a crash."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


@contextmanager
def replaced(path: str) -> Iterator[TextIO]:
    """A file that takes its new content at once or not at all. Raises OSError.

    What is no regular file (a pipe, a device) is written to as it is.
    """
    path = os.path.realpath(path)
    if os.path.lexists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8") as out:
            yield out
        return
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "x", encoding="utf-8") as out:
            yield out
        os.replace(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise


def name_for(content: bytes) -> str:
    """A file name for what standard input gave, by the language that it looks to be."""
    import re

    if content.lstrip().startswith(b"{"):
        return "stdin.json" if b'"Resources"' in content else "stdin.tf.json"
    section = re.compile(rb"^(?:AWSTemplateFormatVersion|Transform|Resources)[ \t]*:", re.M)
    block = re.compile(rb"^[ \t]*(?:%b)[ \t]+[\"{\w]" % b"|".join(_BLOCKS), re.M)
    if not section.search(content) and block.search(content):
        return "stdin.tf"
    return "stdin.yaml"

"""The command's streams, and the files that it writes."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    from typing import TextIO


def complain(message: str) -> None:
    """One line on stderr; nothing of a scanned name can steer the terminal."""
    from .report.escape import escape

    if sys.stderr is not None:  # None where it is closed: `print` would turn to stdout
        print(escape(message), file=sys.stderr)


def tell(text: str) -> bool:
    """Write to stdout; whether that could be done. A reader that went away is raised."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        tell_unwritten(error)
        return False
    return True


def tell_unwritten(error: OSError) -> None:
    """Say why stdout takes nothing, and drop what is left for it."""
    abandon_stdout()
    complain(f"error: cannot write standard output: {(error.strerror or str(error)).lower()}")


def abandon_stdout() -> None:
    """Drop what is buffered and can never be written; else Python complains of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def encode(stream: TextIO | None, encoding: str | None) -> None:
    """What the terminal's encoding cannot write is shown as an escape, never a crash."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


class replaced:
    """A file that takes its new content at once or not at all. Raises OSError.

    What is no regular file (a pipe, a device) is written to as it is.
    """

    def __init__(self, path: str) -> None:
        as_it_is = os.path.exists(path) and not os.path.isfile(path)
        # The path of a pipe behind `/dev/stdout` is none that could be opened.
        self._path = path if as_it_is else os.path.realpath(path)
        self._temporary = None if as_it_is else f"{self._path}.{os.getpid()}.tmp"

    def __enter__(self) -> TextIO:
        try:
            if self._temporary is None:
                self._out = open(self._path, "w", encoding="utf-8")
            else:
                self._out = open(self._temporary, "x", encoding="utf-8")
        except BaseException:
            self._discard()
            raise
        return self._out

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._out.close()
            if kind is None and self._temporary is not None:
                os.replace(self._temporary, self._path)
        finally:
            self._discard()

    def _discard(self) -> None:
        """Remove what has not become the file."""
        if self._temporary is not None and os.path.lexists(self._temporary):
            os.unlink(self._temporary)

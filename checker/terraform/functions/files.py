"""Functions of files and of paths. Nothing outside the scanned tree is read.

https://developer.hashicorp.com/terraform/language/functions, section "Filesystem Functions".
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable

from ...language.value import EvaluationError, Known, ListValue, Unknown, Value
from .arguments import arity, bounded_length, plain, typed, unknown
from .context import Context, Function
from .hashing import hexadecimal, in_base64

FILE_LIMIT = 1_000_000
"""Bytes of the largest file that is read."""


class Outside(Exception):
    """A path that leads out of the scanned tree."""


def located(context: Context, path: str) -> str:
    """The real path of a file. Raises Outside, and ValueError for a NUL in it."""
    if path.startswith("~"):
        raise Outside
    if not posixpath.isabs(path):
        path = posixpath.join(context.root_dir, path)
    real = os.path.realpath(path)
    boundary = os.path.realpath(context.boundary)
    if os.path.commonpath([real, boundary]) != boundary:
        raise Outside
    return real


def _outside(name: str, path: str) -> Unknown:
    return Unknown(
        "external",
        f"the file {path} lies outside the scanned tree",
        ("file", name, path),
        not_null=True,
    )


def read_bytes(name: str, path: str, real: str) -> bytes:
    """A regular file's bytes. Raises EvaluationError where there is none, or it is too large."""
    try:
        status = os.stat(real)
        if not stat.S_ISREG(status.st_mode):
            raise EvaluationError(f"{name}: {path} is not a file")
        if status.st_size > FILE_LIMIT:
            raise EvaluationError(f"{name}: {path} is larger than 1 MB", cause="unsupported")
        with open(real, "rb") as file:
            return file.read(FILE_LIMIT)
    except OSError as error:
        raise EvaluationError(f"{name}: {path}: {error.strerror}") from None


def _on_path(name: str, answer: Callable[[str, str], Value]) -> Function:
    """A function of one path; `answer` gets the path as it is written and its real path."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1, 1)
        path = typed(name, "s", arguments[0])
        if not isinstance(path, Known):
            return unknown(name, path)
        written = str(path.data)
        try:
            return answer(written, located(context, written))
        except Outside:
            return _outside(name, written)
        except ValueError as error:
            raise EvaluationError(f"{name}: {error}") from None

    return function


def _content(name: str, convert: Callable[[bytes], str]) -> Function:
    content = _on_path(name, lambda path, real: Known(convert(read_bytes(name, path, real))))

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        value = content(context, arguments)
        if not isinstance(value, Known):
            return value
        path = arguments[0]
        told = "a file" if path.sensitive else reported(context, path)
        return value.via(context.span, f"read from {told}")

    return function


def reported(context: Context, path: Value) -> str:
    """A file's path as it is told: seen from where the scan runs."""
    written = str(path.data) if isinstance(path, Known) else ""
    return posixpath.normpath(posixpath.join(context.root_dir, written))


def _fileexists(path: str, real: str) -> Value:
    if os.path.isdir(real):
        raise EvaluationError(f"fileexists: {path} is a folder")
    return Known(os.path.isfile(real))


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode("ascii")


def _fileset(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("fileset", arguments, 2, 2)
    folder, pattern = (typed("fileset", "s", argument) for argument in arguments)
    if not isinstance(folder, Known) or not isinstance(pattern, Known):
        return unknown("fileset", folder, pattern)
    from .globs import matcher

    try:
        top = located(context, str(folder.data))
        # Terraform joins the two before it looks for anything.
        cleaned = posixpath.normpath(str(pattern.data).lstrip("/"))
        if cleaned.startswith("../"):
            raise EvaluationError("fileset: the pattern leads upward", cause="unsupported")
        found = _listed(context, top, *matcher(cleaned))
    except Outside:
        return _outside("fileset", str(folder.data))
    except ValueError as error:
        raise EvaluationError(f"fileset: {error}") from None
    except OSError as error:
        raise EvaluationError(f"fileset: {error.filename}: {error.strerror}") from None
    return ListValue(tuple(map(Known, sorted(found))), "set")


def _listed(
    context: Context, top: str, matches: Callable[[str], bool], leads_on: Callable[[str], bool]
) -> list[str]:
    """The files below a folder that match; links to folders are followed, as Terraform does.

    Raises Outside where a link that matters leads out, OSError where it leads nowhere, and
    EvaluationError where it leads back.
    """
    found: list[str] = []
    waiting: list[tuple[str, tuple[str, ...]]] = [("", (top,))]
    seen = 0
    while waiting:
        prefix, above = waiting.pop()
        names = os.listdir(above[-1]) if os.path.isdir(above[-1]) else []
        seen = bounded_length(seen + len(names))
        for name in names:
            relative, path = f"{prefix}{name}", os.path.join(above[-1], name)
            if not (matches(relative) or leads_on(relative)):
                continue
            real = located(context, path)
            if os.path.isdir(real):
                if leads_on(relative) and real in above:
                    raise EvaluationError(f"fileset: {relative} leads back", cause="unsupported")
                if leads_on(relative):
                    waiting.append((f"{relative}/", (*above, real)))
            elif matches(relative) and stat.S_ISREG(os.stat(real).st_mode):
                found.append(relative)
    return found


def _pathexpand(path: str) -> str:
    if path.startswith("~"):
        raise EvaluationError("pathexpand: the home folder is not known", cause="external")
    return path


def _basename(path: str) -> str:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _dirname(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path) or ".")


FUNCTIONS: dict[str, Function] = {
    "file": _content("file", lambda data: data.decode("utf-8")),
    "filebase64": _content("filebase64", _base64),
    "filemd5": _content("filemd5", hexadecimal("md5")),
    "filesha1": _content("filesha1", hexadecimal("sha1")),
    "filesha256": _content("filesha256", hexadecimal("sha256")),
    "filesha512": _content("filesha512", hexadecimal("sha512")),
    "filebase64sha256": _content("filebase64sha256", in_base64("sha256")),
    "filebase64sha512": _content("filebase64sha512", in_base64("sha512")),
    "fileexists": _on_path("fileexists", _fileexists),
    "fileset": _fileset,
    "basename": plain("basename", "s", _basename),
    "dirname": plain("dirname", "s", _dirname),
    "pathexpand": plain("pathexpand", "s", _pathexpand),
}

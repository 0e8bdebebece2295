"""The parser of HCL expressions: python-hcl2's grammar, with a private cache.

Lark's own cache is a pickle; one that others could write to would be code of theirs. Ours is
read only from a folder that belongs to this user and that nobody else may write to.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Lark

# HCL has no negative numbers, only the operator; theirs would take `-1-1e9` for one number.
_NUMBERS = """
%override INT_LITERAL: DECIMAL+
%override FLOAT_LITERAL: DECIMAL+ "." DECIMAL+ EXP_MARK? | DECIMAL+ EXP_MARK
"""

_parser: Lark | None = None
_cache_folder: str | None = None
_tell: Callable[[str], object] = str
asked = 0
"""How often the parser was asked for in a run: once an expression."""


def configure(cache: bool, folder: str | None, tell: Callable[[str], object] = str) -> None:
    """Where the compiled grammar is kept; called once, before the first expression is parsed.

    `tell` is told of a run that has to compile it, which takes about two seconds.
    """
    global _cache_folder, _tell, asked
    asked, _tell = 0, tell
    if not cache:
        _cache_folder = None
        return
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    _cache_folder = folder or os.path.join(home, "iac-check")


def parser() -> Lark:
    """The parser of one expression, built or read from the cache on first use."""
    global _parser, asked
    asked += 1
    if _parser is None:
        _parser = _build()
    return _parser


def _build() -> Lark:
    import sys
    from importlib.util import find_spec

    from lark import Lark, __version__

    found = find_spec("hcl2")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("python-hcl2 is not installed")
    path = os.path.join(found.submodule_search_locations[0], "hcl2.lark")
    with open(path, encoding="utf-8") as stream:
        grammar = stream.read() + _NUMBERS
    name = f"grammar-{_fingerprint(grammar, __version__, sys.version)}.pickle"
    cached = _read(name)
    if cached is not None:
        return cached
    built = Lark(grammar, parser="lalr", start="expression", maybe_placeholders=False)
    if _write(name, built):
        _tell(f"the grammar of expressions was compiled, once; it is kept in {_cache_folder}")
    elif _cache_folder is not None:
        _tell(f"the grammar of expressions was compiled, for {_cache_folder} cannot be written to")
    return built


def _fingerprint(*parts: str) -> str:
    from hashlib import sha256

    return sha256("\0".join(parts).encode()).hexdigest()[:24]


def _private(path: str) -> bool:
    """Whether a folder or file is this user's, and nobody else can write to it."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if stat.S_ISLNK(status.st_mode):
        return False
    owned = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return owned and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(name: str) -> Lark | None:
    if _cache_folder is None:
        return None
    path = os.path.join(_cache_folder, name)
    if not (_private(_cache_folder) and _private(path)):
        return None
    import pickle

    from lark import Lark

    try:
        with open(path, "rb") as stream:
            cached: Lark = Lark.load(stream)
            return cached
    except (OSError, pickle.PickleError, EOFError, AttributeError, ValueError, KeyError, TypeError):
        return None  # a damaged cache is built anew


def _write(name: str, built: Lark) -> bool:
    """Written whole or not at all; a home that cannot be written to only costs time."""
    if _cache_folder is None:
        return False
    import tempfile

    try:
        os.makedirs(_cache_folder, mode=0o700, exist_ok=True)
        if not _private(_cache_folder):
            return False
        handle, temporary = tempfile.mkstemp(dir=_cache_folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                built.save(stream)
            os.replace(temporary, os.path.join(_cache_folder, name))
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        return False
    return True

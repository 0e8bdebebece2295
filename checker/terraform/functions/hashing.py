"""Hashes of strings, and UUIDs of version 5."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from .arguments import plain
from .context import Function


def hexadecimal(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def in_base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(algorithm, data).digest()).decode("ascii")


def _of_text(name: str, digest: Callable[[bytes], str]) -> Function:
    return plain(name, "s", lambda data: digest(data.encode()))


def _uuidv5(namespace: str, name: str) -> str:
    import uuid

    named = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    return str(uuid.uuid5(named.get(namespace) or uuid.UUID(namespace), name))


FUNCTIONS: dict[str, Function] = {
    "md5": _of_text("md5", hexadecimal("md5")),
    "sha1": _of_text("sha1", hexadecimal("sha1")),
    "sha256": _of_text("sha256", hexadecimal("sha256")),
    "sha512": _of_text("sha512", hexadecimal("sha512")),
    "base64sha256": _of_text("base64sha256", in_base64("sha256")),
    "base64sha512": _of_text("base64sha512", in_base64("sha512")),
    "uuidv5": plain("uuidv5", "ss", _uuidv5),
}

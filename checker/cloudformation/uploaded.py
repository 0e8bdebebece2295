"""Objects that Terraform puts into S3, as far as a template's address leads to them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_object
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..graph import Resource
from ..language.value import Attribute, Known, Text, Value
from .published import path_of

OBJECTS = ("aws_s3_object", "aws_s3_bucket_object")
"""Terraform's types whose instance is an object."""


def uploads(
    url: Value, objects: Iterable[tuple[Resource, list[Value | None]]]
) -> Iterator[Resource]:
    """The objects that an address leads to, of those with the keys that each may have."""
    last = url.parts[-1] if isinstance(url, Text) else url
    for found, keys in objects:
        if isinstance(last, Attribute) and last.resource.type in OBJECTS:
            of = last.resource
            if (of.scope, of.address) == (found.scope, found.address):
                yield found
        elif any(key is not None and _ends(url, key) for key in keys):
            yield found


def _ends(url: Value, key: Value) -> bool:
    """Whether an address surely ends in a key, as far as both are known."""
    if isinstance(key, Known):
        path = path_of(url)
        return bool(key.data) and (path == key.data or path.endswith(f"/{key.data}"))
    if not isinstance(key, Text):
        return False
    tail = url.parts[-len(key.parts) :] if isinstance(url, Text) else ()
    if tail[1:] != key.parts[1:]:
        return False
    match tail[:1], key.parts[0]:
        case (Known(data=str(text)),), Known(data=str(start)):
            return text == start or text.endswith(f"/{start}")
    return tail[:1] == key.parts[:1]

"""What a cloud assembly of the CDK says beside its templates: `manifest.json` in their folder.

https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html: the files that
stand behind an asset's address, what is given to a stack's parameters, the construct of each
logical ID, and the stack trace of its creation (`trace` of older versions,
`aws:cdk:creationStack` of newer ones).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from ..annotations import Any
from ..patterns import pattern
from ..records import dataclass, field

# `new VaultStack (/home/me/app/lib/vaults.ts:6:3)`, `at /home/me/app/bin/app.ts:4:1`
_FRAME = pattern(r"(?:[^()]*\(|(?:at )?)((?:[A-Za-z]:)?[^():]+):([1-9]\d{0,8}):([1-9]\d{0,8})\)?")
_STACK = "aws:cloudformation:stack"
_NOT_THE_USERS = pattern(r"node_modules|aws-cdk-lib|jsii|^node$|^node:|^internal/")


MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Place:
    """A line and column of a source file, as the machine that synthesized it named the file."""

    path: str
    line: int
    column: int


@dataclass(frozen=True)
class Construct:
    """`path` is the construct path, without its leading slash."""

    path: str
    created: Place | None


@dataclass(frozen=True)
class Assembly:
    """One folder of an assembly. `read` gives a file's bytes, None where it may not be read."""

    folder: str
    read: Callable[[str], bytes | None] = field(repr=False)

    def asset(self, address: str) -> str | None:
        """The file that is published under an address that ends in its object key."""
        return self._assets.get(address.rpartition("/")[2])

    def parameters(self, template: str) -> dict[str, str]:
        """What the manifest gives the parameters of a stack, by the path of its template."""
        found: dict[str, str] = {}
        for type_, artifact in self._artifacts:
            properties = _mapping(artifact.get("properties"))
            if type_ == _STACK and properties.get("templateFile") == os.path.basename(template):
                for name, value in _mapping(properties.get("parameters")).items():
                    if isinstance(value, str):
                        found[name] = value
        return found

    def construct(self, template: str, logical_id: str, path: str | None) -> Construct | None:
        """The construct behind a resource, by its path or else by its logical ID."""
        metadata = self._metadata
        if path is None:
            path = self._logical.get((os.path.basename(template), logical_id))
        if path is None:
            return None
        frames = _frames(_items(metadata.get("/" + path)))
        return Construct(path, next(filter(None, map(_place, frames)), None))

    def _json(self, name: object) -> Any:
        if not isinstance(name, str) or os.path.basename(name) != name:
            return None
        data = self.read(os.path.join(self.folder, name))
        if not data:
            return None
        import json  # few templates have an assembly

        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None  # what it says is only an explanation: the templates are judged without it

    @cached_property
    def _artifacts(self) -> list[tuple[str, dict[str, Any]]]:
        found = _mapping(_mapping(self._json(MANIFEST)).get("artifacts")).values()
        return [(str(item.get("type")), item) for item in map(_mapping, found)]

    @cached_property
    def _assets(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for type_, artifact in self._artifacts:
            if type_ == "cdk:asset-manifest":
                manifest = _mapping(self._json(_mapping(artifact.get("properties")).get("file")))
                for asset in map(_mapping, _mapping(manifest.get("files")).values()):
                    path = _mapping(asset.get("source")).get("path")
                    for place in map(_mapping, _mapping(asset.get("destinations")).values()):
                        key = place.get("objectKey")
                        if isinstance(key, str) and isinstance(path, str):
                            found[key.rpartition("/")[2]] = path
        return found

    @cached_property
    def _metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for type_, artifact in self._artifacts:
            if type_ == _STACK:
                found.update(_mapping(artifact.get("metadata")))
                found.update(_mapping(self._json(artifact.get("additionalMetadataFile"))))
        return found

    @cached_property
    def _logical(self) -> dict[tuple[str, str], str]:
        """The construct path of each logical ID of each template."""
        templates = {
            path: str(entry.get("data"))
            for path, entries in self._metadata.items()
            for entry in _items(entries)
            if entry.get("type") == "aws:cdk:templateFile"
        }
        found: dict[tuple[str, str], str] = {}
        for path, entries in self._metadata.items():
            for entry in _items(entries):
                if entry.get("type") == "aws:cdk:logicalId":
                    above = (a for a in _upwards(path) if a in templates)
                    name = templates.get(next(above, ""))
                    if name is not None:
                        found[name, str(entry.get("data"))] = path.lstrip("/")
        return found


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _upwards(path: str) -> Iterator[str]:
    """The construct paths above a path, nearest first."""
    while path.count("/") > 1:
        path = path.rpartition("/")[0]
        yield path


def _frames(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        created = entry.get("type") == "aws:cdk:creationStack"
        stack = entry.get("data") if created else entry.get("trace")
        if isinstance(stack, list):
            yield from (frame for frame in stack if isinstance(frame, str))


def _place(frame: str) -> Place | None:
    found = _FRAME.fullmatch(frame.strip())
    if found is None or _NOT_THE_USERS.search(found[1]):
        return None
    return Place(found[1], int(found[2]), int(found[3]))

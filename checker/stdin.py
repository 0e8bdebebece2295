"""Standard input, which is read for the path `-`: its content, and the language that this reads as.

The language is seen by reading: whatever a pattern takes for the beginning of a block or a section
can stand in a comment, a string or a heredoc of the other language.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from .candidates import (
    FILE_LIMIT,
    TEMPLATES,
    TERRAFORM,
    Needles,
    calls_modules,
    reason,
    sources,
)
from .cloudformation.yaml_document import read_template
from .language.document import MappingNode, SequenceNode
from .language.json_document import read_json
from .plans import REFUSED, is_plan
from .policy.card import resource_types
from .source import InputError, Source
from .terraform.outline import outline

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from .language.document import Node

NAME = "standard input"
BLOCKS = frozenset(
    {"action", "check", "data", "ephemeral", "import", "locals", "module", "moved", "output",
     "provider", "removed", "resource", "terraform", "variable"}
)  # fmt: skip
"""What stands at the top of a file of Terraform, which refuses all else there."""

SECTIONS = frozenset(
    {"AWSTemplateFormatVersion", "Fn::Transform", "Resources", "Transform", "resources"}
)
"""One of these is at the top of a template, or of a service of the Serverless Framework."""

_NAMES = 1_000
"""Names that are tried for one that no file has."""


def content() -> bytes:
    """All that is given. Raises InputError where it cannot be read, or does not end in time."""
    if sys.stdin is None:
        raise InputError("it is closed", NAME)
    try:
        data = sys.stdin.buffer.read(FILE_LIMIT + 1)
    except OSError as error:
        raise InputError(reason(error), NAME) from None
    if len(data) > FILE_LIMIT:
        raise InputError(f"it is larger than {FILE_LIMIT} bytes", NAME)
    return data


def name_for(data: bytes) -> str:
    """A file's name, that of none on disk, for content in the language that this reads as.

    Raises InputError where it reads as neither or as both, and may hold what matters.
    """
    if is_plan(data):
        raise InputError(REFUSED, NAME)
    faults: list[str] = []
    try:
        endings = _readers(Source.decode(NAME, data), faults)
    except InputError as error:
        endings, faults = [], [_told(error)]
    if len(endings) != 1 and _may_matter(data):
        why = "it reads as Terraform and as a template" if endings else "; ".join(faults)
        raise InputError(f"{why} (--stdin-filename says what it is)", NAME)
    ending = endings[0] if endings else ".yaml"
    same = _written_out(data)
    if same is not None:
        return same
    names = (f"stdin{number}{ending}" for number in ("", *map("-{}".format, range(2, _NAMES))))
    return next((name for name in names if not os.path.lexists(name)), f"stdin{ending}")


def _written_out(data: bytes) -> str | None:
    """The file of the working directory that has this content: it is that one, not another."""
    with suppress(OSError), os.scandir() as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if (
                entry.name.endswith((*TERRAFORM, *TEMPLATES))
                and entry.is_file(follow_symlinks=False)
                and entry.stat().st_size == len(data)
            ):
                with open(entry.path, "rb") as file:
                    if file.read() == data:
                        return entry.name
    return None


def _readers(source: Source, faults: list[str]) -> list[str]:
    """How the files end that hold what a text can be read as; `faults`: why not the others."""
    if source.text.lstrip()[:1] in ("{", "["):  # HCL begins with a name
        try:
            return _by_keys(read_json(source, repeated=True), faults)
        except InputError as error:
            faults.append(_told(error))
        return _yaml(source, faults)
    return [*_hcl(source, faults), *_yaml(source, faults)]


def _by_keys(top: Node, faults: list[str]) -> list[str]:
    """JSON by its keys. Terraform takes a list of objects, too; a template is one object."""
    items = top.items if isinstance(top, SequenceNode) else (top,)
    keys = {entry.key for item in items if isinstance(item, MappingNode) for entry in item.entries}
    if keys & BLOCKS and keys <= {*BLOCKS, "//"}:
        return [".tf.json"]
    if _is_template(top):
        return [".json"]
    faults.append("it is JSON, but neither Terraform nor a template")
    return []


def _hcl(source: Source, faults: list[str]) -> list[str]:
    try:
        body = outline(source)
    except InputError as error:
        faults.append(f"it is not Terraform: {_told(error)}")
        return []
    if body.blocks and not body.attributes and BLOCKS.issuperset(b.type for b in body.blocks):
        return [".tf"]
    faults.append("it is HCL, but not Terraform's")
    return []


def _yaml(source: Source, faults: list[str]) -> list[str]:
    try:
        documents = read_template(source)
    except InputError as error:
        faults.append(f"it is not YAML: {_told(error)}")
        return []
    if any(map(_is_template, documents)):
        return [".yaml"]
    faults.append("it is YAML, but no template")
    return []


def _is_template(document: Node) -> bool:
    if not isinstance(document, MappingNode):
        return False
    return not SECTIONS.isdisjoint(entry.key for entry in document.entries)


def _may_matter(data: bytes) -> bool:
    """Whether the bytes may hold what is judged, or lead to it, in either language."""
    needles = Needles(resource_types(), None, False)
    terraform, template = needles.terraform(NAME, data), needles.template(NAME, data)
    if terraform.hit or (template is not None and (template.hit or template.nests)):
        return True
    text = terraform.searchable
    return calls_modules(text) and any(True for _ in sources(text))


def _told(error: InputError) -> str:
    """A fault with its place."""
    return error.message if error.line is None else f"{error.line}:{error.column}: {error.message}"

"""Files that declare what is judged, but are no templates, and that nothing includes.

As for a service of the Serverless Framework in TypeScript, whose parts are YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import chain

from ..language.document import Entry, MappingNode, Node, SequenceNode
from ..source import InputError, Source
from .template import type_of
from .yaml_document import read_template


def lost(path: str, data: bytes, types: Set[str]) -> tuple[Sequence[InputError], Sequence[str]]:
    """What is said of a file: an error where it has the shape of resources, else a warning."""
    try:
        documents = read_template(Source.decode(path, data))
    except InputError:
        return (), ()  # nothing tells that it is no other language
    for entry in chain.from_iterable(_resources(document, types) for document in documents):
        what = f"{type_of(entry.value)} is declared here, but nothing that is read includes it"
        return (InputError.at(entry.span, f"{what}: it is not checked"),), ()
    for node in chain.from_iterable(map(_deep, documents)):
        if type_of(node) in types:
            what = f"this {type_of(node)} is part of no template that is read: it is not checked"
            return (), (f"{node.span}: {what}",)
    return (), ()


def _resources(document: Node, types: Set[str]) -> Iterable[Entry]:
    """The entries of a section of resources, or of a list of such, that are of some types."""
    parts = document.items if isinstance(document, SequenceNode) else (document,)
    for part in parts:
        entries = part.entries if isinstance(part, MappingNode) else ()
        for entry in entries:
            if type_of(entry.value) in types:
                yield entry


def _deep(document: Node) -> Iterable[Node]:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MappingNode):
            yield node
            waiting.extend(entry.value for entry in reversed(node.entries))
        elif isinstance(node, SequenceNode):
            waiting.extend(reversed(node.items))

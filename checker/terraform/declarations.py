"""What one folder of Terraform declares, outlined and not yet evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from ..source import InputError, Source
from .outline import AttributeSpan, Block, Body, outline, outline_span

K = TypeVar("K")
Key = tuple[str, str, str]  # ("resource" | "data", type, name)


@dataclass(eq=False)
class Declarations:
    """The merged content of a folder's files, by kind and name.

    Folders are Terraform modules: `folder` is the path as it is reported.
    """

    folder: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, AttributeSpan] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[Key, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)
    _bodies: dict[int, Body] = field(default_factory=dict)

    def body(self, block: Block) -> Body:
        """A block's own attributes and blocks. Raises InputError."""
        found = self._bodies.get(id(block))
        if found is None:
            found = self._bodies[id(block)] = outline_span(block.body)
        return found

    def add(self, source: Source) -> None:
        """Outline one file into the declarations. A file that cannot be read is an error of it."""
        self.sources.append(source)
        try:
            content = outline(source)
        except InputError as error:
            self.errors.append(error)
            return
        for block in content.blocks:
            try:
                self._add_block(block)
            except InputError as error:
                self.errors.append(error)

    def _add_block(self, block: Block) -> None:
        labels = block.labels
        match block.type:
            case "resource" | "data" if len(labels) == 2:
                self._declare(self.resources, (block.type, *labels), block)
            case "variable" if len(labels) == 1:
                self._declare(self.variables, labels[0], block)
            case "output" if len(labels) == 1:
                self._declare(self.outputs, labels[0], block)
            case "module" if len(labels) == 1:
                self._declare(self.calls, labels[0], block)
            case "locals":
                for name, attribute in outline_span(block.body).attributes.items():
                    if name in self.locals:
                        raise InputError.at(attribute.name, f'local "{name}" is declared twice')
                    self.locals[name] = attribute
            case "resource" | "data" | "variable" | "output" | "module":
                raise InputError.at(block.header, f"{block.type} block with {len(labels)} labels")

    def _declare(self, table: dict[K, Block], key: K, block: Block) -> None:
        if key in table:
            what = " ".join((block.type, *(f'"{label}"' for label in block.labels)))
            raise InputError.at(block.header, f"{what} is declared twice")
        table[key] = block

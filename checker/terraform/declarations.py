"""What one folder of Terraform declares, outlined and not yet evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..annotations import TypeVar
from ..candidates import File
from ..language.expression import Expression, Literal, Object, settled
from ..records import dataclass, field
from ..source import InputError, Source, Span
from .expressions import expression
from .outline import AttributeSpan, Block, Body, outline, outline_span

K = TypeVar("K")
Key = tuple[str, str, str]  # ("resource" | "data", type, name)

OF_CALLS = frozenset(
    {"source", "version", "providers", "count", "for_each", "depends_on", "lifecycle", "locals"}
)
"""What is no argument of a module call: no variable may have such a name.

https://developer.hashicorp.com/terraform/language/block/variable
"""


@dataclass(eq=False)
class Declarations:
    """The merged content of a folder's files, by kind and name.

    Folders are Terraform modules: `folder` is the path as it is reported. `kinds` are the types
    of the blocks that call others, `astray` the errors of overrides of what is not in the folder.
    """

    folder: str
    kinds: tuple[str, ...] = ("module",)
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, AttributeSpan] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[Key, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)
    astray: list[InputError] = field(default_factory=list)
    _bodies: dict[int, Body] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the walk's tree knows it by."""
        return self.folder

    def body(self, block: Block) -> Body:
        """A block's own attributes and blocks. Raises InputError."""
        found = self._bodies.get(id(block))
        if found is None:
            found = self._bodies[id(block)] = outline_span(block.body)
        return found

    def add(self, source: Source, *, override: bool = False) -> None:
        """Outline one file into the declarations. A file that cannot be read is an error of it.

        An override file's blocks are merged into those of the same name.
        https://developer.hashicorp.com/terraform/language/files/override
        """
        self.sources.append(source)
        try:
            content = self._outline(source)
        except InputError as error:
            self.errors.append(error)
            return
        for block in content.blocks:
            try:
                self._add_block(block, override)
            except InputError as error:
                self.errors.append(error)

    def _outline(self, source: Source) -> Body:
        return outline(source)

    def _add_block(self, block: Block, override: bool) -> None:
        labels = block.labels
        match block.type:
            case "resource" | "data" if len(labels) == 2:
                self._declare(self.resources, (block.type, *labels), block, override)
            case "variable" if len(labels) == 1:
                self._declare(self.variables, labels[0], block, override)
            case "output" if len(labels) == 1:
                self._declare(self.outputs, labels[0], block, override)
            case "module" if len(labels) == 1:
                self._declare(self.calls, labels[0], block, override)
            case "provider" if len(labels) == 1:
                self.providers.append(block)
            case "locals":
                for name, attribute in outline_span(block.body).attributes.items():
                    if name in self.locals and not override:
                        raise InputError.at(attribute.span, f'local "{name}" is declared twice')
                    self.locals[name] = attribute
            case "resource" | "data" | "variable" | "output" | "module":
                raise InputError.at(block.header, f"{block.type} block with {len(labels)} labels")

    def _declare(self, table: dict[K, Block], key: K, block: Block, override: bool) -> None:
        what = " ".join((block.type, *(f'"{label}"' for label in block.labels)))
        if override:
            if key in table:
                self._merge(table[key], block)
            else:
                why = f"there is no {what} that this could override"
                self.astray.append(InputError.at(block.header, why))
        elif key in table:
            raise InputError.at(block.header, f"{what} is declared twice")
        else:
            table[key] = block

    def _merge(self, base: Block, override: Block) -> None:
        """Arguments replace those of the same name, nested blocks all those of their type."""
        old, new = self.body(base), self.body(override)
        replaced = {block.type for block in new.blocks}
        kept = (block for block in old.blocks if block.type not in replaced)
        attributes = {name: value for name, value in old.attributes.items() if name not in replaced}
        self._bodies[id(base)] = Body({**attributes, **new.attributes}, (*kept, *new.blocks))


def title(call: Block) -> str:
    """A call as its block begins: `module "m"`."""
    return f'{call.type} "{call.labels[0]}"'


def call_address(call: Block) -> str:
    """What a call goes by in addresses and expressions: `module.m`."""
    return f"{call.type}.{call.labels[0]}"


def arguments_of(call: Block, body: Body) -> dict[str, Span]:
    """The names to which a call gives values, as far as they are written out, with their places."""
    if call.type == "module":
        return {name: a.span for name, a in body.attributes.items() if name not in OF_CALLS}
    argument = body.attributes.get("inputs")
    entries = entries_of(expression(argument.value)) if argument else None
    return {name: place for name, (place, _) in (entries or {}).items()}


def entries_of(written: Expression) -> dict[str, tuple[Span, Expression]] | None:
    """The items of an object whose names are written out, by name; None for anything else."""
    written = settled(written)
    if not isinstance(written, Object):
        return None
    found = {}
    for key, value in written.items:
        if not (isinstance(key, Literal) and isinstance(key.value, str)):
            return None
        found[key.value] = key.span, value
    return found


def files_in_order(files: Iterable[File]) -> Iterator[tuple[File, bool]]:
    """A folder's files as Terraform reads them, override files (True) last.

    OpenTofu reads a `.tofu` file in place of the `.tf` of the same name.
    https://opentofu.org/docs/language/files/#opentofu-specific-files
    """
    named = {file.path: file for file in files}
    kept = [
        file
        for path, file in sorted(named.items())
        if not (_is_tf(path) and _as_tofu(path) in named)
    ]
    ordered = sorted(kept, key=lambda file: (_is_override(file.path), file.path))
    return ((file, _is_override(file.path)) for file in ordered)


def _as_tofu(path: str) -> str:
    stem, ending = path.removesuffix(".json")[:-3], ".json" if path.endswith(".json") else ""
    return f"{stem}.tofu{ending}"


def _is_tf(path: str) -> bool:
    return path.endswith((".tf", ".tf.json"))


def _is_override(path: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")

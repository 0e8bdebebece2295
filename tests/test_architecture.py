"""The house rules of docs/architecture.md: imports run downward, and no file has two subjects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "iac_check"
ROOT = Path(__file__).parent.parent / "checker"
# cfn-lint loads its rules by path: they are outside of the package, and import it by name.
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.parent.name != "cfn_lint_rules"]
LINE_LIMIT = 500

# Lowest first. A room may import itself and what stands below it, never its own row.
ROWS = (
    ("annotations", "invisible", "patterns", "options"),
    ("records", "kms", "globs", "meant", "paths", "plans", "unforeseen", "watch"),
    ("backup",),
    ("source",),
    ("language",),
    ("graph",),
    ("candidates",),
    ("discovery",),
    ("terraform", "cloudformation"),
    ("policy.result",),
    ("policy.verdict", "policy.instead"),
    ("policy.predicates",),
    ("policy.shipped",),
    ("policy.card",),
    ("settings",),  # of the levels of a card's outcomes
    ("policy",),
    ("report",),
    ("pipeline",),
    ("",),  # the package itself: scan()
    ("completion", "stdin", "streams"),
    ("cli",),
    ("__main__",),
)
ROW = {room: number for number, row in enumerate(ROWS) for room in row}

# A value names the resource whose attribute it is; the graph needs values when it runs. A result
# holds a verdict's reason, in runs that need no verdict.
UPWARD_FOR_TYPES = {("language.value", "graph"), ("policy.result", "policy.verdict")}


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    for_types: bool
    at_start: bool  # when the module is loaded, not within a function
    line: int


def name_of(path: Path) -> str:
    """`terraform/loader.py` as `terraform.loader`; the package itself as an empty name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path) for path in FILES}


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of the package's own modules, also those within functions."""
    importer = name_of(path)
    waiting: list[tuple[ast.AST, bool, bool]] = [(ast.parse(path.read_text("utf-8")), False, True)]
    while waiting:
        node, for_types, at_start = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += ((child, True, at_start) for child in node.body)
            waiting += ((child, for_types, at_start) for child in node.orelse)
            continue
        if isinstance(node, ast.ImportFrom):
            for imported in targets(path, node):
                yield Import(importer, imported, for_types, at_start, node.lineno)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            assert not any(name.split(".")[0] == PACKAGE for name in names), "imports are relative"
        at_start = at_start and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        waiting += ((child, for_types, at_start) for child in ast.iter_child_nodes(node))


def targets(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    if not node.level:
        assert (node.module or "").split(".")[0] != PACKAGE, "imports are relative"
        return
    folder = path.relative_to(ROOT).parts[:-1]
    base = [*folder[: len(folder) - node.level + 1], *(node.module or "").split(".")]
    package = ".".join(part for part in base if part)
    for alias in node.names:
        inner = f"{package}.{alias.name}" if package else alias.name
        if alias.name != "__version__":  # a constant, there before anything is imported
            yield inner if inner in MODULES else package


def room(module: str) -> str:
    """The most specific room that a module stands in."""
    while module not in ROW:
        assert "." in module, f"{module} stands in no room: give it one in ROWS"
        module = module.rpartition(".")[0]
    return module


IMPORTS = [found for path in FILES for found in imports_of(path)]


def test_the_imports_are_found() -> None:
    """Else every rule below would hold of nothing."""
    pairs = {(found.importer, found.imported) for found in IMPORTS}
    assert pairs >= {("__main__", "cli"), ("pipeline", "source"), ("language.value", "graph")}
    importers = {room(found.importer) for found in IMPORTS}
    alone = {*ROWS[0], *ROWS[1], "completion", "streams", "policy.shipped"}
    assert importers >= set(ROW) - alone


def test_imports_run_downward() -> None:
    upward = [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in IMPORTS
        if not found.for_types
        and room(found.importer) != room(found.imported)
        and ROW[room(found.importer)] <= ROW[room(found.imported)]
    ]
    assert not upward


def test_only_known_types_are_named_upward() -> None:
    upward = {
        (found.importer, found.imported)
        for found in IMPORTS
        if found.for_types and ROW[room(found.importer)] < ROW[room(found.imported)]
    }
    assert upward == UPWARD_FOR_TYPES


def test_the_languages_never_import_each_other() -> None:
    languages = {"terraform", "cloudformation"}
    assert not [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in IMPORTS
        if {room(found.importer), room(found.imported)} == languages
    ]


def test_modules_are_loaded_in_no_circle() -> None:
    """Readers that call each other (templates hold expressions, and these templates) are a room's
    own business; they close the circle within a function.
    """
    graph: dict[str, set[str]] = {}
    for found in IMPORTS:
        if found.at_start and not found.for_types and found.importer != found.imported:
            graph.setdefault(found.importer, set()).add(found.imported)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_has_one_subject(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LINE_LIMIT


def test_no_group_is_repeated_possessively() -> None:
    """`(…)*+` matches wrongly before Python 3.11.5 (gh-100061, gh-106052): write `(?>(…)*)`."""
    for path in FILES:
        assert not re.search(r"[)}][*+?]\+", path.read_text("utf-8")), path

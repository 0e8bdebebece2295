"""Imports run downward only, the two languages never import each other, and files stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKER = Path(__file__).parent.parent / "checker"
FILES = sorted(CHECKER.rglob("*.py"))
# Lowest first. A room may import from its own level's room and from any below.
LEVELS = [
    {"source"},
    {"language"},
    {"graph"},
    {"policy.result"},
    {"settings"},
    {"discovery"},
    {"terraform", "cloudformation"},
    {"policy"},
    {"report"},
    {"pipeline"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
LONGEST = 500


def _room(path: Path) -> str:
    parts = path.relative_to(CHECKER).with_suffix("").parts
    return "policy.result" if parts[:2] == ("policy", "result") else parts[0]


def _level(room: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if room in rooms)


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """The rooms that a file imports at its top level, with the line; typing-only ones excepted."""
    package = path.relative_to(CHECKER).parts[:-1]
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1]
        module = (*base, *(node.module.split(".") if node.module else ()))
        names = [module] if module else [(alias.name,) for alias in node.names]
        for name in names:
            if name[0].startswith("__"):
                continue
            yield node.lineno, "policy.result" if name[:2] == ("policy", "result") else name[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKER)))
def test_imports_run_downward(path: Path) -> None:
    room = _room(path)
    for line, imported in _imports(path):
        if imported != room:
            assert _level(imported) < _level(room), f"{path}:{line} imports {imported}"


def test_every_room_is_known() -> None:
    assert {_room(path) for path in FILES} <= set().union(*LEVELS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKER)))
def test_no_file_has_two_subjects(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKER)))
def test_imports_are_relative(path: Path) -> None:
    """A plain `checker` or `rules` would be the scanned repository's own code."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] not in ("checker", "rules", "iac_check")

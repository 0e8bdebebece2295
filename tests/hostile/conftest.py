"""A tree of a stranger, and what the command says of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from iac_check.cli import main

Files = Mapping[str, str | bytes]


class Outcome(NamedTuple):
    code: int
    report: dict[str, Any]
    told: str

    @property
    def verdicts(self) -> set[str]:
        return {result["reason"] or result["status"] for result in self.report["results"]}


def plant(folder: Path, files: Files) -> None:
    """Write the files; `-> target` as a content makes a link."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str) and content.startswith("-> "):
            path.symlink_to(content.removeprefix("-> "))
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Plant a tree in a repository of its own, and check it from within."""

    def checked(files: Files, *arguments: str) -> Outcome:
        tree = tmp_path / "tree"
        (tree / ".git").mkdir(parents=True)
        plant(tree, files)
        monkeypatch.chdir(tree)
        capsys.readouterr()
        code = main(["--format", "json", "--no-cache", *arguments, "."])
        told = capsys.readouterr()
        return Outcome(code, json.loads(told.out or "{}"), told.err)

    assert os.sep == "/"
    return checked

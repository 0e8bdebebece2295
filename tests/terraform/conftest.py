"""A tree of files, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings


def report_of(files: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What a run in a folder says, which is a repository of these files."""
    for name, text in {**files, ".git/x": ""}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(folder)
    return run(["."], Settings(cache=False))


def checked(
    files: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Report, list[str]]:
    """The same, and the outcomes, passes last."""
    report = report_of(files, folder, monkeypatch)
    return report, sorted((result.reason or "pass" for result in report.results), reverse=True)

from __future__ import annotations

import io
import time

import pytest

from iac_check import watch
from iac_check.watch import Progress, Watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_parts_of_a_run() -> None:
    seen = Watch()
    seen.begin("reading", lambda: "12 files")
    assert seen.progress() == "reading 12 files"
    seen.begin("judging")
    seen.begin("reading")
    assert seen.progress() == "reading"
    seen.begin("")
    assert list(seen.seconds) == ["reading", "judging"]
    seen.counts["files"] = 12_345
    lines = seen.table().splitlines()
    assert lines[0].startswith("reading")
    assert lines[-1].split() == ["files", "12,345"]


def test_a_long_run_on_a_terminal_tells_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.0)
    seen, out = Watch(), Terminal()
    with Progress(seen, out):
        seen.begin("reading", lambda: "12 files")
        while "12 files" not in out.getvalue():
            time.sleep(0.01)
    assert out.getvalue().endswith("\r\x1b[K")  # the line is wiped


def test_nothing_is_told_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.0)
    out = io.StringIO()
    with Progress(Watch(), out):
        time.sleep(0.2)
    assert out.getvalue() == ""


def test_a_short_run_tells_nothing() -> None:
    out = Terminal()
    with Progress(Watch(), out):
        pass
    assert out.getvalue() == ""

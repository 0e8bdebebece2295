"""What the README shows is what the program does today."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from iac_check.cli import parser
from iac_check.settings import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md")),
         *sorted((ROOT / "docs").rglob("*.md"))]  # fmt: skip


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


SESSIONS = [block for block in blocks("console") if block.startswith("$ iac-check")]


def test_a_finding_is_shown() -> None:
    assert any("error[BACKUP001]" in session for session in SESSIONS)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.split("\n")[0])
def test_a_session_is_what_the_terminal_shows(session: str) -> None:
    command, _, shown = session.partition("\n")
    run = subprocess.run(
        [sys.executable, "-m", "iac_check", *shlex.split(command)[2:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUTF8": "1"},
        encoding="utf-8",
        check=False,
    )
    assert run.stdout == shown


def test_the_options_are_those_of_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the part below `options:` differs between versions of Python in its heading."""
    monkeypatch.setenv("COLUMNS", "80")
    [shown] = re.findall(r"<!-- help -->\n```text\n(.*?)```\n<!-- /help -->", README, re.S)
    assert shown == parser().format_help()


def test_the_settings_are_accepted(tmp_path: Path) -> None:
    [example] = blocks("toml")
    path = tmp_path / "iac-check.toml"
    path.write_text(example, "utf-8")
    assert load(str(path)).trusted_keys


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for page in PAGES:
        for target in re.findall(r"`make ([a-z]+)`", page.read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.M), target

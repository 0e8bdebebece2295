"""The README is true: every console block is what the program prints. UPDATE_README=1 renews it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ (iac-check[^\n]*)\n(.*?)```", re.S)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def _printed(command: str) -> str:
    arguments = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "iac_check", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONSAFEPATH": "1"},
    )
    return done.stdout


@pytest.mark.parametrize("command", BLOCK.findall(README.read_text("utf-8")), ids=lambda c: c[0])
def test_console_blocks(command: tuple[str, str]) -> None:
    line, shown = command
    printed = _printed(line)
    if os.environ.get("UPDATE_README"):
        old, new = f"$ {line}\n{shown}```", f"$ {line}\n{printed}```"
        README.write_text(README.read_text("utf-8").replace(old, new), "utf-8")
    else:
        assert printed == shown


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", README.read_text("utf-8"), re.M):
        assert f"\n{target}:" in makefile


def test_links_lead_somewhere() -> None:
    for target in LINK.findall(README.read_text("utf-8")):
        assert (ROOT / target).exists(), target

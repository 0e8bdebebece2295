"""Completion scripts name every option, and their shells accept them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from iac_check.cli import main, parser
from iac_check.completion import SHELLS, script


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_named(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--completion", shell]) == 0
    text = capsys.readouterr().out
    for action in parser()._actions:
        for flag in action.option_strings:
            if flag.startswith("--"):
                assert flag.removeprefix("--") in text


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_it(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    done = subprocess.run([shell, "-n"], input=script(shell, parser()), text=True, check=False)
    assert done.returncode == 0


def test_bash_completes() -> None:
    code = (
        script("bash", parser())
        + 'COMP_WORDS=(iac-check --fo); COMP_CWORD=1; _iac_check; echo "${COMPREPLY[*]}"\n'
        + 'COMP_WORDS=(iac-check --format sa); COMP_CWORD=2; _iac_check; echo "${COMPREPLY[*]}"\n'
    )
    done = subprocess.run(["bash", "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.split() == ["--format", "sarif"]

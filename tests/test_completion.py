"""Completion scripts name every option, and their shells accept them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

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


def test_bash_completes_rules_and_names_with_blanks(tmp_path: Path) -> None:
    (tmp_path / "my stack").mkdir()
    code = (
        script("bash", parser())
        + "COMP_WORDS=(iac-check --explain BA); COMP_CWORD=2; _iac_check\n"
        + 'printf "<%s>" "${COMPREPLY[@]}"\n'
        + 'COMP_WORDS=(iac-check my); COMP_CWORD=1; _iac_check; printf "<%s>" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "-c", code], text=True, capture_output=True, check=True, cwd=tmp_path
    )
    assert done.stdout == "<BACKUP001><my stack>"


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
@pytest.mark.parametrize("way", ["sourced", "file"])
def test_zsh_takes_it_sourced_and_as_a_file(way: str, tmp_path: Path) -> None:
    (tmp_path / "_iac-check").write_text(script("zsh", parser()))
    start = "autoload -Uz compinit && compinit -u -D\n"
    # `_arguments` needs a line editor: a stand-in shows what it is given.
    show = "_arguments() { print -rl -- $@ }\nprint $_comps[iac-check]\n$_comps[iac-check]\n"
    code = {
        "sourced": f"{start}source {tmp_path}/_iac-check\n{show}",
        "file": f"fpath=({tmp_path} $fpath)\n{start}{show}",
    }[way]
    done = subprocess.run(["zsh", "-f", "-c", code], text=True, capture_output=True, check=True)
    name, *specs = done.stdout.splitlines()
    assert name == "_iac-check"
    assert "*--explain[print the page of a rule]:value:(BACKUP001)" in specs
    assert "*--version[show program's version number and exit]" in specs
    assert specs[-1] == "*:path:_files"


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes(tmp_path: Path) -> None:
    code = script("fish", parser()) + "complete -C 'iac-check --vers'\n"
    code += "complete -C 'iac-check --explain '\n"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], text=True, capture_output=True, check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "--version\tshow program's version number and exit", "BACKUP001\tprint the page of a rule",
    ]  # fmt: skip

"""Completion scripts name every option, and their shells accept them."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from iac_check.cli import main, parser
from iac_check.completion import SHELLS, script

EXPLAIN = "print the page of a rule, or of a cause (unresolved/external)"


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
    (explain,) = [spec for spec in specs if spec.startswith("*--explain")]
    assert explain.startswith(f"*--explain=[{EXPLAIN}]:value:(BACKUP001 missing ")
    assert "*--version[show program's version number and exit]" in specs
    assert specs[-1] == "*:path:_files"


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes(tmp_path: Path) -> None:
    code = script("fish", parser()) + "complete -C 'iac-check --vers'\n"
    code += "complete -C 'iac-check --explain B'\ncomplete -C 'iac-check --format=j'\n"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], text=True, capture_output=True, check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert [line.partition(" text")[0] for line in done.stdout.splitlines()] == [
        "--version\tshow program's version number and exit", f"BACKUP001\t{EXPLAIN}",
        "--format=json\tone of", "--format=junit\tone of",
    ]  # fmt: skip


def typed(shell: list[str], start: str, keys: str, folder: Path) -> str:
    """What a shell at a terminal runs iac-check with, after some keys and a line feed."""
    import pty

    (folder / "start").write_text(f'{start}\niac-check() {{ echo "<$*>"; echo done; }}\n')
    leader, follower = pty.openpty()
    done = subprocess.Popen(
        shell, stdin=follower, stdout=follower, stderr=follower, close_fds=True, cwd=folder,
        start_new_session=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"},
    )  # fmt: skip
    os.close(follower)
    try:
        os.write(leader, b". ./start; echo rea''dy\n")
        _until(leader, "ready\r\n")
        os.write(leader, f"iac-check {keys}".encode())
        time.sleep(0.5)  # the line is completed before it is sent
        os.write(leader, b"\n")
        return re.findall("<(.*?) ?>", _until(leader, "done\r\n"))[-1]
    finally:
        done.kill()
        done.wait()
        os.close(leader)


def _until(terminal: int, mark: str) -> str:
    text, end = "", time.monotonic() + 30
    while mark not in text and time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4096).decode(errors="replace")
    assert mark in text, text
    return text


@pytest.mark.parametrize(
    ("keys", "arguments"),
    [
        ("--format=js\t", "--format=json"),
        ("--format js\t", "--format json"),
        ("--color=ne\t", "--color=never"),
        ("--output=some\t", "--output=some-file"),
        ("--var-file some\t", "--var-file some-file"),
        ("--show-p\t", "--show-passed"),
    ],
)
@pytest.mark.parametrize("breaks", ["", 'COMP_WORDBREAKS="${COMP_WORDBREAKS//=/}"', "zsh"])
def test_at_a_terminal(breaks: str, keys: str, arguments: str, tmp_path: Path) -> None:
    (tmp_path / "some-file").touch()
    name, options = ("zsh", ["-f", "-i"]) if breaks == "zsh" else ("bash", ["--norc", "-i"])
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name} here")
    begin = "autoload -Uz compinit && compinit -u -D" if breaks == "zsh" else breaks
    start = f"{begin}\n{script(name, parser())}"
    assert typed([program, *options], start, keys, tmp_path) == arguments

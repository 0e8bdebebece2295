"""The GitHub Action's own shell step, run as it stands, and its pins."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("name", step.get("uses", "")): step for step in ACTION["runs"]["steps"]}
VAULT = 'resource "aws_backup_vault" "v" {{\n  name = "v"\n{}}}\n'
GOOD = VAULT.format("  kms_key_arn = aws_kms_key.k.arn\n") + 'resource "aws_kms_key" "k" {}\n'


def run_check(folder: Path, **inputs: str) -> tuple[int, str]:
    temporary = folder / "runner"
    (temporary / "iac-check" / "bin").mkdir(parents=True)
    command = temporary / "iac-check" / "bin" / "iac-check"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m iac_check "$@"\n')
    command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", STEPS["Check"]["run"]],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env={
            **os.environ,
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(temporary / "summary.md"),
            "PATHS": inputs.get("paths", ACTION["inputs"]["paths"]["default"]),
            "ARGUMENTS": inputs.get("arguments", ""),
        },
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (VAULT.format(""), "", 1),
        (VAULT.format(""), "--exit-zero\n", 0),
        (GOOD, "", 0),
        ("a {", "", 2),
    ],
)
def test_the_check(text: str, arguments: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(text + "# aws_backup_vault\n")
    found, printed = run_check(tmp_path, arguments=arguments, paths="main.tf\n\n")
    assert found == code, printed
    assert ("::error" in printed) is (text is not GOOD)
    assert (tmp_path / "runner" / "iac-check.sarif").read_text().startswith("{")
    assert (tmp_path / "runner" / "summary.md").read_text()
    assert "sarif=" in (tmp_path / "runner" / "output").read_text()


def test_there_is_no_report_of_arguments_that_are_wrong(tmp_path: Path) -> None:
    """Else the upload would fail for a file that is not there, and hide the reason."""
    (tmp_path / "main.tf").write_text(GOOD)
    code, printed = run_check(tmp_path, arguments="--nonsense")
    assert code == 2
    assert "unrecognized arguments: --nonsense" in printed
    assert not (tmp_path / "runner" / "output").exists()


def test_inputs_are_no_shell_code(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GOOD)
    run_check(tmp_path, paths="$(touch pwned)\n", arguments="`touch pwned`")
    assert not (tmp_path / "pwned").exists()
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")


def test_every_action_is_pinned_by_its_hash() -> None:
    for step in STEPS.values():
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", step["uses"])

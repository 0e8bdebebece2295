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
            "PYTHON": sys.executable,
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


@pytest.mark.parametrize(
    "arguments",
    [
        "--var-file x.tfvars",
        "--var-file=x.tfvars",
        "--var-file\nx.tfvars\n",
        "--no-config --var-file 'x.tfvars'",
        "--var 'other=a  b' --var-file \"x.tfvars\"",
    ],
)
def test_arguments_are_words_of_a_shell(arguments: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "key" {}\nvariable "other" {\n  default = ""\n}\n'
        + VAULT.format("  kms_key_arn = var.key\n")
    )
    (tmp_path / "x.tfvars").write_text('key = "alias/aws/backup"\n')
    code, printed = run_check(tmp_path, arguments=arguments)
    assert code == 1, printed
    assert "title=BACKUP001 aws-managed" in printed


def test_a_pattern_in_the_arguments_is_no_list_of_files(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VAULT.format(""))
    code, printed = run_check(tmp_path, arguments="--exclude *.tf --allow-empty")
    assert code == 0, printed


def test_a_quote_that_is_not_closed_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GOOD)
    code, printed = run_check(tmp_path, arguments="--var 'a=b")
    assert code == 2
    assert "::error title=iac-check::a quote in the input arguments is not closed" in printed


def test_no_module_of_the_repository_is_imported(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GOOD)
    (tmp_path / "shlex.py").write_text("open('pwned', 'w')\n")
    run_check(tmp_path, arguments="--no-config")
    assert not (tmp_path / "pwned").exists()


def test_every_action_is_pinned_by_its_hash() -> None:
    for step in STEPS.values():
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", step["uses"])

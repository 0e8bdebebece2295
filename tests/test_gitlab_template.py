"""The job of the GitLab CI template, run as it stands, and its page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
JOB = yaml.safe_load((ROOT / "templates" / "gitlab-ci.yml").read_text("utf-8"))["iac-check"]
PAGE = (ROOT / "docs" / "use" / "gitlab-ci.md").read_text("utf-8")
VAULT = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'


def run_job(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Every line of the script, in one shell that ends at the first failure."""
    programs = folder / "bin"
    programs.mkdir()
    for name, line in (("pip", "true"), ("iac-check", f'"{sys.executable}" -m iac_check "$@"')):
        (programs / name).write_text(f"#!/bin/sh\nexec {line}\n")
        (programs / name).chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", "\n".join(JOB["script"])],
        cwd=folder, text=True, capture_output=True, check=False,
        env={**os.environ, **JOB["variables"], **variables, "PATH": path},
    )  # fmt: skip


def test_the_reports_are_those_that_are_kept(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VAULT)
    done = run_job(tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("error[BACKUP001]")
    kept = JOB["artifacts"]["reports"]
    assert len(json.loads((tmp_path / kept["codequality"]).read_text())) == 1
    assert (tmp_path / kept["junit"]).read_text().startswith("<?xml")
    assert JOB["artifacts"]["when"] == "always"


def test_paths_and_arguments(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(VAULT)
    (tmp_path / "b" / "more.tf").write_text(VAULT.replace('"v" {', '"w" {'))
    done = run_job(tmp_path, IAC_CHECK_PATHS="a b", IAC_CHECK_ARGUMENTS="--exit-zero --exclude b/*")
    assert done.returncode == 0
    assert "1 failed" in done.stderr


def test_every_variable_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) == set(JOB["variables"])


def test_the_image_has_git() -> None:
    """The page installs from git+https, and slim images have none."""
    assert "git+https" in PAGE
    assert re.fullmatch(r"python:3\.\d+", JOB["image"])

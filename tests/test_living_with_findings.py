"""Baselines, settings and standard input, from the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from iac_check.cli import main

VAULT = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(VAULT)
    monkeypatch.chdir(tmp_path)


def test_a_baseline_accepts_what_is_there_and_nothing_new() -> None:
    assert main(["."]) == 1
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    assert main(["--baseline", "baseline.json", "."]) == 0
    Path("main.tf").write_text(VAULT + VAULT.replace('"v"', '"new"'))
    assert main(["--baseline", "baseline.json", "."]) == 1


def test_what_could_not_be_read_is_not_accepted() -> None:
    Path("broken.tf").write_text(VAULT[:-2])
    assert main(["--write-baseline", "baseline.json", "."]) == 2
    assert not Path("baseline.json").exists()


def test_a_file_that_loosens_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("iac-check.toml").write_text('[rules.BACKUP001.levels]\nmissing = "off"\n')
    assert main(["."]) == 0
    assert "note: iac-check.toml lowers levels" in capsys.readouterr().err
    assert main(["--no-config", "."]) == 1


def test_settings_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    Path("iac-check.toml").write_text('exclude = ["x"]\n')
    assert main(["--show-settings", "--trusted-key", "alias/a", "."]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["file"], shown["exclude"]) == ("iac-check.toml", ["x"])
    assert shown["trusted-keys"] == ["alias/a"]


def test_standard_input_stands_for_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = VAULT + 'resource "aws_kms_key" "k" {}\n'
    text = text.replace("}", "  kms_key_arn = aws_kms_key.k.arn\n}", 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["--stdin-filename", "main.tf", "-"]) == 0
    assert "1 vault: 1 passed" in capsys.readouterr().err

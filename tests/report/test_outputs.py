"""Several reports of one run: which goes where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iac_check import cli, pipeline
from iac_check.cli import main, paired
from iac_check.options import FORMATS
from iac_check.report import renderer

from .samples import everything

Pair = tuple[str, str | None]


@pytest.fixture(autouse=True)
def _scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text('resource "aws_backup_vault" "é" {\n  name = "v"\n}\n', "utf-8")


@pytest.mark.parametrize(
    ("given", "reports"),
    [
        ("", [("text", None)]),
        ("-o a", [("text", "a")]),
        ("-f json", [("json", None)]),
        ("-f json -o a", [("json", "a")]),
        ("-o a -f json", [("json", "a")]),
        ("-f sarif -o a -f html -o b", [("sarif", "a"), ("html", "b")]),
        ("-f text -f html -o b", [("text", None), ("html", "b")]),
        ("-f html -o b -f text", [("html", "b"), ("text", None)]),
    ],
)
def test_pairs(given: str, reports: list[Pair]) -> None:
    words = given.replace("-f", "--format").replace("-o", "--output").split()
    assert paired(list(zip(words[::2], words[1::2], strict=True))) == reports


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--format json --format html", "only one report can go to stdout"),
        ("--output a --output b", "--output b has no --format of its own"),
        ("--format json --output a --output b", "--output b has no --format of its own"),
        ("--format json --output a --format html --output ./a", "cannot go to one file"),
        ("--format xml", "invalid choice"),
    ],
)
def test_what_cannot_be_meant(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([".", *arguments.split()]) == 2
    assert message in capsys.readouterr().err
    assert os.listdir() == ["main.tf"]


def test_one_run_writes_them_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = []
    run = pipeline.run

    def counted(*arguments: object) -> object:
        runs.append(arguments)
        return run(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "run", counted)
    arguments = "--format sarif --output a.sarif --format html --output b.html --format concise"
    assert main([".", *arguments.split()]) == 1
    assert len(runs) == 1
    assert json.loads(Path("a.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert Path("b.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert capsys.readouterr().out.startswith("main.tf:1:1: BACKUP001 error missing")


def test_one_that_cannot_be_written_stops_no_other() -> None:
    arguments = "--format json --output gone/a --format gitlab --output b.json"
    assert main([".", *arguments.split()]) == 2
    assert json.loads(Path("b.json").read_text("utf-8"))


def test_files_are_written_though_nobody_reads_stdout() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "iac_check", ".", "--format", "text", "--format", "json",
         "--output", "a.json"],
        stdout=writer, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(writer)
    assert done.returncode == cli.BROKEN_PIPE
    assert json.loads(Path("a.json").read_text("utf-8"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    renderer(name)(everything(), sys.stdout, False)
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in cli.FOR_PEOPLE])
def test_formats_for_machines_are_utf_8(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "iac_check", ".", "--format", name],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert "é" in done.stdout.decode("utf-8")


class TestColour:
    def test_on_demand(self, capsys: pytest.CaptureFixture[str]) -> None:
        main([".", "--color", "always"])
        assert "\x1b[1;31merror" in capsys.readouterr().out
        main([".", "--color", "never"])
        assert "\x1b" not in capsys.readouterr().out

    def test_a_file_has_none_of_its_own_accord(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        main([".", "--output", "a.txt"])
        assert "\x1b" not in Path("a.txt").read_text("utf-8")
        main([".", "--output", "a.txt", "--color", "always"])
        assert "\x1b[1;31merror" in Path("a.txt").read_text("utf-8")


def test_suppressed_results_in_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("main.tf")
    path.write_text("# iac-check: ignore[BACKUP001] test data\n" + path.read_text("utf-8"), "utf-8")
    main([".", "--format", "sarif"])
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []
    main([".", "--format", "sarif", "--sarif-suppressions"])
    (kept,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert kept["suppressions"][0]["justification"] == "test data"

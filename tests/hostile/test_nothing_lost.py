"""The same report from wherever, whoever and whenever it is run; whole, or not at all."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from iac_check.cli import main
from iac_check.options import FORMATS
from iac_check.policy import baseline

from .conftest import plant

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
VAULT = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'
START = [sys.executable, "-P", "-m", "iac_check"]
SETPRIV = shutil.which("setpriv") or ""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree") / "repository"
    shutil.copytree(FIXTURES, tree)
    (tree / ".git").mkdir()
    return tree


def reports(
    tree: Path, out: Path, *paths: str, before: tuple[str, ...] = (), **environment: str
) -> dict[str, bytes]:
    out.mkdir()
    options = [o for name in FORMATS for o in ("--format", name, "--output", str(out / name))]
    environment["SOURCE_DATE_EPOCH"] = "1800000000"  # the page for auditors has the date in it
    done = subprocess.run(
        [*before, *START, *options, "--no-config", *(paths or (".",))],
        cwd=tree, env={**os.environ, **environment}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (1, 2), done.stderr
    told = b"".join(line for line in done.stderr.splitlines(True) if b"grammar" not in line)
    return {name: (out / name).read_bytes() for name in FORMATS} | {"stderr": told}


@pytest.fixture(scope="module")
def usual(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return reports(tree, tmp_path_factory.mktemp("usual") / "out", PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "4242"}, {"LC_ALL": "C"},
     {"LC_ALL": "tr_TR.UTF-8"}, {"TZ": "Pacific/Kiritimati"}, {"HOME": "/nonexistent"},
     {"COLUMNS": "20", "TERM": "dumb"}],
    ids=str,
)  # fmt: skip
def test_the_environment_changes_nothing(
    environment: dict[str, str], tree: Path, usual: dict[str, bytes], tmp_path: Path
) -> None:
    assert reports(tree, tmp_path / "out", **environment) == usual


@pytest.mark.skipif(not (SETPRIV and os.geteuid() == 0), reason="needs root, and setpriv")
def test_being_root_changes_nothing(tree: Path, usual: dict[str, bytes], tmp_path: Path) -> None:
    """Without its capabilities root may do what everybody may with files of their own."""
    assert reports(tree, tmp_path / "out", before=(SETPRIV, "--bounding-set=-all")) == usual


def test_the_order_of_files_and_paths_changes_nothing(
    tree: Path, usual: dict[str, bytes], tmp_path: Path
) -> None:
    """The copy is written in the other order, as folders list what was written last."""
    other = tmp_path / "repository"
    for path in sorted(tree.rglob("*"), reverse=True):
        target = other / path.relative_to(tree)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        else:
            target.mkdir(parents=True, exist_ok=True)
    assert reports(other, tmp_path / "out") == usual
    twice = reports(other, tmp_path / "twice", "BACKUP001", ".")
    assert twice | {"html": b""} == usual | {"html": b""}  # this page names the paths as given
    cases = sorted(path.name for path in (tree / "BACKUP001").iterdir())
    forward = reports(tree, tmp_path / "forward", *(f"BACKUP001/{case}" for case in cases))
    backward = reports(tree, tmp_path / "back", *(f"BACKUP001/{case}" for case in cases[::-1]))
    assert forward | {"html": b""} == backward | {"html": b""}


def test_the_order_of_a_listing_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Values are taken from the last file by name, and sets of files are in their order."""
    name = 'join("", fileset(path.module, "*.txt"))\n  kms_key_arn = var.key'
    plant(tmp_path, {
        "main.tf": 'variable "key" {}\n' + VAULT.replace('"v"\n', f"{name}\n"),
        **{f"{name}.auto.tfvars": f'key = "alias/{name}"\n' for name in "abc"},
        "d.auto.tfvars": 'key = "alias/aws/backup"\n',
        **{f"{name}.txt": "" for name in "abcd"},
    })  # fmt: skip
    monkeypatch.chdir(tmp_path)
    told = []
    for turned in (False, True):
        listing = sorted(os.listdir(tmp_path), reverse=turned)
        with monkeypatch.context() as patch:
            patch.setattr(os, "listdir", lambda _, listing=listing: listing)
            main(["--no-cache", "--no-config", "."])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert '"a.txtb.txtc.txtd.txt" is encrypted with the AWS managed key' in told[0]


def test_an_interrupt_leaves_no_half_of_a_file(tree: Path, tmp_path: Path) -> None:
    kept = tmp_path / "report.json"
    kept.write_text("the old one")
    (tmp_path / "many").mkdir()
    for number in range(3_000):
        key = f'1 + {number} == 2 ? "" : "x"'
        text = f'resource "aws_backup_vault" "v{number}" {{\n  kms_key_arn = {key}\n}}\n'
        (tmp_path / "many" / f"{number}.tf").write_text(text)
    for wait in (0.4, 0.8, 1.6, 3.2):
        run = subprocess.Popen(
            [*START, "--no-config", "--format", "json", "--output", str(kept), "many"],
            cwd=tmp_path, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(wait)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=60)
        # On a busy machine Python itself may still be starting: nothing of ours has run yet.
        if not (run.returncode == 1 and told.rstrip().endswith(b"KeyboardInterrupt")):
            break
    assert run.returncode in (130, -signal.SIGINT)
    assert kept.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []
    assert b"Traceback" not in told or run.returncode == -signal.SIGINT


def test_a_baseline_that_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IAC_CHECK_DEBUG", raising=False)
    old = '{"version": 1, "findings": []}'
    plant(tmp_path, {"main.tf": VAULT, "b.json": old})

    def fail(_: object) -> str:
        raise ValueError

    monkeypatch.setattr(baseline, "text", fail)
    assert main(["main.tf", "--no-cache", "--write-baseline", "b.json"]) == 2
    assert Path("b.json").read_text() == old
    assert sorted(os.listdir()) == ["b.json", "main.tf"]


@pytest.mark.parametrize("victim", ["kept", "nowhere"])
def test_a_planted_link_is_not_written_through(
    victim: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new content is put first can be guessed: it must be a file of our own."""
    monkeypatch.chdir(tmp_path)
    plant(tmp_path, {"main.tf": VAULT, "kept": "kept"})
    temporary = Path(f"{tmp_path / 'report'}.{os.getpid()}.tmp")
    temporary.symlink_to(tmp_path / victim)
    assert main(["main.tf", "--no-cache", "--output", "report"]) == 2
    assert Path("kept").read_text() == "kept"
    assert not Path("nowhere").exists()


def test_a_report_behind_a_link_stays_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plant(tmp_path, {"main.tf": VAULT, "real/report": "old", "report": "-> real/report"})
    assert main(["main.tf", "--no-cache", "--format", "concise", "--output", "report"]) == 1
    assert Path("report").is_symlink()
    assert Path("real/report").read_text().startswith("main.tf:1:1:")
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["report"]


@pytest.mark.parametrize("output", ["report", "/dev/fd/1"])
def test_files_are_utf_8_whatever_the_locale(output: str, tmp_path: Path) -> None:
    plant(tmp_path, {"main.tf": VAULT.replace('"v" {', '"é" {')})
    other = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [*START, "--no-config", "--format", "concise", "--output", output, "main.tf"],
        cwd=tmp_path, env={**os.environ, **other}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    found = done.stdout if output == "/dev/fd/1" else (tmp_path / output).read_bytes()
    assert "aws_backup_vault.é" in found.decode("utf-8")


def test_a_closed_pipe_ends_quietly(tree: Path) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -P -m iac_check --no-config --format json . | head -c 1",
        shell=True, cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_full_disk_is_told(tree: Path, tmp_path: Path) -> None:
    kept = tmp_path / "report.json"
    kept.write_text("the old one")
    done = subprocess.run(
        [*START, "--no-config", "--format", "json", "--output", str(kept), "."],
        cwd=tree, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
    )  # fmt: skip
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert kept.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_report_of_25000_findings_is_complete(tmp_path: Path) -> None:
    vaults = (f'resource "aws_backup_vault" "v{n}" {{\n  name = "v"\n}}\n' for n in range(25_000))
    (tmp_path / "main.tf").write_text("".join(vaults))
    options = [o for n in ("json", "sarif", "concise") for o in ("--format", n, "--output", n)]
    done = subprocess.run(
        [*START, "--no-config", *options, "main.tf"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "25000 failed" in done.stderr
    assert len(json.loads((tmp_path / "json").read_text())["results"]) == 25_000
    assert len(json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]) == 25_000
    assert len((tmp_path / "concise").read_text().splitlines()) == 25_000

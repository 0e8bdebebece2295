"""The wheel holds every module and card, and works beside a hostile working directory."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _run(*command: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **env},
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Built from a copy, so that no build/ of an earlier tree can get in.
    tracked = _run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).stdout.splitlines()
    if not tracked:
        pytest.skip("the tree is no git checkout")
    for name in tracked:
        if (ROOT / name).is_file() and not name.startswith(("fixtures/", "tests/")):
            target = folder / "tree" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    done = _run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder,
        cwd=folder / "tree",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if name.startswith("iac_check/")}
    expected = {
        f"iac_check/{path.relative_to(ROOT / 'checker').as_posix()}"
        for path in (ROOT / "checker").rglob("*")
        if path.suffix in (".py", ".typed")
    }
    expected |= {
        f"iac_check/rules/{path.name}"
        for path in (ROOT / "rules").iterdir()
        if path.suffix in (".py", ".yaml", ".json")
    }
    assert found == expected


def test_the_installed_command_reads_no_code_of_the_scanned_tree(
    wheel: Path, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    scanned = tmp_path / "scanned"
    for name in ("rules", "checker", "iac_check", "yaml", "hcl2"):
        (scanned / name).mkdir(parents=True)
        (scanned / name / "__init__.py").write_text("raise SystemExit('run by the scanned tree')")
    (scanned / "sitecustomize.py").write_text("raise SystemExit('run by the scanned tree')")
    (scanned / "main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    code = "import sys; from iac_check.cli import main; sys.exit(main(['--format=concise', '.']))"
    done = _run(sys.executable, "-P", "-c", code, cwd=scanned, PYTHONPATH=str(installed))
    assert done.returncode == 1, done.stderr
    assert "BACKUP001" in done.stdout

"""What is installed is what is in the tree: the wheel, the command and the pre-commit hook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from email import message_from_string
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from iac_check import __version__
from iac_check.candidates import TEMPLATES, TERRAFORM

ROOT = Path(__file__).parent.parent
FOLDERS = {"checker": "iac_check", "rules": "iac_check/rules"}
UNRELATED = ("__pycache__", ".*")  # caches of tools


def built(folders: pytest.TempPathFactory) -> Path:
    """Built from a copy: what an earlier build left in the tree cannot hide what is missing."""
    copy = folders.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder,
            copy / folder,
            ignore=shutil.ignore_patterns(*UNRELATED),
            copy_function=shutil.copyfile,  # each copy has times of its own
        )
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / file, copy / file)
    out = folders.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
        text=True,
    )
    [wheel] = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory)


def test_two_builds_are_the_same(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert built(tmp_path_factory).read_bytes() == wheel.read_bytes()


def test_the_lock_file_holds_hashes_and_names_no_registry() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    pinned = re.findall(r"^([a-z][\w.-]*)==", lock, re.M)
    assert {"lark", "python-hcl2", "pyyaml", "pytest", "setuptools"} <= set(pinned)
    entries = re.split(r"^(?=[a-z])", lock, flags=re.M)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def metadata(installed: Path) -> Message:
    [path] = installed.glob("*.dist-info/METADATA")
    return message_from_string(path.read_text("utf-8"))


def tree() -> set[str]:
    """The files of the tree, by the names that they are installed under."""
    found = set()
    for folder, package in FOLDERS.items():
        for path in (ROOT / folder).rglob("*"):
            inner = path.relative_to(ROOT / folder)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
            if path.is_file() and not hidden:
                found.add(f"{package}/{inner.as_posix()}")
    return found


def test_the_wheel_holds_the_tree(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == tree()
    assert {
        "iac_check/py.typed",
        "iac_check/settings.schema.json",
        "iac_check/cli.py",
        "iac_check/rules/BACKUP001.yaml",
    } <= names


def test_metadata(installed: Path) -> None:
    about = metadata(installed)
    assert about["Name"] == "iac-check"
    assert about["Version"] == __version__
    assert about["Requires-Python"] == ">=3.11"
    assert about["License-Expression"] == "Apache-2.0"
    assert list(installed.glob("*.dist-info/licenses/LICENSE"))
    [entry_points] = installed.glob("*.dist-info/entry_points.txt")
    assert "iac-check = iac_check.__main__:command" in entry_points.read_text("utf-8")


def test_a_plain_install_needs_no_cfn_lint(installed: Path) -> None:
    required = metadata(installed).get_all("Requires-Dist") or []
    plain = {re.split(r"[<>=!~ ;]", each)[0] for each in required if "extra ==" not in each}
    assert plain == {"python-hcl2", "lark", "pyyaml"}


def test_it_runs_its_own_modules_and_rules(installed: Path, tmp_path: Path) -> None:
    """A scanned tree that has packages of the same names is read, never imported."""
    for name in ("rules", "checker", "iac_check_rules"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('imported')\n", "utf-8")
    (tmp_path / "main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    run = subprocess.run(
        [sys.executable, "-c", "from iac_check.cli import main; raise SystemExit(main())",
         ".", "--format", "concise"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert run.stdout.startswith("main.tf:1:1: BACKUP001 error missing [aws_backup_vault.v] ")
    where = subprocess.run(
        [sys.executable, "-c", "import iac_check; print(iac_check.__file__)"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)


class TestHook:
    hook, staged = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    def test_it_judges_the_whole_repository_once(self) -> None:
        """A changed default in one folder is judged at the vault in another."""
        assert self.hook["entry"].split()[0] == "iac-check"
        assert self.hook["entry"].split()[-1] == "."
        assert self.hook["pass_filenames"] is False
        assert self.hook["require_serial"] is True

    def test_the_other_is_given_the_staged_files(self) -> None:
        assert self.staged["entry"].split()[0] == "iac-check"
        assert self.staged.get("pass_filenames", True) is True

    def test_it_runs_at_every_commit(self) -> None:
        """A file that is removed may have given a key, and is not named to a hook."""
        assert self.hook["always_run"] is True
        assert "files" not in self.hook

    @pytest.mark.parametrize("ending", [*TERRAFORM, *TEMPLATES])
    def test_the_other_runs_for_every_file_that_may_hold_a_vault(self, ending: str) -> None:
        assert re.search(self.staged["files"], f"infrastructure/main{ending}")

    @pytest.mark.parametrize("name", ["README.md", "main.py", "main.tf.bak", "yaml", "tf"])
    def test_it_does_not_run_for_others(self, name: str) -> None:
        assert not re.search(self.staged["files"], name)

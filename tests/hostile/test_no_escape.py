"""Nothing of a scanned tree becomes code, or settings without a word; nor do caches of others."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import lark
import pytest

from iac_check.cli import main
from iac_check.terraform import grammar

from .conftest import Files, plant

MISSING = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'
PARSED = MISSING.replace("}", "  kms_key_arn = 1 + 1 == 2 ? null : null\n}")
TRAP = "import os, pathlib\npathlib.Path(__file__).with_name('EXECUTED').write_text('x')\n"
NAMES = (
    "sitecustomize", "usercustomize", "rules", "checker", "yaml", "lark", "hcl2", "argparse",
    "re", "json", "tomllib", "fnmatch", "hashlib", "pickle", "tempfile", "datetime", "conftest",
    "setup", "cfnlint",
)  # fmt: skip
TRAPS: dict[str, str | bytes] = {
    "main.tf": PARSED,
    **{f"{name}.py": TRAP for name in NAMES},
    **{f"{name}/__init__.py": TRAP for name in ("rules", "checker", "yaml2")},
    "pyproject.toml": '[build-system]\nrequires = ["x"]\nbuild-backend = "trap"\n'
    '[tool.iac-check]\nexclude = ["x"]\n',
    "trap.py": TRAP,
    ".pth": "import trap\n",
    "evil.pth": "import trap\n",
}
# The command that pip installs has its own folder first on the path, never the working directory.
STARTS = {
    "the command": [str(Path(sys.executable).parent / "iac-check")],
    "python -P -m": [sys.executable, "-P", "-m", "iac_check"],
    "python -I -m": [sys.executable, "-I", "-m", "iac_check"],
}


def run(
    start: list[str], tree: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"} | more
    return subprocess.run(
        [*start, *(arguments or (".",))],
        cwd=tree, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
def test_no_file_of_the_tree_is_imported(start: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    plant(tmp_path, TRAPS)
    done = run(STARTS[start], tmp_path, ".", "--no-cache")
    assert done.returncode == 1, done.stderr
    assert not list(tmp_path.rglob("EXECUTED"))
    assert not list(tmp_path.rglob("__pycache__"))


def test_safe_path_by_the_environment(tmp_path: Path) -> None:
    """`python -m` puts the working directory on the path, unless it is told not to."""
    (tmp_path / ".git").mkdir()
    plant(tmp_path, TRAPS)
    start = [sys.executable, "-m", "iac_check"]
    done = run(start, tmp_path, ".", "--no-cache", PYTHONSAFEPATH="1")
    assert done.returncode == 1, done.stderr
    assert not list(tmp_path.rglob("EXECUTED"))


@pytest.mark.parametrize(
    "text",
    ['exclude = ["main.tf"]\n', 'trusted-keys = ["*"]\n',
     '[rules.BACKUP001.levels]\nmissing = "off"\n',
     '[[overrides]]\npaths = ["*"]\n[overrides.rules.BACKUP001.levels]\nmissing = "warning"\n',
     "allow-empty = true\n", "honour-checkov-skips = true\n", 'baseline = "b.json"\n'],
)  # fmt: skip
def test_settings_that_loosen_are_told(text: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    plant(
        tmp_path,
        {"main.tf": MISSING, "iac-check.toml": text, "b.json": '{"version": 1, "findings": []}'},
    )
    start = STARTS["the command"]
    assert "note: by iac-check.toml" in run(start, tmp_path).stderr
    strict = run(start, tmp_path, "--no-config", ".")
    assert strict.returncode == 1
    assert "note:" not in strict.stderr


def test_a_harmless_settings_file_is_not_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    plant(tmp_path, {"main.tf": MISSING, "iac-check.toml": 'aws-region = "eu-west-1"\n'})
    assert "note:" not in run(STARTS["the command"], tmp_path).stderr


CALL = 'module "m" {\n  source = "../m"\n}\n'
KEYED = 'variable "key" {}\n' + MISSING.replace("}", "  kms_key_arn = var.key\n}")
SECRET = 'key = "SECRET"\n'
UNIT = 'terraform {\n  source = "../m"\n  extra_arguments "x" {\n    commands = ["apply"]\n'
# What the file outside holds, the tree, what of it is scanned, and what is reported.
LEADS_OUT: dict[str, tuple[str, Files, str, str]] = {
    "a file of Terraform": (KEYED + "# SECRET", {"a.tf": "-> ../s"}, ".", "a.tf"),
    "a file beside a named one": (
        "# SECRET", {"main.tf": MISSING, "a.tf": "-> ../s"}, "main.tf", "a.tf",
    ),
    "a file of a called module": (
        "# SECRET", {"e/a.tf": CALL, "m/m.tf": MISSING, "m/a.tf": "-> ../../s"}, "e", "m/a.tf",
    ),
    "a template": ("Resources: {}", {"a.tf": MISSING, "t.yaml": "-> ../s"}, ".", "t.yaml"),
    "tfvars": (SECRET, {"a.tf": KEYED, "terraform.tfvars": "-> ../s"}, ".", "terraform.tfvars"),
    "automatic tfvars": (SECRET, {"a.tf": KEYED, "x.auto.tfvars": "-> ../s"}, ".", "x.auto.tfvars"),
    "tfvars of a unit": (
        SECRET,
        {
            "m/a.tf": KEYED,
            "u/terragrunt.hcl": f'{UNIT}    required_var_files = ["../../s"]\n  }}\n}}\n',
        },
        ".", "../s",
    ),
    "the manifest of modules": (
        '{"Modules": []}',
        {"a.tf": MISSING, ".terraform/modules/modules.json": "-> ../../../s"},
        ".", ".terraform/modules/modules.json",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEADS_OUT)
def test_what_leads_out_of_the_repository_is_not_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, files, path, reported = LEADS_OUT[name]
    (tmp_path / "s").write_text(secret)
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    plant(tmp_path / "tree", files)
    monkeypatch.chdir(tmp_path / "tree")
    assert main(["--no-cache", "--show-passed", path]) == 2
    told = capsys.readouterr().out
    assert "SECRET" not in told
    assert f"error: {reported}: " in told
    assert "outside the repository" in told


INCLUDE = (
    "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
    "      BackupVaultName: v\n"
    "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}\n"
)
# A folder whose name only begins like the repository's is none of it.
BESIDE: dict[str, tuple[str, Files]] = {
    "a file of Terraform": ("# SECRET", {"a.tf": MISSING, "b.tf": "-> ../tree-s"}),
    "file()": (
        "SECRET", {"a.tf": MISSING.replace("}", '  kms_key_arn = file("../tree-s")\n}')},
    ),
    "an include": ("EncryptionKeyArn: alias/SECRET\n", {"t.yaml": INCLUDE % "../tree-s"}),
    "an include behind a link": (
        "EncryptionKeyArn: alias/SECRET\n", {"t.yaml": INCLUDE % "s.txt", "s.txt": "-> ../tree-s"},
    ),
    "a module of a unit": (
        "", {"u/terragrunt.hcl": 'terraform {\n  source = "../../tree-m"\n}\n', "a.tf": MISSING},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside_the_repository_is_not_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, files = BESIDE[name]
    plant(tmp_path, {"tree-s": secret, "tree-m/main.tf": MISSING.replace('"v"', '"SECRET"')})
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    plant(tmp_path / "tree", files)
    monkeypatch.chdir(tmp_path / "tree")
    assert main(["--no-cache", "--show-passed", "."]) in (1, 2)
    told = capsys.readouterr().out
    assert "SECRET" not in told
    assert "outside" in told


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (f"{os.environ['BOMB']}",)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder with a filled cache."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(grammar, "_parser", None)
    monkeypatch.setattr(grammar, "_cache_folder", str(folder))
    grammar.parser()
    monkeypatch.setattr(grammar, "_parser", None)
    monkeypatch.setenv("BOMB", str(tmp_path / "EXECUTED"))
    return folder


def poison(folder: Path) -> Path:
    [entry] = folder.glob("*.pickle")
    entry.write_bytes(pickle.dumps(Bomb()))
    return entry


def test_a_poisoned_cache_would_be_code(cache: Path, tmp_path: Path) -> None:
    """Else the tests below could not fail: what this user alone may write to is trusted."""
    poison(cache)
    grammar.parser()
    assert (tmp_path / "EXECUTED").exists()


@pytest.mark.parametrize("way", ["group", "others", "file", "link", "linked file", "owner"])
def test_what_others_may_write_to_is_not_unpickled(
    way: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = poison(cache)
    match way:
        case "group":
            cache.chmod(0o770)
        case "others":
            cache.chmod(0o707)
        case "file":
            entry.chmod(0o666)
        case "link":
            cache.rename(tmp_path / "real")
            cache.symlink_to(tmp_path / "real")
        case "linked file":
            entry.rename(tmp_path / "real")
            entry.symlink_to(tmp_path / "real")
        case "owner":
            monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert grammar.parser().parse("1")
    assert not (tmp_path / "EXECUTED").exists()


@pytest.mark.parametrize("content", [b"", b"x", b"\x80\x04N.", pickle.dumps({"data": 1})])
def test_a_damaged_cache_is_built_anew(content: bytes, cache: Path) -> None:
    [entry] = cache.glob("*.pickle")
    entry.write_bytes(content)
    assert grammar.parser().parse("1")


def test_a_cache_is_of_one_grammar_one_lark_and_one_python(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[str] = []
    monkeypatch.setattr(grammar, "_parser", None)
    monkeypatch.setattr(grammar, "_fingerprint", lambda *given: str(parts.extend(given)))
    monkeypatch.setattr(grammar, "_read", lambda _: object())
    grammar.parser()
    text, *versions = parts
    assert "%override INT_LITERAL" in text
    assert versions == [lark.__version__, sys.version]


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_a_cache_is_written_whole_or_not_at_all(
    fault: type[BaseException], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_: object, stream: BinaryIO) -> None:
        stream.write(b"half")
        raise fault

    [entry] = cache.iterdir()
    entry.unlink()
    monkeypatch.setattr(lark.Lark, "save", half)
    with pytest.raises(KeyboardInterrupt) if fault is KeyboardInterrupt else nullcontext():
        grammar.parser()
    assert list(cache.iterdir()) == []


def test_a_truncated_cache_is_built_anew(cache: Path) -> None:
    [entry] = cache.glob("*.pickle")
    entry.write_bytes(entry.read_bytes()[:5000])
    assert grammar.parser().parse("1")

"""The grammar's cache: private, rebuilt when it is broken, and told of when it costs time."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from iac_check.terraform import grammar


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(grammar, "_parser", None)
    return []


def fresh(folder: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What another run does."""
    monkeypatch.setattr(grammar, "_parser", None)
    grammar.configure(True, str(folder), told.append)
    assert grammar.parser().parse("1 + 2")


def test_the_first_run_tells_and_the_next_reads(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    fresh(folder, told, monkeypatch)
    assert told == [f"the grammar of expressions was compiled, once; it is kept in {folder}"]
    (kept,) = folder.iterdir()
    assert folder.stat().st_mode & 0o077 == kept.stat().st_mode & 0o077 == 0
    fresh(folder, told, monkeypatch)
    assert len(told) == 1


@pytest.mark.parametrize("broken", [b"", b"not a pickle", pickle.dumps({"data": 1})])
def test_a_broken_cache_is_built_anew(
    broken: bytes, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(tmp_path / "cache", told, monkeypatch)
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(broken)
    fresh(tmp_path / "cache", told, monkeypatch)
    assert len(told) == 2
    assert kept.read_bytes() != broken


class Attack:
    """Makes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


def test_what_others_can_write_to_is_never_unpickled(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, done = tmp_path / "cache", tmp_path / "done"
    fresh(folder, told, monkeypatch)
    (kept,) = folder.iterdir()
    kept.write_bytes(pickle.dumps(Attack(done)))
    folder.chmod(0o777)
    fresh(folder, told, monkeypatch)
    assert not done.exists()
    assert told[-1].endswith("cannot be written to")
    folder.chmod(0o700)
    kept.chmod(0o666)
    fresh(folder, told, monkeypatch)
    assert not done.exists()


def test_a_link_to_a_cache_is_none(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    fresh(tmp_path / "link", told, monkeypatch)
    assert not list((tmp_path / "real").iterdir())


def test_without_a_cache(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    grammar.configure(False, str(tmp_path), told.append)
    assert grammar.parser().parse("1")
    assert not told
    assert not list(tmp_path.iterdir())

"""Globs of a settings file mean the same from every working directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iac_check.globs import dangling, matches, seen_from_here, within

GLOBS = st.text("abc/*?", min_size=1, max_size=8).filter(lambda text: not text.startswith("/"))
NAMES = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=4).map("/".join)


@given(glob=GLOBS, path=NAMES)
@example(glob="c/*", path="a/x")
@example(glob="a/b", path="a/b/x")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_working_directory_does_not_matter(
    glob: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any path of the tree, from its root, from the folders above the path, and from beside."""
    monkeypatch.chdir(tmp_path)
    expected = within(path, seen_from_here(glob, ""))
    for here in ("a", "a/b", "c"):
        (tmp_path / here).mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(tmp_path / here)
        seen = os.path.relpath(tmp_path / path)
        if seen.strip("./"):  # a folder that the working directory lies in has no name here
            assert within(seen, seen_from_here(glob, os.path.relpath(tmp_path))) is expected, here


@pytest.mark.parametrize("here", [".", "s", "s/t", "..", "../q"])
@pytest.mark.parametrize("glob", ["*.tf", "*", "?*", "[!x]*", "**/main.tf", "main.tf"])
def test_globs_of_a_settings_file_end_at_its_folder(
    glob: str, here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("p/s/t", "q", "pp"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "p" / here)
    globs = seen_from_here(glob, os.path.relpath(tmp_path / "p"))
    assert within(os.path.relpath(tmp_path / "p/main.tf"), globs)
    for other in ("q/main.tf", "pp/main.tf", "main.tf"):
        assert not within(os.path.relpath(tmp_path / other), globs)
        if here != "..":
            assert not within(str(tmp_path / other), globs)
    assert within("../q/main.tf", seen_from_here("*.tf", None))


def test_a_file_that_is_given_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of the working directory it is reported so."""
    (tmp_path / "p").mkdir()
    monkeypatch.chdir(tmp_path / "p")
    assert within(str(tmp_path / "q/main.tf"), seen_from_here("q", ".."))
    assert not within(str(tmp_path / "q/main.tf"), seen_from_here("x", ".."))


@pytest.mark.parametrize("name", ["p*", "p[1]", "?", "[!a]"])
def test_the_name_of_the_settings_folder_is_no_glob(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    globs = seen_from_here("x", name)
    assert within(f"{name}/x/main.tf", globs)
    for other in ("prod", "p1", "b"):
        assert not within(f"{other}/x/main.tf", globs)


def test_a_folder_stands_for_what_is_in_it() -> None:
    assert within("sandbox/x/main.tf", seen_from_here("./sandbox/", ""))
    assert not within("sandboxes/main.tf", seen_from_here("sandbox/", ""))


@pytest.mark.parametrize(
    ("glob", "missing"),
    [("here", None), ("here/*", None), ("he*/x", None), ("*.bak", None), ("gone", "gone"),
     ("gone/*.tf", "gone"), ("here/gone/x", "here/gone/x")],
)  # fmt: skip
def test_a_glob_that_cannot_match(
    glob: str, missing: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert dangling(glob, "") == missing


def test_two_stars_before_a_slash_are_any_folders_or_none() -> None:
    for path in ("vendor/a.tf", "x/vendor/a.tf", "x/y/vendor"):
        assert within(path, ["**/vendor"]) or within(path, ["**/vendor/**"])
    assert within("live/vendor/a.tf", ["live/**/vendor"])
    assert not within("vendored/a.tf", ["**/vendor"])


@pytest.mark.parametrize(
    ("path", "glob", "said"),
    [("a", "**/a", True), ("b/a", "**/a", True), ("a/b", "a/**/b", True), ("a/c/b", "a/**/b", True),
     ("ba", "**/a", False), ("a/b", "a", False)],
)  # fmt: skip
def test_what_is_left_out_of_the_walk_is_in_any_folder(path: str, glob: str, said: bool) -> None:
    assert matches(path, [glob]) is said

"""The command line is read in two ways, from one table: they have to agree."""

from __future__ import annotations

import random

import pytest

from iac_check.options import OPTIONS, Options, parser, plain

FLAGS = [flag for group in OPTIONS.values() for flag in group]
WORDS = ["a", "b/c.tf", "", "-", "x=1", "text", "json", "never", "bash", "*.yaml", "two words"]
LINES = [
    [],
    ["."],
    ["--format", "json", "--output", "a", "--output", "-", "."],
    ["a", "b", "--var", "x=1", "--var", "y=a=b", "--exclude", "c", "--exclude", "d"],
    ["--color", "always", "--explain", "BACKUP001", "--no-config"],
]
OTHERS = [
    ["--help"], ["--version"], ["--format=json", "."], ["--", "-a"], ["a", "--stats", "b"],
    ["--form", "json"], ["--format"], ["--format", "yaml"], ["--color", "blue", "."],
    ["--var", "x", "."], ["--var", " =x", "."], ["--output", "--stats"], ["-x"], ["-1"],
]  # fmt: skip


def read(line: list[str]) -> Options | None:
    """What argparse makes of a line; None for what it refuses."""
    try:
        found, unknown = parser().parse_known_args(line, Options())
    except SystemExit:
        return None
    return None if unknown else found


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_what_is_written_in_full_is_read_without_argparse(line: list[str]) -> None:
    assert plain(line) == read(line) is not None


@pytest.mark.parametrize("line", OTHERS, ids=" ".join)
def test_all_else_is_left_to_argparse(line: list[str]) -> None:
    assert plain(line) is None


def test_they_agree() -> None:
    rng = random.Random(1)
    taken = 0
    for _ in range(2_000):
        line = []
        for _ in range(rng.randint(0, 4)):
            line += [rng.choice(FLAGS), *rng.sample(WORDS, rng.randint(0, 1))]
        line += rng.sample(WORDS, rng.randint(0, 2))
        found = plain(line)
        if found is not None:
            taken += 1
            assert found == read(line), line
    assert taken > 200

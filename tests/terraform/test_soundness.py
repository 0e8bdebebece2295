"""What passes while variables are not known passes for each of their values (fuzz/soundness.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.soundness import program, wrong


@pytest.mark.parametrize("seed", range(12))
def test_nothing_passes_wrongly(seed: int, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert wrong(seed, tmp_path, vaults=6, samples=6) == []


def test_a_program_is_that_of_its_seed(tmp_path: Path) -> None:
    from random import Random

    assert program(Random(7), 2) == program(Random(7), 2)
    assert program(Random(7), 2) != program(Random(8), 2)

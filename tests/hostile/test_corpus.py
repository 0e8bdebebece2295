"""What fuzzing once found, through the targets that found it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS, corpus, files, seeds

INPUTS = [(name, path) for name in TARGETS for path in corpus(name)]


@pytest.mark.parametrize(("name", "path"), INPUTS, ids=lambda part: getattr(part, "name", part))
def test_it_stays_found(name: str, path: Path) -> None:
    TARGETS[name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds(name: str) -> None:
    found = list(seeds(name))
    assert found
    for seed in found[:5]:
        TARGETS[name](seed)


def test_no_file_of_an_input_leaves_its_tree() -> None:
    data = b"#@ ../../x.tf\na\n#@ /etc/y.tf\nb\n#@ ./../.\nc\n"
    assert [name for name, _ in files(data)] == ["x.tf", "etc/y.tf"]

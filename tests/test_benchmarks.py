"""The generated trees are the same for the same seed, and hold the vaults that they should."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def trees() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trees", ROOT / "benchmarks" / "trees.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    assert spec.loader is not None
    spec.loader.exec_module(module)
    return module


def verdicts(tree: Path) -> Counter[str]:
    report = run([str(tree)], Settings(cache=False))
    assert not report.errors
    return Counter(result.reason or "pass" for result in report.results)


def test_the_same_seed_makes_the_same_tree(trees: ModuleType, tmp_path: Path) -> None:
    for name in ("a", "b"):
        trees.nothing(tmp_path / name, 50)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert len(files) == 50
    for file in files:
        assert (tmp_path / "a" / file).read_text() == (tmp_path / "b" / file).read_text()


def test_their_vaults(trees: ModuleType, tmp_path: Path) -> None:
    trees.nothing(tmp_path / "nothing", 100)
    trees.monorepo(tmp_path / "monorepo", 400)
    trees.templates(tmp_path / "templates", 200)
    trees.nesting(tmp_path / "nesting")
    assert verdicts(tmp_path / "nothing") == {}
    assert verdicts(tmp_path / "monorepo") == {"aws-managed": 2, "pass": 2}
    assert verdicts(tmp_path / "templates") == {"missing": 2}
    assert verdicts(tmp_path / "nesting") == {"pass": 1200}

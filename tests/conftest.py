"""What all tests share: reproducible properties, and a cache that is not the developer's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from iac_check.pipeline import RECURSION_LIMIT

# A run raises the limit; hypothesis warns where that happens within a test.
sys.setrecursionlimit(RECURSION_LIMIT)

# Examples take longer on a busy machine; a gate must not fail for that, nor by chance.
settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session", autouse=True)
def _private_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The compiled grammar is shared by the tests of one run, and left nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("IAC_CHECK_DEBUG", "1")  # what is not foreseen ends a test
        yield

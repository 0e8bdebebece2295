"""Files in the working directory, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings


def checked(files: Mapping[str, str]) -> Report:
    """What a run in the working directory says of these files."""
    for name, text in files.items():
        Path(name).write_text(text)
    return run(["."], Settings(cache=False))

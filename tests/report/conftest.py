"""Reports are the same here whatever address the package names."""

from __future__ import annotations

import pytest

from iac_check.report import web
from iac_check.report.places import CHECKOUTS


@pytest.fixture(autouse=True)
def _no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "homepage", lambda: None)
    for name in CHECKOUTS:  # CI sets one
        monkeypatch.delenv(name, raising=False)

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from iac_check.language.value import Cause
from iac_check.policy.card import Card, load_cards
from iac_check.policy.verdict import Reason
from iac_check.report.explain import CAUSES, REASONS, listing, page

DOCS = Path(__file__).parents[2] / "docs" / "rules"


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.id)
def test_the_docs_are_the_page(card: Card) -> None:
    """Stale? `python -m iac_check --explain RULE > docs/rules/RULE.md`."""
    assert (DOCS / f"{card.id}.md").read_text("utf-8") == page(card)


def test_no_page_without_a_rule() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == {card.id for card in load_cards()}


def test_every_reason_and_cause_is_explained() -> None:
    assert set(REASONS) == set(get_args(Reason))
    assert set(CAUSES) == set(get_args(Cause))
    text = page(load_cards()[0])
    assert all(f"`{name}`" in text for name in (*REASONS, *CAUSES))


def test_no_page_calls_a_vault_unencrypted() -> None:
    """Without a key of its own, a vault is still encrypted, with the key that AWS manages."""
    assert not any("unencrypted" in page(card).lower() for card in load_cards())


def test_listing() -> None:
    assert listing(load_cards()).startswith("BACKUP001  high  backup-vault-customer-key  AWS ")

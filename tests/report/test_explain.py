from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.card import LANGUAGES, Card, Outcome, load_cards
from iac_check.report.explain import explained, listing, page, words
from iac_check.settings import OUTCOMES, Settings

DOCS = Path(__file__).parents[2] / "docs" / "rules"


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.id)
def test_the_docs_are_the_page(card: Card) -> None:
    """Stale? `python -m iac_check --explain RULE > docs/rules/RULE.md`."""
    assert (DOCS / f"{card.id}.md").read_text("utf-8") == page(card)


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.id)
def test_the_short_answer_comes_first(card: Card) -> None:
    short = page(card).partition("## Why")[0]
    assert len(short.splitlines()) < 20
    assert card.remedy.partition("\n")[0] in " ".join(short.split())
    assert card.caution in " ".join(short.split())


def test_no_page_without_a_rule() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == {card.id for card in load_cards()}


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.id)
def test_every_reason_and_cause_is_explained(card: Card) -> None:
    assert set(card.outcomes) == set(OUTCOMES)
    text = page(card)
    assert all(f"`{name.rpartition('.')[2]}`" in text for name in OUTCOMES)
    assert all(found.help for name, found in card.outcomes.items() if "." in name)


EXAMPLES = [
    (name, language, code)
    for card in load_cards()
    for name, found in (*card.outcomes.items(), ("pass", Outcome("", None, card.fixed)))
    for language, code in found.examples.items()
]


@pytest.mark.parametrize(("outcome", "language", "code"), EXAMPLES, ids=lambda value: value[:30])
def test_the_examples_are_what_they_say(
    outcome: str, language: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path({"terraform": "main.tf", "cloudformation": "t.yaml"}[language]).write_text(code)
    report = run(["."], Settings(cache=False))
    assert not report.errors
    (found,) = report.results
    assert ".".join(filter(None, (found.reason or "pass", found.cause))) == outcome


def test_every_outcome_has_an_example_in_both_languages() -> None:
    reasoned = {name for name in OUTCOMES if name != "unresolved"}
    assert {(name, language) for name, language, _ in EXAMPLES} >= {
        (name, language) for name in reasoned for language in LANGUAGES
    }


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.id)
def test_lines_fit_a_terminal(card: Card) -> None:
    assert not [line for line in page(card).splitlines() if len(line) > 100 and "<http" not in line]


def test_no_page_calls_a_vault_unencrypted() -> None:
    """Without a key of its own, a vault is still encrypted, with the key that AWS manages."""
    assert not any("unencrypted" in page(card).lower() for card in load_cards())


def test_listing() -> None:
    assert listing(load_cards()).startswith("BACKUP001  high  backup-vault-customer-key  AWS ")


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("BACKUP001", "# BACKUP001: backup-vault-customer-key"),
        ("external", "# BACKUP001: unresolved/external"),
        ("unresolved/external", "# BACKUP001: unresolved/external"),
        ("unresolved.external", "# BACKUP001: unresolved/external"),
        ("backup001/External", "# BACKUP001: unresolved/external"),
        ("BACKUP001/unresolved/external", "# BACKUP001: unresolved/external"),
        ("unresolved", "# BACKUP001: unresolved"),
        ("missing", "# BACKUP001: missing"),
    ],
)
def test_a_part_of_the_page(asked: str, heading: str) -> None:
    text = explained(load_cards(), asked)
    assert text is not None
    assert text.startswith(f"{heading}\n\n")


@pytest.mark.parametrize("asked", ["", "/", "BACKUP001/nothing", "nothing/external",
                                   "missing/external"])  # fmt: skip
def test_what_is_no_part_of_it(asked: str) -> None:
    assert explained(load_cards(), asked) is None


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_part_stands_alone(name: str) -> None:
    """It says what to do itself, for no remedy stands above it."""
    text = explained(load_cards(), name.replace(".", "/")) or ""
    assert "The remedy above" not in text
    assert ("What to do:" in text) is (name != "unresolved")
    assert "`cycle`: " in text or name != "unresolved"
    assert not [line for line in text.splitlines() if len(line) > 100]


def test_every_word_is_known() -> None:
    cards = load_cards()
    assert all(explained(cards, word) for word in words(cards))

"""A rule's page: `--explain`, and `docs/rules/`, which is this text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..policy.card import Card, Outcome

WIDTH = 100
"""Columns of the page; code and addresses are not broken."""

_FENCES = {"terraform": "hcl", "cloudformation": "yaml"}


def page(card: Card) -> str:
    """The page of one rule, in Markdown."""
    types = (f"- `{type_}`: `{paths.value}`" for type_, paths in sorted(card.resources.items()))
    reasons = {name: found for name, found in card.outcomes.items() if "." not in name}
    causes = {name.partition(".")[2]: found for name, found in card.outcomes.items() if "." in name}
    parts = (
        f"# {card.id}: {card.name}",
        f"{card.title}. Severity: {card.severity}.",
        "## Why",
        _wrapped(card.why),
        "## How it is judged",
        "The value of one argument is followed, through the code, to where it comes from:",
        "\n".join(types),
        _wrapped(
            "It passes where it leads to a customer managed key that the scanned code declares, or "
            "that the settings trust. Where a condition cannot be decided, each of its outcomes "
            "is judged, and the worst one is reported with the condition under which it comes "
            "about. What is certainly not created is no finding."
        ),
        *_exempt(card),
        "Each failure has one reason:",
        _meanings(reasons),
        "What is `unresolved` also has a cause:",
        _meanings(causes),
        "## Remedy",
        _wrapped(card.remedy),
        "The key with its policy, and the new vault:",
        _code(card.fixed),
        "## What to do about each reason and cause, with an example",
        *(part for name, found in card.outcomes.items() for part in _section(name, found)),
        "## References",
        "\n".join(f"- <{reference}>" for reference in card.references),
    )
    return "\n\n".join(parts) + "\n"


def listing(cards: Iterable[Card]) -> str:
    """One line a rule: id, severity, name, title."""
    return "".join(f"{card.id}  {card.severity}  {card.name}  {card.title}\n" for card in cards)


def _exempt(card: Card) -> Iterator[str]:
    name = card.unless.get("name", {}).get("equals")
    if name:
        yield f"One that is named `{name}` is never a finding."


def _meanings(outcomes: Mapping[str, Outcome]) -> str:
    return "\n".join(_wrapped(f"- `{name}`: {found.meaning}.") for name, found in outcomes.items())


def _section(name: str, outcome: Outcome) -> Iterator[str]:
    """What to do about one outcome, and the smallest code that has it."""
    if not outcome.examples:
        return
    yield f"### `{name.replace('.', '/')}`"
    yield _wrapped(outcome.help or "The remedy above.")
    for case in outcome.cases.values():
        yield _wrapped(f"For {case.meaning}: {case.help}")
    yield _code(outcome.examples)


def _code(examples: Mapping[str, str]) -> str:
    return "\n\n".join(f"```{_FENCES[name]}\n{text}\n```" for name, text in examples.items())


def _wrapped(text: str) -> str:
    """Paragraphs and items of lists, none of whose lines is too long."""
    import re
    import textwrap

    lines = []
    for line in text.split("\n"):
        mark = re.match(r"(?:- |\d+\. )?", line)
        lines.append(
            textwrap.fill(
                line,
                WIDTH,
                subsequent_indent=" " * (mark.end() if mark else 0),
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    return "\n".join(lines)

"""A rule's page, which `docs/rules/` is too, and the part of it on one outcome: `--explain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..policy.card import INSTEAD, Card, Outcome

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
        "## In short",
        _wrapped(_short(card)),
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


def words(cards: Iterable[Card]) -> list[str]:
    """What can be asked for: rules, reasons and causes."""
    names = {name: name.rpartition(".")[2] for card in cards for name in card.outcomes}
    return [*(card.id for card in cards), *dict.fromkeys(names.values())]


def explained(cards: Sequence[Card], asked: str) -> str | None:
    """The page of a rule, or what it says of a reason or cause; None for another word.

    `asked` is as a report writes it: `BACKUP001`, `external`, `unresolved/external`, or a rule
    with one of these (`BACKUP001/external`); or with a dot, as the settings have it.
    """
    first, _, rest = asked.replace(".", "/").partition("/")
    named = [card for card in cards if card.id == first.upper()]
    if named and not rest:
        return page(named[0])
    outcome = (rest if named else asked.replace(".", "/")).lower()
    parts = [
        _part(card, name)
        for card in named or cards
        for name in card.outcomes
        if outcome in (name.replace(".", "/"), name.rpartition(".")[2])
    ]
    return "\n".join(parts) or None


def _part(card: Card, name: str) -> str:
    """What one outcome means, what to do about it, and an example."""
    found = card.outcomes[name]
    causes = {
        cause.rpartition(".")[2]: each
        for cause, each in card.outcomes.items()
        if cause.startswith(f"{name}.")
    }
    told = ["What to do depends on the cause:", _meanings(causes)] if causes else []
    if found.examples:
        told = ["What to do:", _wrapped(found.help or card.remedy), *_cases(found)]
        told += ["The smallest code that has it:", _code(found.examples)]
    parts = (
        f"# {card.id}: {name.replace('.', '/')}",
        _wrapped(f"{found.meaning[0].upper()}{found.meaning[1:]}."),
        *told,
        f"The whole page, with the code of the remedy: `iac-check --explain {card.id}`.",
    )
    return "\n\n".join(parts) + "\n"


def _short(card: Card) -> str:
    """What to do, in one paragraph for each kind of failure."""
    reasons = [name for name, found in card.outcomes.items() if "." not in name]
    plain = [name for name in reasons if card.outcomes[name].examples]
    first = next((name.rpartition(".")[2] for name in card.outcomes if "." in name), None)
    remedy = card.remedy.partition("\n")[0]
    told = [f"- {' or '.join(f'`{name}`' for name in plain)}: {remedy}"]
    for name in (name for name in reasons if name not in plain):
        told.append(
            f"- `{name}`: what to do depends on the cause, and the vault may be as it should be. "
            f"Ask for the cause that the finding has: `iac-check --explain {first}`."
        )
    told.append(f"- Before any change: {card.caution}.")
    return "\n".join(told)


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
    yield from _cases(outcome)
    yield _code(outcome.examples)


def _cases(outcome: Outcome) -> Iterator[str]:
    for case in outcome.cases.values():
        help_ = str(case.help).replace(INSTEAD, "what the finding names")
        yield _wrapped(f"For {case.meaning}: {help_}")


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

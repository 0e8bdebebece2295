"""A rule's page: `--explain`, and `docs/rules/`, which is this text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..language.value import Cause
from ..policy.card import Card
from ..policy.verdict import Reason

REASONS: Mapping[Reason, str] = {
    "missing": (
        "no key is given: the argument is absent, null, an empty string or `AWS::NoValue`, or "
        "evaluates to one of these, so AWS falls back to its own key"
    ),
    "aws-managed": "the value is, or certainly ends in, an alias under `alias/aws/`",
    "unresolved": (
        "the value does not lead to a customer managed key that the scanned code declares; "
        "the cause says why"
    ),
}
CAUSES: Mapping[Cause, str] = {
    "caller-supplied": "a variable or parameter that has neither a value nor a default",
    "undeclared": "a reference to something that is not declared, or has no instance",
    "not-a-key": "it leads to something that is no KMS key",
    "external": (
        "a key or alias from outside the scan: a literal ARN, a lookup, remote state, an import "
        "that nothing in the scan exports"
    ),
    "module-unavailable": "a module or nested stack whose source is not on disk",
    "cycle": "the references lead back to themselves",
    "unsupported": "a construct that this tool does not follow; the message names it",
}


def page(card: Card) -> str:
    """The page of one rule, in Markdown."""
    types = [f"- `{type_}`: `{paths.value}`" for type_, paths in sorted(card.resources.items())]
    except_name = card.unless.get("name", {}).get("equals")
    exempt = f"\n\nOne that is named `{except_name}` is never a finding." if except_name else ""
    references = "\n".join(f"- <{reference}>" for reference in card.references)
    return f"""\
# {card.id}: {card.name}

{card.title}. Severity: {card.severity}.

## Why

{card.why}

## How it is judged

The value of one argument is followed, through the code, to where it comes from:

{chr(10).join(types)}

It passes where it leads to a customer managed key that the scanned code declares, or that the
settings trust. Where a condition cannot be decided, each of its outcomes is judged, and the worst
one is reported with the condition under which it comes about. What is certainly not created is
no finding.{exempt}

Each failure has one reason:

{_table(REASONS.items())}

What is `unresolved` also has a cause:

{_table(CAUSES.items())}

## Remedy

{card.remedy}

## References

{references}
"""


def listing(cards: Iterable[Card]) -> str:
    """One line a rule: id, severity, name, title."""
    return "".join(f"{card.id}  {card.severity}  {card.name}  {card.title}\n" for card in cards)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- `{name}`: {meaning}." for name, meaning in rows)

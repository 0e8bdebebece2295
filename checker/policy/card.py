"""Rule cards and known modules: data that says what is judged, by which named predicate.

A card is data: reading one from an untrusted tree runs no code. The shipped cards are written in
YAML and compiled to `shipped.py` beside this file, which a run reads ten times as fast, and without
importing json: `python -m iac_check.policy.card --compile`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence

from ..patterns import pattern
from ..records import dataclass, field
from ..source import InputError
from .shipped import INDEX

KNOWN_MODULES = "known_modules.yaml"

_ID = pattern(r"[A-Z][A-Z0-9]{0,31}\Z")
_NAME = pattern(r"[a-z][a-z0-9-]{0,63}\Z")
_ARGUMENT = pattern(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_SEVERITIES = ("critical", "high", "medium", "low")
_OPERATORS = ("equals",)
_KEYS = (
    "id", "name", "title", "severity", "resources", "unless", "require", "why", "outcomes",
    "caution", "remedy", "fixed", "references",
)  # fmt: skip
_OPTIONAL = ("unless",)
_SHIPPED = "shipped.py"
INSTEAD = "{instead}"
"""In a help or caution: what the finding says that should be written."""
_HEAD = '''\
"""The cards and known modules of `rules/`, as `make rules` compiles them."""

# ruff: noqa: E501
# fmt: off
INDEX: dict[str, object] = '''
LANGUAGES = ("terraform", "cloudformation")


@dataclass(frozen=True)
class ResourceCard:
    """The arguments of one resource type: the one that is judged, and the one that names it.

    `mistaken` are names that are written for the first by mistake.
    """

    value: str
    name: str
    mistaken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One way to fail: what it means, what to do about it, and an example for each language.

    `cases` are kinds of it, named by the predicate, for which there is something else to do.
    INSTEAD in a help or caution is what the finding says that should be written. `caution` is the
    card's, where it has none.
    """

    meaning: str
    help: str | None
    examples: Mapping[str, str]
    cases: Mapping[str, Outcome] = field(default_factory=dict)
    caution: str | None = None


@dataclass(frozen=True)
class Card:
    """One rule. `unless` maps an argument of the resource card to an operator and its operand.

    `outcomes` are its reasons and their causes (`unresolved.external`), in the page's order;
    `fixed` is the code that its remedy comes to, for each language. `caution` is what must be known
    before anything is changed, as a clause that can follow any message.
    """

    id: str
    name: str
    title: str
    severity: str
    resources: Mapping[str, ResourceCard]
    unless: Mapping[str, Mapping[str, object]]
    require: str
    why: str
    outcomes: Mapping[str, Outcome]
    caution: str
    remedy: str
    fixed: Mapping[str, str]
    references: tuple[str, ...]

    def help(
        self, reason: str | None, cause: str | None, case: str | None = None, instead: str = ""
    ) -> str:
        """What to do about an outcome: that of its case, its own, else the remedy of the rule."""
        told = [outcome.help for outcome in self._outcomes(reason, cause, case) if outcome.help]
        return told[0].replace(INSTEAD, instead) if told else self.remedy

    def warning(
        self, reason: str | None, cause: str | None, case: str | None = None, instead: str = ""
    ) -> str:
        """What must be known before anything is changed, in a clause: likewise."""
        outcomes = self._outcomes(reason, cause, case)
        told = [outcome.caution for outcome in outcomes if outcome.caution]
        return told[0].replace(INSTEAD, instead) if told else self.caution

    def _outcomes(self, reason: str | None, cause: str | None, case: str | None) -> list[Outcome]:
        """The case of an outcome, and the outcome, as far as the card has them."""
        outcome = self.outcomes.get(f"{reason}.{cause}" if cause else str(reason))
        if outcome is None:
            return []
        of_case = None if case is None else outcome.cases.get(case)
        return [outcome] if of_case is None else [of_case, outcome]


def resource_types() -> frozenset[str]:
    """The types that the shipped cards judge: the needles of a scan."""
    cards = _list(INDEX["cards"], "cards", _SHIPPED)
    resources = (_mapping(data, "a card", _SHIPPED)["resources"] for data in cards)
    return frozenset(type_ for of in resources for type_ in _mapping(of, "resources", _SHIPPED))


def load_cards() -> tuple[Card, ...]:
    """The shipped cards, by id."""
    return tuple(card(data, _SHIPPED) for data in _list(INDEX["cards"], "cards", _SHIPPED))


def known_modules() -> Mapping[str, frozenset[str]]:
    """Registry modules that declare a customer key, and the outputs that identify it."""
    return modules(INDEX["known_modules"], _SHIPPED)


def card(data: object, path: str) -> Card:
    """A card from its plain data. Raises InputError, which names the key, for any other shape."""
    entries = _mapping(data, "a card", path)
    for key in entries:
        if key not in _KEYS:
            raise InputError(f'unknown key "{key}" in a card', path)
    for key in _KEYS:
        if key not in entries and key not in _OPTIONAL:
            raise InputError(f'a card needs the key "{key}"', path)
    from .predicates import PREDICATES  # not needed to know where to look

    require = _text(entries["require"], "require", path)
    if require not in PREDICATES:
        known = ", ".join(sorted(PREDICATES))
        raise InputError(f'unknown predicate "{require}" (there is: {known})', path)
    return Card(
        id=_matching(_ID, entries["id"], "id", path),
        name=_matching(_NAME, entries["name"], "name", path),
        title=_text(entries["title"], "title", path),
        severity=_one_of(_SEVERITIES, entries["severity"], "severity", path),
        resources=_resources(entries["resources"], path),
        unless=_unless(entries.get("unless", {}), path),
        require=require,
        why=_text(entries["why"], "why", path),
        outcomes={
            name: _outcome(outcome, f"outcomes.{name}", path)
            for name, outcome in _mapping(entries["outcomes"], "outcomes", path).items()
        },
        caution=_text(entries["caution"], "caution", path),
        remedy=_text(entries["remedy"], "remedy", path),
        fixed=_examples(_mapping(entries["fixed"], "fixed", path), "fixed", path),
        references=tuple(
            _text(reference, "references", path)
            for reference in _list(entries["references"], "references", path)
        ),
    )


def modules(data: object, path: str) -> Mapping[str, frozenset[str]]:
    """Known modules from their plain data. Raises InputError for any other shape."""
    found = {}
    for name, outputs in _mapping(data, "known modules", path).items():
        if name.count("/") != 2:
            raise InputError(f'"{name}" is not namespace/name/provider', path)
        listed = _list(outputs, name, path)
        found[name] = frozenset(_matching(_ARGUMENT, output, name, path) for output in listed)
    return found


def _resources(data: object, path: str) -> Mapping[str, ResourceCard]:
    found = {}
    for type_, paths in _mapping(data, "resources", path).items():
        entries = _mapping(paths, type_, path)
        if set(entries) - {"mistaken"} != {"value", "name"}:
            raise InputError(f'resource type "{type_}" needs the keys "value" and "name"', path)
        found[type_] = ResourceCard(
            _matching(_ARGUMENT, entries["value"], f"{type_}.value", path),
            _matching(_ARGUMENT, entries["name"], f"{type_}.name", path),
            tuple(_mistaken(entries, type_, path)),
        )
    if not found:
        raise InputError('"resources" is empty', path)
    return found


def _mistaken(entries: Mapping[str, object], type_: str, path: str) -> Iterator[str]:
    what = f"{type_}.mistaken"
    if "mistaken" in entries:
        for name in _list(entries["mistaken"], what, path):
            yield _matching(_ARGUMENT, name, what, path)


def _unless(data: object, path: str) -> Mapping[str, Mapping[str, object]]:
    found = {}
    for argument, condition in _mapping(data, "unless", path).items():
        if argument != "name":
            raise InputError(f'unknown argument "{argument}" in "unless" (there is: name)', path)
        operators = _mapping(condition, f"unless.{argument}", path)
        for operator, operand in operators.items():
            if operator not in _OPERATORS:
                known = ", ".join(_OPERATORS)
                raise InputError(f'unknown operator "{operator}" (there is: {known})', path)
            _text(operand, f"unless.{argument}.{operator}", path)
        found[argument] = operators
    return found


def _outcome(data: object, what: str, path: str) -> Outcome:
    entries = _mapping(data, what, path)
    texts = {key: entries[key] for key in ("meaning", "help", "caution", "cases") if key in entries}
    examples = {key: value for key, value in entries.items() if key not in texts}
    cases = _mapping(texts.get("cases", {}), f"{what}.cases", path)
    return Outcome(
        meaning=_text(texts.get("meaning"), f"{what}.meaning", path),
        help=_text(texts["help"], f"{what}.help", path) if "help" in texts else None,
        caution=_text(texts["caution"], f"{what}.caution", path) if "caution" in texts else None,
        examples=_examples(examples, what, path),
        cases={case: _outcome(one, f"{what}.cases.{case}", path) for case, one in cases.items()},
    )


def _examples(data: Mapping[str, object], what: str, path: str) -> Mapping[str, str]:
    return {
        _one_of(LANGUAGES, language, what, path): _text(text, f"{what}.{language}", path)
        for language, text in data.items()
    }


def _mapping(data: object, what: str, path: str) -> dict[str, object]:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise InputError(f"{what}: a mapping is needed", path)
    return data


def _list(data: object, what: str, path: str) -> Sequence[object]:
    if not isinstance(data, list) or not data:
        raise InputError(f"{what}: a list of at least one is needed", path)
    return data


def _text(data: object, what: str, path: str) -> str:
    if not isinstance(data, str) or not data.strip():
        raise InputError(f"{what}: a text is needed", path)
    return data.strip()


def _matching(pattern: re.Pattern[str], data: object, what: str, path: str) -> str:
    text = _text(data, what, path)
    if not pattern.match(text):
        raise InputError(f'{what}: "{text}" has not the form {pattern.pattern}', path)
    return text


def _one_of(choices: Sequence[str], data: object, what: str, path: str) -> str:
    text = _text(data, what, path)
    if text not in choices:
        raise InputError(f'{what}: "{text}" is none of {", ".join(choices)}', path)
    return text


# -- files --------------------------------------------------------------------------------------


def rules_folder() -> str:
    """The folder of the shipped cards, as they are written."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if os.path.basename(package) == "checker":  # the source tree, or an editable install of it
        return os.path.join(os.path.dirname(package), "rules")
    return os.path.join(package, "rules")


def read_yaml(path: str) -> object:
    """The plain data of a YAML file. Raises InputError with the place where it is broken."""
    import yaml

    try:
        with open(path, encoding="utf-8") as stream:
            return yaml.safe_load(stream)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise InputError(error.problem or "it is not YAML", path, *place) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise InputError(f"it cannot be read: {error}", path) from None


def compiled(folder: str) -> str:
    """The text of `shipped.py` for a folder of cards. Raises InputError for a card that is none."""
    import json

    cards: dict[str, object] = {}
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".yaml") or file == KNOWN_MODULES:
            continue
        path = os.path.join(folder, file)
        data = read_yaml(path)
        rule = card(data, path)
        if file != f"{rule.id}.yaml":
            raise InputError(f"the card of {rule.id} belongs into {rule.id}.yaml", path)
        cards[rule.id] = data
    path = os.path.join(folder, KNOWN_MODULES)
    known = modules(read_yaml(path), path)
    index = {
        "cards": list(cards.values()),
        "known_modules": {name: sorted(outputs) for name, outputs in sorted(known.items())},
    }
    # There are only texts, lists and mappings in it, which Python and JSON write alike.
    return _HEAD + json.dumps(index, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """`--compile`: write the shipped cards as Python has them."""
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="python -m iac_check.policy.card")
    parser.add_argument("--compile", action="store_true", required=True, help=main.__doc__)
    parser.parse_args()
    text = compiled(rules_folder())
    path = os.path.join(os.path.dirname(__file__), _SHIPPED)
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


if __name__ == "__main__":
    main()

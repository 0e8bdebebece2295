"""Which backup plans and copy actions of the scan send recovery points to a vault.

A finding names them, because its remedy is to point them at a new vault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..backup import PLANS
from ..graph import Resource
from ..language.pieces import pieces
from ..language.value import (
    Attribute,
    EvaluationError,
    Hop,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..patterns import pattern
from ..records import dataclass
from ..source import InputError, Span
from .aliases import Loader

_VAULT_NAME = pattern(r":backup-vault:([^:]+)\Z")
_FIELDS = 7  # of the ARN of a vault
_MAY = {"sends": "may send", "copies": "may copy"}

_Place = tuple[Value | None, Value | None]
"""A region and an account, as far as they are known."""


@dataclass(frozen=True)
class _Sender:
    """A rule or copy action of a plan: the vault that it names, where that is, and its span."""

    plan: str
    scope: str
    does: str
    vault: Value
    place: _Place
    span: Span


class Senders:
    """All senders of the scan, read when the first finding asks for its own."""

    def __init__(self, loaders: Iterable[Loader], worlds: Worlds) -> None:
        self._loaders = loaders
        self._worlds = worlds
        self._found: list[_Sender] | None = None

    def of(self, vault: Resource, name: str | None) -> tuple[Hop, ...]:
        """Where the rules and copy actions that send to a vault are written.

        One that names a vault of this name, and may mean one elsewhere, may send here.
        """
        if self._found is None:
            plans = [plan for loader in self._loaders for plan in loader.instances_of(PLANS)]
            self._found = [sender for plan in plans for sender in self._senders(plan)]
        sure: dict[tuple[Span, str, str], bool] = {}
        places: list[_Place] | None = None
        for sender in self._found:
            found = _refers_to(sender.vault, vault)
            if found is None:
                if sender.scope != vault.scope or not _names(sender.vault, name):
                    continue
                places = self._places(vault) if places is None else places
                answers = [_is_at(sender.place, place) for place in places]
                found = True if True in answers else None if None in answers else False
            if found is not False:
                key = (sender.span, sender.plan, sender.does)
                sure[key] = found or sure.get(key, False)
        return tuple(
            Hop(span, f"{plan} {does if certain else _MAY[does]} recovery points here")
            for (span, plan, does), certain in sure.items()
        )

    def _places(self, vault: Resource) -> list[_Place]:
        """Where a vault is, in each world."""

        def read() -> _Place:
            try:
                return vault.located() or (None, None)
            except (EvaluationError, InputError, RecursionError):
                return (None, None)

        try:
            return [place for _, place in self._worlds.explore(read)]
        except TooManyWorlds:
            return [(None, None)]

    def _senders(self, plan: Resource) -> Iterator[_Sender]:
        def read() -> list[_Sender]:
            try:
                return list(_read(plan))
            except (EvaluationError, InputError, RecursionError):
                return []  # a plan that cannot be read sends nothing that is known

        try:
            outcomes = self._worlds.explore(read)
        except TooManyWorlds:
            return
        for _, found in outcomes:
            yield from found


def _read(plan: Resource) -> Iterator[_Sender]:
    where = PLANS[plan.type]
    value = plan.read(where.outer or where.rules)
    if where.outer is not None:
        value = _member(value, where.rules)
    for rule in _items(value):
        found = [("sends", _member(rule, where.vault))]
        copies = _items(_member(rule, where.copies))
        found += [("copies", _member(copy, where.destination)) for copy in copies]
        for does, target in found:
            if target is not None and target.trail:
                place = _place_in(target) or plan.located() or (None, None)
                yield _Sender(plan.address, plan.scope, does, target, place, target.trail[0].span)


def _items(value: Value | None) -> tuple[Value, ...]:
    if isinstance(value, ListValue):
        return value.items if value.element is None else (*value.items, value.element)
    return (value,) if isinstance(value, MapValue) else ()


def _member(value: Value | None, name: str) -> Value | None:
    return value.items.get(name) if isinstance(value, MapValue) else None


def _refers_to(value: Value, vault: Resource) -> bool | None:
    """Whether a value leads to a vault; None where it leads to no resource."""
    resource = value.resource if isinstance(value, Attribute) else value.owner
    if resource is not None and (isinstance(value, Attribute) or resource.type == vault.type):
        return resource.address == vault.address and resource.scope == vault.scope
    return None


def _names(value: Value, name: str | None) -> bool:
    """Whether a value is the name of a vault, or ends as its ARN does."""
    if name is None:
        return False
    match value:
        case Known(data=str(text)):
            named = _VAULT_NAME.search(text)
            return name == (named[1] if named else text)
        case Text(parts=(*_, Known(data=str(text)))):
            named = _VAULT_NAME.search(text)
            return named is not None and named[1] == name
    return False


def _place_in(value: Value) -> _Place | None:
    """The region and account of an ARN, as far as they are known; None for a name.

    arn:partition:backup:region:account:backup-vault:name,
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
    """
    parts = value.parts if isinstance(value, Text) else (value,)
    last = parts[-1]
    if not (isinstance(last, Known) and _VAULT_NAME.search(str(last.data))):
        return None
    before, more = pieces(value, ":")
    if more is None:
        return (before[3], before[4]) if len(before) == _FIELDS else (None, None)
    # A part that is not known may be several: what is certain stands before or after all of them.
    after = tuple(map(Known, str(last.data).split(":")[1:]))

    def field(at: int) -> Value | None:
        if at < len(before):
            return before[at]
        return after[at - _FIELDS] if _FIELDS - at <= len(after) else None

    return field(3), field(4)


def _is_at(sent: _Place, vault: _Place) -> bool | None:
    """Whether a place is a vault's; None where that is not known."""
    answers = [_same(one, other) for one, other in zip(sent, vault, strict=True)]
    return False if False in answers else None if None in answers else True


def _same(one: Value | None, other: Value | None) -> bool | None:
    if one is None or other is None:
        return None
    if isinstance(one, Known) and isinstance(other, Known):
        return str(one.data) == str(other.data)
    if term_of(one) == term_of(other):
        return True
    for known, unknown in ((one, other), (other, one)):
        if isinstance(known, Known) and isinstance(unknown, Unknown) and unknown.domain:
            if known.data not in unknown.domain:
                return False
            return True if len(unknown.domain) == 1 else None
    return None

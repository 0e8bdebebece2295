"""Records, held against the standard library's dataclasses."""

from __future__ import annotations

import dataclasses
import inspect
from types import ModuleType
from typing import Any

import pytest

from iac_check import records


def _classes(library: ModuleType) -> tuple[type[Any], ...]:
    """The same classes, made by either library."""
    dataclass, field = library.dataclass, library.field

    @dataclass(frozen=True, kw_only=True)
    class Base:
        trail: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @dataclass(frozen=True)
    class Known(Base):
        data: object
        more: int = 3

    @dataclass
    class Open:
        name: str
        items: list[int] = field(default_factory=list)
        made: int = field(init=False, default=7)

        def __post_init__(self) -> None:
            self.made += len(self.items)

    @dataclass(eq=False)
    class Own:
        name: str

    @dataclass(frozen=True)
    class Empty:
        pass

    return Known, Open, Own, Empty


@pytest.fixture(params=["of few instances", "of many", "theirs"])
def classes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[type[Any], ...]:
    if request.param == "theirs":
        return _classes(dataclasses)
    if request.param == "of many":
        monkeypatch.setattr(records, "_UNWRITTEN", 0)
    return _classes(records)


def test_equality_hash_and_repr(classes: tuple[type[Any], ...]) -> None:
    known, open_, own, empty = classes
    assert known(1, trail=("a",)) == known(1, trail=("b",))
    assert known(1) != known(2)
    assert known(1) != open_("x")
    assert hash(known(1, trail=("a",))) == hash(known(1))
    assert repr(known("x")).endswith("Known(data='x', more=3)")
    assert known.__match_args__ == ("data", "more")
    assert open_("x") == open_("x")
    assert own("x") != own("x")
    assert hash(own("x"))
    assert empty() == empty()
    assert hash(empty()) == hash(empty())
    with pytest.raises(TypeError, match="unhashable"):
        hash(open_("x"))


def test_defaults_are_made_anew(classes: tuple[type[Any], ...]) -> None:
    open_ = classes[1]
    one, other = open_("one"), open_("other")
    one.items.append(1)
    assert other.items == []
    assert open_("x", [1, 2]).made == 9


def test_arguments(classes: tuple[type[Any], ...]) -> None:
    known, open_, _, _ = classes
    assert known(data=1, more=2, trail=("t",)).trail == ("t",)
    for wrong in ((known, ()), (known, (1, 2, ())), (open_, ("x", [], 1))):
        with pytest.raises(TypeError):
            wrong[0](*wrong[1])
    with pytest.raises(TypeError):
        known(1, other=2)
    with pytest.raises(TypeError):
        open_("x", made=1)
    with pytest.raises(TypeError):
        open_("x", name="y")


def test_an_init_is_written_once_there_are_many() -> None:
    open_ = _classes(records)[1]
    first = open_.__init__
    made = [open_("x", [n]) for n in range(70)]
    assert open_.__init__ is not first
    assert all(vars(one) == {"name": "x", "items": [n], "made": 8} for n, one in enumerate(made))


def test_frozen(classes: tuple[type[Any], ...]) -> None:
    known, open_, _, _ = classes
    with pytest.raises(AttributeError):
        known(1).data = 2
    with pytest.raises(AttributeError):
        del known(1).data
    mutable = open_("x")
    mutable.name = "y"
    assert mutable == open_("y")


@pytest.mark.parametrize("library", [records, dataclasses], ids=["ours", "theirs"])
def test_replace(library: Any) -> None:
    known, open_, _, _ = _classes(library)
    changed = library.replace(known(1, 4, trail=("a",)), data=2)
    assert (changed.data, changed.more, changed.trail) == (2, 4, ("a",))
    assert library.replace(open_("x", [1]), name="y") == open_("y", [1])
    with pytest.raises(TypeError):
        library.replace(known(1), other=2)


def test_names_of_a_record() -> None:
    known = _classes(records)[0]
    assert records.names_of(known(1)) == ("trail", "data", "more")


def test_no_record_is_made_by_the_slow_library() -> None:
    """One import of dataclasses brings inspect, which costs more than a run's own start."""
    source = inspect.getsource(records)
    assert source.count("from dataclasses import") == 3  # for mypy's eyes only

"""Calls of functions with plain Python data, and what comes of them as plain data."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iac_check.graph import Resource
from iac_check.language.value import (
    Attribute,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
)
from iac_check.language.worlds import Worlds
from iac_check.source import Source, Span
from iac_check.terraform.functions import Context, find

SPAN = Span(Source("main.tf", "f()"), 0, 3)


def value_of(data: object) -> Value:
    """A value of Python data: tuples are tuples, lists lists, sets sets, dicts objects."""
    match data:
        case Value():
            return data
        case tuple():
            return ListValue(tuple(map(value_of, data)))
        case list():
            return ListValue(tuple(map(value_of, data)), "list")
        case set():
            return ListValue(tuple(map(value_of, sorted(data))), "set")
        case dict():
            return MapValue({name: value_of(item) for name, item in data.items()})
        case None | str() | bool() | int() | float():
            return Known(data)
    raise TypeError(data)


def data_of(value: Value) -> object:
    """Python data of a value; what is not known stays a value."""
    match value:
        case Known(data=data):
            return data
        case ListValue(items=items, rest=None, kind="set"):
            return set(map(data_of, items))
        case ListValue(items=items, rest=None):
            return [data_of(item) for item in items]
        case MapValue(items=items, rest=None):
            return {name: data_of(items[name]) for name in items}
    return value


@pytest.fixture
def worlds() -> Worlds:
    return Worlds()


@pytest.fixture
def run(worlds: Worlds, tmp_path: object) -> Callable[..., Value]:
    """`run(name, *arguments)` calls a function in the current world."""

    def call(name: str, *arguments: object, root: str | None = None) -> Value:
        function = find(name)
        assert function is not None
        folder = str(tmp_path)
        context = Context(SPAN, root or folder, folder, worlds)
        return function(context, tuple(map(value_of, arguments)))

    return call


@pytest.fixture
def plain(run: Callable[..., Value]) -> Callable[..., object]:
    """As `run`, with the result as Python data."""
    return lambda name, *arguments, **where: data_of(run(name, *arguments, **where))


@pytest.fixture
def explore(run: Callable[..., Value], worlds: Worlds) -> Callable[..., list[object]]:
    """The results in all worlds, as Python data, each once."""

    def call(name: str, *arguments: object) -> list[object]:
        outcomes = [data_of(v) for _, v in worlds.explore(lambda: run(name, *arguments))]
        return [item for at, item in enumerate(outcomes) if item not in outcomes[:at]]

    return call


@pytest.fixture
def key() -> Attribute:
    """aws_kms_key.k.arn"""
    resource = Resource(
        "terraform", "aws_kms_key", "aws_kms_key.k", SPAN, "", lambda _: None, lambda _: SPAN
    )
    return Attribute(resource, "arn")


@pytest.fixture
def other_key() -> Attribute:
    """aws_kms_key.other.arn"""
    resource = Resource(
        "terraform", "aws_kms_key", "aws_kms_key.other", SPAN, "", lambda _: None, lambda _: SPAN
    )
    return Attribute(resource, "arn")


@pytest.fixture
def variable() -> Unknown:
    """var.x, which the caller supplies and which may be null."""
    return Unknown("caller-supplied", 'variable "x" has no value', ("ref", "", "var.x"))


@pytest.fixture
def alias(variable: Unknown) -> Text:
    """arn:aws:kms:${var.x}:alias/aws/backup"""
    return Text((Known("arn:aws:kms:"), variable, Known(":alias/aws/backup")))

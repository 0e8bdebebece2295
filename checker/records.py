"""Records: what `dataclasses` gives, of it only what is used here, for a tenth of its cost.

Importing dataclasses (with inspect) and defining the classes of this package with it takes
0.1 s, which every run would pay, and a frozen instance takes three times as long to make. To
mypy these are the standard library's own, so it holds the same rules of them.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MISSING: Any = object()
_UNWRITTEN = 64
"""Instances that are made before an `__init__` is written, which takes as long as these."""


class FrozenError(AttributeError):
    """An attribute of a frozen record was set."""


class _Field:
    def __init__(
        self,
        *,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        init: bool = True,
        repr: bool = True,
        compare: bool = True,
        kw_only: bool | None = None,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.kw_only = kw_only

    @property
    def optional(self) -> bool:
        return self.default is not _MISSING or self.default_factory is not _MISSING


def _record(
    cls: type | None = None, *, frozen: bool = False, eq: bool = True, kw_only: bool = False
) -> Any:
    def decorate(cls: type) -> Any:
        return _made(cls, frozen, eq, kw_only)

    return decorate if cls is None else decorate(cls)


def _made(cls: Any, frozen: bool, eq: bool, kw_only: bool) -> Any:
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(getattr(base, "_record_fields", {}))
    own = cls.__dict__
    for name in cls.__annotations__:
        default = own.get(name, _MISSING)
        field = default if isinstance(default, _Field) else _Field(default=default)
        field.name = name
        if field.kw_only is None:
            field.kw_only = kw_only
        if field.default is not _MISSING:
            setattr(cls, name, field.default)
        elif name in own:
            delattr(cls, name)
        fields[name] = field
    cls._record_fields = fields
    matched = (field.name for field in fields.values() if field.init and not field.kw_only)
    type.__setattr__(cls, "__match_args__", tuple(matched))
    if "__init__" not in own:
        cls.__init__ = _first_init(cls)
    if "__repr__" not in own:
        cls.__repr__ = _repr
    if eq and "__eq__" not in own:
        compared = [field.name for field in fields.values() if field.compare]
        key = attrgetter(*compared) if compared else _nothing
        cls.__eq__ = _equality(key)
        cls.__hash__ = _hash(key) if frozen else None
    if frozen:
        cls.__setattr__ = cls.__delattr__ = _refuse
    return cls


def _first_init(cls: Any) -> Callable[..., None]:
    """Writes the real `__init__` only of a class that has more than a few instances."""
    left = _UNWRITTEN

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0 and _filled(self.__dict__, cls, arguments, named):
            if hasattr(cls, "__post_init__"):
                self.__post_init__()
            return
        cls.__init__ = _written_init(cls)
        cls.__init__(self, *arguments, **named)  # which refuses wrong arguments as Python does

    return __init__


def _filled(
    values: dict[str, Any], cls: Any, arguments: tuple[Any, ...], named: dict[str, Any]
) -> bool:
    """Give each field its value; whether the arguments are as they should be."""
    fields: dict[str, _Field] = cls._record_fields
    if len(arguments) > len(cls.__match_args__):
        return False
    values.update(zip(cls.__match_args__, arguments, strict=False))
    for name, value in named.items():
        if name in values or name not in fields or not fields[name].init:
            return False
        values[name] = value
    if len(values) < len(fields):
        for name, field in fields.items():
            if name in values:
                continue
            if field.default is not _MISSING:
                values[name] = field.default
            elif field.default_factory is not _MISSING:
                values[name] = field.default_factory()
            else:
                return False
    return True


def _written_init(cls: Any) -> Any:
    fields: list[_Field] = [field for field in cls._record_fields.values() if field.init]
    given = [field for field in fields if not field.kw_only]
    named = [field for field in fields if field.kw_only]
    names = {"_missing": _MISSING, "_fields": cls._record_fields}
    lines = []
    for field in cls._record_fields.values():
        value = field.name
        if field.default_factory is not _MISSING:
            made = f"_fields[{field.name!r}].default_factory()"
            value = f"{made} if {field.name} is _missing else {field.name}" if field.init else made
        elif not field.init:
            value = f"_fields[{field.name!r}].default"
        # Past `__setattr__`, which refuses where the record is frozen.
        lines.append(f"  _all[{field.name!r}] = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    parameters = [*map(_parameter, given), *(["*"] if named else []), *map(_parameter, named)]
    head = f"def __init__({', '.join(['self', *parameters])}):\n  _all = self.__dict__\n"
    exec(head + "\n".join(lines), names)  # of names of our own classes, never of input
    return _with_defaults(names["__init__"], given, named)


def _parameter(field: _Field) -> str:
    return f"{field.name}=_missing" if field.optional else field.name


def _with_defaults(init: Any, given: list[_Field], named: list[_Field]) -> Any:
    """The defaults themselves, in place of the mark that stood for them."""

    def default(field: _Field) -> Any:
        return _MISSING if field.default is _MISSING else field.default

    init.__defaults__ = tuple(default(field) for field in given if field.optional) or None
    init.__kwdefaults__ = {f.name: default(f) for f in named if f.optional} or None
    return init


def _equality(key: Callable[[Any], Any]) -> Any:
    def __eq__(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return key(self) == key(other)

    return __eq__


def _hash(key: Callable[[Any], Any]) -> Any:
    def __hash__(self: Any) -> int:
        return hash(key(self))

    return __hash__


def _nothing(record: Any) -> tuple[()]:
    return ()


def _repr(self: Any) -> str:
    shown = (field.name for field in self._record_fields.values() if field.repr)
    return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in shown)})"


def _refuse(self: Any, name: str, value: Any = None) -> None:
    raise FrozenError(f"{type(self).__name__}.{name} is frozen")


def _replace(record: Any, /, **changes: Any) -> Any:
    """A copy of a record with some fields changed."""
    for name, field in record._record_fields.items():
        if field.init and name not in changes:
            changes[name] = getattr(record, name)
    return type(record)(**changes)


def names_of(record: Any) -> tuple[str, ...]:
    """The names of a record's fields."""
    return tuple(record._record_fields)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    dataclass, field, replace = _record, _Field, _replace

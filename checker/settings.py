"""What a run is asked to do. Flags win over the settings file.

The file is `iac-check.toml`, or `[tool.iac-check]` in `pyproject.toml`: the first that is found
from the working directory up to the root of its repository. What it says of paths is relative to
its own folder; `Settings` has it relative to the working directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from .discovery import normal
from .paths import named, resolved
from .records import dataclass, field, replace
from .source import InputError, Source

TYPE_CHECKING = False  # none of these is worth its import time to every run
if TYPE_CHECKING:
    from typing import Any

    from .language.value import Cause
    from .policy.result import Level
    from .policy.verdict import Reason

    # For each rule, the level of each outcome: `missing`, `unresolved`, `unresolved.external`, …
    Levels = Mapping[str, Mapping[str, Level]]

FILE = "iac-check.toml"
PYPROJECT = "pyproject.toml"
_MISNAMED = (".iac-check.toml", "iac_check.toml", "iac-check.yaml", "iac-check.yml")
LEVELS: tuple[Level, ...] = ("error", "warning", "off")
REASONS: tuple[Reason, ...] = ("missing", "aws-managed", "unresolved")
CAUSES: tuple[Cause, ...] = (
    "caller-supplied", "undeclared", "not-a-key", "external", "module-unavailable", "cycle",
    "unsupported",
)  # fmt: skip
SIZE_LIMIT = 1 << 20
"""Bytes of a settings file."""
PARTS_LIMIT = 100
"""Parts of a dotted key in it."""
ITEMS_LIMIT = 1_000
"""Globs, keys or files of one list in it."""
LENGTH_LIMIT = 50_000
"""Characters of one list in it."""
OUTCOMES = (*REASONS, *(f"unresolved.{cause}" for cause in CAUSES))


@dataclass(frozen=True)
class Override:
    """Levels for what stands in some paths (globs) or is called there; the globs as written."""

    paths: tuple[str, ...]
    levels: Levels
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The settings of one run; paths are relative to the working directory."""

    levels: Levels = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    trusted_keys: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)  # --var
    var_files: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    aws_partition: str | None = None
    aws_region: str | None = None
    exclude: tuple[str, ...] = ()
    honour_ignores: bool = True
    honour_checkov_skips: bool = False  # `checkov:skip=CKV_AWS_166: reason`
    baseline: str | None = None
    allow_empty: bool = False
    exit_zero: bool = False
    graph: bool = False  # whether what passes is told its plans, too: they are read only then
    read_everything: bool = False
    cache: bool = True
    cache_dir: str | None = None
    unsaved: Mapping[str, bytes] = field(default_factory=dict)  # content in place of a file's
    file: str | None = None  # the settings file that was read
    flags: tuple[str, ...] = ()  # the options of the command line that set something
    warnings: tuple[str, ...] = ()  # what is odd about the settings themselves

    @property
    def pseudo(self) -> dict[str, str]:
        """CloudFormation's pseudo parameters, as far as the settings know them."""
        given = {"AWS::Partition": self.aws_partition, "AWS::Region": self.aws_region}
        return {name: value for name, value in given.items() if value is not None}

    def loosened(self) -> tuple[str, ...]:
        """What these settings let pass that would fail without them, one sentence each."""
        found = [*_lowered(self.levels, "")]
        for override in self.overrides:
            found += _lowered(override.levels, f" in {_some(override.written)}")
        lists = (("trusted", self.trusted_keys), ("left out", self.exclude))
        found += (f"{name}: {_some(items)}" for name, items in lists if items)
        if self.baseline is not None:
            found.append(f"accepted: the findings of {self.baseline}")
        if self.honour_checkov_skips:
            found.append("checkov:skip counts")
        if self.allow_empty:
            found.append("nothing to check is no error")
        return tuple(found)

    def shown(self) -> str:
        """All settings as JSON: under the file's names, then those that only flags have."""
        import json

        given: dict[str, Any] = {"file": self.file, "flags": self.flags, "rules": {}}
        for rule, levels in self.levels.items():
            given["rules"][rule] = {"levels": dict(levels)}
        given["overrides"] = [
            {
                "paths": override.paths,
                "rules": {rule: {"levels": dict(of)} for rule, of in override.levels.items()},
            }
            for override in self.overrides
        ]
        for key in (*_KEYS, *_FLAGS_ALONE):
            if key not in given:
                given[key] = getattr(self, key.replace("-", "_"))
        return json.dumps(given, indent=2) + "\n"

    def level(self, rule: str, paths: Iterable[str], reason: str, cause: str | None) -> Level:
        """The level of an outcome; the last override that speaks of it wins.

        `paths`: where it stands, and where the calls do that lead there.
        """
        found: Level = "error"
        tables = [self.levels]
        for override in self.overrides:
            from .globs import within

            if any(within(path, override.paths) for path in paths):
                tables.append(override.levels)
        for table in tables:
            for outcome in (reason, f"{reason}.{cause}"):
                found = table.get(rule, {}).get(outcome, found)
        return found


def unreadable(settings: Settings) -> Iterator[InputError]:
    """What is wrong with the files that settings name: it is told before anything is read.

    Those of values are parsed, for the tree may have nothing that would ask for them.
    """
    for path, read in _named(settings):
        from .candidates import reason

        told = path or '""'
        try:
            if os.path.isdir(path):
                yield InputError("it is a folder", told)
            else:
                read(path)
        except InputError as error:
            yield error
        except OSError as error:
            yield InputError(reason(error), told)
        except ValueError as error:  # a NUL in the path
            yield InputError(str(error), told)


def _named(settings: Settings) -> Iterator[tuple[str, Callable[[str], object]]]:
    """The files that settings name, with what reads each."""
    yield from ((path, _variables_of) for path in settings.var_files)
    yield from ((path, _parameters_of) for path in settings.parameters)
    if settings.baseline is not None:
        yield settings.baseline, _check_open


def _variables_of(path: str) -> object:
    from .language.worlds import Worlds
    from .terraform.arguments import from_file
    from .terraform.syntax import faults

    source = _source(path)
    for fault in faults((source,), ()):
        raise fault
    return from_file(source, Worlds())


def _parameters_of(path: str) -> object:
    from .cloudformation.parameter_files import read_parameters

    return read_parameters(_source(path))


def _source(path: str) -> Source:
    from .candidates import read

    return Source.decode(normal(path), read(path))


def _check_open(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))


# -- the file -----------------------------------------------------------------------------------


def load(path: str | None = None) -> Settings:
    """The settings of a named file, else of the nearest one, else the defaults.

    Raises InputError for a file that cannot be read or holds what is not known.
    """
    if path is not None:
        (path,) = named([path])
        table = _table(path, path.endswith(PYPROJECT))
        return _settings(table if table is not None else {}, path)
    folder = os.getcwd()
    odd: list[str] = []
    while True:
        near = (os.path.join(folder, name) for name in _MISNAMED)
        odd += (os.path.relpath(path) for path in near if os.path.isfile(path))
        for name in (FILE, PYPROJECT):
            candidate = os.path.join(folder, name)
            if os.path.isfile(candidate):
                table = _table(candidate, name == PYPROJECT)
                if table is not None:
                    return _settings(table, os.path.relpath(candidate))
            elif os.path.lexists(candidate):
                what = "a folder" if os.path.isdir(candidate) else "no regular file"
                told = "a link that leads nowhere" if not os.path.exists(candidate) else what
                raise InputError(
                    f"it is {told}, not a file of settings", os.path.relpath(candidate)
                )
        parent = os.path.dirname(folder)
        if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
            return Settings(
                warnings=tuple(f"{n} is not read: settings stand in {FILE}" for n in odd)
            )
        folder = parent


def _table(path: str, pyproject: bool) -> dict[str, Any] | None:
    """The file's content; None for a pyproject.toml that says nothing of this tool."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        from .candidates import reason

        raise InputError(reason(error), path) from None
    if len(data) > SIZE_LIMIT:
        raise InputError(f"it is larger than {SIZE_LIMIT} bytes", path)
    if pyproject and b"iac-check" not in data and b"iac_check" not in data:
        return None
    # tomllib takes the square of a dotted key's length.
    if any(line.partition(b"=")[0].count(b".") > PARTS_LIMIT for line in data.split(b"\n")):
        raise InputError(f"a key has more than {PARTS_LIMIT} parts", path)
    import tomllib

    try:
        content = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # a number of too many digits, too
        raise InputError(f"not valid TOML: {error}", path) from None
    except RecursionError:
        raise InputError("not valid TOML: it is nested too deeply", path) from None
    if not pyproject:
        return content
    tool = content.get("tool", {})
    if isinstance(tool, dict) and "iac-check" not in tool and "iac_check" in tool:
        raise InputError("the table is [tool.iac-check], not [tool.iac_check]", path)
    return tool.get("iac-check") if isinstance(tool, dict) else None


def _settings(table: object, path: str) -> Settings:
    fields = _fields(table, path, "the file of settings", _KEYS)
    settings = Settings(file=path)
    for key, value in fields.items():
        name = "levels" if key == "rules" else key.replace("-", "_")
        given: dict[str, Any] = {name: _KEYS[key](value, path, key)}
        settings = replace(settings, **given)
    written = [("exclude", tuple(fields.get("exclude", ())))]
    written += (("overrides.paths", override.written) for override in settings.overrides)
    warnings = (odd for key, globs in written for odd in unmatched(key, globs, path))
    return replace(settings, warnings=tuple(warnings))


def unmatched(key: str, globs: tuple[str, ...], path: str = "") -> Iterator[str]:
    """A warning for each glob, in a settings file or a flag, that cannot match anything."""
    for glob in globs:
        from .globs import dangling  # most runs have none

        missing = dangling(glob, os.path.dirname(path))
        if missing is not None:
            place = f"{path}: " if path else ""
            yield f'{place}{key} "{glob}" matches nothing: there is no {missing}'


def _fields(
    table: object, path: str, what: str, known: Mapping[str, object] | tuple[str, ...]
) -> dict[str, Any]:
    """A table with known keys only. Raises InputError with a guess for any other."""
    if not isinstance(table, dict):
        raise InputError(f"{what} is a table", path)
    for key in table:
        if key not in known:
            from .meant import hint

            near = hint(key, known, '"')
            raise InputError(f'{what} has no "{key}"{near}', path)
    return table


def _texts(value: object, path: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{key} is a list of strings", path)
    return tuple(_bounded(value, path, key))


def _bounded(found: list[Any], path: str, key: str) -> list[Any]:
    if len(found) > ITEMS_LIMIT:
        raise InputError(f"{key} has more than {ITEMS_LIMIT} items", path)
    if sum(len(item) for item in found if isinstance(item, str)) > LENGTH_LIMIT:
        raise InputError(f"{key} has more than {LENGTH_LIMIT} characters", path)
    return found


def _files(value: object, path: str, key: str) -> tuple[str, ...]:
    """Paths in the file are relative to it."""
    folder = os.path.dirname(path)
    return tuple(resolved(os.path.join(folder, item)) for item in _texts(value, path, key))


def _globs(value: object, path: str, key: str) -> tuple[str, ...]:
    """Globs in the file are relative to it."""
    return from_folder(os.path.dirname(path), _texts(value, path, key))


def from_folder(folder: str | None, globs: Iterable[str]) -> tuple[str, ...]:
    """The globs of a folder, or of the command line, as seen from the working directory."""
    found: list[str] = []
    for glob in globs:
        from .globs import seen_from_here  # most runs have none

        found += seen_from_here(glob, folder)
    return tuple(found)


def _file(value: object, path: str, key: str) -> str:
    return os.path.join(os.path.dirname(path), _text(value, path, key))


def _text(value: object, path: str, key: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{key} is a string", path)
    return value


def _flag(value: object, path: str, key: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{key} is true or false", path)
    return value


def _rules(value: object, path: str, key: str) -> Levels:
    from .policy.card import load_cards

    rules = tuple(card.id for card in load_cards())
    found = {}
    for rule, table in _fields(value, path, key, rules).items():
        levels = _fields(table, path, f"{key}.{rule}", ("levels",)).get("levels", {})
        where = f"{key}.{rule}.levels"
        for outcome, level in _fields(levels, path, where, OUTCOMES).items():
            if level not in LEVELS:
                raise InputError(f"{where}.{outcome} is one of {', '.join(LEVELS)}", path)
        found[rule] = levels
    return found


def _overrides(value: object, path: str, key: str) -> tuple[Override, ...]:
    if not isinstance(value, list):
        raise InputError("overrides is a list of tables: [[overrides]]", path)
    found = []
    for item in _bounded(value, path, key):
        table = _fields(item, path, key, ("paths", "rules"))
        where = f"{key}.paths"
        paths = _globs(table.get("paths"), path, where)
        levels = _rules(table.get("rules", {}), path, f"{key}.rules")
        found.append(Override(paths, levels, _texts(table.get("paths"), path, where)))
    return tuple(found)


_KEYS: Mapping[str, Callable[[object, str, str], object]] = {
    "trusted-keys": _texts,
    "exclude": _globs,
    "var-files": _files,
    "parameters": _files,
    "aws-partition": _text,
    "aws-region": _text,
    "honour-checkov-skips": _flag,
    "baseline": _file,
    "allow-empty": _flag,
    "rules": _rules,
    "overrides": _overrides,
}

_FLAGS_ALONE = (
    "variables", "honour-ignores", "exit-zero", "read-everything", "cache", "cache-dir",
)  # fmt: skip


def _some(items: tuple[str, ...]) -> str:
    """The first items of a list, shortened, and how many more there are."""
    more = f" and {len(items) - 10} more" if len(items) > 10 else ""
    shown = (item if len(item) <= 200 else f"{item[:197]}..." for item in items[:10])
    return ", ".join(shown) + more


def _lowered(levels: Levels, where: str) -> Iterator[str]:
    for rule, table in levels.items():
        for outcome, level in table.items():
            if level != "error":
                yield f"{rule} {outcome} is {'a warning' if level == 'warning' else level}{where}"

"""The options of the command: one table, for argparse and for the run that does without it.

To import argparse, to build its parser and to let it read takes a quarter of a run's start-up. It
writes the help, and reads whatever is not written in full and in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from . import __version__

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any

FORMATS = (
    "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html", "mermaid",
    "dot",
)  # fmt: skip

WIDTH = 78
"""Columns of the help, as argparse has them on a terminal of 80."""

Options = SimpleNamespace
"""What was given, each value under the name of its option."""

_IN_ORDER = "in order"
"""The action of --format and --output: they are kept in the order in which they are given."""

_CODES = """\
exit codes: 0 nothing found at level error, 1 findings, 2 the answer cannot be trusted (bad
arguments, a path that does not exist, a file that cannot be read), 3 no Terraform and no
CloudFormation in the paths"""


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def _flag(text: str) -> Mapping[str, Any]:
    return {"action": "store_true", "default": False, "help": text}


def _one(metavar: str, text: str, choices: Sequence[str] | None = None) -> Mapping[str, Any]:
    return {"metavar": metavar, "help": text, "choices": choices}


def _several(metavar: str, text: str) -> Mapping[str, Any]:
    return {"metavar": metavar, "action": "append", "default": [], "help": text}


OPTIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "report": {
        "--format": {
            "choices": FORMATS, "action": _IN_ORDER, "metavar": "FORMAT", "dest": "reports",
            "default": (),
            "help": f"one of {', '.join(FORMATS)} (default: text); may be given several times, "
            "each with its own --output",
        },
        "--output": {
            "metavar": "FILE", "action": _IN_ORDER, "dest": "reports", "default": (),
            "help": "write the report of the --format before it to a file, not to stdout (-)",
        },
        "--color": {
            "choices": ("auto", "always", "never"), "default": "auto",
            "help": "colour in the text format (default: auto)",
        },
        "--show-passed": _flag("show what passed, too"),
        "--sarif-suppressions": _flag("keep suppressed results in SARIF"),
        "--explain": _one(
            "RULE", "print the page of a rule, or of a cause (unresolved/external)"
        ),
        "--completion": _one(
            "SHELL", "print the completion script of bash, zsh or fish", ("bash", "zsh", "fish")
        ),
        "--cfn-lint-rules": _flag("print the folder for cfn-lint --append-rules"),
        "--list-rules": _flag("list the rules"),
    },
    "values": {
        "--var": {
            **_several("NAME=VALUE", "set a Terraform variable of the root modules"),
            "type": _assignment,
        },
        "--var-file": _several("FILE", "Terraform variables, as .tfvars or .tfvars.json"),
        "--parameters": _several("FILE", "CloudFormation parameters, as JSON or YAML"),
    },
    "scope": {
        "--exclude": _several("GLOB", "leave out matching paths"),
        "--trusted-key": _several("GLOB", "a key ARN or alias that is a customer's own"),
        "--read-everything": _flag("parse files that name no vault, too"),
        "--stats": _flag("tell where the time went"),
        "--no-cache": _flag("neither read nor write a cache"),
        "--cache-dir": _one("DIR", "where the cache is kept"),
        "--config": _one("FILE", "the settings file"),
        "--no-config": _flag("read no settings file"),
        "--show-settings": _flag("print the settings, flags included"),
        "--baseline": _one("FILE", "findings that are accepted"),
        "--write-baseline": _one("FILE", "accept the findings of this run, and stop"),
        "--stdin-filename": _one(
            "FILE", "the name of what is read for the path - (default: by its content)"
        ),
        "--no-ignores": _flag("judge what comments ignore"),
    },
    "exit code": {
        "--exit-zero": _flag("0 instead of 1 for findings"),
        "--allow-empty": _flag("0 instead of 3 where nothing was found to check"),
    },
}  # fmt: skip


def plain(argv: Sequence[str]) -> Options | None:
    """What is given, where each option is written in full; None where argparse has to look."""
    known = {flag: how for group in OPTIONS.values() for flag, how in group.items()}
    found: dict[str, Any] = {_dest(flag, how): how.get("default") for flag, how in known.items()}
    paths: list[str] = []
    closed = False  # an option came after the paths, which stand in one place
    rest = iter(argv)
    for word in rest:
        if not word.startswith("-") or word == "-":
            if closed:
                return None
            paths.append(word)
            continue
        closed = bool(paths)
        how = known.get(word)
        if how is None:
            return None
        name, action = _dest(word, how), how.get("action")
        if action == "store_true":
            found[name] = True
            continue
        value = next(rest, "--")
        if (value.startswith("-") and value != "-") or value not in (
            how.get("choices") or (value,)
        ):
            return None
        if action == _IN_ORDER:
            found[name] = (*found[name], (word, value))
        elif action == "append":
            try:
                found[name] = [*found[name], how.get("type", str)(value)]
            except Exception:
                return None  # argparse says what is wrong with it
        else:
            found[name] = value
    return Options(paths=paths, **found)


def _dest(flag: str, how: Mapping[str, Any]) -> str:
    """The name that argparse gives to the value of an option."""
    return str(how.get("dest") or flag[2:].replace("-", "_"))


def parser() -> ArgumentParser:
    """All options of the command, for argparse."""
    from argparse import Action, ArgumentParser, HelpFormatter
    from functools import partial

    class InOrder(Action):
        def __call__(
            self,
            parser: ArgumentParser,
            namespace: object,
            values: object,
            option_string: str | None = None,
        ) -> None:
            given = getattr(namespace, self.dest)
            setattr(namespace, self.dest, (*given, (self.option_strings[0], values)))

    command = ArgumentParser(
        prog="iac-check",
        usage="%(prog)s [OPTIONS] PATH...",
        description="Find AWS Backup vaults without a customer managed key, in Terraform and "
        "CloudFormation. Works offline; runs nothing of what it reads.",
        epilog=_CODES,
        allow_abbrev=False,
        # A given width, because to ask for the terminal's imports shutil.
        formatter_class=partial(HelpFormatter, width=WIDTH),
    )
    command.register("action", _IN_ORDER, InOrder)
    command.add_argument(
        "paths", metavar="PATH", nargs="*", help="a folder, a file, or - for standard input"
    )
    command.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    for title, options in OPTIONS.items():
        group = command.add_argument_group(title)
        for flag, how in options.items():
            group.add_argument(flag, **how)
    return command

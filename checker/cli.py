"""The command line: arguments, streams and exit codes; nothing else."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import partial

from . import __version__
from .streams import abandon_stdout, complain, encode, replaced

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    from .policy.result import Gate, Report
    from .settings import Settings

OK, FINDINGS, UNTRUSTED, NOTHING = 0, 1, 2, 3
CODES: dict[Gate, int] = {
    "clean": OK, "findings": FINDINGS, "untrusted": UNTRUSTED, "empty": NOTHING
}  # fmt: skip
INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 + SIGPIPE, as a shell reports a program that a closed pipe has ended."""
FORMATS = (
    "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html", "mermaid",
    "dot",
)  # fmt: skip
GRAPHS = ("mermaid", "dot")
FOR_PEOPLE = ("text", "concise")
"""Formats that a terminal shows in its own encoding; the others are UTF-8 everywhere."""

WIDTH = 78
"""Columns of the help, as argparse has them on a terminal of 80."""

_CODES = """\
exit codes: 0 nothing found at level error, 1 findings, 2 the answer cannot be trusted (bad
arguments, a path that does not exist, a file that cannot be read), 3 no Terraform and no
CloudFormation in the paths"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code. Only IAC_CHECK_DEBUG=1 lets an exception out."""
    try:
        return _guarded(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()
        return BROKEN_PIPE


def _guarded(argv: Sequence[str]) -> int:
    try:
        command = parser()
        options, unknown = command.parse_known_args(argv)
        if unknown:
            command.error(_unrecognized(unknown, command))
        try:
            reports = paired(options.reports)
        except ValueError as error:
            command.error(str(error))
    except SystemExit as stop:  # argparse: 0 after --help and --version, 2 for bad arguments
        if sys.stdout is not None:
            sys.stdout.flush()
        return stop.code if isinstance(stop.code, int) else UNTRUSTED
    try:
        if sys.stdout is None:  # closed by the caller: whatever is asked for, nobody gets it
            complain("error: stdout is closed")
            return UNTRUSTED
        machine = any(name not in FOR_PEOPLE for name, output in reports if output is None)
        encode(sys.stdout, "utf-8" if machine else None)
        encode(sys.stderr, None)
        if options.cfn_lint_rules:
            print(os.path.join(os.path.dirname(os.path.realpath(__file__)), "cfn_lint_rules"))
            return OK
        if options.completion is not None:
            from .completion import script

            sys.stdout.write(script(options.completion, command))
            return OK
        if options.list_rules or options.explain is not None:
            return _document(options)
        return _check(options, reports)
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("IAC_CHECK_DEBUG") == "1":
            raise
        complain(
            f"internal error: {type(error).__name__}: {error}, while checking "
            f"{' '.join(options.paths)}; please report it (IAC_CHECK_DEBUG=1 shows where)"
        )
        return UNTRUSTED


def parser() -> argparse.ArgumentParser:
    """All options of the command."""
    command = argparse.ArgumentParser(
        prog="iac-check",
        usage="%(prog)s [OPTIONS] PATH...",
        description="Find AWS Backup vaults without a customer managed key, in Terraform and "
        "CloudFormation. Works offline; runs nothing of what it reads.",
        epilog=_CODES,
        allow_abbrev=False,
        # A given width, because to ask for the terminal's imports shutil in every run.
        formatter_class=partial(argparse.HelpFormatter, width=WIDTH),
    )
    command.add_argument("paths", metavar="PATH", nargs="*", help="a folder or a file")
    command.add_argument("--version", action="version", version=f"%(prog)s {__version__}")

    report = command.add_argument_group("report")
    report.add_argument(
        "--format", choices=FORMATS, action=_InOrder, metavar="FORMAT", dest="reports", default=(),
        help=f"one of {', '.join(FORMATS)} (default: text); may be given several times, "
        "each with its own --output",
    )  # fmt: skip
    report.add_argument(
        "--output", metavar="FILE", action=_InOrder, dest="reports", default=(),
        help="write the report of the --format before it to a file, not to stdout (-)",
    )  # fmt: skip
    report.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto",
        help="colour in the text format (default: auto)",
    )  # fmt: skip
    report.add_argument("--show-passed", action="store_true", help="show what passed, too")
    report.add_argument(
        "--sarif-suppressions", action="store_true", help="keep suppressed results in SARIF"
    )
    report.add_argument("--explain", metavar="RULE", help="print the page of a rule")
    report.add_argument(
        "--completion", choices=("bash", "zsh", "fish"), metavar="SHELL",
        help="print the completion script of bash, zsh or fish",
    )  # fmt: skip
    report.add_argument(
        "--cfn-lint-rules", action="store_true",
        help="print the folder for cfn-lint --append-rules",
    )  # fmt: skip
    report.add_argument("--list-rules", action="store_true", help="list the rules")

    values = command.add_argument_group("values")
    values.add_argument(
        "--var", metavar="NAME=VALUE", action="append", type=_assignment, default=[],
        help="set a Terraform variable of the root modules",
    )  # fmt: skip
    _repeatable(values, "--var-file", "FILE", "Terraform variables, as .tfvars or .tfvars.json")
    _repeatable(values, "--parameters", "FILE", "CloudFormation parameters, as JSON or YAML")

    scope = command.add_argument_group("scope")
    _repeatable(scope, "--exclude", "GLOB", "leave out matching paths")
    _repeatable(scope, "--trusted-key", "GLOB", "a key ARN or alias that is a customer's own")
    scope.add_argument(
        "--read-everything", action="store_true", help="parse files that name no vault, too"
    )
    scope.add_argument("--stats", action="store_true", help="tell where the time went")
    scope.add_argument("--no-cache", action="store_true", help="neither read nor write a cache")
    scope.add_argument("--cache-dir", metavar="DIR", help="where the cache is kept")
    scope.add_argument("--config", metavar="FILE", help="the settings file")
    scope.add_argument("--no-config", action="store_true", help="read no settings file")
    scope.add_argument(
        "--show-settings", action="store_true", help="print the settings, flags included"
    )
    scope.add_argument("--baseline", metavar="FILE", help="findings that are accepted")
    scope.add_argument(
        "--write-baseline", metavar="FILE", help="accept the findings of this run, and stop"
    )
    scope.add_argument(
        "--stdin-filename", metavar="FILE",
        help="the name of what is read for the path - (default: by its content)",
    )  # fmt: skip
    scope.add_argument("--no-ignores", action="store_true", help="judge what comments ignore")

    gate = command.add_argument_group("exit code")
    gate.add_argument("--exit-zero", action="store_true", help="0 instead of 1 for findings")
    gate.add_argument(
        "--allow-empty", action="store_true", help="0 instead of 3 where nothing was found to check"
    )
    return command


class _InOrder(argparse.Action):
    """Keeps --format and --output in the order in which they are given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        namespace.reports = (*namespace.reports, (self.option_strings[0], values))


def paired(given: Sequence[tuple[str, str]]) -> list[tuple[str, str | None]]:
    """The format and file of each report; without a file it goes to stdout.

    A --format takes the --output after it; one before the first --format belongs to that.
    Raises ValueError where two reports would go to one place, or an --output has no --format.
    """
    reports: list[tuple[str, str | None]] = []
    early: str | None = None
    for flag, value in given:
        if flag == "--format":
            reports.append((value, early))
            early = None
        elif not reports and early is None:
            early = value
        elif reports and reports[-1][1] is None:
            reports[-1] = reports[-1][0], value
        else:
            raise ValueError(f"--output {value} has no --format of its own")
    if not reports:
        reports.append(("text", early))
    reports = [(name, None if output == "-" else output) for name, output in reports]
    places = [None if output is None else os.path.realpath(output) for _, output in reports]
    if places.count(None) > 1:
        raise ValueError("only one report can go to stdout: give each --format an --output")
    if len({*places}) < len(places):
        raise ValueError("two reports cannot go to one file")
    return reports


def _unrecognized(unknown: Sequence[str], command: argparse.ArgumentParser) -> str:
    """What argparse says of options that there are not, with a guess at what was meant."""
    from .meant import hint

    known = [flag for action in command._actions for flag in action.option_strings]
    near = hint(unknown[0].partition("=")[0], known)
    return f"unrecognized arguments: {' '.join(unknown)}{near}"


def _repeatable(group: argparse._ArgumentGroup, flag: str, metavar: str, text: str) -> None:
    group.add_argument(flag, metavar=metavar, action="append", default=[], help=text)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def _document(options: argparse.Namespace) -> int:
    """`--explain` and `--list-rules`."""
    from .policy.card import load_cards
    from .report.explain import explained, listing, words

    cards = load_cards()
    text = listing(cards) if options.list_rules else explained(cards, options.explain)
    if text is None:
        from .meant import hint

        known = words(cards)
        near = hint(options.explain.rpartition("/")[2], known)
        complain(
            f"error: nothing is known of {options.explain}{near}; there is: {', '.join(known)}"
        )
        return UNTRUSTED
    sys.stdout.write(text)
    sys.stdout.flush()
    return OK


def _check(options: argparse.Namespace, reports: Sequence[tuple[str, str | None]]) -> int:
    from .settings import unreadable
    from .source import InputError

    try:
        settings = _settings(options, {name for name, _ in reports})
    except InputError as error:
        complain(f"error: {error.path}: {error.message}")
        return UNTRUSTED
    if options.show_settings:
        sys.stdout.write(settings.shown())
        sys.stdout.flush()
        return OK
    if not options.paths:
        complain("error: at least one PATH is needed (iac-check --help)")
        return UNTRUSTED

    faults = list(unreadable(settings))
    for fault in faults:
        complain(f"error: {fault.path}: {fault.message}")
    if faults:
        return UNTRUSTED

    from .pipeline import run
    from .report.counts import called, elsewhere, loosened, totals, uncreated, unread
    from .watch import Progress, Watch

    paths = options.paths
    if "-" in paths:
        paths, settings = _from_stdin(options, settings)
    watch = Watch()
    with Progress(watch, sys.stderr):
        report = run(paths, settings, watch)
    if options.write_baseline is not None:
        return _write_baseline(report, options.write_baseline)
    files_first = sorted(reports, key=lambda pair: pair[1] is None)  # a pipe may be closed early
    done = [_written(report, name, output, options) for name, output in files_first]
    if not all(done):
        return UNTRUSTED
    for warning in report.warnings:
        complain(f"warning: {warning}")
    for note in watch.notes:
        complain(f"note: {note}")
    if options.stats:
        watch.begin("")
        for line in watch.table().splitlines():
            complain(line)
    complain(f"checked {totals(report)}")
    if report.unread:
        complain(f"note: {unread(report.unread)}")
    if report.uncreated:
        complain(f"note: {uncreated(report.uncreated)}")
    for line in loosened(report, settings):
        complain(f"note: {line}")
    if report.silent and report.elsewhere:
        complain(f"note: {elsewhere(report)}")
    for module in report.called:
        complain(f"note: {called(*module)}")
    if report.gate == "empty":
        where = "standard input holds" if options.paths == ["-"] else "the paths hold"
        complain(
            f"error: {where} no Terraform and no CloudFormation "
            "(--allow-empty makes this exit code 0, not 3)"
        )
    elif "-" in options.paths and not report.files:
        complain("note: standard input holds no Terraform and no CloudFormation")
    return CODES[report.gate]


def _from_stdin(options: argparse.Namespace, settings: Settings) -> tuple[list[str], Settings]:
    """`-`: the content of --stdin-filename, as an editor has it."""
    from .discovery import normal
    from .records import replace
    from .streams import name_for

    content = sys.stdin.buffer.read()
    name = normal(options.stdin_filename or name_for(content))
    paths = [name if path == "-" else path for path in options.paths]
    return paths, replace(settings, unsaved={name: content})


def _write_baseline(report: Report, path: str) -> int:
    """Accept the findings of this run. What could not be checked is not accepted.

    What the file says of other paths than the run's stays in it.
    """
    from .policy import baseline
    from .report.counts import counted, totals
    from .report.words import place
    from .source import InputError

    errors = list(report.errors)
    try:
        before = baseline.read(path) if os.path.isfile(path) else []
    except InputError as fault:
        errors.append(fault)
    for error in errors:
        complain(f"error: {place(error)}: {error.message}")
    if errors:
        return UNTRUSTED
    findings, kept = baseline.accepted(report), baseline.elsewhere(report, before)
    try:
        with replaced(path) as out:
            out.write(baseline.text([*findings, *kept]))
    except OSError as error:
        complain(f"error: cannot write {path}: {error.strerror}")
        return UNTRUSTED
    complain(f"checked {totals(report)}")
    beside = f", beside {len(kept)} outside of these paths" if kept else ""
    complain(f"{path}: {counted(len(findings), 'finding')} accepted{beside}")
    return OK


def _written(report: Report, name: str, output: str | None, options: argparse.Namespace) -> bool:
    """Write one report; whether that could be done. A reader that went away is raised."""
    from .report import renderer
    from .report.style import style_for

    try:
        with replaced(output) if output is not None else nullcontext(sys.stdout) as out:
            # FORCE_COLOR speaks of the terminal's stand-in, not of files.
            style = style_for(options.color, out, os.environ if output is None else {})
            render = renderer(name, style=style, suppressed=options.sarif_suppressions)
            render(report, out, options.show_passed)
            out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if output is None:
            abandon_stdout()
        complain(f"error: cannot write {output or 'the report'}: {error.strerror}")
        return False
    return True


def _settings(options: argparse.Namespace, formats: set[str]) -> Settings:
    from .records import replace
    from .settings import Settings, from_folder, load, unmatched

    base = Settings() if options.no_config else load(options.config)
    baseline = options.baseline or base.baseline
    if options.write_baseline is not None and _is_to_come(baseline, options.write_baseline):
        baseline = None  # the first run writes what the settings name
    return replace(
        base,
        trusted_keys=(*base.trusted_keys, *options.trusted_key),
        variables=dict(options.var),
        var_files=(*base.var_files, *options.var_file),
        parameters=(*base.parameters, *options.parameters),
        exclude=(*base.exclude, *from_folder("", options.exclude)),
        allow_empty=base.allow_empty or options.allow_empty,
        baseline=baseline,
        honour_ignores=not options.no_ignores,
        exit_zero=options.exit_zero,
        graph=not formats.isdisjoint(GRAPHS),
        read_everything=options.read_everything,
        cache=not options.no_cache,
        cache_dir=options.cache_dir,
        flags=tuple(_flags(options)),
        warnings=(*base.warnings, *unmatched("--exclude", options.exclude)),
    )


def _is_to_come(baseline: str | None, written: str) -> bool:
    """Whether a baseline is what is to be written, and not there yet."""
    if baseline is None or os.path.lexists(baseline):
        return False
    return os.path.realpath(baseline) == os.path.realpath(written)


def _flags(options: argparse.Namespace) -> Iterator[str]:
    """The options given that set something which a settings file can set, or which adds to it."""
    for name in _SETTING:
        if getattr(options, name):
            yield f"--{name.replace('_', '-')}"


_SETTING = (
    "var", "var_file", "parameters", "exclude", "trusted_key", "baseline", "allow_empty",
    "exit_zero", "no_ignores", "read_everything", "no_cache", "cache_dir",
)  # fmt: skip

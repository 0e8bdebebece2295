"""The command: its streams and exit codes; nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from .options import parser, plain
from .streams import abandon_stdout, complain, encode, replaced, tell, tell_unwritten

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import TextIO

    from .options import Options
    from .policy.result import Gate, Report
    from .settings import Settings

OK, FINDINGS, UNTRUSTED, NOTHING = 0, 1, 2, 3
CODES: dict[Gate, int] = {
    "clean": OK, "findings": FINDINGS, "untrusted": UNTRUSTED, "empty": NOTHING
}  # fmt: skip
INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 + SIGPIPE, as a shell reports a program that a closed pipe has ended."""
GRAPHS = ("mermaid", "dot")
FOR_PEOPLE = ("text", "concise")
"""Formats that a terminal shows in its own encoding; the others are UTF-8 everywhere."""


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
        options = plain(argv) or _parsed(argv)
        try:
            reports = paired(options.reports)
        except ValueError as error:
            parser().error(str(error))
    except SystemExit as stop:  # argparse: 0 after --help and --version, 2 for bad arguments
        if sys.stdout is not None and not tell(""):
            return UNTRUSTED
        return stop.code if isinstance(stop.code, int) else UNTRUSTED
    except BrokenPipeError:
        raise
    except OSError as error:  # of what argparse writes; it tells some versions of Python only
        tell_unwritten(error)
        return UNTRUSTED
    try:
        if sys.stdout is None:  # closed by the caller: whatever is asked for, nobody gets it
            complain("error: stdout is closed")
            return UNTRUSTED
        machine = any(name not in FOR_PEOPLE for name, output in reports if output is None)
        encode(sys.stdout, "utf-8" if machine else None)
        encode(sys.stderr, None)
        if options.cfn_lint_rules:
            folder = os.path.dirname(os.path.realpath(__file__))
            return _told(os.path.join(folder, "cfn_lint_rules") + "\n")
        if options.completion is not None:
            from .completion import script

            return _told(script(options.completion, parser()))
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


def _parsed(argv: Sequence[str]) -> Options:
    """The options as argparse reads them. Raises SystemExit after help, and for what is wrong."""
    from .options import Options

    command = parser()
    options, unknown = command.parse_known_args(argv, Options())
    if unknown:
        command.error(_unrecognized(unknown, command))
    return options


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


def _unrecognized(unknown: Sequence[str], command: ArgumentParser) -> str:
    """What argparse says of options that there are not, with a guess at what was meant."""
    from .meant import hint

    known = [flag for action in command._actions for flag in action.option_strings]
    near = hint(unknown[0].partition("=")[0], known)
    return f"unrecognized arguments: {' '.join(unknown)}{near}"


def _document(options: Options) -> int:
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
    return _told(text)


def _told(text: str) -> int:
    """Write what was asked for; the exit code."""
    return OK if tell(text) else UNTRUSTED


def _check(options: Options, reports: Sequence[tuple[str, str | None]]) -> int:
    from .settings import unreadable
    from .source import InputError

    try:
        settings = _settings(options, {name for name, _ in reports})
    except InputError as error:
        complain(f"error: {error.path}: {error.message}")
        return UNTRUSTED
    if options.show_settings:
        return _told(settings.shown())
    if options.stdin_filename is not None and "-" not in options.paths:
        complain(
            "error: --stdin-filename: it names what is read for the path -, which is not given"
        )
        return UNTRUSTED
    if not options.paths:
        complain("error: at least one PATH is needed (iac-check --help)")
        return UNTRUSTED

    faults = list(unreadable(settings))
    if settings.baseline is not None and not faults:
        from .policy.baseline import read

        try:
            read(settings.baseline)
        except InputError as error:
            faults.append(error)
    if faults:
        from .report.words import place

        for fault in faults:
            complain(f"error: {place(fault)}: {fault.message}")
        return UNTRUSTED

    from .pipeline import run
    from .report.counts import called, elsewhere, loosened, totals, uncreated, unread, unused_values
    from .watch import Progress, Watch

    paths = options.paths
    if "-" in paths:
        try:
            paths, settings = _from_stdin(options, settings)
        except InputError as error:
            complain(f"error: {error.path}: {error.message}")
            return UNTRUSTED
    stands_for = next(iter(settings.unsaved or ()), None)
    watch = Watch()
    with Progress(watch, sys.stderr):
        report = run(paths, settings, watch)
    if options.write_baseline is not None:
        return _write_baseline(report, options.write_baseline)
    files_first = sorted(reports, key=lambda pair: pair[1] is None)  # a pipe may be closed early
    done = [_written(report, name, output, options) for name, output in files_first]
    if not all(done):
        return UNTRUSTED
    if options.stdin_filename is None and any(
        error.path == stands_for and "declared twice" in error.message for error in report.errors
    ):
        complain(
            f"note: standard input is read as {stands_for}, beside the files of this folder; where "
            "it is one of them, say which: --stdin-filename FILE"
        )
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
    for root, files in report.unused:
        complain(f"note: {unused_values(root, files)}")
    for module in report.called:
        complain(f"note: {called(*module)}")
    if report.gate == "empty":
        where = "standard input holds" if options.paths == ["-"] else "the paths hold"
        complain(
            f"error: {where} no Terraform and no CloudFormation "
            f"(--allow-empty makes this exit code 0, not 3){_instead(options.paths)}"
        )
    elif "-" in options.paths and not report.files:
        complain("note: standard input holds no Terraform and no CloudFormation")
    return CODES[report.gate]


def _instead(paths: Sequence[str]) -> str:
    """What was meant to be checked, perhaps, where the paths hold nothing."""
    from .candidates import VALUES

    values = next((path for path in paths if path.endswith(VALUES)), None)
    if values is not None:
        return f"; a file of values is given with the code: iac-check --var-file {values} FOLDER"
    if any(os.path.isfile(os.path.join(path, "cdk.json")) for path in paths):
        return "; this is a CDK project, of which cdk synth writes the templates (cdk.out)"
    return ""


def _from_stdin(options: Options, settings: Settings) -> tuple[list[str], Settings]:
    """`-`: the content of --stdin-filename, as an editor has it.

    Raises InputError where it cannot be read, or nothing tells its language.
    """
    from . import stdin
    from .discovery import normal
    from .paths import named
    from .records import replace
    from .source import InputError

    given = options.stdin_filename
    if given is not None and (not given or os.path.isdir(given)):
        raise InputError(f'"{given}" is no name of a file', "--stdin-filename")
    data = stdin.content()
    name = normal(*named([given or stdin.name_for(data)]))
    paths = [name if path == "-" else path for path in options.paths]
    return paths, replace(settings, unsaved={name: data})


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
    findings, kept = baseline.accepted(report, path), baseline.elsewhere(report, before, path)
    try:
        with replaced(path) as out:
            out.write(baseline.text([*findings, *kept]))
    except OSError as error:
        complain(f"error: cannot write {path}: {error.strerror}")
        return UNTRUSTED
    complain(f"checked {totals(report)}")
    beside = f", beside {len(kept)} outside of these paths" if kept else ""
    changes = [f"{n} {what}" for what, n in baseline.changes(before, [*findings, *kept])]
    compared = f" ({', '.join(changes) or 'nothing new'})" if before else ""
    complain(f"{path}: {counted(len(findings), 'finding')} accepted{compared}{beside}")
    return OK


def _written(report: Report, name: str, output: str | None, options: Options) -> bool:
    """Write one report; whether that could be done. A reader that went away is raised."""
    from .report import renderer
    from .report.style import style_for

    def write(out: TextIO) -> None:
        # FORCE_COLOR speaks of the terminal's stand-in, not of files.
        style = style_for(options.color, out, os.environ if output is None else {})
        render = renderer(name, style=style, suppressed=options.sarif_suppressions)
        render(report, out, options.show_passed)
        out.flush()

    try:
        if output is None:
            write(sys.stdout)
        else:
            with replaced(output) as file:
                write(file)
    except BrokenPipeError:
        raise
    except OSError as error:
        if output is None:
            abandon_stdout()
        complain(f"error: cannot write {output or 'the report'}: {error.strerror}")
        return False
    return True


def _settings(options: Options, formats: set[str]) -> Settings:
    from .paths import resolved
    from .records import replace
    from .settings import Settings, from_folder, load, unmatched

    base = Settings() if options.no_config else load(options.config)
    baseline = base.baseline if options.baseline is None else options.baseline
    if options.write_baseline is not None and _is_to_come(baseline, options.write_baseline):
        baseline = None  # the first run writes what the settings name
    return replace(
        base,
        trusted_keys=(*base.trusted_keys, *options.trusted_key),
        variables=dict(options.var),
        var_files=(*base.var_files, *map(resolved, options.var_file)),
        parameters=(*base.parameters, *map(resolved, options.parameters)),
        exclude=(*base.exclude, *from_folder(None, options.exclude)),
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


def _flags(options: Options) -> Iterator[str]:
    """The options given that set something which a settings file can set, or which adds to it."""
    for name in _SETTING:
        if getattr(options, name) not in (None, False, []):
            yield f"--{name.replace('_', '-')}"


_SETTING = (
    "var", "var_file", "parameters", "exclude", "trusted_key", "baseline", "allow_empty",
    "exit_zero", "no_ignores", "read_everything", "no_cache", "cache_dir",
)  # fmt: skip

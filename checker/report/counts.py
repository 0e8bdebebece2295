"""What was looked at and found, in one line: so that a gate that checked nothing is seen."""

from __future__ import annotations

import os

from ..candidates import TEMPLATES, VALUES, is_automatic, is_local

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..policy.result import Report
    from ..settings import Settings

SHOWN = 3
"""How many addresses of what is not on disk the note names."""


def totals(report: Report) -> str:
    """`12 files, 3 vaults: 1 passed, 2 failed (1 as warning), 0 suppressed, 0 errors`.

    What is only read with the files that are named is not what was asked about.
    """
    files = min(report.files, report.named) if report.named else report.files
    return (
        f"{counted(files, 'file')}, {counted(len(report.results), 'vault')}: "
        f"{report.count('pass')} passed, {report.count('fail')} failed{lowered(report)}, "
        f"{report.count('suppressed')} suppressed, {counted(len(report.errors), 'error')}"
    )


def lowered(report: Report) -> str:
    """How many of the failures the settings keep from failing the run."""
    levels = (("as warning", report.failures("warning")), ("off", report.failures("off")))
    parts = [f"{number} {name}" for name, number in levels if number]
    return f" ({', '.join(parts)})" if parts else ""


def loosened(report: Report, settings: Settings) -> Iterator[str]:
    """What lets something pass: all that a settings file says, of flags and baselines how much.

    Flags are given by whoever runs this, the file by whoever wrote what is checked.
    """
    if settings.file is not None and report.run.loosened:
        by = ", ".join((settings.file, *settings.flags))
        yield f"by {by}: {'; '.join(report.run.loosened)}"
    aside = sum(1 for r in report.results if r.suppression and r.suppression.baseline)
    counts = [f"{counted(aside, 'finding')} set aside by the baseline {settings.baseline}"]
    if settings.file is None:
        counts.append(f"{counted(len(settings.trusted_keys), 'key')} trusted by --trusted-key")
    told = [count for count in counts if not count.startswith("0 ")]
    if told:
        yield "; ".join(told)


def unread(addresses: Sequence[str]) -> str:
    """That modules and nested stacks are not on disk, and which; of many, the first few."""
    count = counted(len(addresses), "module or nested stack", "modules or nested stacks")
    advice = " (terraform init installs modules)" if any(map(_is_installed, addresses)) else ""
    return f"{count} not on disk, so what they declare is not checked: {_first(addresses)}{advice}"


def uncreated(places: Sequence[str]) -> str:
    """That vaults are not created with the values here, and where; of many, the first few."""
    count = counted(len(places), "declaration of a vault, or call of a module with one, is",
                    "declarations of vaults, or calls of modules with one, are")  # fmt: skip
    return f"{count} not created with the values here, so not judged: {_first(places)}"


def elsewhere(report: Report) -> str:
    """That nothing stands in files that were named, and where what they lead to stands."""
    failed = sum(1 for result in report.elsewhere if result.status == "fail")
    found = f"{counted(len(report.elsewhere), 'vault')} ({failed} failed)"
    places = list(dict.fromkeys(result.span.source.path for result in report.elsewhere))
    values = (path for path in report.silent if path.endswith(VALUES) and not is_automatic(path))
    flags = [f"--var-file {path}" for path in values]
    folders = dict.fromkeys(os.path.dirname(path) or "." for path in report.silent)
    return (
        f"no vault stands in {_first(report.silent)}; what was read with it has {found} in "
        f"{_first(places)}: run iac-check {' '.join((*flags, *folders))}"
    )


def called(folder: str, callers: Sequence[str], top: str) -> str:
    """That a module was judged without the folders that call it, and what to run for these."""
    count = counted(len(callers), "folder")
    return (
        f"{folder} is called from {count} outside of what was asked for ({_first(callers)}), "
        f"and was judged without what these pass: run iac-check {top}"
    )


def unused_values(folder: str, files: Sequence[str]) -> str:
    """That files of values beside a root module were not used, and which; of many, the first."""
    count = counted(len(files), "file of values that sets variables of {} was", 
                    "files of values that set variables of {} were").format(folder)  # fmt: skip
    return f"{count} not used (--var-file): {_first(files)}"


def _first(texts: Sequence[str]) -> str:
    """All of a few texts, the first of many."""
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def _is_installed(address: str) -> bool:
    """Whether it is the address of a module that `terraform init` brings: no path, no template."""
    bucket = address.startswith("s3://") or ("amazonaws.com/" in address and "::" not in address)
    template = (
        bucket or address.endswith(TEMPLATES) or " of " in address
    )  # "the template_body of …"
    return not (template or is_local(address))


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"

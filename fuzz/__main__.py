"""`python -m fuzz`: fuzz every target for a while, or run one input through its target.

    python -m fuzz --seconds 600 [--only TARGET]   each target in a process of its own
    python -m fuzz TARGET FILE...                  run inputs as they are, without atheris

A run goes on after a crash: the first input of each kind is kept in `fuzz/work/TARGET/crashes/`,
beside the figures and the inputs that reached something new, from which the next run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

HERE = Path(__file__).parent
WORK = HERE / "work"
LONGEST = 65_536
SECONDS = 2.0
"""CPU time that an input of LONGEST bytes may take."""
INSTRUMENTED = 4.0
"""How many times as long it may take while coverage is counted."""


class Slow(AssertionError):
    """An input that takes longer than SECONDS."""


def timed(target: Callable[[bytes], None], data: bytes, limit: float) -> None:
    began = time.process_time()
    target(data)
    taken = time.process_time() - began
    if taken > limit:
        raise Slow(f"{taken:.1f} s for {len(data)} bytes")


class Observed:
    """A target that keeps the first input of each kind of crash, and counts."""

    def __init__(self, name: str, target: Callable[[bytes], None]) -> None:
        self._name, self._target = name, target
        self._kinds: set[str] = set()
        self._runs = 0
        self._told = 0.0

    def __call__(self, data: bytes) -> None:
        self._runs += 1
        try:
            timed(self._target, data, SECONDS * INSTRUMENTED)
        except Exception as error:
            self._keep(error, data)
        if time.monotonic() - self._told > 5:
            self._told = time.monotonic()
            self._tell()

    def _keep(self, error: Exception, data: bytes) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
        if kind in self._kinds:
            return
        self._kinds.add(kind)
        folder = WORK / self._name / "crashes"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / sha256(data).hexdigest()[:12]).write_bytes(data)
        print(f"NEW {self._name}: {kind}: {str(error)[:200]}", flush=True)

    def _tell(self) -> None:
        figures = {
            "target": self._name,
            "runs": self._runs,
            "cpu_seconds": round(time.process_time()),
            "crashes": sorted(self._kinds),
        }
        (WORK / self._name / "figures.jsonl").open("a").write(json.dumps(figures) + "\n")


def prepare() -> None:
    """What a run does once, so that no input is charged with it."""
    from iac_check.pipeline import RECURSION_LIMIT
    from iac_check.terraform.grammar import parser

    os.environ["IAC_CHECK_DEBUG"] = "1"  # what is not foreseen is to be seen
    sys.setrecursionlimit(RECURSION_LIMIT)
    parser()


def fuzz_one(name: str, options: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["iac_check"]):
        import iac_check

        from .targets import TARGETS

        for module in walk_packages(iac_check.__path__, "iac_check."):
            if "cfn_lint_rules" not in module.name and "__main__" not in module.name:
                import_module(module.name)  # what is imported late is to be instrumented, too

    prepare()
    atheris.Setup([sys.argv[0], *options], Observed(name, TARGETS[name]))
    atheris.Fuzz()


def fuzz_all(names: list[str], seconds: int) -> int:
    from .targets import DICTIONARIES, corpus, seeds

    for name in names:
        found = WORK / name / "found"
        found.mkdir(parents=True, exist_ok=True)
        inputs = [*seeds(name), *(path.read_bytes() for path in corpus(name))]
        for data in inputs:
            (found / sha256(data).hexdigest()[:12]).write_bytes(data)
        options = [
            str(found),
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-dict={HERE / 'dictionaries' / DICTIONARIES[name]}.dict",
            "-timeout=120",
            "-rss_limit_mb=4096",
            "-verbosity=0",
            f"-artifact_prefix={WORK / name}/",
        ]
        command = [sys.executable, "-m", "fuzz", "--one", name, *options]
        subprocess.run(command, cwd=HERE.parent, check=False)
    kept = [*WORK.glob("*/crashes/*"), *WORK.glob("*/*-*")]
    for path in kept:
        print(f"kept: {path}")
    return 1 if kept else 0


def run_inputs(name: str, paths: list[str]) -> None:
    from .targets import TARGETS

    prepare()
    for path in paths:
        timed(TARGETS[name], Path(path).read_bytes(), SECONDS)


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        fuzz_one(sys.argv[2], sys.argv[3:])
    from .targets import TARGETS

    command = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    command.add_argument("target", nargs="?", choices=TARGETS)
    command.add_argument("files", nargs="*")
    command.add_argument("--seconds", type=int, default=60)
    command.add_argument("--only", choices=TARGETS, action="append")
    options = command.parse_args()
    if options.target is not None:
        run_inputs(options.target, options.files)
        return 0
    return fuzz_all(options.only or list(TARGETS), options.seconds)


if __name__ == "__main__":
    os.nice(19)
    sys.exit(main())

"""`python -m benchmarks [TREE ...]`: ratios, side by side in one run, as a Markdown table.

Ours is a wheel in an environment of its own: an editable install makes a bare `python -c pass`
slower, and so would make us look better. Each run of ours takes turns with one of its yardstick,
the file cache is warm, and medians are compared. Times are of the processor (user and system): what
else the machine does hardly shows in them, and nothing here runs on two processors at once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from . import trees

ROOT = Path(__file__).parent.parent
NEEDLES = r"aws_backup_vault|AWS::Backup::"
VAULT = (
    'resource "aws_kms_key" "k" {}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = %s\n}\n'
)


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of the processor, and the largest resident size in MB."""

    seconds: float
    memory: float


def run(command: list[str], limit: float | None = None) -> Run:
    """Run a command to its end. Raises TimeoutExpired past `limit` seconds of the clock."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(limit or 0, child.kill)
    if limit is not None:
        timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if limit is not None and child.returncode == -signal.SIGKILL:
        raise subprocess.TimeoutExpired(command, limit)
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def environment(folder: Path, *packages: str) -> Path:
    """The scripts of a new virtual environment with some packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(pip, check=True, stdout=sys.stderr)
    return scripts


class Bench:
    """`scripts` is where our own wheel is installed."""

    def __init__(self, scripts: Path, runs: int) -> None:
        self._python = str(scripts / "python")
        self._ours = [str(scripts / "iac-check"), "--format", "concise", "--no-config"]
        self._runs = runs

    def ours(self, tree: Path) -> list[str]:
        return [*self._ours, str(tree)]

    def compared(self, ours: list[str], yardstick: list[str]) -> tuple[float, float]:
        """Medians of ours and of the yardstick, in seconds; the first pair warms the cache."""
        pairs = [(run(ours).seconds, run(yardstick).seconds) for _ in range(self._runs + 1)][1:]
        return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)

    def row(self, name: str, tree: Path, what: str, bar: str) -> None:
        bare = [self._python, "-c", "pass"]
        yardstick = ["grep", "-rlE", NEEDLES, str(tree)] if what == "grep" else bare
        mine, other = self.compared(self.ours(tree), yardstick)
        beside = f"{what} {other * 1000:.0f} ms"
        print(f"| {name} | {mine * 1000:.0f} ms | {beside} | {mine / other:.1f} × | {bar} |")
        sys.stdout.flush()

    def growth(self, root: Path, sizes: tuple[int, ...]) -> None:
        """Time and memory of trees that differ in their size only."""
        print("\n| files | MB | vaults | seconds | per MB above start-up | memory |")
        print("|---|---|---|---|---|---|")
        empty = root / "empty"
        empty.mkdir()
        (empty / "main.tf").write_text("")
        base = statistics.median(run(self.ours(empty)).seconds for _ in range(self._runs))
        for files in sizes:
            tree = root / f"growth{files}"
            trees.monorepo(tree, files)
            size = sum(path.stat().st_size for path in tree.rglob("*.tf")) / 1e6
            found = [run(self.ours(tree)) for _ in range(4)][1:]
            taken = statistics.median(one.seconds for one in found)
            per = (taken - base) / size * 1000
            memory = max(one.memory for one in found)
            vaults = -(-files // 100)
            row = (f"{files:,}", f"{size:.0f}", f"{vaults:,}", f"{taken:.2f}", f"{per:.1f} ms")
            print(f"| {' | '.join(row)} | {memory:.0f} MB |")
            sys.stdout.flush()
            shutil.rmtree(tree)

    def peer(self, scripts: Path, tree: Path, limit: float) -> None:
        """One run of Checkov with its own rule alone; it is too slow for several."""
        report = tree.parent / "checkov.json"
        command = [
            str(scripts / "checkov"), "-d", str(tree), "-c", "CKV_AWS_166", "--compact",
            "--quiet", "--output", "json", "--output-file-path", str(report.parent / "checkov"),
        ]  # fmt: skip
        mine = statistics.median(run(self.ours(tree)).seconds for _ in range(3))
        ours = json.loads(
            subprocess.run(
                [*self._ours[:1], "--no-config", "--format", "json", str(tree)],
                capture_output=True, check=False,
            ).stdout
        )["summary"]  # fmt: skip
        try:
            taken, mark = run(command, limit).seconds, ""
        except subprocess.TimeoutExpired:
            taken, mark = limit, "more than "
        theirs = _verdicts(report.parent / "checkov")
        print(
            f"| {tree.name} | {mine:.2f} s | {mark}{taken:.0f} s | {mark}{taken / mine:.0f} × "
            f"| {ours['passed']} passed, {ours['failed']} failed | {theirs} |"
        )
        sys.stdout.flush()


def _verdicts(folder: Path) -> str:
    """What Checkov's report counts; it has one object, or a list with one for each language."""
    try:
        content = json.loads(next(folder.glob("*.json")).read_text())
    except (OSError, ValueError, StopIteration):
        return "no report"
    parts = content if isinstance(content, list) else [content]
    sums = [part.get("summary", part) for part in parts]
    passed, failed = (sum(int(s.get(k) or 0) for s in sums) for k in ("passed", "failed"))
    return f"{passed} passed, {failed} failed"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("trees", nargs="*", type=Path, help="real trees, measured as well")
    options.add_argument("--runs", type=int, default=7, help="runs of each kind (default: 7)")
    options.add_argument("--growth", action="store_true", help="1,000 to 100,000 files as well")
    options.add_argument("--peers", action="store_true", help="install Checkov and compare")
    options.add_argument("--peer-limit", type=float, default=900, metavar="SECONDS")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        bench = Bench(environment(root / "ours", str(ROOT)), given.runs)
        print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} CPUs\n")
        print("| run | iac-check | beside | ratio | bar |\n|---|---|---|---|---|")
        for name, text, bar in (
            ("start-up: no vault", 'resource "aws_s3_bucket" "b" {}\n', "4 ×"),
            ("one vault, plain key", VAULT % "aws_kms_key.k.arn", "6 ×"),
            ("one vault, an expression", VAULT % "1 > 2 ? null : aws_kms_key.k.arn", ""),
        ):
            one = root / name.replace(" ", "_")
            one.mkdir()
            (one / "main.tf").write_text(text)
            bench.row(name, one, "`python -c pass`", bar)
        made = []
        for name, (make, files, bar) in trees.TREES.items():
            tree = root / name.split(",")[0].replace(" ", "_")
            make(tree, files)
            made.append(tree)
            bench.row(name, tree, "grep", bar)
        for instances in (100, 200):
            nested = root / f"nesting{instances}"
            trees.nesting(nested, instances)
            name = f"{instances} instances 6 deep, {5 * instances:,} vaults"
            bench.row(name, nested, "`python -c pass`", "linear")
        for tree in given.trees:
            bench.row(tree.name, tree, "grep", "6 ×")
        if given.growth:
            bench.growth(root, (1_000, 10_000, 100_000))
        if given.peers:
            scripts = environment(root / "peers", "checkov")
            version = subprocess.run(
                [str(scripts / "checkov"), "--version"], capture_output=True, text=True, check=True
            ).stdout.strip()
            print(f"\n| tree | iac-check | Checkov {version} | ratio | ours | theirs |")
            print("|---|---|---|---|---|---|")
            for tree in (*made[1:], *given.trees):
                bench.peer(scripts, tree, given.peer_limit)


if __name__ == "__main__":
    main()

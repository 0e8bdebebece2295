"""`python -m benchmarks [TREE ...]`: ratios, side by side in one run, as a Markdown table.

Times are medians of seven runs with a warm file cache; each run of ours takes turns with one of
its yardstick, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import trees

RUNS = 7
NEEDLES = r"aws_backup_vault|AWS::Backup::"
OURS = [sys.executable, "-m", "iac_check", "--format", "concise", "--no-config"]
PASS = [sys.executable, "-c", "pass"]
VAULT = 'resource "aws_kms_key" "k" {}\nresource "aws_backup_vault" "v" {\n  kms_key_arn = %s\n}\n'


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def compared(ours: list[str], yardstick: list[str]) -> tuple[float, float]:
    """Medians of ours and of the yardstick, in seconds."""
    pairs = [(seconds(ours), seconds(yardstick)) for _ in range(RUNS + 1)][1:]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def row(name: str, ours: list[str], what: str, yardstick: list[str]) -> None:
    mine, other = compared(ours, yardstick)
    print(f"| {name} | {mine:.3f} s | {what} {other:.3f} s | {mine / other:.1f} × |", flush=True)


def grep(tree: Path) -> list[str]:
    return ["grep", "-rlE", NEEDLES, str(tree)]


def checkov(command: str, tree: Path, limit: int) -> None:
    """One run of Checkov with its own rule alone; it is too slow for seven."""
    mine = statistics.median(seconds([*OURS, str(tree)]) for _ in range(3))
    start = time.perf_counter()
    try:
        subprocess.run(
            [command, "-d", str(tree), "-c", "CKV_AWS_166", "--compact", "--quiet"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=limit,
        )
        taken, mark = time.perf_counter() - start, ""
    except subprocess.TimeoutExpired:
        taken, mark = float(limit), "more than "
    beside = f"Checkov {mark}{taken:.0f} s"
    print(f"| {tree.name} | {mine:.3f} s | {beside} | {taken / mine:.0f} × faster |")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("trees", nargs="*", type=Path, help="real trees, measured as well")
    options.add_argument("--checkov", metavar="COMMAND", help="a Checkov to compare with")
    options.add_argument("--checkov-limit", type=int, default=900, metavar="SECONDS")
    given = options.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} CPUs\n")
    print("| run | iac-check | beside | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in (
            ("start-up: no vault", 'resource "aws_s3_bucket" "b" {}\n'),
            ("one vault, plain key", VAULT % "aws_kms_key.k.arn"),
            ("one vault, an expression", VAULT % "1 > 2 ? null : aws_kms_key.k.arn"),
        ):
            one = root / name.replace(" ", "_")
            one.mkdir()
            (one / "main.tf").write_text(text)
            row(name, [*OURS, str(one)], "`python -c pass`", PASS)
        made = []
        for name, (make, files) in trees.TREES.items():
            tree = root / name.split(",")[0].replace(" ", "_")
            make(tree, files)
            made.append(tree)
            row(name, [*OURS, str(tree)], "grep", grep(tree))
        nested = root / "nesting"
        trees.nesting(nested)
        row("200 instances 6 deep, 1,000 vaults", [*OURS, str(nested)], "grep", grep(nested))
        for tree in given.trees:
            row(f"{tree.name}", [*OURS, str(tree)], "grep", grep(tree))
        if given.checkov:
            for tree in (*made[1:], *given.trees):
                checkov(given.checkov, tree, given.checkov_limit)


if __name__ == "__main__":
    main()

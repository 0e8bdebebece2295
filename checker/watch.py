"""What a run is doing and how long its parts take: for --stats, and for a line of progress."""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event, Thread
    from typing import TextIO

PATIENCE = 1.0
"""Seconds that a run may take before its progress is shown."""


class Watch:
    """The parts of one run, in their order, and what was counted in them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.notes: list[str] = []
        """What a user may wonder about, such as why this run takes longer than the next."""
        self._doing = ""
        self._since = perf_counter()
        self._done: Callable[[], str] = str

    def begin(self, part: str, done: Callable[[], str] = str) -> None:
        """A part begins, and the one before it ends. `done` says in words how far it is."""
        now = perf_counter()
        if self._doing:
            self.seconds[self._doing] = self.seconds.get(self._doing, 0.0) + now - self._since
        self._doing, self._since, self._done = part, now, done

    def progress(self) -> str:
        """What is being done now, in words."""
        return f"{self._doing} {self._done()}".strip()

    def table(self) -> str:
        """Milliseconds of each part, then the counts, one a line."""
        rows = [(part, f"{seconds * 1000:.1f} ms") for part, seconds in self.seconds.items()]
        rows += [(what, f"{count:,}") for what, count in self.counts.items()]
        width = max(len(name) for name, _ in rows)
        return "".join(f"{name:<{width}}  {value:>12}\n" for name, value in rows)


class Progress:
    """A line on a terminal that tells what a run is doing, once it takes longer than PATIENCE."""

    def __init__(self, watch: Watch, out: TextIO | None) -> None:
        self._watch = watch
        self._out = out
        self._stop: Event | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> None:
        if self._out is not None and self._out.isatty():
            from threading import Event, Thread

            self._stop = Event()
            self._thread = Thread(target=self._show, args=(self._stop, self._out), daemon=True)
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        if self._stop is not None and self._thread is not None:
            self._stop.set()
            self._thread.join()

    def _show(self, stop: Event, out: TextIO) -> None:
        if stop.wait(PATIENCE):
            return
        while not stop.wait(0.1):
            out.write(f"\r\x1b[K{self._watch.progress()[:78]}")
            out.flush()
        out.write("\r\x1b[K")
        out.flush()

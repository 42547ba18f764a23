"""Shows on stderr how far an import has come: a bar at a terminal, else a line now and then."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Use it as a context, and tell it after each batch."""

    def __init__(self, *, total: int, done: int) -> None:
        self._total = total
        self._said_at = time.monotonic()
        self._bar: Bar | None = None
        if sys.stderr.isatty():
            self._bar = Bar(
                BarColumn(),
                TaskProgressColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task("", total=total, completed=done)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def move(self, row: int, stored: int, duplicates: int, failed: int) -> None:
        said = f"{stored:,} stored, {duplicates:,} duplicates, {failed:,} failed"
        if self._bar is not None:
            self._bar.update(self._task, completed=row, description=said)
        elif time.monotonic() - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._said_at = time.monotonic()
            print(f"  {row:,} of {self._total:,} rows: {said}", file=sys.stderr, flush=True)

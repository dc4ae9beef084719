"""The wish to end a run: set by a signal, asked for between two reports."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Stopping:
    """Says whether the run is to end, and by which signal."""

    signal: int | None = None

    def __call__(self) -> bool:
        """Say whether the run is to end."""
        return self.signal is not None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let SIGTERM and the first SIGINT end the run after what it is at; a second SIGINT interrupts at once."""
        wanted = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, self._note) for number in wanted]
        try:
            yield
        finally:
            for number, handler in zip(wanted, before, strict=True):
                signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = number

"""What an export tells, kept aside on disk until the file is whole: a million pairs do not have to fit into memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Spool:
    """Lists of plain values, written one after the other, then read in the same order."""

    def __init__(self) -> None:
        # Keys and digests, no text of a report; the file has no name and its owner's mode.
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by ``spool``

    def add(self, values: Sequence[object]) -> None:
        """Keep a list."""
        self._file.write(json.dumps(values) + "\n")

    def __iter__(self) -> Iterator[list[object]]:
        """Yield every list that was kept."""
        self._file.seek(0)
        return map(json.loads, self._file)

    def close(self) -> None:
        """Drop what was kept."""
        self._file.close()


@contextmanager
def spool() -> Iterator[Spool]:
    """Give an empty spool, gone after the block."""
    kept = Spool()
    try:
        yield kept
    finally:
        kept.close()

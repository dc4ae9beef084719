"""What was worked out of a word form, remembered for the next report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# A year of reports has fewer different word forms than this.
_MOST = 200_000


class Remembered(dict[str, T]):
    """What a function gives for each word form, worked out at its first use; all is forgotten where it gets too much.

    A plain dictionary is looked into from C, and without keeping account of what was asked last, which counts at a call
    for every token of every report.
    """

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, form: str) -> T:
        if len(self) >= _MOST:
            self.clear()
        found = self[form] = self._function(form)
        return found

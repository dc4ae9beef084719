"""Columns of text that fit a width: folded where they must be, one field a line where even that is too wide; pure.

A table library takes a second for a thousand rows, which is all the time that a query has.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

_GAPS = ("  ", " ")
# A column narrower than this cannot be read, unless it holds no more; a longer word is cut.
_NARROWEST, _LONGEST_WORD = 4, 16
# A cell of more lines is a passage that nobody reads in a column.
_MOST_LINES = 8


def table_lines(heading: Sequence[str], rows: Sequence[Sequence[str]], room: int | None) -> Iterator[str]:
    """Yield the lines of a table that is no wider than ``room`` characters; without room nothing is folded."""
    natural = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    fitted = _fitted(natural, [heading, *rows], room)
    if fitted is None:
        yield from _records(heading, rows, room or 0)
        return
    gap, widths = fitted
    for row in (heading, *rows):
        yield from _row_lines(row, widths, gap)


def _fitted(
    natural: Sequence[int], rows: Sequence[Sequence[str]], room: int | None
) -> tuple[str, Sequence[int]] | None:
    """Give the gap and the widths of the columns, None where the narrowest that can be read are too wide."""
    if room is None or sum(natural) + len(_GAPS[0]) * (len(natural) - 1) <= room:
        return _GAPS[0], natural
    least = [_least(column) for column in zip(*rows, strict=True)]
    for gap in _GAPS:
        free = room - len(gap) * (len(natural) - 1)
        if sum(least) <= free:
            widths = _shared(natural, least, free)
            readable = all(n <= width * _MOST_LINES for n, width in zip(natural, widths, strict=True))
            return (gap, widths) if readable else None
    return None


def _least(column: Sequence[str]) -> int:
    words = (len(word) for cell in column for word in cell.split())
    return max(min(max(words, default=0), _LONGEST_WORD), min(_NARROWEST, max(map(len, column))))


def _shared(natural: Sequence[int], least: Sequence[int], free: int) -> list[int]:
    """Give widths between the least and the natural ones that fill what is free: the widest columns give way first."""
    low, high = 0, max(natural)
    while low < high:
        most = (low + high + 1) // 2
        if sum(max(at_least, min(width, most)) for width, at_least in zip(natural, least, strict=True)) <= free:
            low = most
        else:
            high = most - 1
    return [max(at_least, min(width, low)) for width, at_least in zip(natural, least, strict=True)]


def _row_lines(row: Sequence[str], widths: Sequence[int], gap: str) -> Iterator[str]:
    cells = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
    for pieces in zip_longest(*cells, fillvalue=""):
        yield gap.join(piece.ljust(width) for piece, width in zip(pieces, widths, strict=True)).rstrip()


def _folded(cell: str, width: int) -> list[str]:
    return [cell] if len(cell) <= width else textwrap.wrap(cell, width)


def _records(heading: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """Yield one line a field, a blank line between two rows; fields without a value are left out."""
    margin = max(map(len, heading)) + len(_GAPS[0])
    for number, row in enumerate(rows):
        if number:
            yield ""
        for name, cell in zip(heading, row, strict=True):
            pieces = textwrap.wrap(cell, max(room - margin, _LONGEST_WORD))
            for label, piece in zip_longest([name], pieces, fillvalue=""):
                if piece:
                    yield f"{label:{margin}}{piece}"

"""Lines of a table whose encoding is not told, without reading it whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pv.text.decoding import byte_order_mark, unmarked_utf_16

_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a table, such that a cell's bytes can be had again from its characters.

    Encodings that extend ASCII are read byte for byte, one character each, and every cell is decoded by itself: a table
    may be put together from several systems. UTF-16 and UTF-32 are decoded here, and ``encoding`` says which it was.
    """

    stream: io.TextIOWrapper
    encoding: tuple[str, bool] | None

    def raw(self, cell: str) -> bytes:
        """Give the bytes of a cell, to be decoded; UTF-8 where the table's encoding is known."""
        return cell.encode("utf-8", "surrogatepass") if self.encoding else cell.encode("latin-1")

    def bounded(self, longest: int) -> Iterator[str | None]:
        """Yield the lines with their ends; None in place of one that is longer than so many characters."""
        while line := self.stream.readline(longest):
            if len(line) < longest or line.endswith("\n"):
                yield line
                continue
            while (rest := self.stream.readline(longest)) and not rest.endswith("\n"):
                pass
            yield None


def lines_of(stream: io.BufferedReader, newline: str) -> Lines:
    """Look at the first bytes of a stream and give its lines; ``newline`` is that of io.TextIOWrapper."""
    sample = stream.peek(_SAMPLE)[:_SAMPLE]
    mark, encoding = byte_order_mark(sample)
    if mark:
        stream.read(len(mark))
    if encoding and encoding != "utf-8":
        return Lines(io.TextIOWrapper(stream, encoding, newline=newline), (encoding, False))
    encoding = unmarked_utf_16(sample[: len(sample) // 2 * 2])
    if encoding:
        return Lines(io.TextIOWrapper(stream, encoding, newline=newline), (encoding, True))
    return Lines(io.TextIOWrapper(stream, "latin-1", newline=newline), None)

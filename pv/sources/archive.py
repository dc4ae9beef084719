"""What a zip archive holds: reports, tables of reports, and archives within it, all within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from pv.errors import TooLargeError
from pv.sources.expansion import Budget, counted, damage_told

_MOST_ENTRIES = 200_000
# The list of entries is read whole before the first of them; this much holds the entries allowed and their names.
_LARGEST_LIST = 40_000_000
_DEEPEST = 3
# End of central directory, and its 64-bit locator and record: PKWARE's APPNOTE.TXT, sections 4.3.14 to 4.3.16.
_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_LONGEST_COMMENT = 65_535


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path there, and how to read it, once, before the next is asked for."""

    name: str
    stream: io.BufferedReader


def members(stream: BinaryIO, budget: Budget, depth: int) -> Iterator[Member]:
    """Yield the files of an archive in their order, folders and links aside; ``depth`` is 1 for the outermost.

    Raises TooLargeError beyond the bounds on entries, nesting and expansion, UnreadableError for what is damaged.
    """
    if depth > _DEEPEST:
        raise TooLargeError(f"archives within archives, more than {_DEEPEST} deep")
    with damage_told():
        _refuse_endless(stream)
        archive = zipfile.ZipFile(stream)
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise TooLargeError(f"{len(entries):,} entries, more than the {_MOST_ENTRIES:,} allowed")
    with archive:
        for entry in entries:
            if not entry.is_dir():
                yield Member(entry.filename, counted(cast("BinaryIO", _Late(archive, entry)), budget))


class _Late:
    """A member that is opened when it is first read: one that cannot be opened harms no other."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        self._archive, self._entry = archive, entry
        self._opened: BinaryIO | None = None

    def read(self, size: int) -> bytes:
        """Give the next bytes."""
        with damage_told():
            if self._opened is None:
                self._opened = cast("BinaryIO", self._archive.open(self._entry))
            return self._opened.read(size)


def _refuse_endless(stream: BinaryIO) -> None:
    """Raise TooLargeError where the list of entries would not fit into memory, before it is read."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT - _LOCATOR_SIZE)
    stream.seek(start)
    tail = stream.read()
    end = tail.rfind(_END)
    if end >= 0 and len(tail) - end >= _END_SIZE:
        listed: int = struct.unpack_from("<L", tail, end + 12)[0]
        locator = end - _LOCATOR_SIZE
        if locator >= 0 and tail.startswith(_LOCATOR, locator):
            stream.seek(struct.unpack_from("<Q", tail, locator + 8)[0] + 40)
            listed = max(listed, *struct.unpack("<Q", stream.read(8).ljust(8, b"\xff")))
        if listed > _LARGEST_LIST:
            raise TooLargeError("an archive with more entries than are read")
    stream.seek(0)

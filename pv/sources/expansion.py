"""Compressed content, read within bounds: what is small on the disk may be endless in memory."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from pv.errors import TooLargeError, UnreadableError

# A text is rarely compressed to less than a twentieth; a bomb to a thousandth.
_MOST_TIMES = 100
# So much may come out of a small file, whatever its ratio.
_FREE = 100_000_000
_BUFFER = 1 << 16
# ValueError and struct.error: names and fields that zipfile decodes without a look at them first.
_DAMAGE = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, struct.error, ValueError)


class Budget:
    """How many bytes may still come out of one compressed file, all that it holds together."""

    def __init__(self, compressed: int, free: int = _FREE) -> None:
        self._left = max(free, _MOST_TIMES * compressed)

    @classmethod
    def unbounded(cls) -> Budget:
        """Give a budget for what is not compressed."""
        return cls(0, free=sys.maxsize)

    @property
    def spent(self) -> bool:
        """Say whether more came out than is allowed: nothing more of the file is to be read."""
        return self._left < 0

    def take(self, size: int) -> None:
        """Count bytes that came out; raises TooLargeError where they are too many."""
        self._left -= size
        if self.spent:
            raise TooLargeError(
                f"it expands to more than {_MOST_TIMES} times its size, as a bomb does; unpack it by hand if it is none"
            )


class _Counted(io.RawIOBase):
    """A stream whose bytes are taken from a budget."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer)).cast("B")
        data = self._stream.read(len(view))
        self._budget.take(len(data))
        view[: len(data)] = data
        return len(data)


def counted(stream: BinaryIO, budget: Budget) -> io.BufferedReader:
    """Give a stream that can be looked ahead in, and that ends with TooLargeError when the budget is spent."""
    return io.BufferedReader(_Counted(stream, budget), _BUFFER)


def gunzipped(stream: BinaryIO, budget: Budget) -> io.BufferedReader:
    """Give what a gzip file holds, within the budget."""
    return counted(cast("BinaryIO", gzip.GzipFile(fileobj=stream)), budget)


def read_bounded(stream: BinaryIO, max_bytes: int) -> bytes:
    """Read a stream to its end; raises TooLargeError where it holds more bytes than allowed."""
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLargeError(f"more than the {max_bytes:,} bytes allowed; see --max-megabytes")
    return data


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn what the libraries raise for damaged, encrypted or vanished content into UnreadableError."""
    try:
        yield
    except _DAMAGE as error:
        raise UnreadableError(f"damaged or cut off ({type(error).__name__}): fetch it again") from None
    except NotImplementedError:
        raise UnreadableError("compressed in a way that is not read: use the ordinary method (deflate)") from None
    except RuntimeError:
        raise UnreadableError("protected by a password: deliver it without one") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or type(error).__name__}") from None

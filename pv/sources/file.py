"""One file that is one report."""

from __future__ import annotations

from pathlib import Path

from pv.errors import TooLargeError, UnreadableError
from pv.text.decoding import Decoded, decode


def load_file(path: Path, max_bytes: int) -> Decoded:
    """Read and decode one file; raises InputError with a reason that holds neither its name nor its text."""
    decoded = decode(read_bytes(path, max_bytes))
    if not decoded.text.strip():
        raise UnreadableError("empty: no text in it")
    return decoded


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Give what a file holds; raises InputError for what is no file, too large, or cannot be read."""
    try:
        if not path.is_file():
            raise UnreadableError("no regular file" if path.exists() else "gone, or a link that leads nowhere")
        size = path.stat().st_size
        if size > max_bytes:
            raise TooLargeError(f"{size:,} bytes, more than the {max_bytes:,} allowed; see --max-megabytes")
        with path.open("rb") as handle:
            data = handle.read(max_bytes + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if len(data) > max_bytes:
        raise TooLargeError(f"more than the {max_bytes:,} bytes allowed; see --max-megabytes")
    return data

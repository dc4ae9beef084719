"""One file that is one report."""

from __future__ import annotations

from pathlib import Path

from pv.errors import TooLargeError, UnreadableError
from pv.sources.content import load_bytes
from pv.sources.expansion import read_bounded
from pv.text.decoding import Decoded


def load_file(path: Path, max_bytes: int) -> Decoded:
    """Read one file and give its text; raises InputError with a reason that holds neither its name nor its text."""
    return load_bytes(read_bytes(path, max_bytes), path.name, max_bytes)


def refuse_no_file(path: Path) -> None:
    """Raise UnreadableError for a pipe or a device, whose reading might never end, and for what is not there."""
    if not path.is_file():
        raise UnreadableError("no regular file" if path.exists() else "gone, or a link that leads nowhere")


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Give what a file holds; raises InputError for what is no file, too large, or cannot be read."""
    try:
        refuse_no_file(path)
        size = path.stat().st_size
        if size > max_bytes:
            raise TooLargeError(f"{size:,} bytes, more than the {max_bytes:,} allowed; see --max-megabytes")
        with path.open("rb") as handle:
            return read_bounded(handle, max_bytes)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error

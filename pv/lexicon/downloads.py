"""Reading of the reference files that users download themselves: some in UTF-8, some in Windows-1252."""

from __future__ import annotations

from pathlib import Path

from pv.errors import LexiconError


def read_download(path: Path) -> str:
    """Give the text of a file, UTF-8 with or without its mark, else Windows-1252. Raises LexiconError with the path."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); download it from its publisher") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")

"""The text layer of a PDF document."""

from __future__ import annotations

import io
import logging
import unicodedata
from typing import TYPE_CHECKING

from pv.errors import InputError, TooLargeError, UnreadableError

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_PAGES = 2_000
# One glyph for two letters, as typesetters set them: a drug is looked up by its letters.
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}


def extract(data: bytes, max_bytes: int) -> str:
    """Give the text of all pages, composed (é is one character), ligatures of print written as letters.

    Raises UnreadableError for what is no PDF, has no text layer or needs a password, and where the extra is missing;
    TooLargeError where it holds too much.
    """
    try:
        text = _pages(_open(data), max_bytes)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged document makes the library raise nearly anything
        raise UnreadableError(f"no PDF, or a damaged one ({type(error).__name__}): fetch it again") from None
    if not text.strip():
        raise UnreadableError("a PDF without a text layer, as a scanner makes: run text recognition on it first")
    return unicodedata.normalize("NFC", text.translate(_LIGATURES))


def _open(data: bytes) -> PdfReader:
    # What the library finds odd in a file it logs, and might quote.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        from pypdf import PdfReader
    except ImportError:
        raise UnreadableError("a PDF needs the extra: pip install 'pv[documents]'") from None
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError("a PDF protected by a password: deliver it without one")
    return reader


def _pages(reader: PdfReader, max_bytes: int) -> str:
    if len(reader.pages) > _MOST_PAGES:
        raise TooLargeError(f"{len(reader.pages):,} pages, more than the {_MOST_PAGES:,} that are read")
    pages: list[str] = []
    size = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        size += len(pages[-1])
        if size > max_bytes:
            raise TooLargeError(f"more than the {max_bytes:,} characters allowed; see --max-megabytes")
    return "\n".join(pages)

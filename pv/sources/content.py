"""The text of one report from its bytes, whatever the format."""

from __future__ import annotations

import io
from collections.abc import Callable

from pv.errors import TooLargeError, UnreadableError
from pv.sources import pdf, word
from pv.sources.expansion import Budget, damage_told, gunzipped, read_bounded
from pv.sources.formats import Format, format_of, is_gzip
from pv.text.decoding import Decoded, decode

_EXTRACT: dict[Format, Callable[[bytes, int], str]] = {Format.WORD: word.extract, Format.PDF: pdf.extract}
# A whole stay's letters are a tenth of it; ten times as much would keep a core busy for many minutes. Who raises the
# bound on bytes to ten times the usual has longer ones read.
_MOST_CHARACTERS, _BYTES_OF_A_LONG_ONE = 2_000_000, 10
_RICH_TEXT = b"{\\rtf"


def load_bytes(data: bytes, name: str, max_bytes: int) -> Decoded:
    """Give the text of one report; the ending of the name tells its format, and whether it is compressed.

    Raises InputError with a reason that holds neither its name nor its text.
    """
    if is_gzip(name):
        with damage_told():
            data = read_bounded(gunzipped(io.BytesIO(data), Budget(len(data))), max_bytes)
    return ready(_decoded(data, format_of(name), max_bytes), max_bytes)


def ready(decoded: Decoded, max_bytes: int) -> Decoded:
    """Give a text as it is; raises InputError where it is empty, or too long to be a report."""
    most = max(_MOST_CHARACTERS, max_bytes // _BYTES_OF_A_LONG_ONE)
    if len(decoded.text) > most:
        raise TooLargeError(
            f"{len(decoded.text):,} characters, more than the {most:,} that are read: no report is so long; "
            "split what holds several, or see --max-megabytes"
        )
    if len(decoded.text) > max_bytes:
        raise TooLargeError(
            f"{len(decoded.text):,} characters, more than the {max_bytes:,} allowed; see --max-megabytes"
        )
    if not decoded.text.strip():
        raise UnreadableError("empty: no text in it")
    return decoded


def _decoded(data: bytes, form: Format | None, max_bytes: int) -> Decoded:
    if form in _EXTRACT and data:
        return Decoded(_EXTRACT[form](data, max_bytes), form.value, assumed=False)
    if data.startswith(_RICH_TEXT):
        raise UnreadableError("rich text (RTF), which is not read: save it as plain text or .docx")
    return decode(data)

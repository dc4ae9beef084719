"""Decoding of a report's bytes: Unicode first, then the single-byte encodings that French hospital systems write."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pv.errors import UnreadableError

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Controls other than tab, line feed, form feed, carriage return and the old end-of-file sign of DOS.
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\x0b\x0c\r\x1a") + b"\x7f"
_CONTROL_SIGNS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_HALVES = re.compile(r"[\ud800-\udfff]")
# Of text, at most this share is control characters; a stray one from an old printer stream does no harm.
_MOST_CONTROLS = 0.01
# Of text without a mark in UTF-16, at least this share of one of the two bytes is zero.
_FEWEST_ZEROS = 0.6
_SAMPLE = 4096
# Bytes that French writes in Windows-1252 (œ Œ € Ÿ, quotes, dashes, ellipsis ...) and that are controls in ISO 8859.
_ONLY_CP1252 = re.compile(rb"[\x80-\x9f]")
# Bytes that Windows-1252 leaves undefined, or that in it are signs and not letters inside a word (é is 82 in DOS, 8E on
# the Macintosh): the text is in one of the older encodings.
_NEITHER = re.compile(rb"[\x81\x8d\x8f\x90\x9d]|[A-Za-z][\x82\x85\x87\x88\x8a\x8e][a-z]")
_OLDER = ("cp850", "mac_roman")
# ½ or ¼ within a word, or before the letters that follow œ at a word's start, is œ or Œ in ISO 8859-15; ¤ is the euro.
_LATIN9 = re.compile(
    rb"(?<=[A-Za-z])[\xbc\xbd](?=[a-zA-Z\xc0-\xff])|(?<![\w\xc0-\xff])[\xbc\xbd](?=[disnuDISNU][a-zA-Z\xc0-\xff])|\xa4"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was read in, and whether that was assumed and not proved by the bytes."""

    text: str
    encoding: str
    assumed: bool


def decode(data: bytes) -> Decoded:
    """Give the text of the bytes, ends of lines untouched and a byte order mark removed.

    Raises UnreadableError where the content is not text; the message holds nothing of it.
    """
    mark, encoding = byte_order_mark(data)
    if mark:
        return _strict(data[len(mark) :], encoding)
    if b"\0" in data:
        return _without_mark(data)
    if len(data) - len(data.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(data):
        raise _binary()
    try:
        return Decoded(data.decode("utf-8"), "utf-8", assumed=False)
    except UnicodeDecodeError:
        return _single_byte(data)


def byte_order_mark(data: bytes) -> tuple[bytes, str]:
    """Give the mark that the bytes begin with, and its encoding; both empty where there is none."""
    return next(((mark, encoding) for mark, encoding in _BOMS if data.startswith(mark)), (b"", ""))


def unmarked_utf_16(sample: bytes) -> str:
    """Give which UTF-16 a text without a mark is in, by where its zero bytes stand; empty where it is none."""
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = sample[offset::2], sample[1 - offset :: 2]
        if high.count(0) >= _FEWEST_ZEROS * len(high) > 0 and low.count(0) * 20 <= len(low):
            return encoding
    return ""


def refuse_binary(text: str) -> None:
    """Raise UnreadableError for characters that no report holds: zeros, many controls, halves of a character."""
    if "\0" in text or len(_CONTROL_SIGNS.findall(text)) > _MOST_CONTROLS * len(text) or _HALVES.search(text):
        raise _binary()


def _strict(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"the content begins with the mark of {encoding} but is not valid at byte {error.start}; "
            "the file is damaged or cut: fetch it again, or save it as UTF-8"
        ) from None
    if len(_CONTROL_SIGNS.findall(text)) > _MOST_CONTROLS * len(text):
        raise _binary()
    return Decoded(text, encoding, assumed=False)


def _without_mark(data: bytes) -> Decoded:
    """Read content with zero bytes: UTF-16 without a mark, or no text at all."""
    encoding = unmarked_utf_16(data[:_SAMPLE])
    if not encoding or len(data) % 2:
        raise _binary()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise _binary() from None
    if len(_CONTROL_SIGNS.findall(text)) > _MOST_CONTROLS * len(text):
        raise _binary()
    return Decoded(text, encoding, assumed=True)


def _single_byte(data: bytes) -> Decoded:
    """Read text of one byte a character: Windows-1252 or ISO 8859-15 or, where letters stand amiss, an older one."""
    encoding = "cp1252"
    if _NEITHER.search(data):
        guess = from_bytes(data[: 16 * _SAMPLE], cp_isolation=list(_OLDER)).best()
        encoding = guess.encoding if guess else _OLDER[0]
    elif _LATIN9.search(data) and not _ONLY_CP1252.search(data):
        encoding = "iso-8859-15"
    return Decoded(data.decode(encoding), encoding, assumed=True)


def _binary() -> UnreadableError:
    return UnreadableError("the content is binary, not text; give plain text (convert PDF or Word documents first)")

"""Sentences of French clinical text: running prose, lists, headings and rows of results, found in one linear scan.

A stop ends a sentence unless it belongs to an abbreviation, an initial, a date or the number of a list item. A line
break ends one unless the line was wrapped there: hospital notes put a statement on each line without a final stop.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pv.model import Sentence
from pv.text.abbreviations import Abbreviations, chunk_start, is_abbreviation, is_initial, load_abbreviations

__all__ = ["Abbreviations", "load_abbreviations", "split_sentences"]

_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]"
# A break of lines; a run of stops with its closing signs before white space; a stop glued to a capitalised word. One
# set of signs stands first, so that the scan leaps from one to the next.
_CANDIDATE = re.compile(
    r"[.!?…\n\r\f\x85\u2028\u2029](?:"
    r"(?<=\s)\s*+"
    r"|(?<=[.!?…])(?<![.!?…]{2})(?:"
    r"[.!?…]*+(?:[ \u00a0\u202f]?»|[”\")\]])*+(?=\s|\Z)"
    rf"|(?<=[^\W\d_][^\W\d_]\.)(?={_CAPITALISED})|(?<=[^\W\d_]\)\.)(?={_CAPITALISED})))"
)
_STOPS = ".!?…"
_INDENTATION = " \t\u00a0\u202f"
_END_OF_LINE = re.compile(r"[\n\r\f\x85\u2028\u2029]")
_BLANK = re.compile(r"\s*")
_BULLET = re.compile(
    r"[-–—•·*▪■●◦○►▶➢➤✓✔→⇒§#]\s*(?=\S)|o\s(?=\s*[A-ZÀ-Þ])|(?:\(?\d{1,2}\s?°?[)/]|\d{1,2}[°-]|\(?[a-z]\))\s"
)
_NUMBER_ITEM = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4})\.\s+(?=\D)")
_ITEM_LABEL = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4}|[A-Za-z])\Z")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]\Z")
_SPACED_DATE = re.compile(r"(?<!\d)\d{1,2}\.\s\d{1,2}\.\s?(?:\d{4}|\d{2})(?!\d)")
_CELLS = re.compile(r"\t|\S\s*\||\S\s{3,}\S.*\S\s{3,}\S")
_DIGIT = re.compile(r"\d")
_UNIT = re.compile(r"[%‰]|[a-zµμ]{1,5}\s?/\s?[a-zA-Z]")
# A title with a colon, or in capitals, is no longer than this (characters).
_LONGEST_HEADING = 60
# Narrower text than this (characters) is a list of short statements, not wrapped prose ...
_NARROWEST = 40
# ... and one break alone, or a capital after it, is taken for wrapping only in text of ordinary width.
_ORDINARY = 60


def split_sentences(text: str, abbreviations: Abbreviations) -> list[Sentence]:
    """Give the sentences of the text, in order and without surrounding white space; nothing else is left out."""
    sentences: list[Sentence] = []
    lines = _Lines(text, abbreviations)
    start = _skip_blank(text, 0)
    for candidate in _CANDIDATE.finditer(text):
        at, after = candidate.span()
        if text[at] in _STOPS:
            following = _skip_blank(text, after)
            if start < at and _stop_ends(text, at, after, following, start, abbreviations):
                sentences.append(Sentence(start, after))
                start = following
        elif lines.break_ends(at, after, start) and start < at:
            sentences.append(_stripped(text, start, at))
            start = after
    if start < len(text):
        sentences.append(_stripped(text, start, len(text)))
    return sentences


def _stripped(text: str, start: int, end: int) -> Sentence:
    while text[end - 1].isspace():
        end -= 1
    return Sentence(start, end)


def _skip_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _stop_ends(text: str, at: int, after: int, following: int, start: int, abbreviations: Abbreviations) -> bool:
    """Tell whether the run of stops ``text[at:after]`` ends the sentence that began at ``start``.

    What follows it begins at ``following``.
    """
    if following == len(text):
        return True
    next_char = text[following]
    if next_char in ",;:)]" or (next_char in _STOPS and following > after):
        return False
    stops = text[at:after].rstrip('»”")] \u00a0\u202f')
    if stops != ".":
        if set(stops) <= {".", "…"}:
            return next_char.isupper() or not next_char.isalnum()
        return not next_char.islower()
    chunk_at = chunk_start(text, at)
    chunk = text[chunk_at:at]
    if not chunk:
        return True
    if chunk_at == start and _ITEM_LABEL.match(chunk):
        return False
    if chunk.isdigit():
        return not _in_spaced_date(text, at)
    return not (
        is_abbreviation(text, chunk_at, at, next_char, abbreviations)
        or is_initial(text, chunk_at, chunk, next_char, abbreviations)
        or (not next_char.isupper() and _ACRONYM.match(chunk) is not None)
    )


def _in_spaced_date(text: str, at: int) -> bool:
    found = _SPACED_DATE.search(text, max(0, at - 7), at + 10)
    return found is not None and found.start() < at < found.end()


class _Lines:
    """The physical lines around each break, and the width to which a block of them was wrapped."""

    def __init__(self, text: str, abbreviations: Abbreviations) -> None:
        self._text = text
        self._abbreviations = abbreviations
        self._block_end = -1
        self._width = 0
        self._breaks = 0
        self._wrapped = 0
        self._break = (0, 0)

    def break_ends(self, at: int, after: int, start: int) -> bool:
        """Tell whether the break of lines ``text[at:after]`` ends the sentence that began at ``start``."""
        break_above, self._break = self._break, (at, after)
        text = self._text
        if start >= at or after == len(text):
            return True
        first = text[after]
        new_paragraph = text.count("\n", at, after) > 1 or text.count("\r", at, after) > 1
        # Only what begins in lower case or with a unit may go on in a new paragraph.
        if new_paragraph and not first.islower() and first not in "%‰":
            return True
        line_start = self._start_of_line(*break_above)
        line = text[line_start:at].rstrip()
        following = text[after : self._end_of_line(after)].rstrip()
        if new_paragraph:
            return self._paragraph_ends(line, following)
        return self._line_ends(line, following, line_start)

    def _start_of_line(self, at: int, after: int) -> int:
        """Give where the line that follows a break begins, its indentation included."""
        return at + len(self._text[at:after].rstrip(_INDENTATION))

    def _end_of_line(self, at: int) -> int:
        found = _END_OF_LINE.search(self._text, at)
        return found.start() if found else len(self._text)

    def _unfinished(self, line: str, following: str) -> bool:
        """Tell whether the line stops where no sentence does: after an article, a preposition, some commas."""
        if line[-1] == ",":
            return not following[0].isupper()
        if line[-1] in "('’" or (line[-1] == "-" and line[-2:-1].isalpha()):
            return True
        return line[chunk_start(line, len(line)) :] in self._abbreviations.before_line

    def _paragraph_ends(self, line: str, following: str) -> bool:
        first = following[0]
        if line[-1].isdigit() and _UNIT.match(following):
            return False
        return not (first.islower() and self._unfinished(line, following)) or _starts_item(following)

    def _line_ends(self, line: str, following: str, line_start: int) -> bool:
        first, last = following[0], line[-1]
        if first in ",;:.)]»":
            return False
        if _starts_item(following) and not (first.isdigit() and self._unfinished(line, following)):
            return True
        if _is_row(line) or _is_row(following):
            return True
        if self._unfinished(line, following):
            return False
        if _is_heading(following) or last == ";":
            return True
        if last in _STOPS and first.isupper():
            # A single stop before a capital was found to belong to an abbreviation.
            return last != "."
        if _is_heading(line):
            return True
        return not self._was_wrapped(line, following, line_start)

    def _was_wrapped(self, line: str, following: str, line_start: int) -> bool:
        """Tell whether the next word went to a new line only because it would not have fitted on this one."""
        if line_start > self._block_end:
            self._measure_block(line_start)
        if not _would_overflow(line, following, self._width) or 2 * self._wrapped < self._breaks:
            return False
        if following[0].isupper():
            return self._breaks > 2 and self._width >= _ORDINARY and 4 * self._wrapped >= 3 * self._breaks
        return self._width >= (_NARROWEST if self._breaks > 1 else _ORDINARY)

    def _measure_block(self, start: int) -> None:
        """Measure the lines from ``start`` to the next blank one: their width, their breaks, how many are wrapped."""
        lines: list[str] = []
        at = start
        while at < len(self._text):
            end = self._end_of_line(at)
            line = self._text[at:end].rstrip()
            if not line:
                break
            lines.append(line)
            at = end + (2 if self._text.startswith("\r\n", end) else 1)
        self._block_end = at - 1
        self._width = max((len(x) for x in lines), default=0)
        self._breaks = self._wrapped = 0
        for line, following in pairwise(lines):
            if line[-1] not in ".!?:;" and not _starts_item(following.lstrip()):
                self._breaks += 1
                self._wrapped += _would_overflow(line, following.lstrip(), self._width)


def _would_overflow(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(None, 1)[0]) > width


def _starts_item(line: str) -> bool:
    return _BULLET.match(line) is not None or _NUMBER_ITEM.match(line) is not None


def _is_heading(line: str) -> bool:
    """Tell whether the line is a title: short and ended by a colon, or all in capitals."""
    if len(line) > _LONGEST_HEADING or not line[0].isupper():
        return False
    return line[-1] == ":" or (len(line) > 3 and line.isupper() and line[-1] not in ".,;" and not _DIGIT.search(line))


def _is_row(line: str) -> bool:
    return _CELLS.search(line) is not None

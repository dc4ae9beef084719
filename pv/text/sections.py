"""Sections: which of the titles found in a report are headings, and how far each heading reaches.

A title is a heading by where it stands: alone on its line, at the start of a line in the way headings are typed, or
inside a line before a colon. What ends a section is the next heading, whatever its category; a heading whose category
reaches no further than its line or paragraph hands back to the section around it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from pv.model import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BODY = "body"
OTHER = "other_heading"
# How far a heading reaches that has text on its own line; one that stands alone always reaches to the next.
EXTENTS = ("section", "paragraph", "line")

# In brackets, so that a split keeps the breaks.
_BREAK = re.compile(r"(\n|\r\n?|\f|\x85|\u2028|\u2029)")
# What may stand before a heading on its line: bullets, a number, marks of emphasis.
_LEAD = re.compile(
    r"((\s*+)[\s\-–—•·*▪■●◦○►▶➢>#_|«\"]*)(?:(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,4}|[A-Za-z])\s?[.)°/-]+)?[\s*_]*\Z"
)
_LONGEST_LEAD = 40
_BULLET = re.compile(r"\s*[-–—•·*▪■●◦○►▶➢]")
# A colon, perhaps after a bracket or a date: "Biologie (CHU) :", "Biologie du 12/03 :".
_COLON = re.compile(
    r"(?:[^\S\n]*\([^)\n]{0,60}\))?(?:[^\S\n]+(?:\w{1,3}[^\S\n]+)?[^\s:]{0,12}\d[^\s:]{0,12})?[\s*_]{0,4}[:=][*_]*"
)
_DASH = re.compile(r"[^\S\n]+[-–—>]+[^\S\n]")
_ALONE = re.compile(r"[\s*_.:#|-]*\Z")
_BARE = re.compile(r"[^\S\n]+(?=\w)")
_JOINT = re.compile(r"\s*[,/&+-]\s*")
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-ZÀ-Þ])")
_UNKNOWN = re.compile(r"\s*([A-ZÀ-ÖØ-Þ][^:.;,\d]{2,40}?)\s*:\s*\Z")
_CAPITALS = re.compile(r"[\s*_]*[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’ /-]{5,50}[\s*_]*\Z")
_MOST_WORDS = 6
# A line longer than this (characters) is a paragraph of several statements; a statement is no longer than that.
_LONG_LINE = 200
_STATEMENT = 60


class _Title(NamedTuple):
    """A title found in the text; ``end`` is that of the run of titles it begins, ``long`` is three tokens or more.

    ``longest`` tells that no longer title begins at the same place.
    """

    category: str
    start: int
    own_end: int
    end: int
    long: bool
    longest: bool


class _Heading(NamedTuple):
    category: str
    start: int
    end: int
    extent: str
    capitals: bool
    sentence: bool = False


def resolve_sections(
    text: str,
    tokens: Sequence[tuple[int, int]],
    matches: Sequence[tuple[int, int, str]],
    extents: Mapping[str, str] | None = None,
) -> list[Section]:
    """Give the sections of the text, in order; each character lies in exactly one.

    ``tokens`` are (start, end) in characters. ``matches`` are titles found anywhere in the text, overlapping or not, as
    (first token, end token, category). ``extents`` gives for a category how far its heading reaches that has text on
    its own line: ``section`` (the default), ``paragraph`` or ``line``.
    """
    page = _Page(text)
    known = _known_headings(page, tokens, matches, extents or {})
    headings = _with_unknown(page, known)
    sections: list[Section] = []
    around, at = BODY, 0
    for heading, following in zip_longest(headings, headings[1:]):
        if heading.start > at:
            sections.append(Section(around, at, at, heading.start))
        at = limit = following.start if following else len(text)
        if heading.extent == "section":
            around = heading.category
        else:
            reached = page.reach(heading, limit)
            at = reached if text[reached:limit].strip() else limit
        sections.append(Section(heading.category, heading.start, page.skip_blank(heading.end, at), at))
    if at < len(text) or not sections:
        sections.append(Section(around, at, at, len(text)))
    return sections


class _Page:
    """A text with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines_and_breaks = _BREAK.split(text)
        offsets = list(accumulate(map(len, lines_and_breaks), initial=0))
        self.lines = lines_and_breaks[::2]
        self.starts = offsets[:-1:2]
        self.ends = offsets[1::2]

    def line(self, at: int) -> int:
        """Give the number of the line that holds the character ``at``."""
        return bisect_right(self.starts, at) - 1

    def opens_paragraph(self, number: int) -> bool:
        """Tell whether a line follows a blank one, or none, and stands above one that is not in capitals."""
        if number and self.lines[number - 1].strip():
            return False
        at = self.skip_blank(self.ends[number], len(self.text))
        below = self.lines[self.line(at)] if at < len(self.text) else ""
        return bool(below) and not below.isupper()

    def skip_blank(self, at: int, limit: int) -> int:
        while at < limit and self.text[at].isspace():
            at += 1
        return at

    def reach(self, heading: _Heading, limit: int) -> int:
        """Give where a heading ends that reaches over its line or paragraph, no further than ``limit``."""
        number = self.line(heading.end)
        end = min(limit, self.ends[number])
        if end - heading.end > _LONG_LINE or heading.sentence:
            return self._end_of_statements(heading.end, end)
        number += 1
        while number < len(self.starts) and self.starts[number] < limit and self._goes_on(heading, number):
            end = min(limit, self.ends[number])
            number += 1
        return end

    def _end_of_statements(self, start: int, end: int) -> int:
        """Give the end of the first sentence and of the short statements after it, in a long line."""
        at = start
        for stop in _SENTENCE_END.finditer(self.text, start, end):
            if at > start and stop.start() - at > _STATEMENT:
                return at
            at = stop.end()
        return at if at > start and end - at > _STATEMENT else end

    def _goes_on(self, heading: _Heading, number: int) -> bool:
        """Tell whether a line belongs to the heading whose line or paragraph stands above it."""
        line = self.lines[number].strip()
        above = self.lines[number - 1].strip()
        if heading.extent == "line":
            return bool(above) and line[:1].islower()
        if not line or (above and not _BULLET.match(line)):
            return True
        return _BULLET.match(line) is not None or (len(line) <= _STATEMENT and line[-1] not in ".!?:")


def _known_headings(
    page: _Page, tokens: Sequence[tuple[int, int]], matches: Sequence[tuple[int, int, str]], extents: Mapping[str, str]
) -> list[_Heading]:
    """Give the titles that are headings, in order; of two that overlap the longer."""
    text = page.text
    # Where the longest title at a place ends, and the run of titles that it begins. From the end of the text, so that
    # the rest of a run is known when its first title comes.
    runs: dict[int, tuple[int, int]] = {}
    found = []
    for first, last, category in sorted(matches, reverse=True):
        start, own_end = tokens[first][0], tokens[last - 1][1]
        end = _joined(page, own_end, runs)
        longest, _ = runs.setdefault(start, (own_end, end))
        number = page.line(start)
        line_start, line_end = page.starts[number], page.ends[number]
        lead = _LEAD.match(text, line_start, start) if start - line_start <= _LONGEST_LEAD else None
        has_colon = text.find(":", end, line_end) >= 0 or text.find("=", end, line_end) >= 0
        colon = _COLON.match(text, end, line_end) if has_colon else None
        if lead or colon:
            title = _Title(category, start, own_end, end, last - first > 2, own_end == longest)
            heading = _heading(page, number, title, lead, colon, extents.get(category, "section"))
            if heading:
                found.append((end - start, start, heading))
    taken: list[_Heading] = []
    reached = -1
    for _, _, heading in _longest(found):
        if heading.start >= reached:
            taken.append(heading)
            reached = heading.end
    return taken


def _longest(found: list[tuple[int, int, _Heading]]) -> list[tuple[int, int, _Heading]]:
    """Give the candidates that lie in no longer one, in the order of the text."""
    found.sort(key=lambda f: (f[1], -f[0]))
    kept: list[tuple[int, int, _Heading]] = []
    for candidate in found:
        while kept and kept[-1][1] + kept[-1][0] > candidate[1] and kept[-1][0] < candidate[0]:
            kept.pop()
        if not kept or kept[-1][1] + kept[-1][0] <= candidate[1]:
            kept.append(candidate)
    return kept


def _joined(page: _Page, end: int, runs: Mapping[int, tuple[int, int]]) -> int:
    """Give the end of a run of titles on one line, such as ``Antécédents / Allergies``, whose first title ends here."""
    joint = _JOINT.match(page.text, end)
    following = runs.get(joint.end()) if joint else None
    if joint is None or following is None or joint.end() > page.ends[page.line(end - 1)]:
        return end
    return following[1]


def _heading(
    page: _Page, number: int, title: _Title, lead: re.Match[str] | None, colon: re.Match[str] | None, extent: str
) -> _Heading | None:
    """Give the heading that a title is where it stands, in the line of that number, or None.

    ``lead`` is what stands before it where that may stand before a heading, ``colon`` the colon behind it.
    """
    text, category, start, end = page.text, title.category, title.start, title.end
    line_end = page.ends[number]
    words = text[start : title.own_end]
    capitals = words.isupper() and sum(c.isalpha() for c in words) > 2
    if not lead:
        if not colon or not (capitals or _opens_inline(text, start)):
            return None
        return _Heading(category, start, colon.end(), extent, capitals)
    lead_start = lead.end(2)
    if _ALONE.match(text, end, line_end):
        return _Heading(category, lead_start, line_end, "section", capitals)
    mark = colon or (_DASH.match(text, end, line_end) if words[0].isupper() else None)
    if mark:
        bulleted = bool(lead.group(1).strip('"«*_#|> \t'))
        alone = not text[mark.end() : line_end].strip()
        reach = "section" if alone else "line" if bulleted else extent
        return _Heading(category, lead_start, mark.end(), reach, capitals)
    if not title.longest or not words[0].isupper():
        return None
    if _UNKNOWN.match(page.lines[number]):
        # A known title with more words to it: "Examen du genou :".
        return _Heading(category, lead_start, line_end, "section", capitals)
    bare = _BARE.match(text, end, line_end)
    if not bare:
        return None
    apart = title.long and not (number and page.lines[number - 1].strip())
    if capitals or apart or not text[bare.end()].islower():
        return _Heading(category, lead_start, end, extent, capitals)
    # It opens a sentence ("Allergie à la pénicilline") and says no more than what that sentence is about.
    return _Heading(category, lead_start, end, extent, capitals, sentence=True) if extent == "line" else None


def _opens_inline(text: str, start: int) -> bool:
    """Tell whether a title inside a line begins something: after a stop, or a capital after a lighter sign."""
    at = start - 1
    while at > 0 and text[at].isspace():
        at -= 1
    return text[at] in ".;!?…" or (text[start].isupper() and text[at] in ",-–—/|•)*")


def _with_unknown(page: _Page, known: list[_Heading]) -> list[_Heading]:
    """Add the headings whose title is in no table: a short line that ends with a colon, or one all in capitals."""
    typed_in_capitals = any(h.capitals and h.end == page.ends[page.line(h.start)] for h in known)
    lines = {page.line(h.start) for h in known}
    headings: list[_Heading] = []
    rest = iter([*known, None])
    following = next(rest)
    under_capitals = False
    for number, line in enumerate(page.lines):
        if not (typed_in_capitals or ":" in line) or number in lines or len(line) > _LONGEST_LEAD + _STATEMENT:
            continue
        while following and following.start < page.starts[number]:
            under_capitals = following.capitals
            headings.append(following)
            following = next(rest)
        heading = _unknown(page, number, typed_in_capitals, under_capitals)
        if heading:
            headings.append(heading)
    headings.extend(h for h in (following, *rest) if h)
    return headings


def _unknown(page: _Page, number: int, typed_in_capitals: bool, under_capitals: bool) -> _Heading | None:
    """Give the heading that a line is although its title is unknown, or None.

    Under a heading in capitals a title in lower case is a subtitle. A line of capitals without a colon may be a drug or
    a disease: it is a heading only where the known ones are typed in that way.
    """
    line = page.lines[number]
    if line.rstrip().endswith(":") and (found := _UNKNOWN.match(line)):
        title = found.group(1)
        is_heading = len(title.split()) <= _MOST_WORDS and (title.isupper() or not under_capitals)
    else:
        is_heading = typed_in_capitals and bool(_CAPITALS.match(line)) and page.opens_paragraph(number)
    if not is_heading:
        return None
    start = page.skip_blank(page.starts[number], page.ends[number])
    return _Heading(OTHER, start, page.ends[number], "section", line.isupper())

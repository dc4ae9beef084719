"""The passage that bears a pair, cut where drug, event and cue stand, so that each output marks them in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pv.model import Pair


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a passage on one line; ``role`` is ``drug``, ``event``, ``cue``, or empty for what stands between."""

    text: str
    role: str = ""


def segments(pair: Pair) -> tuple[Segment, ...]:
    """Give the passage of a pair in pieces, in the order of the text; together they are the whole passage."""
    places = [*_inside(pair, pair.drug_spans, "drug"), *_inside(pair, pair.event_spans, "event")]
    if pair.cue and (cue := _cue_place(pair, places)):
        places.append(cue)
    parts, at = [], 0
    for start, end, role in sorted(places):
        if start < at:
            continue
        parts += [Segment(printable(pair.evidence[at:start])), Segment(printable(pair.evidence[start:end]), role)]
        at = end
    parts.append(Segment(printable(pair.evidence[at:])))
    return tuple(part for part in parts if part.text)


def _inside(pair: Pair, spans: Sequence[tuple[int, int]], role: str) -> Iterator[tuple[int, int, str]]:
    """Yield the spans that lie in the passage, counted from its first character."""
    for start, end in spans:
        if pair.evidence_start <= start and end <= pair.evidence_end:
            yield start - pair.evidence_start, end - pair.evidence_start, role


def _cue_place(pair: Pair, places: Sequence[tuple[int, int, str]]) -> tuple[int, int, str] | None:
    """Find the cue's words in the passage: whole words first, apart from drug and event if they can be."""
    for pattern in (rf"(?<!\w){re.escape(pair.cue)}(?!\w)", re.escape(pair.cue)):
        for match in re.finditer(pattern, pair.evidence):
            if all(match.end() <= start or end <= match.start() for start, end, _ in places):
                return (*match.span(), "cue")
    return None


def printable(text: str) -> str:
    """Give a text with each run of white space as one blank, without characters that would move a cursor."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))

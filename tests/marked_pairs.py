"""A passage with one marked drug and one marked event, made into the pair that an author's attribution would give.

``{lamotrigine}`` marks the drug, ``[éruption]`` the event, ``//`` a line break. The link is taken as stated, so that
what is tested is what the pair carries and not whether it is found.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from shared_detector import real_detector

from pv.linking.attributes import describe, story_of
from pv.linking.clause import clauses
from pv.linking.relation import Relation
from pv.model import Certainty, Link, Pair
from pv.timeline.course import passages_of

_MARK = re.compile(r"[{}\[\]]")


def pair_of(marked: str, link: Link = Link.STATED) -> Pair:
    """Give the pair of a marked passage; fails where a mark does not hold a mention."""
    marked = re.sub(r"\s*//\s*", "\n", marked)
    text = _MARK.sub("", marked)
    reading = real_detector()._reader.read(text)
    drug_at, event_at = (_offset(marked, sign) for sign in "{[")
    drug = next((d for d in reading.drugs if d.start <= drug_at < d.end), None)
    event = next((e for e in reading.events if e.start <= event_at < e.end), None)
    assert drug is not None, f"no drug is found at the mark: {marked}"
    assert event is not None, f"no event is found at the mark: {marked}"
    sentence = reading.sentences[reading.sentence_index(event.start)]
    relation = Relation(
        drug=drug,
        event=event,
        link=link,
        rule="marked",
        cue=None,
        start=sentence.start,
        end=sentence.end,
        confidence=0.9,
        reason="marqué",
        certainty=Certainty.ASSERTED if link is Link.STATED else None,
    )
    passages, components = passages_of(reading), real_detector()._lexicon.components
    return describe([relation], story_of(reading, passages, clauses(reading, passages), components, []))


def _offset(marked: str, sign: str) -> int:
    """Give where a mark stands once all marks are taken out."""
    assert marked.count(sign) == 1, f"mark one drug and one event: {marked}"
    at = marked.index(sign)
    return at - len(_MARK.findall(marked[:at]))


def rows(path: Path, columns: str) -> list[tuple[str, ...]]:
    """Give the rows of a table of passages; fails where the columns are others than those named."""
    with path.open(encoding="utf-8", newline="") as handle:
        header, *found = csv.reader(handle, strict=True)
    assert header == columns.split(), f"{path.name}: the columns are {header}"
    assert all(len(row) == len(header) for row in found), f"{path.name}: a row is of another width"
    return [tuple(row) for row in found]

"""What the report tells of how a drug was given: dose, route, and what for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from pv.linking.relation import Relation
from pv.model import DrugMention, Link
from pv.reading import Reading
from pv.timeline.course import Course, Passage, Spot

# Notation of quantities, the same in every language; the words around them are in the lexicons.
_AMOUNT = r"\d+(?:[ .,]\d+)*"
_UNIT = r"(?:mg|g|µg|ug|mcg|ng|ml|mL|UI|U|MUI|mmol|mEq|Gy|cp|cpr|cps|AUC\s?\d)"
_PER = r"(?:\s?/\s?(?:kg|m2|m²|j|jour|24\s?h|h|sem|semaine|mois|min)){0,2}"
_DOSE = re.compile(rf"(?<![\w,.])({_AMOUNT}\s?{_UNIT}{_PER})(?![\w%])")
_AFTER = 30
_ROUTE = 6


def dose(reading: Reading, mentions: Sequence[DrugMention]) -> str | None:
    """Give the first dose that stands right after a mention of the drug, as it is written."""
    for mention in mentions:
        end = min(mention.end + _AFTER, _line_end(reading, mention))
        found = _DOSE.search(reading.text, mention.end, end)
        if found and not _other_between(reading, mention, found.start()):
            return " ".join(found.group(1).split())
    return None


def _line_end(reading: Reading, mention: DrugMention) -> int:
    return reading.sentences[reading.sentence_index(mention.start)].end


def _other_between(reading: Reading, mention: DrugMention, until: int) -> bool:
    following = bisect_left(reading.drugs, mention.end, key=lambda d: d.start)
    return following < len(reading.drugs) and reading.drugs[following].start < until


def route(course: Course, reading: Reading, mentions: Sequence[DrugMention]) -> str | None:
    """Give the route of administration told beside a mention of the drug, as it is written."""
    if "route" not in course.index.cues:
        return None
    for mention in mentions:
        passage = course.passage_at(reading, mention.start)
        for cue in passage.of("route"):
            if _is_beside(passage, cue, mention):
                return reading.text[cue.what.start : cue.what.end]
    return None


def _is_beside(passage: Passage, cue: Spot[Any], mention: DrugMention) -> bool:
    return any(
        d.what is mention
        and 0 <= cue.first - d.last <= _ROUTE
        and not any(d.last <= other.first < cue.first for other in passage.drugs)
        for d in passage.drugs
    )


def indications(relations: Sequence[Relation]) -> dict[str, str]:
    """Give, by INN, what the report first says that a drug was given for.

    A drug that did not help against an event was given for it too; an event that it is blamed for is no indication.
    """
    blamed = {(r.drug.inn, r.event.concept) for r in relations if r.link in (Link.STATED, Link.TEMPORAL)}
    found: dict[str, str] = {}
    for relation in sorted([r for r in relations if r.link is Link.TREATS], key=lambda r: r.start):
        if (relation.drug.inn, relation.event.concept) not in blamed:
            found.setdefault(relation.drug.inn, relation.event.label)
    return found

"""The rows that a text and what was found in it become.

Keys: a pair's key is the same for (report, drug, event) in every version and rescan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pv.model import Detection, Link, Pair
from pv.store.vocabulary import Vocabulary

# Of two statements of one pair, the row keeps the one that matters most to an assessor.
_RANK = {link: rank for rank, link in enumerate((Link.STATED, Link.TEMPORAL, Link.PART, Link.DENIED, Link.TREATS))}


@dataclass(frozen=True, slots=True)
class Received:
    """One text of a report, and where it comes from; ``key`` is the report's opaque key.

    ``patient_key`` is the keyed hash of the source's patient id, ``text`` the text where it is to be kept.
    """

    source: str
    kind: str
    name: str
    key: str
    received: datetime
    sha256: str
    characters: int
    encoding: str
    encoding_assumed: bool
    patient_key: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A text and what the detector found in it."""

    received: Received
    detection: Detection


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made the rows: the run, and the versions of detector and lexicons."""

    run_id: int
    scanned: datetime
    detector_version: str
    lexicon_hash: str


def pair_key(source: str, report: str, pair: Pair) -> str:
    """Give the 16 hexadecimal digits that name this pair in every version of the report."""
    return hashlib.sha256("\0".join((source, report, pair.drug, pair.event)).encode()).hexdigest()[:16]


def storable(text: str | None) -> str | None:
    """Give a text that any database takes: none of PostgreSQL's holds a zero character; offsets stay what they are."""
    return text and text.replace("\0", "\ufffd")


def version_row(finding: Finding, report: int, before: tuple[int, int] | None, made_by: Provenance) -> dict[str, Any]:
    """Give the row of a text; ``before`` are id and number of the version that it supersedes."""
    received, patient = finding.received, finding.detection.patient
    return {
        "report_id": report,
        "number": before[1] + 1 if before else 1,
        "latest": True,
        "supersedes_id": before[0] if before else None,
        "run_id": made_by.run_id,
        "sha256": received.sha256,
        "characters": received.characters,
        "encoding": received.encoding,
        "encoding_assumed": received.encoding_assumed,
        "received": received.received,
        "scanned": made_by.scanned,
        "detector_version": made_by.detector_version,
        "lexicon_hash": made_by.lexicon_hash,
        "patient_key": received.patient_key,
        "patient_age": patient.age,
        "patient_sex": patient.sex,
        "reporter": finding.detection.reporter,
    }


def drug_mentions(version: int, ids: Vocabulary, detection: Detection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the drug mentions of a version."""
    for m in detection.drugs:
        yield {
            "version_id": version,
            "drug_id": ids.drugs[m.inn].id,
            "start_char": m.start,
            "end_char": m.end,
            "substances": list(m.substances),
            "misspelt": m.misspelt,
        }


def event_mentions(version: int, ids: Vocabulary, detection: Detection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the event mentions of a version."""
    for m in detection.events:
        yield {
            "version_id": version,
            "event_id": ids.events[m.label].id,
            "start_char": m.start,
            "end_char": m.end,
            "assertion": m.assertion.value,
            "assertion_rule": m.assertion_rule,
            "grade": m.grade,
            "grade_source": m.grade_source,
            "severity": m.severity,
        }


def distinct(pairs: Sequence[Pair]) -> list[Pair]:
    """Give one pair for each drug and event: that of the strongest link, then of the highest confidence."""
    best: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        other = best.get((pair.drug, pair.event))
        if other is None or (_RANK[pair.link], -pair.confidence) < (_RANK[other.link], -other.confidence):
            best[pair.drug, pair.event] = pair
    return list(best.values())


def pair_row(pair: Pair, ids: Vocabulary, version: tuple[int, int], key: str) -> dict[str, Any]:
    """Give the row of a pair; ``version`` are the ids of its version and its report."""
    return {
        "key": key,
        "report_id": version[1],
        "version_id": version[0],
        "latest": True,
        "drug_id": ids.drugs[pair.drug].id,
        "event_id": ids.events[pair.event].id,
        "link": pair.link.value,
        "reportable": pair.reportable,
        "certainty": pair.certainty and pair.certainty.value,
        "current": pair.current,
        "confidence": pair.confidence,
        "rule": pair.rule,
        "start": pair.start,
        "onset": pair.onset,
        "latency_days": pair.latency_days,
        "dechallenge": pair.dechallenge and pair.dechallenge.value,
        "rechallenge": pair.rechallenge and pair.rechallenge.value,
        "serious": pair.serious,
        "seriousness": pair.seriousness and pair.seriousness.value,
        "grade": pair.grade,
        "action_taken": pair.action_taken and pair.action_taken.value,
        "outcome": pair.outcome and pair.outcome.value,
        "dose": storable(pair.dose),
        "route": storable(pair.route),
        "indication": storable(pair.indication),
        "part_of": pair.part_of,
        "assertions": [a.value for a in pair.assertions],
        "alternatives": list(pair.alternatives),
    }


def evidence_row(pair: Pair, pair_id: int) -> dict[str, Any]:
    """Give the row of the passage that decided a pair."""
    return {
        "pair_id": pair_id,
        "position": 0,
        "start_char": pair.evidence_start,
        "end_char": pair.evidence_end,
        "passage": storable(pair.evidence),
        "cue": storable(pair.cue),
        "rule": pair.rule,
        "drug_spans": [list(s) for s in pair.drug_spans],
        "event_spans": [list(s) for s in pair.event_spans],
        "reasons": list(pair.reasons),
    }

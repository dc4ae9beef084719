"""What the cluster job writes: flat rows, for Parquet and for a table of a database alike.

A report with pairs gives a row for each of them, one without gives one row, and so does one that could not be read:
``status`` tells which, and no report disappears. Columns that ``pv export`` knows bear its names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pv.export.course import course_columns
from pv.model import Detection, Pair
from pv.store.rows import distinct, pair_key, storable

# Column, its type in Spark's words, and what it holds; docs/cluster.md shows the same table.
SCHEMA = (
    ("report", "string", "the report's id, as in the input"),
    ("position", "int", "number of the row within its report, from 0"),
    ("status", "string", "`pair`, `none` (read, without a pair) or `failed`"),
    ("reason", "string", "why it failed, without text of the report"),
    ("received", "timestamp", "the date of the input, where a column was named"),
    ("patient_age", "double", "years"),
    ("patient_sex", "string", "`F` or `M`"),
    ("pair", "string", "the pair's key: the same in every run, and in `pv scan` with the same `--source`"),
    ("drug", "string", "INN, `class:…` or `protocol:…`"),
    ("drug_kind", "string", "`substance`, `class` or `protocol`"),
    ("atc", "string", "empty where none is known"),
    ("event", "string", "label"),
    ("concept", "string", "id in the lexicon"),
    ("cim10", "string", "empty where none is known"),
    ("link", "string", "`stated`, `temporal`, `part`, `denied` or `treats`"),
    ("reportable", "boolean", ""),
    ("certainty", "string", "`asserted` or `hedged`"),
    ("current", "boolean", ""),
    ("confidence", "double", "0 to 1; the commands leave out pairs below 0.5"),
    ("part_of", "string", ""),
    ("start", "string", "ISO 8601, cut to what is known"),
    ("onset", "string", "likewise"),
    ("days_to_onset", "int", ""),
    ("action_taken", "string", ""),
    ("outcome", "string", ""),
    ("dechallenge", "string", ""),
    ("rechallenge", "string", ""),
    ("serious", "boolean", ""),
    ("seriousness_criterion", "string", ""),
    ("grade", "int", "CTCAE"),
    ("dose", "string", ""),
    ("route", "string", ""),
    ("indication", "string", ""),
    ("assertions", "string", "what the mentions of the event say, with a space between"),
    ("evidence", "string", "the passage"),
    ("evidence_start", "int", "its offset in the text, in characters"),
    ("evidence_end", "int", ""),
    ("drug_spans", "string", "offsets of the drug's mentions, as JSON"),
    ("event_spans", "string", "offsets of the event's mentions, as JSON"),
    ("cue", "string", ""),
    ("rule", "string", ""),
    ("reasons", "string", "in words, a line each"),
    ("detector_version", "string", ""),
    ("lexicon_version", "string", "SHA-256 of the tables"),
)
COLUMNS = tuple(name for name, _, _ in SCHEMA)


class Status(StrEnum):
    """What a row is."""

    PAIR = "pair"
    NONE = "none"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Made:
    """What goes into every row of a job: the source's name, and the versions that made them."""

    source: str
    detector_version: str
    lexicon_version: str


def schema() -> str:
    """Give the schema in Spark's own language."""
    return ", ".join(f"{name} {kind}" for name, kind, _ in SCHEMA)


def failed_row(report: str, reason: str, made: Made) -> dict[str, Any]:
    """Give the row of a report that could not be read; the reason holds no text of it."""
    return _row(report, 0, Status.FAILED, made) | {"reason": reason}


def found_rows(report: str, detection: Detection, made: Made) -> Iterator[dict[str, Any]]:
    """Yield the rows of a report that was read: one for each drug and event, or one that says there is none."""
    patient = {"patient_age": detection.patient.age, "patient_sex": detection.patient.sex}
    pairs = distinct(detection.pairs)
    if not pairs:
        yield _row(report, 0, Status.NONE, made) | patient
    for position, pair in enumerate(pairs):
        key = pair_key(made.source, report, pair)
        yield _row(report, position, Status.PAIR, made) | patient | {"pair": key} | _content(pair)


def _row(report: str, position: int, status: Status, made: Made) -> dict[str, Any]:
    own = {"report": report, "position": position, "status": status.value}
    versions = {"detector_version": made.detector_version, "lexicon_version": made.lexicon_version}
    return dict.fromkeys(COLUMNS) | own | versions


def _content(pair: Pair) -> dict[str, Any]:
    return {
        "drug": pair.drug,
        "drug_kind": pair.drug_kind.value,
        "atc": pair.atc,
        "event": pair.event,
        "concept": pair.concept,
        "cim10": pair.cim10,
        "link": pair.link.value,
        "reportable": pair.reportable,
        "certainty": pair.certainty and pair.certainty.value,
        "current": pair.current,
        "confidence": pair.confidence,
        "part_of": pair.part_of,
        **course_columns(pair),
        "dose": storable(pair.dose),
        "route": storable(pair.route),
        "indication": storable(pair.indication),
        "assertions": " ".join(a.value for a in pair.assertions),
        "evidence": storable(pair.evidence),
        "evidence_start": pair.evidence_start,
        "evidence_end": pair.evidence_end,
        "drug_spans": json.dumps(pair.drug_spans),
        "event_spans": json.dumps(pair.event_spans),
        "cue": storable(pair.cue) or None,
        "rule": pair.rule,
        "reasons": "\n".join(pair.reasons) or None,
    }

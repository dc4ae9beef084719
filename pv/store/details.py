"""Whole pairs of one report, as they were detected: what ``pv show`` tells of a report or of a pair.

Only latest versions are shown; a pair that a newer text of its report no longer bears is said to be withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from pv.causality.completeness import Gap, gaps, told_by
from pv.errors import UsageError
from pv.model import (
    ActionTaken,
    Assertion,
    Certainty,
    Challenge,
    DrugKind,
    Link,
    Outcome,
    Pair,
    Patient,
    Seriousness,
)
from pv.store.models import Evidence, PairRow, Report, ReportText, ReportVersion, Source

# Fields of a pair that its row holds under the same name: as they are, and as the value of an enumeration.
_PLAIN = ("rule", "current", "confidence", "start", "onset", "latency_days", "serious", "grade", "dose", "route",
          "indication", "part_of")  # fmt: skip
_ENUMS: Mapping[str, Callable[[str], Any]] = {
    "certainty": Certainty,
    "dechallenge": Challenge,
    "rechallenge": Challenge,
    "seriousness": Seriousness,
    "action_taken": ActionTaken,
    "outcome": Outcome,
}
# Versions looked up together: SQLite before 3.32 admits 999 parameters a statement.
_GROUP = 500
_NO_EVIDENCE = Evidence(start_char=0, end_char=0, passage="", cue="", drug_spans=[], event_spans=[], reasons=[])


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair, the key that names it in every version of its report, and what it lacks to be a complete case."""

    key: str
    pair: Pair
    missing: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredReport:
    """The latest version of a report with all its pairs, the one asked for named by ``asked`` where it was a pair.

    ``text`` is the whole text where it was kept.
    """

    name: str
    key: str
    source: str
    version: int
    received: datetime
    patient_age: float | None
    patient_sex: str | None
    detector_version: str
    lexicon_hash: str
    pairs: tuple[StoredPair, ...]
    asked: str | None = None
    text: str | None = None


def find_reports(session: Session, asked: str) -> list[StoredReport]:
    """Give the reports that a pair's key, a report's key or a report's name stands for, with all their pairs.

    A name may stand in several sources. Raises UsageError where nothing answers to it.
    """
    by_pair = select(PairRow.version_id).where(PairRow.key == asked, PairRow.latest)
    if found := session.scalars(by_pair).all():
        return [_report(session, version, asked) for version in found]
    for statement in _by_report(asked):
        if found := session.scalars(statement).all():
            return [_report(session, version, None) for version in found]
    _refuse_nullified(session, asked)
    if session.scalar(select(PairRow.id).where(PairRow.key == asked).limit(1)) is not None:
        raise UsageError(f"pair {asked} is withdrawn: the latest text of its report does not bear it")
    raise UsageError(
        f"no report or pair {asked!r} in the database; `pv events DRUG --pairs --format csv` gives both in its columns"
    )


def _refuse_nullified(session: Session, asked: str) -> None:
    """Raise UsageError, with day and reason, where a report or pair was taken out because its source withdrew it."""
    named = or_(
        Report.key == asked, Report.name == asked, Report.id.in_(select(PairRow.report_id).where(PairRow.key == asked))
    )
    found = session.scalar(select(Report).where(Report.nullified.is_not(None), named).limit(1))
    if found is not None and found.nullified is not None:
        day = found.nullified.date().isoformat()
        raise UsageError(f"report {found.key} was nullified on {day}: {found.nullified_reason}")


def _by_report(asked: str) -> Iterator[Select[int]]:
    """Yield the statements for a report's key and for its name; the sources lead to the index that holds names."""
    versions = select(ReportVersion.id).join(Report, Report.id == ReportVersion.report_id).where(ReportVersion.latest)
    versions = versions.order_by(Report.id)
    yield versions.where(Report.key == asked)
    yield versions.where(Report.source_id.in_(select(Source.id)), Report.name == asked)


def _report(session: Session, version_id: int, asked: str | None) -> StoredReport:
    text = session.scalar(select(ReportText.text).where(ReportText.version_id == version_id))
    return replace(stored_reports(session, [version_id])[version_id], asked=asked, text=text)


def stored_reports(session: Session, version_ids: Sequence[int]) -> dict[int, StoredReport]:
    """Give these versions of reports, by id, each with all its pairs."""
    found: dict[int, StoredReport] = {}
    for start in range(0, len(version_ids), _GROUP):
        found |= _group_of_reports(session, version_ids[start : start + _GROUP])
    return found


def _group_of_reports(session: Session, version_ids: Sequence[int]) -> dict[int, StoredReport]:
    versions = session.execute(
        select(ReportVersion, Report, Source)
        .join(Report, Report.id == ReportVersion.report_id)
        .join(Source, Source.id == Report.source_id)
        .where(ReportVersion.id.in_(version_ids))
    )
    rows = session.scalars(
        select(PairRow)
        .where(PairRow.version_id.in_(version_ids))
        .options(joinedload(PairRow.drug), joinedload(PairRow.event), selectinload(PairRow.evidence))
        .order_by(PairRow.id)
    )
    pairs: dict[int, list[PairRow]] = {}
    for row in rows:
        pairs.setdefault(row.version_id, []).append(row)
    return {
        version.id: _stored_report(version, report, source, pairs.get(version.id, []))
        for version, report, source in versions
    }


def _stored_report(version: ReportVersion, report: Report, source: Source, rows: Sequence[PairRow]) -> StoredReport:
    return StoredReport(
        name=report.name,
        key=report.key,
        source=source.name,
        version=version.number,
        received=version.received,
        patient_age=version.patient_age,
        patient_sex=version.patient_sex,
        detector_version=version.detector_version,
        lexicon_hash=version.lexicon_hash,
        pairs=tuple(_with_gaps(row, version) for row in rows),
    )


def _with_gaps(row: PairRow, version: ReportVersion) -> StoredPair:
    pair = stored_pair(row)
    patient = Patient(version.patient_age, version.patient_sex)
    told = told_by(pair, patient, reporter=version.reporter, generic=row.event.generic, special=row.event.special)
    return StoredPair(row.key, pair, gaps(replace(told, patient_key=version.patient_key is not None)))


def stored_pair(row: PairRow) -> Pair:
    """Give the pair that a row was made of."""
    passage = min(row.evidence, key=lambda e: e.position, default=_NO_EVIDENCE)
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    for name, kind in _ENUMS.items():
        told = getattr(row, name)
        values[name] = kind(told) if told else None
    return Pair(
        drug=row.drug.inn,
        event=row.event.label,
        drug_spans=_spans(passage.drug_spans),
        event_spans=_spans(passage.event_spans),
        link=Link(row.link),
        evidence_start=passage.start_char,
        evidence_end=passage.end_char,
        evidence=passage.passage,
        cue=passage.cue,
        atc=row.drug.atc,
        drug_kind=DrugKind(row.drug.kind),
        cim10=row.event.cim10,
        concept=row.event.concept,
        assertions=tuple(Assertion(a) for a in row.assertions),
        alternatives=tuple(row.alternatives),
        reasons=tuple(passage.reasons),
        **values,
    )


def _spans(values: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in values)


def latest_pairs(session: Session, source: str, name: str) -> dict[str, Pair]:
    """Give the pairs of the latest version of a report by their keys."""
    rows = session.scalars(
        select(PairRow)
        .join(Report, Report.id == PairRow.report_id)
        .join(Source, Source.id == Report.source_id)
        .where(Source.name == source, Report.name == name, PairRow.latest)
        .options(joinedload(PairRow.drug), joinedload(PairRow.event), selectinload(PairRow.evidence))
    )
    return {row.key: stored_pair(row) for row in rows}

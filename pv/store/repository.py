"""Writing of reports: what is known of a document, a new version with all that was found in it, a failure.

The caller owns the transaction. Keys: a pair's key is the same for (report, drug, event) in every version and rescan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pv.model import Detection, Link, Pair
from pv.store.models import (
    DrugMentionRow,
    EventMentionRow,
    Evidence,
    Failure,
    PairRow,
    Report,
    ReportVersion,
    Source,
)
from pv.store.vocabulary import Vocabulary

# Of two statements of one pair, the row keeps the one that matters most to an assessor.
_RANK = {link: rank for rank, link in enumerate((Link.STATED, Link.TEMPORAL, Link.PART, Link.DENIED, Link.TREATS))}


@dataclass(frozen=True, slots=True)
class Received:
    """One text of a report, and where it comes from; ``key`` is the report's opaque key."""

    source: str
    kind: str
    name: str
    key: str
    received: datetime
    sha256: str
    characters: int
    encoding: str
    encoding_assumed: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made the rows: the run, and the versions of detector and lexicons."""

    run_id: int
    scanned: datetime
    detector_version: str
    lexicon_hash: str


def latest_texts(session: Session, source: str, names: Iterable[str]) -> dict[str, str]:
    """Give the SHA-256 of the latest text of each of these reports that is known."""
    rows = session.execute(
        select(Report.name, ReportVersion.sha256)
        .join(Source, Source.id == Report.source_id)
        .join(ReportVersion, (ReportVersion.report_id == Report.id) & ReportVersion.latest)
        .where(Source.name == source, Report.name.in_(list(names)))
    )
    return dict(rows.all())


def pair_key(source: str, report: str, pair: Pair) -> str:
    """Give the 16 hexadecimal digits that name this pair in every version of the report."""
    return hashlib.sha256("\0".join((source, report, pair.drug, pair.event)).encode()).hexdigest()[:16]


def source_id(session: Session, name: str, kind: str) -> int:
    """Give the id of a source, which is made where it is new."""
    found = session.scalar(select(Source.id).where(Source.name == name))
    if found is None:
        source = Source(name=name, kind=kind)
        session.add(source)
        session.flush()
        found = source.id
    return found


def save_version(
    session: Session, vocabulary: Vocabulary, received: Received, detection: Detection, made_by: Provenance
) -> ReportVersion:
    """Store a new text of a report with all that was found in it; it supersedes the one before."""
    origin = source_id(session, received.source, received.kind)
    report = session.scalar(select(Report).where(Report.source_id == origin, Report.name == received.name))
    before: ReportVersion | None = None
    if report is None:
        report = Report(source_id=origin, name=received.name, key=received.key)
        session.add(report)
        session.flush()
    else:
        before = session.scalar(select(ReportVersion).where(ReportVersion.report_id == report.id, ReportVersion.latest))
    if before is not None:
        before.latest = False
        session.execute(update(PairRow).where(PairRow.version_id == before.id).values(latest=False))
        session.flush()
    version = ReportVersion(
        report_id=report.id,
        number=before.number + 1 if before else 1,
        latest=True,
        supersedes_id=before.id if before else None,
        run_id=made_by.run_id,
        sha256=received.sha256,
        characters=received.characters,
        encoding=received.encoding,
        encoding_assumed=received.encoding_assumed,
        received=received.received,
        scanned=made_by.scanned,
        detector_version=made_by.detector_version,
        lexicon_hash=made_by.lexicon_hash,
        patient_age=detection.patient.age,
        patient_sex=detection.patient.sex,
        reporter=detection.reporter,
    )
    _add_findings(version, vocabulary.of(session, detection), received, detection)
    session.add(version)
    session.execute(delete(Failure).where(Failure.source_id == origin, Failure.name == received.name))
    session.flush()
    return version


def _add_findings(version: ReportVersion, ids: Vocabulary, received: Received, detection: Detection) -> None:
    version.drug_mentions = [
        DrugMentionRow(
            drug_id=ids.drugs[m.inn].id,
            start_char=m.start,
            end_char=m.end,
            substances=list(m.substances),
            misspelt=m.misspelt,
        )
        for m in detection.drugs
    ]
    version.event_mentions = [
        EventMentionRow(
            event_id=ids.events[m.label].id,
            start_char=m.start,
            end_char=m.end,
            assertion=m.assertion.value,
            assertion_rule=m.assertion_rule,
            grade=m.grade,
            grade_source=m.grade_source,
            severity=m.severity,
        )
        for m in detection.events
    ]
    version.pairs = [
        _pair_row(pair, ids, version.report_id, pair_key(received.source, received.name, pair))
        for pair in distinct(detection.pairs)
    ]


def distinct(pairs: Sequence[Pair]) -> list[Pair]:
    """Give one pair for each drug and event: that of the strongest link, then of the highest confidence."""
    best: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        other = best.get((pair.drug, pair.event))
        if other is None or (_RANK[pair.link], -pair.confidence) < (_RANK[other.link], -other.confidence):
            best[pair.drug, pair.event] = pair
    return list(best.values())


def _pair_row(pair: Pair, ids: Vocabulary, report_id: int, key: str) -> PairRow:
    return PairRow(
        key=key,
        report_id=report_id,
        latest=True,
        drug_id=ids.drugs[pair.drug].id,
        event_id=ids.events[pair.event].id,
        link=pair.link.value,
        reportable=pair.reportable,
        certainty=pair.certainty and pair.certainty.value,
        current=pair.current,
        confidence=pair.confidence,
        rule=pair.rule,
        start=pair.start,
        onset=pair.onset,
        latency_days=pair.latency_days,
        dechallenge=pair.dechallenge and pair.dechallenge.value,
        rechallenge=pair.rechallenge and pair.rechallenge.value,
        serious=pair.serious,
        seriousness=pair.seriousness and pair.seriousness.value,
        grade=pair.grade,
        action_taken=pair.action_taken and pair.action_taken.value,
        outcome=pair.outcome and pair.outcome.value,
        dose=pair.dose,
        route=pair.route,
        indication=pair.indication,
        part_of=pair.part_of,
        assertions=[a.value for a in pair.assertions],
        alternatives=list(pair.alternatives),
        evidence=[_evidence(pair)],
    )


def _evidence(pair: Pair) -> Evidence:
    return Evidence(
        position=0,
        start_char=pair.evidence_start,
        end_char=pair.evidence_end,
        passage=pair.evidence,
        cue=pair.cue,
        rule=pair.rule,
        drug_spans=[list(s) for s in pair.drug_spans],
        event_spans=[list(s) for s in pair.event_spans],
        reasons=list(pair.reasons),
    )


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A report that could not be taken, and why; the reason holds no text of it."""

    source: str
    kind: str
    name: str
    key: str
    reason: str


def record_failure(session: Session, failed: FailedTry, run_id: int) -> None:
    """Keep that a report could not be taken, and count the try."""
    origin = source_id(session, failed.source, failed.kind)
    failure = session.get(Failure, (origin, failed.name))
    if failure is None:
        failure = Failure(source_id=origin, name=failed.name, key=failed.key, tries=0, first_run_id=run_id)
        session.add(failure)
    failure.reason = failed.reason
    failure.tries += 1
    failure.last_run_id = run_id
    session.flush()

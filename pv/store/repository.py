"""Writing of reports: what is known of a document, a new version with all that was found in it, a failure.

The caller owns the transaction. A group of reports is written with as many statements as one report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from pv.model import Pair
from pv.store.bulk import insert_all, pieces, upsert
from pv.store.models import (
    DrugMentionRow,
    EventMentionRow,
    Evidence,
    Failure,
    PairRow,
    Report,
    ReportText,
    ReportVersion,
    Source,
)
from pv.store.rows import (
    Finding,
    Provenance,
    distinct,
    drug_mentions,
    event_mentions,
    evidence_row,
    pair_key,
    pair_row,
    version_row,
)
from pv.store.vocabulary import Vocabulary


def source_id(session: Session, name: str, kind: str) -> int:
    """Give the id of a source, which is made where it is new."""
    asked = select(Source.id).where(Source.name == name)
    found = session.scalar(asked)
    if found is None:
        upsert(session, Source, [{"name": name, "kind": kind}], ["name"], lambda new: {"name": new.excluded.name})
        found = session.scalars(asked).one()
    return found


def save_each(
    session: Session, vocabulary: Vocabulary, findings: Sequence[Finding], made_by: Provenance
) -> list[int | Exception]:
    """Store what was found in each text, whole or not at all; give for each its version's number, or what kept it out.

    All go together; where one of them is refused, each goes by itself in a savepoint of its own.
    """
    if not findings:
        return []
    numbers = _stored(session, vocabulary, findings, made_by)
    if not isinstance(numbers, Exception):
        return [*numbers]
    alone = [_stored(session, vocabulary, [finding], made_by) for finding in findings]
    return [stored if isinstance(stored, Exception) else stored[0] for stored in alone]


def _stored(
    session: Session, vocabulary: Vocabulary, findings: Sequence[Finding], made_by: Provenance
) -> list[int] | Exception:
    """Store findings in one savepoint; give what the database or the rows' making refused, with nothing stored."""
    try:
        with session.begin_nested():
            return save_versions(session, vocabulary, findings, made_by)
    except (IntegrityError, DataError, ValueError, KeyError) as error:
        refused: Exception = error
    except StatementError as error:
        if isinstance(error, DBAPIError):
            raise
        # A value that could not be bound: the rows are at fault, not the database.
        refused = error
    vocabulary.forget()
    return refused


def save_versions(
    session: Session, vocabulary: Vocabulary, findings: Sequence[Finding], made_by: Provenance
) -> list[int]:
    """Store new texts of different reports with all that was found in them; each supersedes the one before it.

    Gives the numbers of the versions. Rows are inserted in bulk and their ids asked for by what they are: the number of
    statements does not grow with the number of texts.
    """
    origins = {f.received.source: f.received.kind for f in findings}
    ids = {name: source_id(session, name, kind) for name, kind in sorted(origins.items())}
    reports = _reports(session, ids, findings)
    before = _supersede(session, reports)
    names = vocabulary.of(session, (f.detection for f in findings))
    rows = [version_row(f, report, before.get(report), made_by) for f, report in zip(findings, reports, strict=True)]
    versions = _versions(session, rows)
    _add_contents(session, names, list(zip(versions, reports, findings, strict=True)))
    for source, number in ids.items():
        for some in pieces([f.received.name for f in findings if f.received.source == source]):
            session.execute(delete(Failure).where(Failure.source_id == number, Failure.name.in_(some)))
    return [row["number"] for row in rows]


def _reports(session: Session, ids: Mapping[str, int], findings: Sequence[Finding]) -> list[int]:
    """Give the ids of the reports of the findings, in their order; those that are new are made."""
    known = _known_reports(session, ids, findings)
    rows = [
        {"source_id": ids[f.received.source], "name": f.received.name, "key": f.received.key}
        for f in findings
        if (ids[f.received.source], f.received.name) not in known
    ]
    if rows:
        insert_all(session, Report, rows)
        known = _known_reports(session, ids, findings)
    return [known[ids[f.received.source], f.received.name] for f in findings]


def _known_reports(session: Session, ids: Mapping[str, int], findings: Sequence[Finding]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for source, number in ids.items():
        for some in pieces([f.received.name for f in findings if f.received.source == source]):
            asked = select(Report.name, Report.id).where(Report.source_id == number, Report.name.in_(some))
            found |= {(number, name): report for name, report in session.execute(asked)}
    return found


def _versions(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert versions; give their ids in the order of the rows."""
    insert_all(session, ReportVersion, rows)
    found: dict[int, int] = {}
    for some in pieces([row["report_id"] for row in rows]):
        asked = select(ReportVersion.report_id, ReportVersion.id).where(ReportVersion.latest)
        found |= dict(session.execute(asked.where(ReportVersion.report_id.in_(some))).all())
    return [found[row["report_id"]] for row in rows]


def _add_contents(session: Session, names: Vocabulary, stored: Sequence[tuple[int, int, Finding]]) -> None:
    """Insert mentions, pairs and passages of versions; each comes with the ids of its version and its report."""
    drugs = [row for version, _, finding in stored for row in drug_mentions(version, names, finding.detection)]
    events = [row for version, _, finding in stored for row in event_mentions(version, names, finding.detection)]
    texts = [(version, finding.received.text) for version, _, finding in stored]
    insert_all(session, ReportText, [{"version_id": v, "text": text} for v, text in texts if text is not None])
    insert_all(session, DrugMentionRow, drugs)
    insert_all(session, EventMentionRow, events)
    pairs: dict[tuple[int, int, int], tuple[Pair, dict[str, Any]]] = {}
    for version, report, finding in stored:
        for pair in distinct(finding.detection.pairs):
            key = pair_key(finding.received.source, finding.received.name, pair)
            row = pair_row(pair, names, (version, report), key)
            pairs[version, row["drug_id"], row["event_id"]] = (pair, row)
    insert_all(session, PairRow, [row for _, row in pairs.values()])
    passages = []
    for some in pieces([version for version, _, _ in stored]):
        asked = select(PairRow.version_id, PairRow.drug_id, PairRow.event_id, PairRow.id)
        for version, drug, event, number in session.execute(asked.where(PairRow.version_id.in_(some))):
            passages.append(evidence_row(pairs[version, drug, event][0], number))
    insert_all(session, Evidence, passages)


def _supersede(session: Session, reports: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Make the latest version of each report a former one; give its id and number by report."""
    before: dict[int, tuple[int, int]] = {}
    for some in pieces(reports):
        latest = select(ReportVersion.report_id, ReportVersion.id, ReportVersion.number)
        for report, version, number in session.execute(
            latest.where(ReportVersion.report_id.in_(some), ReportVersion.latest)
        ):
            before[report] = (version, number)
    for old in pieces([version for version, _ in before.values()]):
        session.execute(update(ReportVersion).where(ReportVersion.id.in_(old)).values(latest=False))
        session.execute(update(PairRow).where(PairRow.version_id.in_(old)).values(latest=False))
    return before


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A report that could not be taken, and why; the reason holds no text of it.

    ``sha256`` is that of its text, None where it could not be read.
    """

    source: str
    kind: str
    name: str
    key: str
    reason: str
    sha256: str | None = None


def record_failures(session: Session, failed: Sequence[FailedTry], made_by: Provenance) -> None:
    """Keep that reports could not be taken, and count the try; another text begins a new count."""
    origins = {f.source: f.kind for f in failed}
    ids = {name: source_id(session, name, kind) for name, kind in sorted(origins.items())}
    rows = {
        (f.source, f.name): {
            "source_id": ids[f.source], "name": f.name, "key": f.key, "reason": f.reason, "sha256": f.sha256,
            "tries": 1, "first_run_id": made_by.run_id, "last_run_id": made_by.run_id,
            "detector_version": made_by.detector_version, "lexicon_hash": made_by.lexicon_hash,
        }
        for f in failed
    }  # fmt: skip
    changing = ("reason", "sha256", "last_run_id", "detector_version", "lexicon_hash")
    upsert(session, Failure, list(rows.values()), ["source_id", "name"], lambda new: {
        "tries": case((Failure.sha256.is_not_distinct_from(new.excluded.sha256), Failure.tries + 1), else_=1),
        **{column: new.excluded[column] for column in changing},
    })  # fmt: skip

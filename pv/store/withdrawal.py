"""Taking of reports out of the database: nullified ones are kept and marked, forgotten ones are erased.

The caller owns the transaction; what SQLite or the server leaves behind is for ``scrub`` to remove, once it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from pv.errors import UsageError
from pv.keys import Key
from pv.store.audit import Action, Change, record_changes
from pv.store.models import Erasure, Failure, PairRow, Report, ReportVersion, Source
from pv.store.runs import start_run, update_run
from pv.store.withheld import FORGOTTEN, NULLIFIED, PATIENT, REPORT, add_tombstone, settle_key

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Identity:
    """A report by its source and name; ``id`` None where it was never taken, but failed."""

    source_id: int
    source: str
    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased."""

    reports: int = 0
    versions: int = 0
    pairs: int = 0
    failures: int = 0


def nullify(session: Session, asked: str, reason: str, key: Key | None) -> int:
    """Take a report out of queries, exports and counts, keep it and mark it; give the number of pairs taken out.

    It stays out when its source offers it again; with a key there is a tombstone too, which outlasts its rows. Raises
    UsageError for a report that is unknown, or nullified already.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise UsageError(f"--reason takes 1 to {LONGEST_REASON} characters")
    settle_key(session, key)
    found = one_report(session, asked, failed=False)
    report = session.get_one(Report, found.id)
    if report.nullified is not None:
        raise UsageError(f"report {report.key} is nullified since {report.nullified.date().isoformat()}")
    report.nullified, report.nullified_reason = datetime.now(UTC), reason.strip()
    latest = PairRow.latest & (PairRow.report_id == report.id)
    pairs = session.scalar(select(func.count()).select_from(PairRow).where(latest)) or 0
    session.execute(update(PairRow).where(latest).values(latest=False))
    session.execute(update(ReportVersion).where(ReportVersion.report_id == report.id).values(latest=False))
    if key is not None:
        add_tombstone(session, key.report_tombstone(found.source, found.name), REPORT, NULLIFIED)
    run = start_run(session, "nullify")
    record_changes(session, run, [Change(report.key, Action.NULLIFIED)])
    update_run(session, run, {"finished": datetime.now(UTC), "exit_code": 0})
    return pairs


def forget(session: Session, asked: Sequence[str], key: Key, *, kind: str | None = None) -> Erased:
    """Erase everything of these reports, or of every report of these patients, and keep them out from now on.

    ``kind`` is report or patient where the caller knows which; else each is looked up as both. Raises UsageError for
    one that is unknown, or ambiguous.
    """
    settle_key(session, key)
    found: set[Identity] = set()
    for one in asked:
        found |= _identities(session, one, key, kind)
    for identity in found:
        add_tombstone(session, key.report_tombstone(identity.source, identity.name), REPORT, FORGOTTEN)
    erased = _erase(session, found)
    run = start_run(session, "forget")
    # The trail is to say that it was done, and not to which report.
    record_changes(session, run, [Change("", Action.FORGOTTEN)] * erased.reports)
    session.add(Erasure(run_id=run.id, reports=erased.reports, versions=erased.versions, pairs=erased.pairs))
    update_run(session, run, {"finished": datetime.now(UTC), "exit_code": 0})
    return erased


def _identities(session: Session, asked: str, key: Key, kind: str | None) -> set[Identity]:
    of_patient = set() if kind == REPORT else set(_of_patient(session, key.patient(asked)))
    as_report = set() if kind == PATIENT else set(_named(session, asked, failed=True))
    if of_patient and as_report:
        raise UsageError("this is the id of a patient and the name of a report; say which with --patient or --report")
    if of_patient or kind == PATIENT:
        add_tombstone(session, key.patient_tombstone(asked), PATIENT, FORGOTTEN)
        return of_patient
    return {one_report(session, asked, failed=True)}


def one_report(session: Session, asked: str, *, failed: bool) -> Identity:
    """Give the report that a name or an opaque key stands for, also one that only failed where that is asked for."""
    found = _named(session, asked, failed=failed)
    if not found:
        raise UsageError("no report of this name or key in the database; `pv events DRUG --pairs` shows names")
    if len(found) > 1:
        raise UsageError(f"{len(found)} sources have a report of this name; give its key, which `pv show` tells")
    return found[0]


def _named(session: Session, asked: str, *, failed: bool) -> list[Identity]:
    """Give the reports of this key, or where there is none of this name."""
    for column, failure in ((Report.key, Failure.key), (Report.name, Failure.name)):
        found = list(_reports(session, column == asked))
        if failed:
            rows = session.execute(
                select(Failure.source_id, Source.name, Failure.name)
                .join(Source, Source.id == Failure.source_id)
                .where(failure == asked)
            )
            taken = {(r.source_id, r.name) for r in found}
            found += [Identity(i, source, name) for i, source, name in rows if (i, name) not in taken]
        if found:
            return found
    return []


def _of_patient(session: Session, patient_key: str) -> Iterable[Identity]:
    versions = select(ReportVersion.report_id).where(ReportVersion.patient_key == patient_key)
    return _reports(session, Report.id.in_(versions))


def _reports(session: Session, condition: ColumnElement[bool]) -> Iterable[Identity]:
    rows = session.execute(
        select(Report.source_id, Source.name, Report.name, Report.id)
        .join(Source, Source.id == Report.source_id)
        .where(condition)
        .order_by(Report.id)
    )
    return (Identity(*row) for row in rows)


def _erase(session: Session, found: Iterable[Identity]) -> Erased:
    reports = versions = pairs = failures = 0
    for one in found:
        failed = delete(Failure).where(Failure.source_id == one.source_id, Failure.name == one.name)
        failures += session.execute(failed).rowcount  # type: ignore[attr-defined]
        if one.id is None:
            continue
        count = select(func.count())
        pairs += session.scalar(count.select_from(PairRow).where(PairRow.report_id == one.id)) or 0
        mine = ReportVersion.report_id == one.id
        versions += session.scalar(count.select_from(ReportVersion).where(mine)) or 0
        # Mentions, pairs, evidence and texts go with their version.
        session.execute(delete(ReportVersion).where(mine))
        session.execute(delete(Report).where(Report.id == one.id))
        reports += 1
    return Erased(reports, versions, pairs, failures)

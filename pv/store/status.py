"""What the database holds: counts, versions, the last run, failures; and whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pv.store.dialect import integrity_problems
from pv.store.models import Erasure, Evidence, Failure, PairRow, Report, ReportVersion, ScanRun, Source

# Runs that take reports: one that withdraws or erases some does not say that the feed is alive.
_SCANS = ("scan", "rescan")


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest scan; ``finished`` None while it runs, or where it was killed."""

    started: datetime
    finished: datetime | None
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of the whole database; ``made_by`` counts latest versions by (detector version, lexicon hash).

    ``nullified`` reports are kept, but in no other count of reports; ``forgotten`` ones were erased. ``doubtful`` are
    the reportable pairs below the threshold of confidence, which are shown on request only; ``tried_out`` the failed
    reports that were tried as often as a scan does by itself.
    """

    reports: int
    nullified: int
    forgotten: int
    versions: int
    pairs: dict[str, int]
    reportable: int
    doubtful: int
    failed: int
    tried_out: int
    made_by: dict[tuple[str, str], int]
    last_run: LastRun | None


@dataclass(frozen=True, slots=True)
class FailedReport:
    """A report that could not be taken."""

    key: str
    source: str
    name: str
    reason: str
    tries: int
    last_tried: datetime


def read_status(session: Session, threshold: float, tries: int) -> Status:
    """Give the counts of the database; the threshold of confidence is between 0 and 1.

    ``tries`` is how often a report must have failed to count as tried out.
    """
    links = select(PairRow.link, PairRow.reportable, func.count()).where(PairRow.latest)
    counted = list(session.execute(links.group_by(PairRow.link, PairRow.reportable)))
    pairs: dict[str, int] = {}
    for link, _, n in counted:
        pairs[link] = pairs.get(link, 0) + n
    doubtful = select(func.count()).where(PairRow.latest, PairRow.reportable, PairRow.confidence < threshold)
    versions = select(ReportVersion.detector_version, ReportVersion.lexicon_hash, func.count())
    versions = versions.where(ReportVersion.latest)
    made_by = session.execute(versions.group_by(ReportVersion.detector_version, ReportVersion.lexicon_hash))
    run = session.scalar(select(ScanRun).where(ScanRun.command.in_(_SCANS)).order_by(ScanRun.id.desc()).limit(1))
    return Status(
        reports=session.scalar(select(func.count()).where(Report.nullified.is_(None))) or 0,
        nullified=session.scalar(select(func.count()).where(Report.nullified.is_not(None))) or 0,
        forgotten=session.scalar(select(func.sum(Erasure.reports))) or 0,
        versions=session.scalar(select(func.count()).select_from(ReportVersion)) or 0,
        pairs=pairs,
        reportable=sum(n for _, reportable, n in counted if reportable),
        doubtful=session.scalar(doubtful) or 0,
        failed=session.scalar(select(func.count()).select_from(Failure)) or 0,
        tried_out=session.scalar(select(func.count()).select_from(Failure).where(Failure.tries >= tries)) or 0,
        made_by={(detector, lexicon): n for detector, lexicon, n in made_by},
        last_run=LastRun(run.started, run.finished, run.exit_code) if run else None,
    )


def failed_reports(session: Session) -> list[FailedReport]:
    """Give the reports that could not be taken, with their names, in the order of source and name."""
    rows = session.execute(
        select(Failure.key, Source.name, Failure.name, Failure.reason, Failure.tries, ScanRun.started)
        .join(Source, Source.id == Failure.source_id)
        .join(ScanRun, ScanRun.id == Failure.last_run_id)
    )
    # Sorted here: a server sorts names by its own locale.
    return sorted((FailedReport(*row) for row in rows), key=lambda f: (f.source, f.name))


def find_problems(session: Session) -> list[str]:
    """Give what is wrong with the database's content, in words; nothing where all is well."""
    problems = integrity_problems(session.connection())
    reports = session.scalar(select(func.count()).where(Report.nullified.is_(None))) or 0
    latest = session.scalar(select(func.count()).select_from(ReportVersion).where(ReportVersion.latest)) or 0
    if reports != latest:
        problems.append(f"{reports} reports, but {latest} latest versions")
    odd = session.scalar(
        select(func.count())
        .select_from(PairRow)
        .join(ReportVersion, ReportVersion.id == PairRow.version_id)
        .where(PairRow.latest != ReportVersion.latest)
    )
    if odd:
        problems.append(f"{odd} pairs disagree with their report about being the latest")
    bare = session.scalar(
        select(func.count())
        .select_from(PairRow)
        .outerjoin(Evidence, Evidence.pair_id == PairRow.id)
        .where(Evidence.pair_id.is_(None))
    )
    if bare:
        problems.append(f"{bare} pairs without evidence")
    problems += _against_runs(session)
    return problems


def _against_runs(session: Session) -> list[str]:
    """Give where the versions that are stored and those that the runs recorded disagree; erasures have a record too.

    A run that was killed under release 0.1 before it kept its record up to date has nothing but zeros there.
    """
    stored = dict(session.execute(select(ReportVersion.run_id, func.count()).group_by(ReportVersion.run_id)).all())
    problems, missing = [], 0
    recorded = ScanRun.new + ScanRun.new_versions + ScanRun.rescanned
    for run, finished, told in session.execute(select(ScanRun.id, ScanRun.finished, recorded).order_by(ScanRun.id)):
        there = stored.get(run, 0)
        missing += max(0, told - there)
        if there > told and not (finished is None and told == 0):
            problems.append(f"run {run} recorded {told} new versions, but {there} are stored")
    erased = session.scalar(select(func.sum(Erasure.versions))) or 0
    if missing > erased:
        problems.append(f"{missing} versions that runs recorded are gone, but only {erased} were erased on request")
    return problems

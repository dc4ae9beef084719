"""What the last runs brought: new, changed and withdrawn pairs, against what was known of each report before them.

A pair is new where the version before did not list it, changed where its content differs from what it was then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from pv.model import Link, Seriousness
from pv.store.models import Drug, Event, Evidence, Failure, PairRow, Report, ReportVersion, ScanRun

Columns = TypeVarTuple("Columns")
# Other commands are recorded among the runs too.
_READING = ScanRun.command.in_(("scan", "rescan"))
# What an assessor reads of a pair; where one of these differs, or the passage, the pair has changed.
CONTENT = ("link", "certainty", "current", "start", "onset", "latency_days", "action_taken", "outcome", "dechallenge",
           "rechallenge", "serious", "seriousness", "grade", "dose", "route", "indication")  # fmt: skip


class Novelty(StrEnum):
    """What a pair is against what was known before the runs, the newest first."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the batch and its counts of reports; ``finished`` is None while it runs, or where it was killed."""

    started: datetime
    finished: datetime | None
    new: int
    new_versions: int
    rescanned: int
    unchanged: int
    failed: int

    @property
    def read(self) -> int:
        """How many reports were taken."""
        return self.new + self.new_versions + self.rescanned


@dataclass(frozen=True, slots=True)
class Night:
    """The runs from ``first_run`` on, and how many reports still wait because they could not be read.

    ``since`` is when what is told begins: the moment asked for, else the start of the run before; None where it was the
    first. Reports that their source withdrew after it are told too, also where that was between two runs.
    """

    first_run: int
    runs: tuple[Run, ...] = ()
    waiting: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class NightPair:
    """A pair that the runs brought: its key, the version that bears it, and the version before, if there was one."""

    key: str
    version_id: int
    before_id: int | None
    novelty: Novelty


@dataclass(frozen=True, slots=True)
class WithdrawnPair:
    """A pair that the newest text of its report no longer bears.

    ``link`` is that of the pair now, such as denied; None where drug and event are no pair any more. ``doubtful`` says
    that it is still reportable, but below the threshold; ``nullified`` that its source withdrew the whole report.
    """

    key: str
    report: str
    drug: str
    event: str
    link: str | None
    doubtful: bool = False
    nullified: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs the runs brought by novelty, and how many of the new and changed ones are serious."""

    by_novelty: dict[Novelty, int] = field(default_factory=dict)
    serious: int = 0
    withdrawn: int = 0

    @property
    def told(self) -> int:
        """How many pairs are new or changed."""
        return self.by_novelty.get(Novelty.NEW, 0) + self.by_novelty.get(Novelty.CHANGED, 0)


def find_night(session: Session, since: datetime | None = None) -> Night:
    """Give the runs since then; else the last finished run, or where it brought nothing the last day that did."""
    first = _first_since(session, since) if since else _first_by_itself(session)
    runs = session.scalars(select(ScanRun).where(ScanRun.id >= first, _READING).order_by(ScanRun.id))
    waiting = session.scalar(select(func.count()).select_from(Failure)) or 0
    return Night(
        first,
        tuple(Run(r.started, r.finished, r.new, r.new_versions, r.rescanned, r.unchanged, r.failed) for r in runs),
        waiting,
        since or _started_before(session, first),
    )


def _first_since(session: Session, since: datetime) -> int:
    found = session.scalar(select(func.min(ScanRun.id)).where(ScanRun.started >= since))
    return _after_all(session) if found is None else found


def _started_before(session: Session, first: int) -> datetime | None:
    statement = select(ScanRun.started).where(ScanRun.id < first, _READING).order_by(ScanRun.id.desc())
    return session.scalars(statement.limit(1)).first()


def _after_all(session: Session) -> int:
    return (session.scalar(select(func.max(ScanRun.id))) or 0) + 1


def _first_by_itself(session: Session) -> int:
    last = session.scalar(select(func.max(ScanRun.id)).where(ScanRun.finished.is_not(None), _READING))
    if last is not None and session.scalar(select(exists().where(ReportVersion.run_id >= last))):
        return last
    bringing = session.scalar(select(func.max(ReportVersion.run_id)))
    if bringing is None:
        return _after_all(session) if last is None else last
    started = session.scalars(select(ScanRun.started).where(ScanRun.id == bringing)).one()
    day = datetime.combine(started.date(), time(), started.tzinfo)
    of_day = session.scalar(select(func.min(ScanRun.id)).where(ScanRun.started >= day, ScanRun.id <= bringing))
    return bringing if of_day is None else of_day


_BEFORE = aliased(PairRow, name="pair_before")


def night_counts(session: Session, night: Night, threshold: float) -> Counts:
    """Count what the runs brought."""
    novelty = _novelty()
    rows = session.execute(
        _with_before(select(novelty, PairRow.serious, func.count()), night, threshold).group_by(
            novelty, PairRow.serious
        )
    )
    by_novelty: dict[Novelty, int] = {}
    serious = 0
    for name, grave, count in rows:
        by_novelty[Novelty(name)] = by_novelty.get(Novelty(name), 0) + count
        serious += count if grave and name != Novelty.UNCHANGED else 0
    gone = (_nullified_statement(night, threshold), _withdrawn_statement(night, threshold))
    withdrawn = sum(session.scalar(select(func.count()).select_from(s.subquery())) or 0 for s in gone)
    return Counts(by_novelty, serious, withdrawn)


def night_pairs(session: Session, night: Night, threshold: float, most: int) -> list[NightPair]:
    """Give the new and changed pairs, at most so many: the most serious first, then the new, stated and surest."""
    novelty = _novelty()
    statement = _with_before(select(PairRow.key, PairRow.version_id, _BEFORE.version_id, novelty), night, threshold)
    statement = statement.where(novelty != Novelty.UNCHANGED).order_by(
        _seriousness_rank(),
        case({Novelty.NEW.value: 0}, value=novelty, else_=1),
        case({Link.STATED.value: 0}, value=PairRow.link, else_=1),
        PairRow.confidence.desc(),
        PairRow.id,
    )
    rows = session.execute(statement.limit(most))
    return [NightPair(key, version, before, Novelty(name)) for key, version, before, name in rows]


def withdrawn_pairs(session: Session, night: Night, threshold: float, most: int) -> list[WithdrawnPair]:
    """Give the pairs that were listed before and no longer are, those of nullified reports first, at most so many."""
    nullified = session.execute(_nullified_statement(night, threshold).limit(most))
    found = [WithdrawnPair(*names, link=None, nullified=True) for names in nullified]
    rows = session.execute(_withdrawn_statement(night, threshold).limit(most - len(found)))
    found += [
        WithdrawnPair(key, report, drug, event, link, doubtful=bool(reportable))
        for key, report, drug, event, link, reportable in rows
    ]
    return found


def _seriousness_rank() -> ColumnElement[int]:
    """Give 0 for death, then one more for each criterion in E2B's order, and last what is not serious."""
    order = {criterion.value: rank for rank, criterion in enumerate(Seriousness)}
    of_criterion = case(order, value=PairRow.seriousness, else_=len(order))
    return case((PairRow.serious, of_criterion), else_=len(order) + 1)


def _listed(pair: Any, threshold: float) -> ColumnElement[bool]:
    return and_(pair.reportable, pair.confidence >= threshold)


def _version_before(night: Night) -> ColumnElement[int]:
    """Give the statement for the version of a report that was its newest before the runs."""
    older = aliased(ReportVersion)
    statement = select(func.max(older.id)).where(older.report_id == ReportVersion.report_id)
    return statement.where(older.run_id < night.first_run).correlate(ReportVersion).scalar_subquery()


def _novelty() -> ColumnElement[str]:
    differs = (getattr(PairRow, name).is_distinct_from(getattr(_BEFORE, name)) for name in CONTENT)
    otherwise = or_(*differs, _passage(PairRow).is_distinct_from(_passage(_BEFORE)))
    return case(
        (_BEFORE.id.is_(None), Novelty.NEW.value), (otherwise, Novelty.CHANGED.value), else_=Novelty.UNCHANGED.value
    )


def _passage(pair: Any) -> ScalarSelect[str]:
    """Give the statement for the passage of a pair: looked up only where the rest of the pair is the same."""
    statement = select(Evidence.passage).where(Evidence.pair_id == pair.id, Evidence.position == 0)
    return statement.correlate(pair).scalar_subquery()


def _with_before(statement: Select[*Columns], night: Night, threshold: float) -> Select[*Columns]:
    """Add to a statement over the pairs that the runs brought the same pair of the version before, if it was listed."""
    known = and_(_BEFORE.version_id == _version_before(night), _BEFORE.key == PairRow.key, _listed(_BEFORE, threshold))
    return (
        statement.select_from(ReportVersion)
        .join(PairRow, PairRow.version_id == ReportVersion.id)
        .outerjoin(_BEFORE, known)
        .where(ReportVersion.latest, ReportVersion.run_id >= night.first_run, _listed(PairRow, threshold))
    )


def _withdrawn_statement(night: Night, threshold: float) -> Select[str, str, str, str, str | None, bool | None]:
    now = and_(PairRow.version_id == ReportVersion.id, PairRow.key == _BEFORE.key)
    return (
        select(_BEFORE.key, Report.name, Drug.inn, Event.label, PairRow.link, PairRow.reportable)
        .select_from(ReportVersion)
        .join(_BEFORE, _BEFORE.version_id == _version_before(night))
        .join(Report, Report.id == ReportVersion.report_id)
        .join(Drug, Drug.id == _BEFORE.drug_id)
        .join(Event, Event.id == _BEFORE.event_id)
        .outerjoin(PairRow, now)
        .where(ReportVersion.latest, ReportVersion.run_id >= night.first_run, _listed(_BEFORE, threshold))
        .where(or_(PairRow.id.is_(None), ~_listed(PairRow, threshold)))
        .order_by(Report.name, Drug.inn, Event.label)
    )


def _nullified_statement(night: Night, threshold: float) -> Select[str, str, str, str]:
    newest = select(func.max(ReportVersion.id)).where(ReportVersion.report_id == Report.id)
    after = Report.nullified > night.since if night.since else Report.nullified.is_not(None)
    return (
        select(PairRow.key, Report.name, Drug.inn, Event.label)
        .select_from(Report)
        .join(PairRow, PairRow.version_id == newest.correlate(Report).scalar_subquery())
        .join(Drug, Drug.id == PairRow.drug_id)
        .join(Event, Event.id == PairRow.event_id)
        .where(after, _listed(PairRow, threshold))
        .order_by(Report.name, Drug.inn, Event.label)
    )

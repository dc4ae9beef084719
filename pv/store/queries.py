"""The questions people ask of the pairs: which events for a drug, which drugs for an event, which pairs.

Counts come from the two wide indexes of ``pairs`` alone; only latest versions are counted. Unless all are asked for,
pairs below the confidence threshold, and stated or temporal ones whose event did not occur, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pv.causality.completeness import Told, gaps
from pv.model import REPORTABLE_LINKS, Certainty, Challenge, Link
from pv.store.associations import LINKED, Association, Tally
from pv.store.models import Drug, DrugCode, Event, EventCode, Evidence, ExportedPair, PairRow, Report, ReportVersion

Side = InstrumentedAttribute[int]
Columns = TypeVarTuple("Columns")
# Sorts after every character of a code, in byte order.
_AFTER = "~"
# Columns of the listing from which follows what a case report lacks.
_TOLD = ("reporter", "patient_age", "patient_sex", "drug_kind", "assertions", "generic", "special", "start", "onset",
         "outcome")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: from which confidence on, the doubtful too, which links, received since when."""

    threshold: float
    everything: bool = False
    links: tuple[str, ...] = ()
    since: datetime | None = None


def find_drugs(session: Session, inns: Sequence[str], prefixes: Sequence[str]) -> dict[int, str]:
    """Give id and INN of the drugs in the database that bear one of the names, or an ATC code with one of the prefixes.

    A combination bears the name of each of its substances.
    """
    found: dict[int, str] = {}
    if inns:
        parts = (Drug.inn.like(p, escape="\\") for inn in inns for p in _inside(inn))
        found |= _names(session, select(Drug.id, Drug.inn).where(or_(Drug.inn.in_(inns), *parts)))
    for prefix in prefixes:
        coded = select(DrugCode.drug_id).where(DrugCode.code >= prefix, DrugCode.code < prefix + _AFTER)
        found |= _names(session, select(Drug.id, Drug.inn).where(Drug.id.in_(coded)))
    return found


def _names(session: Session, statement: Select[int, str]) -> dict[int, str]:
    return dict(session.execute(statement).all())


def _inside(inn: str) -> tuple[str, str, str]:
    """Give the patterns for a substance at the end, at the beginning and in the middle of a combination."""
    quoted = inn.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%/{quoted}", f"{quoted}/%", f"%/{quoted}/%"


def find_events(
    session: Session, labels: Sequence[str], concepts: Sequence[str], prefixes: Sequence[str]
) -> dict[int, str]:
    """Give id and label of the events in the database with one of the labels, concepts or CIM-10 prefixes."""
    found: dict[int, str] = {}
    for column, names in ((Event.label, labels), (Event.concept, concepts)):
        if names:
            found |= _names(session, select(Event.id, Event.label).where(column.in_(names)))
    for prefix in prefixes:
        coded = select(EventCode.event_id).where(EventCode.code >= prefix, EventCode.code < prefix + _AFTER)
        found |= _names(session, select(Event.id, Event.label).where(Event.id.in_(coded)))
    return found


def drug_names(session: Session) -> list[str]:
    """Give every drug name in the database."""
    return list(session.scalars(select(Drug.inn)))


def event_names(session: Session) -> list[str]:
    """Give every event label in the database."""
    return list(session.scalars(select(Event.label)))


def tally_statement(near: Side, ids: Sequence[int], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Give the statement that counts the pairs of these drugs (or events) for each name of the other side.

    Columns: near and far id, then the counts in the order of Tally's fields, then the days to onset in one text: one
    row for each two names, because a popular drug has more pairs than Python reads in the time there is.
    """
    link, dechallenge = PairRow.link, PairRow.dechallenge
    linked = link.in_(LINKED)
    conditions = (
        link == Link.STATED,
        and_(link == Link.STATED, PairRow.certainty == Certainty.HEDGED),
        link == Link.TEMPORAL,
        link == Link.PART,
        link == Link.DENIED,
        link == Link.TREATS,
        *(and_(dechallenge == value, linked) for value in Challenge),
    )
    days = func.aggregate_strings(cast(PairRow.latency_days, String), " ").filter(linked)
    far = _far(near)
    statement = select(near, far, *(func.count().filter(c) for c in conditions), days)
    return _narrowed(statement.where(near.in_(ids), PairRow.latest), wanted).group_by(near, far)


def reports_statement(near: Side, ids: Sequence[int], wanted: Wanted) -> Select[int, int]:
    """Give the statement that counts the distinct linked reports for each name of the other side."""
    statement = select(_far(near), func.count(PairRow.report_id.distinct()))
    statement = statement.where(near.in_(ids), PairRow.latest, PairRow.link.in_(LINKED))
    return _narrowed(statement, wanted).group_by(_far(near))


def _far(near: Side) -> Side:
    return PairRow.event_id if near is PairRow.drug_id else PairRow.drug_id


def _narrowed(statement: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    """Leave out what default outputs do not count: doubtful pairs, and stated or temporal ones of no event."""
    if wanted.everything:
        return statement
    occurred = or_(PairRow.reportable, PairRow.link.not_in(REPORTABLE_LINKS))
    return statement.where(PairRow.confidence >= wanted.threshold, occurred)


def events_of(session: Session, drugs: dict[int, str], wanted: Wanted) -> list[Association]:
    """Give the events linked to these drugs, those with the most stated pairs first."""
    return _associations(session, PairRow.drug_id, drugs, wanted)


def drugs_of(session: Session, events: dict[int, str], wanted: Wanted) -> list[Association]:
    """Give the drugs linked to these events, those with the most stated pairs first."""
    return _associations(session, PairRow.event_id, events, wanted)


def _associations(session: Session, near: Side, names: dict[int, str], wanted: Wanted) -> list[Association]:
    if not names:
        return []
    ids = list(names)
    tallies: dict[int, Tally] = {}
    for near_id, far_id, *counts, days in session.execute(tally_statement(near, ids, wanted)):
        tallies.setdefault(far_id, Tally()).add(names[near_id], counts, days)
    if not wanted.everything:
        tallies = {far: tally for far, tally in tallies.items() if tally.linked}
    far_names = _far_names(session, near, list(tallies))
    reports = {far: tally.linked for far, tally in tallies.items()}
    if len(ids) > 1:
        reports = dict(session.execute(reports_statement(near, ids, wanted)).all())
    rows = [tally.association(*far_names[far], reports=reports.get(far, 0)) for far, tally in tallies.items()]
    return sorted(rows, key=lambda r: (-r.asserted - r.hedged, -r.temporal, -r.part, r.name))


def _far_names(session: Session, near: Side, ids: list[int]) -> dict[int, tuple[str, str]]:
    """Give name and code of each of these ids of the other side."""
    columns = (Event.id, Event.label, Event.cim10) if near is PairRow.drug_id else (Drug.id, Drug.inn, Drug.atc)
    found: dict[int, tuple[str, str]] = {}
    # SQLite before 3.32 admits 999 parameters a statement.
    for start in range(0, len(ids), 900):
        rows = session.execute(select(*columns).where(columns[0].in_(ids[start : start + 900])))
        found |= {i: (name, code) for i, name, code in rows}
    return found


def listing_statement(
    wanted: Wanted, drugs: Sequence[int] | None = None, events: Sequence[int] | None = None
) -> Select[*tuple[Any, ...]]:
    """Give the statement for whole pairs, one row each with its passage, in the order in which they were stored."""
    statement = whole_pairs().where(PairRow.latest).order_by(PairRow.version_id, PairRow.id)
    statement = of_chosen(_narrowed(statement, wanted), PairRow, wanted, drugs, events)
    if wanted.since:
        statement = statement.where(ReportVersion.received >= wanted.since)
    return statement


def of_chosen(
    statement: Select[*Columns],
    table: type[PairRow | ExportedPair],
    wanted: Wanted,
    drugs: Sequence[int] | None,
    events: Sequence[int] | None,
) -> Select[*Columns]:
    """Keep the pairs of these drugs and events (None for all) with a link that is wanted."""
    if drugs is not None:
        statement = statement.where(table.drug_id.in_(drugs))
    if events is not None:
        statement = statement.where(table.event_id.in_(events))
    if wanted.links:
        statement = statement.where(table.link.in_(wanted.links))
    return statement


def whole_pairs() -> Select[*tuple[Any, ...]]:
    """Give the statement for whole pairs of every version, one row each with its passage."""
    return (
        select(
            PairRow.key.label("pair"),
            PairRow.report_id,
            PairRow.drug_id,
            PairRow.event_id,
            PairRow.reportable,
            Report.name.label("report"),
            ReportVersion.received,
            ReportVersion.patient_age,
            ReportVersion.patient_sex,
            ReportVersion.patient_key,
            ReportVersion.reporter,
            Drug.inn.label("drug"),
            Drug.kind.label("drug_kind"),
            Drug.atc,
            PairRow.dose,
            PairRow.route,
            PairRow.indication,
            Event.label.label("event"),
            Event.cim10,
            Event.generic,
            Event.special,
            PairRow.grade,
            PairRow.assertions,
            PairRow.link,
            PairRow.certainty,
            PairRow.current,
            PairRow.part_of,
            PairRow.start,
            PairRow.onset,
            PairRow.latency_days.label("days_to_onset"),
            PairRow.action_taken,
            PairRow.outcome,
            PairRow.dechallenge,
            PairRow.rechallenge,
            PairRow.serious,
            PairRow.seriousness.label("seriousness_criterion"),
            PairRow.confidence,
            Evidence.passage.label("evidence"),
            PairRow.rule,
            ReportVersion.detector_version,
            ReportVersion.lexicon_hash,
        )
        .join(ReportVersion, ReportVersion.id == PairRow.version_id)
        .join(Report, Report.id == PairRow.report_id)
        .join(Drug, Drug.id == PairRow.drug_id)
        .join(Event, Event.id == PairRow.event_id)
        .outerjoin(Evidence, (Evidence.pair_id == PairRow.id) & (Evidence.position == 0))
    )


def listing(
    session: Session, wanted: Wanted, drugs: Sequence[int] | None = None, events: Sequence[int] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield whole pairs as mappings of column to value; memory does not grow with their number.

    The column ``missing`` says what each lacks to be a complete case report (see pv.causality.completeness).
    """
    yield from rows_of(session, listing_statement(wanted, drugs, events))


def rows_of(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a statement of whole pairs, as ``listing`` gives them."""
    for row in session.execute(statement.execution_options(yield_per=1000)):
        values = dict(row._mapping)  # noqa: SLF001 - a public name with an underscore, says SQLAlchemy's manual
        yield {**values, "missing": [gap.value for gap in gaps(_told(values))]}


def _told(row: dict[str, Any]) -> Told:
    """Give what a row of the listing tells."""
    told = {name: row[name] for name in _TOLD}
    return Told(**told, patient_key=row["patient_key"] is not None)

"""The pairs that a screening counts, and the names of drugs and events at every level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pv.lexicon.meddra import MeddraTerm
from pv.model import Link
from pv.signals.levels import MEDDRA_LEVELS, DrugNames, EventNames
from pv.store.models import Drug, DrugCode, Event, PairRow, ReportVersion


@dataclass(frozen=True, slots=True)
class Counted:
    """Which pairs count: reportable ones of latest versions, and of those what these fields leave.

    ``recent`` is the time from which on a report is recent; reports are received in [``since``, ``before``).
    """

    recent: datetime
    before: datetime
    threshold: float = 0.5
    stated_only: bool = False
    past: bool = False
    since: datetime | None = None


def counted_statement(counted: Counted) -> Select[*tuple[Any, ...]]:
    """Give the statement for the pairs that count: report, patient's key, drug, event, and whether it is not recent."""
    statement = (
        select(
            PairRow.report_id,
            ReportVersion.patient_key,
            PairRow.drug_id,
            PairRow.event_id,
            ReportVersion.received < counted.recent,
        )
        .join(ReportVersion, ReportVersion.id == PairRow.version_id)
        .where(PairRow.latest, PairRow.reportable, PairRow.confidence >= counted.threshold)
        .where(ReportVersion.received < counted.before)
    )
    if counted.stated_only:
        statement = statement.where(PairRow.link == Link.STATED)
    if not counted.past:
        statement = statement.where(PairRow.current)
    if counted.since:
        statement = statement.where(ReportVersion.received >= counted.since)
    return statement


def counted_pairs(session: Session, counted: Counted) -> Iterator[tuple[int, int, int, bool]]:
    """Yield (case, drug, event, received before recent) of each pair that counts; ids, in no order.

    The case is the patient, where the source tells who it is, else the report.
    """
    patients: dict[str, int] = {}
    rows = session.execute(counted_statement(counted).execution_options(yield_per=10_000))
    for report, patient, drug, event, old in rows:
        # Negative, so that no patient is taken for a report.
        case = report if patient is None else patients.setdefault(patient, -1 - len(patients))
        yield case, drug, event, bool(old)


def drug_names(session: Session) -> list[DrugNames]:
    """Give every drug of the database with its codes."""
    codes: dict[int, list[str]] = {}
    for drug, code in session.execute(select(DrugCode.drug_id, DrugCode.code).order_by(DrugCode.code)):
        codes.setdefault(drug, []).append(code)
    rows = session.execute(select(Drug.id, Drug.inn, Drug.atc))
    return [DrugNames(number, inn, tuple(codes.get(number, ())), atc) for number, inn, atc in rows]


def event_names(session: Session, terms: Mapping[str, MeddraTerm] | None = None) -> list[EventNames]:
    """Give every event of the database with its terms of MedDRA, by concept, where there is a table."""
    rows = session.execute(select(Event.id, Event.label, Event.cim10, Event.event_group, Event.concept))
    return [EventNames(i, label, cim10, group, _terms((terms or {}).get(c))) for i, label, cim10, group, c in rows]


def _terms(term: MeddraTerm | None) -> dict[str, str] | None:
    return None if term is None else {level: getattr(term, level) for level in MEDDRA_LEVELS}

"""The names of drugs and events in the database: looked up once a run, added where new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pv.model import Detection
from pv.store.models import Drug, DrugCode, Event, EventCode


@dataclass(frozen=True, slots=True)
class DrugName:
    """A drug as the database names it; ``id`` 0 before it is stored."""

    inn: str
    kind: str
    atc: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class EventName:
    """An event as the database names it; ``id`` 0 before it is stored."""

    label: str
    concept: str
    cim10: str
    group: str = ""
    important: bool = False
    generic: bool = False
    special: bool = False
    id: int = 0


def split_codes(cell: str) -> set[str]:
    """Give the codes of a cell, upper case and without dots: ``D69.6`` is ``D696``."""
    return {c.replace(".", "").upper()[:16] for c in re.split(r"[\s,;|/+]+", cell) if c}


@dataclass(slots=True)
class Vocabulary:
    """What is known of names; a copy of the rows that this run has met.

    ``forget`` after a rollback: rows that were added since are gone from the database.
    """

    drugs: dict[str, DrugName] = field(default_factory=dict)
    events: dict[str, EventName] = field(default_factory=dict)

    def of(self, session: Session, detection: Detection) -> Vocabulary:
        """Give this vocabulary with every name of the detection in it and in the database."""
        for drug in _drug_names(detection):
            known = self.drugs.get(drug.inn)
            # A term without a code does not take the code away that another term of the drug has.
            if known is None or known.kind != drug.kind or drug.atc not in ("", known.atc):
                self.drugs[drug.inn] = _store_drug(session, drug)
        for event in _event_names(detection):
            met = self.events.get(event.label)
            if met is None or replace(met, id=0) != event:
                self.events[event.label] = _store_event(session, event)
        return self

    def forget(self) -> None:
        """Drop the copy; the next lookup reads the database."""
        self.drugs.clear()
        self.events.clear()


def _drug_names(detection: Detection) -> Iterable[DrugName]:
    names = {p.drug: DrugName(p.drug, p.drug_kind.value, p.atc) for p in detection.pairs}
    return (names | {m.inn: DrugName(m.inn, m.kind.value, m.atc) for m in detection.drugs}).values()


def _event_names(detection: Detection) -> Iterable[EventName]:
    names = {p.event: EventName(p.event, p.concept, p.cim10) for p in detection.pairs}
    mentioned = {
        m.label: EventName(m.label, m.concept, m.cim10, m.group, m.important, m.generic, m.special)
        for m in detection.events
    }
    return (names | mentioned).values()


def _store_drug(session: Session, name: DrugName) -> DrugName:
    row = session.scalar(select(Drug).where(Drug.inn == name.inn))
    if row is None:
        row = Drug(inn=name.inn)
        session.add(row)
    row.kind, row.atc = name.kind, name.atc or row.atc or ""
    session.flush()
    session.execute(delete(DrugCode).where(DrugCode.drug_id == row.id))
    session.add_all(DrugCode(code=c, drug_id=row.id) for c in sorted(split_codes(row.atc)))
    session.flush()
    return replace(name, atc=row.atc, id=row.id)


def _store_event(session: Session, name: EventName) -> EventName:
    row = session.scalar(select(Event).where(Event.label == name.label))
    if row is None:
        row = Event(label=name.label)
        session.add(row)
    row.concept, row.cim10 = name.concept, name.cim10
    row.event_group, row.important, row.generic, row.special = name.group, name.important, name.generic, name.special
    session.flush()
    session.execute(delete(EventCode).where(EventCode.event_id == row.id))
    session.add_all(EventCode(code=c, event_id=row.id) for c in sorted(split_codes(name.cim10)))
    session.flush()
    return replace(name, id=row.id)

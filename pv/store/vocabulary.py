"""The names of drugs and events in the database: looked up once a run, added where new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import case, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pv.model import Detection
from pv.store.bulk import insert_all, pieces, upsert
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

    def of(self, session: Session, detections: Iterable[Detection]) -> Vocabulary:
        """Give this vocabulary with every name of the detections in it and in the database.

        Names that are new or have changed are written together, however many reports bear them.
        """
        drugs: dict[str, DrugName] = {}
        events: dict[str, EventName] = {}
        for detection in detections:
            for drug in _drug_names(detection):
                known = drugs.get(drug.inn) or self.drugs.get(drug.inn)
                # A term without a code does not take the code away that another term of the drug has.
                if known is None or known.kind != drug.kind or drug.atc not in ("", known.atc):
                    drugs[drug.inn] = replace(drug, atc=drug.atc or (known.atc if known else ""))
            for event in _event_names(detection):
                met = events.get(event.label) or self.events.get(event.label)
                if met is None or replace(met, id=0) != event:
                    events[event.label] = event
        self.drugs |= _store_drugs(session, drugs)
        self.events |= _store_events(session, events)
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


def _store_drugs(session: Session, names: Mapping[str, DrugName]) -> dict[str, DrugName]:
    rows = [{"inn": n.inn, "kind": n.kind, "atc": n.atc} for n in names.values()]
    upsert(session, Drug, rows, ["inn"], lambda new: {
        "kind": new.excluded.kind,
        "atc": case((new.excluded.atc == "", Drug.atc), else_=new.excluded.atc),
    })  # fmt: skip
    stored: dict[str, DrugName] = {}
    for some in pieces(list(names)):
        for number, inn, atc in session.execute(select(Drug.id, Drug.inn, Drug.atc).where(Drug.inn.in_(some))):
            stored[inn] = replace(names[inn], atc=atc, id=number)
    codes = [{"code": c, "drug_id": n.id} for n in stored.values() for c in sorted(split_codes(n.atc))]
    _replace_codes(session, DrugCode, DrugCode.drug_id, [n.id for n in stored.values()], codes)
    return stored


def _store_events(session: Session, names: Mapping[str, EventName]) -> dict[str, EventName]:
    rows = [
        {"label": n.label, "concept": n.concept, "cim10": n.cim10, "event_group": n.group,
         "important": n.important, "generic": n.generic, "special": n.special}
        for n in names.values()
    ]  # fmt: skip
    changing = ("concept", "cim10", "event_group", "important", "generic", "special")
    upsert(session, Event, rows, ["label"], lambda new: {c: new.excluded[c] for c in changing})
    stored: dict[str, EventName] = {}
    for some in pieces(list(names)):
        for number, label in session.execute(select(Event.id, Event.label).where(Event.label.in_(some))):
            stored[label] = replace(names[label], id=number)
    codes = [{"code": c, "event_id": n.id} for n in stored.values() for c in sorted(split_codes(n.cim10))]
    _replace_codes(session, EventCode, EventCode.event_id, [n.id for n in stored.values()], codes)
    return stored


def _replace_codes(
    session: Session,
    model: type[DrugCode | EventCode],
    owner: InstrumentedAttribute[int],
    ids: Sequence[int],
    codes: Sequence[Mapping[str, object]],
) -> None:
    for some in pieces(ids):
        session.execute(delete(model).where(owner.in_(some)))
    insert_all(session, model, codes)

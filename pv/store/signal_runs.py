"""Kept screenings: their figures as they were, what the last one found, and the trend of a combination."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from pv.signals.signal import Prior, Question, Screening, Signal, TrendPoint
from pv.store.models import Drug, Event
from pv.store.signal_models import SignalCombination, SignalFigure, SignalRun

_CHUNK = 2_000
_LISTS = ("zero", "rules", "unjudged", "newly_met")
_FIGURES = tuple(c.key for c in SignalFigure.__table__.columns if c.key not in {"run_id", "combination_id"})


@dataclass(frozen=True, slots=True)
class Previous:
    """What the last screening of a question found: when, which rules it judged, and those that each combination met."""

    as_of: datetime
    judged: frozenset[str]
    met: Mapping[tuple[str, str], tuple[str, ...]]


def question_key(question: Question) -> str:
    """Give the digest under which runs of one question are found."""
    return hashlib.sha256(json.dumps(question.as_dict(), sort_keys=True).encode()).hexdigest()[:16]


def keep_screening(session: Session, screening: Screening, program_version: str) -> int:
    """Add a screening with all of its figures; give the number of the run."""
    run = SignalRun(
        key=question_key(screening.question),
        run_at=screening.run_at,
        as_of=screening.as_of,
        program_version=program_version,
        question=screening.question.as_dict(),
        total=screening.total,
        combinations=screening.combinations,
        prior=asdict(screening.prior) if screening.prior else None,
        prior_problem=screening.prior_problem,
        rules=screening.rules,
        left_out=list(screening.left_out),
        previous=screening.previous,
    )
    session.add(run)
    session.flush()
    known = _combinations(session, {(s.drug, s.event) for s in screening.signals})
    rows = ({**_row(s), "run_id": run.id, "combination_id": known[s.drug, s.event]} for s in screening.signals)
    for chunk in _chunks(rows):
        session.execute(insert(SignalFigure), chunk)
    return run.id


def _row(signal: Signal) -> dict[str, Any]:
    row = {name: getattr(signal, name) for name in _FIGURES}
    return row | {name: " ".join(row[name]) for name in _LISTS}


def _combinations(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Give the id of each combination, adding those that no run had."""
    statement = select(SignalCombination.drug, SignalCombination.event, SignalCombination.id)
    known = {(drug, event): number for drug, event, number in session.execute(statement)}
    new = ({"drug": drug, "event": event} for drug, event in sorted(wanted - known.keys()))
    for chunk in _chunks(new):
        session.execute(insert(SignalCombination), chunk)
    if wanted - known.keys():
        known = {(drug, event): number for drug, event, number in session.execute(statement)}
    return known


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def previous_screening(session: Session, question: Question, as_of: datetime) -> Previous | None:
    """Give what the last kept run of a question, up to this time, found; None where there is none."""
    run = session.scalars(_runs(question).where(SignalRun.as_of <= as_of).limit(1)).first()
    if run is None:
        return None
    rows = session.execute(
        select(SignalCombination.drug, SignalCombination.event, SignalFigure.rules)
        .join(SignalFigure, SignalFigure.combination_id == SignalCombination.id)
        .where(SignalFigure.run_id == run.id)
    )
    met = {(drug, event): tuple(rules.split()) for drug, event, rules in rows}
    return Previous(run.as_of, frozenset(run.rules), met)


def _runs(question: Question | None) -> Select[SignalRun]:
    """Give the statement for runs, of a question or of any, the newest first."""
    statement = select(SignalRun).order_by(SignalRun.as_of.desc(), SignalRun.id.desc())
    return statement if question is None else statement.where(SignalRun.key == question_key(question))


def last_screening(session: Session, question: Question | None = None) -> Screening | None:
    """Give the newest kept run, of a question or of any, with all of its figures; None where none is kept.

    It loads nothing heavy: for pages and exports.
    """
    run = session.scalars(_runs(question).limit(1)).first()
    if run is None:
        return None
    return Screening(
        question=Question(**run.question),
        as_of=run.as_of,
        run_at=run.run_at,
        total=run.total,
        combinations=run.combinations,
        signals=tuple(sorted(_signals(session, run.id), key=Signal.rank)),
        prior=Prior(**run.prior) if run.prior else None,
        prior_problem=run.prior_problem,
        left_out=(run.left_out[0], run.left_out[1], run.left_out[2]),
        rules=dict(run.rules),
        previous=run.previous,
    )


def _signals(session: Session, run_id: int) -> Iterator[Signal]:
    columns = (getattr(SignalFigure, name) for name in _FIGURES)
    rows = session.execute(
        select(SignalCombination.drug, SignalCombination.event, *columns, Drug.atc, Event.cim10)
        .join(SignalFigure, SignalFigure.combination_id == SignalCombination.id)
        .outerjoin(Drug, Drug.inn == SignalCombination.drug)
        .outerjoin(Event, Event.label == SignalCombination.event)
        .where(SignalFigure.run_id == run_id)
    )
    for drug, event, *values, atc, cim10 in rows:
        row = dict(zip(_FIGURES, values, strict=True))
        row |= {name: tuple(row[name].split()) for name in _LISTS}
        yield Signal(drug, event, **row, atc=atc or "", cim10=cim10 or "")


def trend(session: Session, drug: str, event: str, question: Question | None = None) -> tuple[TrendPoint, ...]:
    """Give the figures of one combination in every kept run of a question, oldest first; ``Question()`` where None.

    Of several runs up to one time the newest counts; a run that lacks the combination (fewer cases than asked for)
    gives no point.
    """
    names = [f.name for f in fields(TrendPoint) if f.name != "as_of"]
    rows = session.execute(
        select(SignalRun.as_of, *(getattr(SignalFigure, name) for name in names))
        .join(SignalFigure, SignalFigure.run_id == SignalRun.id)
        .join(SignalCombination, SignalCombination.id == SignalFigure.combination_id)
        .where(SignalCombination.drug == drug, SignalCombination.event == event)
        .where(SignalRun.key == question_key(question or Question()))
        .order_by(SignalRun.as_of, SignalRun.id)
    )
    points = {as_of: TrendPoint(as_of, *values) for as_of, *values in rows}
    return tuple(points.values())

"""A screening of the database for disproportionate reporting: counts from the store, figures from ``pv.signals``.

The caller owns the sessions: ``screen`` only reads, ``keep_screening`` of the store adds what it found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from pv.lexicon.meddra import MeddraTerm
from pv.signals.background import Background
from pv.signals.contingency import count_cases
from pv.signals.levels import DrugNames, EventNames, drug_level, event_level
from pv.signals.rules import Lists
from pv.signals.score import score
from pv.signals.signal import Question, Screening, Signal
from pv.store.signal_counts import Counted, counted_pairs, drug_names, event_names
from pv.store.signal_runs import Previous, previous_screening


@dataclass(frozen=True, slots=True)
class Given:
    """What the user gives beside the question: MedDRA's terms by concept, lists for the rules, a background."""

    meddra: Mapping[str, MeddraTerm] | None = None
    lists: Lists = field(default_factory=Lists)
    background: Background | None = None


def screen(session: Session, question: Question, as_of: datetime, run_at: datetime, given: Given) -> Screening:
    """Give the screening of what was received before ``as_of``, compared with the last kept one of the question."""
    drugs, events = drug_names(session), event_names(session, given.meddra)
    of_drugs, of_events = drug_level(drugs, question.drug_level), event_level(events, question.event_level)
    counts = count_cases(counted_pairs(session, _counted(question, as_of)), of_drugs, of_events)
    lists = replace(given.lists, terms=_terms(events))
    scored = score(counts, question.min_n, lists, given.background)
    previous = previous_screening(session, question, as_of)
    coded = _coded(scored.signals, drugs, events)
    nameless = [sum(not names for names in level.names.values()) for level in (of_drugs, of_events)]
    return Screening(
        question=question,
        as_of=as_of,
        run_at=run_at,
        total=counts.total,
        combinations=len(counts.n),
        signals=tuple(compared(signal, previous) for signal in coded),
        prior=scored.prior,
        prior_problem=scored.prior_problem,
        left_out=(nameless[0], nameless[1], scored.incomparable),
        rules=scored.rules,
        previous=previous.as_of if previous else None,
    )


def _counted(question: Question, as_of: datetime) -> Counted:
    since = datetime.combine(date.fromisoformat(question.since), time(), UTC) if question.since else None
    return Counted(year_before(as_of), as_of, question.threshold, question.stated_only, question.past, since)


def year_before(moment: datetime) -> datetime:
    """Give the same moment a year before; 28 February for the 29th."""
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year - 1, day=day)


def _terms(events: list[EventNames]) -> dict[str, tuple[str, ...]]:
    """Give the PT and the LLT of each label, under which a list of important events may name it."""
    return {e.label: (e.meddra["pt"], e.meddra["llt"]) for e in events if e.meddra}


def _coded(signals: Iterable[Signal], drugs: Sequence[DrugNames], events: Sequence[EventNames]) -> Iterator[Signal]:
    """Yield the signals with the ATC code of an INN and the CIM-10 code of a label."""
    atc, cim10 = {d.inn: d.atc for d in drugs}, {e.label: e.cim10 for e in events}
    return (replace(s, atc=atc.get(s.drug, ""), cim10=cim10.get(s.event, "")) for s in signals)


def compared(signal: Signal, previous: Previous | None) -> Signal:
    """Give a signal with what is new of it since the last screening.

    A rule that was not judged then (no list, no prior) is not newly met.
    """
    if previous is None:
        return signal
    before = previous.met.get((signal.drug, signal.event))
    newly = tuple(r for r in signal.rules if r in previous.judged and r not in (before or ()))
    return replace(signal, new=before is None, newly_met=newly)

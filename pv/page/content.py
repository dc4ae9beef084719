"""What stands on the page, as plain values in its language: groups of cards, one a pair, and the withdrawn pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pv.causality.completeness import MINIMUM
from pv.causality.explanation import Proposal, proposals
from pv.model import Pair, Seriousness
from pv.page.facts import NOT_SERIOUS, SERIOUS, Change, changes, course, seriousness
from pv.page.words import Words
from pv.store.details import StoredPair, StoredReport, stored_reports
from pv.store.night import (
    Counts,
    Night,
    NightPair,
    Novelty,
    WithdrawnPair,
    find_night,
    night_counts,
    night_pairs,
    withdrawn_pairs,
)
from pv.text.passage import Segment, printable, segments

GROUPS = (*(criterion.value for criterion in Seriousness), SERIOUS, NOT_SERIOUS)


@dataclass(frozen=True, slots=True)
class Card:
    """One pair as an assessor reads it; ``terms`` are further terms of its event, each with its level."""

    key: str
    drug: str
    event: str
    pair: Pair
    report: StoredReport
    novelty: Novelty
    patient: str
    terms: tuple[tuple[str, str], ...]
    segments: tuple[Segment, ...]
    course: dict[str, str]
    changes: tuple[Change, ...]
    signs: tuple[str, ...]
    reasons: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    missing: tuple[str, ...]
    invalid_without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one criterion of seriousness."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All that the page tells of pairs; ``shown`` may be less than the counts say, where the page was cut."""

    night: Night
    counts: Counts
    groups: tuple[Group, ...]
    withdrawn: tuple[WithdrawnPair, ...]
    threshold: float

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card, in the order of the page."""
        return tuple(card for group in self.groups for card in group.cards)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to show: the runs since when (None for the last), from which confidence on, and how many pairs at most."""

    threshold: float
    most: int
    since: datetime | None = None


Terms = Callable[[str], Sequence[tuple[str, str]]]


def read_content(session: Session, wish: Wish, words: Words, terms: Terms = lambda _: ()) -> Content:
    """Read what the runs brought; ``terms`` gives further terms of an event by its label, such as MedDRA's."""
    night = find_night(session, wish.since)
    found = night_pairs(session, night, wish.threshold, wish.most)
    cards = _cards(session, found, words, terms)
    return Content(
        night=night,
        counts=night_counts(session, night, wish.threshold),
        groups=tuple(g for g in (_group(name, cards) for name in GROUPS) if g.cards),
        withdrawn=tuple(withdrawn_pairs(session, night, wish.threshold, wish.most)),
        threshold=wish.threshold,
    )


def _group(name: str, cards: Sequence[Card]) -> Group:
    return Group(name, tuple(card for card in cards if seriousness(card.pair) == name))


def _cards(session: Session, found: Sequence[NightPair], words: Words, terms: Terms) -> list[Card]:
    now = stored_reports(session, sorted({p.version_id for p in found}))
    before = stored_reports(session, sorted({p.before_id for p in found if p.before_id is not None}))
    cards = []
    for one in found:
        report = now[one.version_id]
        old = None if one.before_id is None else _by_key(before[one.before_id], one.key).pair
        cards.append(_card(one, report, old, words, terms))
    return cards


def _by_key(report: StoredReport, key: str) -> StoredPair:
    return next(pair for pair in report.pairs if pair.key == key)


def _card(one: NightPair, report: StoredReport, old: Pair | None, words: Words, terms: Terms) -> Card:
    stored = _by_key(report, one.key)
    pair = stored.pair
    others = [other.pair for other in report.pairs]
    return Card(
        key=one.key,
        drug=words.drug(pair.drug),
        event=pair.event,
        pair=pair,
        report=report,
        novelty=one.novelty,
        patient=_patient(report, words),
        terms=tuple((name, term) for name, term in terms(pair.event) if term),
        segments=segments(pair),
        course=course(pair, words),
        changes=changes(old, pair, words) if old else (),
        signs=tuple(o.event for o in others if o.drug == pair.drug and o.part_of in (pair.concept, pair.event)),
        reasons=tuple(map(printable, pair.reasons)),
        proposals=proposals(pair, others),
        missing=tuple(words(f"gap.{gap.value}") for gap in stored.missing),
        invalid_without=tuple(words(f"gap.{gap.value}") for gap in stored.missing if gap in MINIMUM),
    )


def _patient(report: StoredReport, words: Words) -> str:
    age = None if report.patient_age is None else _age(report.patient_age, words)
    sex = words(f"card.sex.{report.patient_sex}") if report.patient_sex else None
    return ", ".join(filter(None, (sex, age))) or words("card.untold")


def _age(years: float, words: Words) -> str:
    """Give an age in years, below two years in months."""
    return words.count("card.months", round(years * 12)) if years < 2 else words.count("card.years", int(years))

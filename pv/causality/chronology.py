"""What both methods ask of a report: whether the event came after the drug, and what else was given against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pv.model import REPORTABLE_LINKS, Link, Pair


class Order(StrEnum):
    """Where the event stands in time."""

    AFTER = "after"
    BEFORE = "before"
    UNTOLD = "untold"


# Characters of a whole ISO 8601 date.
_DAY = 10


@dataclass(frozen=True, slots=True)
class TimeOrder:
    """The order of drug and event, and the words for how it is known."""

    order: Order
    reason: str


def time_order(pair: Pair) -> TimeOrder:
    """Give the order of drug and event, from the delay, else the dates, else what was done with the drug."""
    if pair.latency_days is not None:
        if pair.latency_days < 0:
            return TimeOrder(Order.BEFORE, f"l'événement précède le médicament de {-pair.latency_days} jour(s)")
        return TimeOrder(Order.AFTER, f"l'événement apparaît {pair.latency_days} jour(s) après le début du médicament")
    by_date = _compared(pair.start, pair.onset)
    if by_date is not Order.UNTOLD:
        return TimeOrder(by_date, f"médicament débuté : {pair.start} ; événement : {pair.onset}")
    if pair.link is Link.TEMPORAL:
        return TimeOrder(Order.AFTER, "le récit place l'événement après le début du médicament, sans délai chiffré")
    if pair.dechallenge or pair.rechallenge or pair.action_taken:
        return TimeOrder(Order.AFTER, "le médicament était pris quand l'événement est apparu, sans délai chiffré")
    return TimeOrder(Order.UNTOLD, "ni délai ni dates qui permettent de le calculer")


def _compared(start: str | None, onset: str | None) -> Order:
    """Compare two ISO dates as far as both are known; the same day is after, the same month or year decides nothing."""
    if not start or not onset:
        return Order.UNTOLD
    known = min(len(start), len(onset))
    if start[:known] != onset[:known]:
        return Order.BEFORE if start[:known] > onset[:known] else Order.AFTER
    return Order.AFTER if known == _DAY else Order.UNTOLD


def corrective_treatments(pair: Pair, others: Iterable[Pair]) -> tuple[str, ...]:
    """Give the other drugs of the report that are given for the same event, in the order of the pairs."""
    given = (p.drug for p in others if p.link is Link.TREATS and p.drug != pair.drug and _same_event(p, pair))
    return tuple(dict.fromkeys(given))


def other_suspects(pair: Pair, others: Iterable[Pair]) -> tuple[str, ...]:
    """Give the other drugs that the report links to the same event.

    A class or protocol beside a substance, or the reverse, is no other suspect: it may be its own name.
    """
    suspected = (
        p.drug
        for p in others
        if p.link in REPORTABLE_LINKS and p.reportable and p.drug != pair.drug and p.drug_kind is pair.drug_kind
        if _same_event(p, pair)
    )
    return tuple(dict.fromkeys(suspected))


def _same_event(one: Pair, other: Pair) -> bool:
    return one.concept == other.concept if one.concept and other.concept else one.event == other.event

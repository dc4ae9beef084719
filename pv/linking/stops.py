"""Rules of stopping and giving again: a drug stopped for an event, an event that goes or comes back with the drug."""

from __future__ import annotations

from collections.abc import Iterator

from pv.linking.look import AFTER, BEFORE, CLOSE, Place
from pv.linking.relation import Relation
from pv.model import DrugKind, Link

# How far from the stop its reason may stand: "pour" and "après" also open other things.
_REASON_REACH = {"purpose": CLOSE, "after": CLOSE}


def rechallenge(place: Place) -> Iterator[Relation]:
    """A positive rechallenge or test names the culprit."""
    drugs = place.drugs_after(6) or place.drugs_before(CLOSE)
    if not drugs:
        return
    events = place.events_after(AFTER, drugs[-1]) or place.events_before()
    reason = "réintroduction ou test positif"
    yield from place.relate(drugs, events or place.told_before(drugs), Link.STATED, 0.75, reason)


def stop(place: Place) -> Iterator[Relation]:
    """A drug stopped for an event: "arrêt du méthotrexate pour cytopénie"; "devant …, arrêt de …"."""
    drugs = place.drugs_after(6) or place.drugs_before(10)
    yield from _stopped_for(place, drugs)


def better_without(place: Place) -> Iterator[Relation]:
    """An event that went when the drug was stopped: "la confusion s'est amendée après l'arrêt de l'oxybutynine"."""
    clause = place.clause
    drugs = place.drugs_after(6)
    better = [i for i, _ in clause.of("improving")]
    if not drugs or not better:
        return
    events = place.events_before(BEFORE) or place.events_after(BEFORE, drugs[-1])
    events = [e for e in events if place.may_be_blamed(e) and not place.treats_any(drugs, e)]
    reason = "l'événement s'est amélioré à l'arrêt du médicament"
    yield from place.relate(drugs, events, Link.TEMPORAL, 0.6, reason)


def relapse(place: Place) -> Iterator[Relation]:
    """An event that came back with the drug: "récidive de l'éruption à la réintroduction du cotrimoxazole"."""
    clause = place.clause
    drugs = place.drugs_after(6)
    if not drugs or "relapse" not in clause.categories:
        return
    events = place.events_before(BEFORE) or place.events_after(BEFORE, drugs[-1])
    reason = "l'événement a récidivé à la reprise du médicament"
    yield from place.relate(drugs, events, Link.STATED, 0.75, reason)


def replaced(place: Place) -> Iterator[Relation]:
    """A drug replaced for an event: the culprit stands before the cue, what replaces it after."""
    yield from _stopped_for(place, place.drugs_before(10))


def _stopped_for(place: Place, drugs: list[int]) -> Iterator[Relation]:
    clause, at = place.clause, place.at
    if not drugs:
        return
    last = max(at, drugs[-1])
    yield from _in_brackets(place, drugs, last)
    for r, item in clause.of("reason", "purpose", "because", "after", "under"):
        # "C3 décalé sur pancytopénie"; "sous" gives no reason.
        if item.category == "under" and clause.spelt(item).lower() != "sur":
            continue
        events = [e for e in place.events_after(6, r) if place.may_be_blamed(e)]
        if not events or any(place.treats_any(drugs, e) for e in events):
            continue
        follows = r > last and item.first - clause.items[last].last <= _REASON_REACH.get(item.category, BEFORE)
        leads = r < min(at, drugs[0]) and events[-1] < at and item.category in ("reason", "purpose", "because")
        if follows or leads:
            reason = "arrêté, réduit ou remplacé en raison de l'événement"
            for relation in place.relate(drugs, events, Link.STATED, 0.8, reason, r):
                yield relation._replace(anaphoric=relation.drug.kind is DrugKind.CLASS)


def _in_brackets(place: Place, drugs: list[int], last: int) -> Iterator[Relation]:
    """Yield what a bracket after the stop gives as its reason: "simvastatine arrêtée (myalgies)"."""
    clause = place.clause
    events = [e for e in place.events_after(CLOSE, last) if place.may_be_blamed(e)]
    between = clause.text[clause.items[last].what.end : clause.items[events[0]].what.start] if events else ""
    if "(" in between and ")" not in between and not any(place.treats_any(drugs, e) for e in events):
        reason = "arrêté, l'événement entre parenthèses en est la raison"
        yield from place.relate(drugs, events, Link.STATED, 0.7, reason)


def stop_after_event(place: Place) -> Iterator[Relation]:
    """The cue of a treatment, then a stop: "colite ayant conduit à l'arrêt de l'ipilimumab"."""
    stops = [s for s, item in place.clause.of("stop") if 0 <= item.first - place.item.last <= CLOSE]
    if stops:
        drugs = place.drugs_after(8, stops[0]) or place.drugs_before(AFTER)
        told = place.events_before() or (place.events_before(BEFORE, drugs[0]) if drugs else [])
        events = [e for e in told if place.may_be_blamed(e)]
        reason = "l'événement a fait arrêter ou réduire le médicament"
        yield from place.relate(drugs, events, Link.STATED, 0.8, reason)

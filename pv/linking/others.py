"""Rules by which a sentence relates drug and event without blame: given for it, ruled out, or only after it in time."""

from __future__ import annotations

from collections.abc import Iterator

from pv.linking.clause import Clause, Item
from pv.linking.look import BEFORE, CLOSE, TOUCHING, Place, overlaps
from pv.linking.relation import Relation
from pv.model import Assertion, Link


def event_treated(place: Place) -> Iterator[Relation]:
    """Event, cue, drug: "hypothyroïdie traitée par lévothyroxine"."""
    drugs = place.drugs_after()
    events = place.events_before() if drugs else []
    yield from place.relate(drugs, events, Link.TREATS, 0.8, "le médicament traite l'événement")


def given(place: Place) -> Iterator[Relation]:
    """Event, then a drug that is begun; not where the sentence tells the event after the beginning."""
    clause = place.clause
    if any(0 <= place.item.first - item.last <= TOUCHING for _, item in clause.of("after", "during", "time")):
        return
    yield from event_treated(place)


def drug_for(place: Place) -> Iterator[Relation]:
    """Drug, cue, event: "paracétamol en cas de céphalées"."""
    drugs, events = place.drugs_before(), place.events_after(6)
    yield from place.relate(drugs, events, Link.TREATS, 0.8, "le médicament est donné pour l'événement")


def purpose(place: Place) -> Iterator[Relation]:
    """Drug, "pour", event, and nothing stopped: "terbinafine pour une onychomycose"."""
    clause = place.clause
    drugs = place.drugs_before(BEFORE, lambda item: item.category in ("time", "comma", "nominal", "by"))
    if drugs and not _is_given_right_here(clause, drugs[-1], place.item):
        return
    if drugs and clause.categories.isdisjoint(("stop", "replace", "toxicity", "allergy")):
        yield from place.relate(
            drugs, place.events_after(CLOSE), Link.TREATS, 0.7, "le médicament est donné pour l'événement"
        )


def _is_given_right_here(clause: Clause, drug: int, cue: Item) -> bool:
    """Say whether the cue follows the drug, or a bracket after it that tells the dose."""
    between = clause.text[clause.items[drug].what.end : cue.what.start].strip()
    return not between or (between[0] == "(" and between[-1] == ")" and ")" not in between[:-1])


def not_cause(place: Place) -> Iterator[Relation]:
    """The event was there while the drug was given against it: "douleur résistante à la morphine"."""
    drugs, events = place.drugs_after(), place.events_before()
    yield from place.relate(drugs, events, Link.TREATS, 0.7, "l'événement était là et le médicament le traitait")


def deny(place: Place) -> Iterator[Relation]:
    """Event, denial, drug: "éruption non imputable à l'allopurinol"."""
    drugs = place.drugs_after() or place.drugs_before()
    events = place.events_before() or place.events_after() or place.events_after(BEFORE, max(place.at, *drugs, 0))
    yield from place.relate(drugs, events, Link.DENIED, 0.95, "l'auteur écarte le médicament")


def deny_before(place: Place) -> Iterator[Relation]:
    """Drug, denial: "la pénicilline est mise hors de cause", the event before or after."""
    drugs = place.drugs_before(BEFORE, lambda item: item.category != "break")
    before = place.events_before(BEFORE, min(drugs[0], place.at)) if drugs else []
    inside = [e for e in place.specific(i for i, _ in place.clause.of("event")) if drugs and drugs[-1] < e < place.at]
    events = inside or before or place.events_after() or place.told_before(drugs)
    yield from place.relate(drugs, events, Link.DENIED, 0.95, "l'auteur écarte le médicament")


def after(place: Place) -> Iterator[Relation]:
    """An event told after the drug: "éruption après introduction de la lamotrigine"."""
    drugs = place.drugs_after(8)
    if not drugs:
        return
    earlier = _diagnosis(place, place.events_before(8))
    if any(i > place.at and i < drugs[0] for i, _ in place.clause.of("stop")):
        return
    for e in earlier or place.events_after(BEFORE, drugs[-1]):
        mention = place.clause.items[e].event
        if mention is None or mention.assertion is not Assertion.PRESENT or place.treats_any(drugs, e):
            continue
        if (
            place.is_improving(e)
            or not place.knowledge.may_be_blamed(mention)
            or _has_reason_between(place, drugs[-1], e)
        ):
            continue
        # "après 1 L de sérum, tachycarde": what merely comes later in the sentence is less than what is said to follow.
        known = any((d := place.clause.items[i].drug) and place.knowledge.reactions.holds(d, mention) for i in drugs)
        confidence = 0.55 if earlier or known else 0.45
        yield from place.relate(drugs, [e], Link.TEMPORAL, confidence, "l'événement suit la prise du médicament")


def _has_reason_between(place: Place, drug: int, event: int) -> bool:
    low, high = sorted((drug, event))
    return any(low < i < high for i, _ in place.clause.of("reason", "purpose"))


def _diagnosis(place: Place, events: list[int]) -> list[int]:
    """Give, for the signs that a diagnosis rests on ("DRESS évoqué devant une fièvre …"), the diagnosis."""
    reasons = [r for r, _ in place.clause.of("reason", "purpose") if events and r < events[0]]
    return (place.events_before(BEFORE, reasons[-1]) or events) if reasons else events


def before(place: Place) -> Iterator[Relation]:
    """A drug taken before the event: "prise d'ibuprofène cinq jours avant l'apparition d'un Stevens-Johnson"."""
    drugs, events = place.drugs_before(BEFORE), place.events_after(CLOSE)
    yield from _by_order(place, drugs, events, "le médicament a été pris avant l'événement")


def patient_under(place: Place) -> Iterator[Relation]:
    """An event of a patient who takes the drug: "hématome sous-dural chez un patient sous acénocoumarol"."""
    drugs, events = place.drugs_after(CLOSE), place.events_before(CLOSE)
    known = [
        e
        for e in events
        if (mention := place.clause.items[e].event) is not None
        and not any(0 <= place.clause.items[e].first - c.last <= CLOSE for _, c in place.clause.of("event_drug"))
        and any((d := place.clause.items[i].drug) and place.knowledge.reactions.holds(d, mention) for i in drugs)
    ]
    yield from _by_order(place, drugs, known, "effet connu d'un médicament que prend le patient")


def _by_order(place: Place, drugs: list[int], events: list[int], reason: str) -> Iterator[Relation]:
    for e in events:
        mention = place.clause.items[e].event
        told = mention is not None and mention.assertion is Assertion.PRESENT
        if told and place.may_be_blamed(e) and not place.treats_any(drugs, e):
            yield from place.relate(drugs, [e], Link.TEMPORAL, 0.55, reason)


def dated(place: Place) -> Iterator[Relation]:
    """A day of a treatment, its drug, then the event: "au 3e jour de traitement par cotrimoxazole, fièvre"."""
    cue = place.item.cue
    if cue is None or not cue.rule.startswith(("time:cycle", "time:drug", "time:event")):
        return
    inside = [i for i, item in place.clause.of("drug") if overlaps(item, place.item)]
    drugs = inside or place.drugs_after(5)
    if not drugs or "stop" in place.clause.categories:
        return
    events = place.events_after(BEFORE, drugs[-1]) or _diagnosis(place, place.events_before(8))
    events = [e for e in events if not place.is_improving(e)]
    for e in events:
        mention = place.clause.items[e].event
        if mention is not None and mention.assertion is Assertion.PRESENT and not place.treats_any(drugs, e):
            yield from place.relate(drugs, [e], Link.TEMPORAL, 0.55, "l'événement est daté par le traitement")

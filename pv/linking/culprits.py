"""Rules by which a sentence names the culprit of what it tells, or of what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pv.linking.look import ATTRIBUTED, BEFORE, CLOSE, SUBJECT, TOUCHING, Place
from pv.linking.relation import Relation
from pv.model import Certainty, Link


def culprit(place: Place) -> Iterator[Relation]:
    """A drug named as the culprit, the event around it or told before: "nimésulide en cause"."""
    drugs = place.drugs_before(CLOSE) or _named_culprit(place) or place.drugs_before(SUBJECT)
    if not drugs or place.is_negated():
        return
    around = place.events_after(8) if drugs[-1] < place.at else place.events_after(8, drugs[-1])
    events = around or place.events_before(BEFORE, min(place.at, drugs[0])) or _earlier_events(place)
    reason = "l'auteur désigne le médicament"
    if events:
        yield from place.relate(drugs, events, Link.STATED, 0.8, reason)
    elif not place.only_informs():
        yield from place.relate(drugs, place.told_before(drugs, far=True), Link.STATED, 0.65, reason)


def suspect(place: Place) -> Iterator[Relation]:
    """A drug named as suspected."""
    return suspected(culprit(place))


def blamed(place: Place) -> Iterator[Relation]:
    """A drug told to be the cause of what came before: "l'oxybutynine, introduite peu avant, en est la cause"."""
    clause = place.clause
    found = clause.nearest(place.at, -1, "drug", 2 * SUBJECT, lambda item: item.category != "break")
    if found is None or place.is_negated():
        return
    drugs = place.enumerated(found)
    events = place.events_before(2 * SUBJECT, drugs[0]) or _earlier_events(place) or place.told_before(drugs, far=True)
    yield from place.relate(drugs, events, Link.STATED, 0.75, "l'auteur désigne le médicament")


def perhaps_blamed(place: Place) -> Iterator[Relation]:
    """A drug told to be a possible cause of what came before: "la cyamémazine a pu y contribuer"."""
    return suspected(blamed(place))


def role(place: Place) -> Iterator[Relation]:
    """A noun that names a causal role: "imputabilité forte de la lévofloxacine dans la tendinopathie"."""
    drugs = place.drugs_after(6)
    if drugs and not place.only_informs():
        reason = "un rôle du médicament est dit"
        events = place.events_after(SUBJECT, drugs[-1]) or place.events_before() or _earlier_events(place)
        yield from place.relate(drugs, events or place.told_before(drugs, far=True), Link.STATED, 0.7, reason)


def likely_role(place: Place) -> Iterator[Relation]:
    """A causal role that is told as likely: "imputabilité vraisemblable du carbimazole"."""
    return suspected(role(place))


def between(place: Place) -> Iterator[Relation]:
    """A link said to be between the two, in either order: "le lien entre la gynécomastie et la spironolactone"."""
    clause = place.clause
    drug = clause.nearest(place.at, 1, "drug", BEFORE, lambda item: item.category != "break")
    event = clause.nearest(place.at, 1, "event", BEFORE, lambda item: item.category != "break")
    if drug is not None and event is not None:
        yield from place.relate([drug], [event], Link.STATED, 0.8, "un lien est dit entre les deux")


def cause_is(place: Place) -> Iterator[Relation]:
    """A noun of cause, its event, and the drug that it is said to be: "la cause de l'hyponatrémie est l'indapamide"."""
    clause = place.clause
    events = place.events_after(CLOSE + TOUCHING) or place.events_before(CLOSE)
    told = max([place.at, *events])
    said = next((i for i, item in clause.of("copula", "hedge") if i > told), None)
    if said is None:
        return
    found = clause.nearest(said, 1, "drug", CLOSE, lambda item: item.category not in ("break", "event", "negation"))
    if found is not None:
        yield from place.relate(place.enumerated(found), events, Link.STATED, 0.8, ATTRIBUTED)


def suspected(relations: Iterable[Relation]) -> Iterator[Relation]:
    """Give the same relations as a suspicion."""
    for relation in relations:
        yield relation._replace(certainty=Certainty.HEDGED) if relation.link is Link.STATED else relation


def _earlier_events(place: Place) -> list[int]:
    """Give the first events that the sentence told, whatever it has said since."""
    first = next((i for i, item in place.clause.of("event") if i < place.at), None)
    return place.specific(place.clause.enumeration(first)) if first is not None else []


def _named_culprit(place: Place) -> list[int]:
    found = place.clause.nearest(
        place.at, 1, "drug", CLOSE, lambda item: item.category in ("nominal", "hedge", "by", "copula")
    )
    return place.enumerated(found) if found is not None else []

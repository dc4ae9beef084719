"""Rules by which a sentence states a cause: event, cue and drug in the orders that French allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from pv.linking import culprits
from pv.linking.clause import Item
from pv.linking.look import ATTRIBUTED, BEFORE, CLOSE, SUBJECT, TOUCHING, Place, overlaps, passes_to_drug
from pv.linking.relation import Relation
from pv.model import DrugKind, EventMention, Link

# A special situation named with its drug, and no harm told: kept, but not among what is shown first.
_SPECIAL = 0.45
# CIM-10: poisonings, whose name tells what they are by.
_POISONING = "T"
_BEFORE_POST = ("join", "with", "hedge", "iatrogenic", "after", "during", "time", "nominal")
_ANAPHORA = "l'auteur attribue au médicament ce que dit la phrase précédente"


def event_drug(place: Place) -> Iterator[Relation]:
    """Event, cue, drug: "thrombopénie secondaire à l'héparine"; also cue, drug, event, or an event told before."""
    clause, at = place.clause, place.at
    drugs = place.drugs_after() or _second_cause(place)
    if not drugs or any(True for _, i in clause.of("procedure") if i.last <= place.item.first):
        return
    link = Link.DENIED if _is_retracted(place) or place.is_negated() else Link.STATED
    # "…sous périndopril et allopurinol, imputable à ce dernier": the drugs between are what the words point at.
    pointing = clause.items[drugs[0]].pointing
    events = _past_drugs(place) if pointing else place.events_before()
    if events:
        yield from place.relate(drugs, events, link, 0.9, ATTRIBUTED)
        return
    if any(i < at and not item.pointing for i, item in clause.of("drug")):
        return
    after = place.events_after(BEFORE, drugs[-1])
    if after:
        yield from place.relate(drugs, after, link, 0.75, ATTRIBUTED)
    else:
        yield from place.relate(drugs, place.told_before(drugs), link, 0.65, _ANAPHORA)


def _second_cause(place: Place) -> list[int]:
    """Give the drugs told together with another cause: "secondaire à une déshydratation et à la prise d'AINS"."""
    among = ("event", "join", "comma", "nominal", "given", "hedge", "regimen_anaphor", "other_agent")
    found = place.clause.nearest(place.at, 1, "drug", SUBJECT, lambda item: item.category in among)
    if found is None:
        return []
    between = place.clause.items[place.at + 1 : found]
    if between[0].category not in ("event", "other_agent") or between[-1].category in ("event", "comma"):
        return []
    return place.enumerated(found) if any(item.category in ("join", "comma") for item in between) else []


def _past_drugs(place: Place) -> list[int]:
    found = place.clause.nearest(place.at, -1, "event", BEFORE, lambda item: item.category != "break")
    return place.specific(place.clause.enumeration(found)) if found is not None else []


def open_participle(place: Place) -> Iterator[Relation]:
    """A participle parted from its preposition: "secondaire, après avis, au thiamazole"."""
    clause = place.clause
    found = clause.nearest(place.at, 1, "drug", BEFORE, lambda item: item.category not in ("event", "break"))
    if found is None:
        return
    first = clause.items[found].first
    if any(place.item.last <= p.first and 0 <= first - p.last <= TOUCHING for _, p in clause.of("nominal", "by")):
        yield from place.relate(place.enumerated(found), place.events_before(), Link.STATED, 0.75, ATTRIBUTED)


def drug_induced(place: Place) -> Iterator[Relation]:
    """A participle that the drug's name is joined to: "hépatite isoniazide-induite"."""
    clause = place.clause
    drug = clause.nearest(place.at, -1, "drug", 1, lambda item: item.category == "join")
    if drug is None:
        return
    event = clause.nearest(drug, -1, "event", TOUCHING, lambda item: item.category == "hedge")
    if event is not None:
        yield from place.relate([drug], [event], Link.STATED, 0.8, "l'adjectif nomme le médicament")


def _is_retracted(place: Place) -> bool:
    """Say whether the sentence goes on to take the cause back: "…, étaient en fait liées à un méningiome"."""
    return any(place.item.last <= item.first for _, item in place.clause.of("retraction"))


def drug_event(place: Place) -> Iterator[Relation]:
    """Drug, cue, event: "le kétoprofène est responsable d'un ulcère"."""
    if place.only_informs():
        return
    drugs, events = place.drugs_before(SUBJECT), place.events_after()
    if not drugs:
        yield from culprits.cause_is(place)
    if place.is_negated():
        yield from place.relate(drugs, events, Link.DENIED, 0.85, "l'auteur écarte le médicament")
    else:
        reason = "l'auteur tient le médicament pour responsable"
        yield from place.relate(drugs, events, Link.STATED, 0.85, reason, resolved=Link.TREATS)


def may_cause(place: Place) -> Iterator[Relation]:
    """Drug, a cue that it may have done so, event: "le lansoprazole a pu favoriser cette colite"."""
    return culprits.suspected(drug_event(place))


def course_of(place: Place) -> Iterator[Relation]:
    """A treatment told to have taken a turn: "corticothérapie compliquée d'un diabète", but not by what it treats."""
    drugs, events = place.drugs_before(BEFORE), place.events_after()
    if any(i.last <= place.item.first for _, i in place.clause.of("other_agent")):
        return
    events = [e for e in events if not place.treats_any(drugs, e)]
    reason = "l'événement est dit une complication du traitement"
    yield from place.relate(drugs, events, Link.STATED, 0.75, reason, resolved=Link.TREATS)


def toxicity(place: Place) -> Iterator[Relation]:
    """A word for harm with its drug: "sur toxicité des anticalcineurines", "surdosage en digoxine : bradycardie"."""
    if place.only_informs():
        return
    drugs = _drugs_up_to_event(place)
    own = place.specific(i for i, item in place.clause.of("event") if overlaps(item, place.item))
    reason = "une toxicité ou un surdosage du médicament est dit en cause"
    if not drugs:
        named = place.drugs_before(BEFORE, lambda item: item.category != "break")
        events = [e for e in place.events_before(CLOSE) if named and e > named[-1]]
        yield from place.relate(named, events, Link.STATED, 0.75, reason)
        return
    before = place.events_before(CLOSE)
    others = before or place.all_events_after(drugs[-1])
    # "Toxicité hématologique : thrombopénie": the name of the harm says it; a value alone is only its measure.
    measured = all(
        (e := place.clause.items[i].event) is not None and e.grade_source.startswith("CTCAE") for i in others
    )
    told = [*others, *own] if measured else others
    if told:
        yield from place.relate(drugs, told, Link.STATED, 0.85, reason)
    elif earlier := place.told_before(drugs):
        yield from place.relate(drugs, earlier, Link.STATED, 0.65, reason)
    else:
        generic = [i for i, item in place.clause.of("event") if overlaps(item, place.item)]
        yield from place.relate(drugs, generic, Link.STATED, 0.6, reason)


def _drugs_up_to_event(place: Place) -> list[int]:
    """Give the drugs named between a cue and the first event told: "toxicité de la chimiothérapie au C3 de FOLFOX"."""
    clause = place.clause
    drugs = place.drugs_after(6)
    for i in range(drugs[-1] + 1 if drugs else len(clause.items), len(clause.items)):
        item = clause.items[i]
        if item.drug and not item.pointing and item.first - clause.items[drugs[-1]].last <= BEFORE:
            drugs.append(i)
        elif item.category not in ("nominal", "time", "join", "regimen_anaphor", "given"):
            break
    return drugs


def nominal(place: Place) -> Iterator[Relation]:
    """Event and drug joined by "à" alone: "pneumopathie à l'amiodarone"."""
    clause = place.clause
    drug = clause.nearest(place.at, 1, "drug", TOUCHING, lambda _: False)
    if drug is None:
        return
    # "choc de grade III au rocuronium": three words of grade may stand in between.
    event = clause.nearest(place.at, -1, "event", TOUCHING + 1, lambda item: item.category == "hedge")
    if event is None:
        return
    drugs = [d for d in place.enumerated(drug) if d >= drug]
    mention = clause.items[event].event
    if mention is not None and place.knowledge.may_be_blamed(mention) and not place.treats_any(drugs, event):
        reason = "le médicament complète le nom de l'événement"
        yield from place.relate(drugs, [event], Link.STATED, _SPECIAL if mention.special else 0.8, reason)


def named_within(place: Place) -> Iterator[Relation]:
    """An event whose own name holds the drug: "surdosage en AVK", "embryopathie au valproate"."""
    event = place.item.event
    if event is None or not place.knowledge.may_be_blamed(event):
        return
    for d, drug in place.clause.of("drug"):
        if place.item.first < drug.first < place.item.last and not _is_in_name(drug, event):
            reason = "le nom de l'événement contient le médicament"
            yield from place.relate([d], [place.at], Link.STATED, _SPECIAL if event.special else 0.8, reason)


def _is_in_name(word: Item, event: EventMention) -> bool:
    """Say whether a class word is a part of the diagnosis' own name, as in "syndrome malin des neuroleptiques"."""
    drug = word.drug
    if drug is None or drug.kind is not DrugKind.CLASS or event.cim10.startswith(_POISONING):
        return False
    name = drug.inn.removeprefix(f"{DrugKind.CLASS.value}:")
    return name in event.label


def post(place: Place) -> Iterator[Relation]:
    """Event, "post", drug: "aplasie post-chimiothérapie"."""
    clause = place.clause
    drug = clause.nearest(place.at, 1, "drug", 1, lambda _: False)
    event = clause.nearest(place.at, -1, "event", 6, lambda item: item.category in _BEFORE_POST)
    if drug is not None and event is not None:
        reason = "« post » rattache l'événement au médicament"
        yield from place.relate(place.enumerated(drug), [event], Link.STATED, 0.8, reason)


def under(place: Place) -> Iterator[Relation]:
    """Event directly followed by "sous" and the drug: a cause where the drug is known to do it, not to treat it."""
    clause = place.clause
    # "IRA sur déshydratation et diurétiques": after "sur" another cause may be told first.
    passed = ("given", "event", "join") if clause.spelt(place.item).lower() == "sur" else ("given",)
    found = clause.nearest(place.at, 1, "drug", CLOSE, lambda item: item.category in passed)
    nearest = clause.nearest(place.at, -1, "event", TOUCHING, lambda item: item.category in ("hedge", "comma"))
    if found is None or nearest is None or place.only_informs():
        return
    drugs = place.enumerated(found)
    # "HTA, diabète, dyslipidémie sous statine": a list of diseases, of which the drug treats the last.
    told = [e for e in clause.enumeration(nearest) if e <= nearest and not place.treats_any(drugs, nearest)] or [
        nearest
    ]
    for d, event in product(drugs, told):
        drug, mention = clause.items[d].drug, clause.items[event].event
        # Of an enumeration the other members count where the drug is known for them.
        if drug is None or mention is None or (event != nearest and not place.knowledge.reactions.holds(drug, mention)):
            continue
        if place.knowledge.indications.holds(drug, mention):
            yield from place.relate([d], [event], Link.TREATS, 0.8, "« sous » : traitement de la maladie")
        elif place.knowledge.reactions.holds(drug, mention):
            yield from place.relate([d], [event], Link.STATED, 0.75, "survenu sous le médicament, effet connu")
        else:
            yield from place.relate([d], [event], Link.TEMPORAL, 0.4, "survenu sous le médicament")


def occurred_under(place: Place) -> Iterator[Relation]:
    """Event, "survenu sous", drug."""
    drugs, events = place.drugs_after(6), place.events_before(CLOSE + TOUCHING)
    events = [e for e in events if not place.treats_any(drugs, e)]
    yield from place.relate(drugs, events, Link.STATED, 0.7, "l'événement est dit survenu sous le médicament")


def weak_context(place: Place) -> Iterator[Relation]:
    """An event told in a context of taking a drug: the author suspects it without saying more."""
    drugs = place.drugs_after(6)
    # What follows "devant" is what the diagnosis rests on; the diagnosis stands before it.
    reasons = [r for r, _ in place.clause.of("reason", "purpose") if r < place.at]
    events = place.events_before(BEFORE, reasons[0] if reasons else place.at) if drugs else []
    yield from place.relate(drugs, events, Link.STATED, 0.6, "survenu dans un contexte de prise")


def iatrogenic(place: Place) -> Iterator[Relation]:
    """An event called drug-induced, the drug named after it: "hépatite médicamenteuse : flucloxacilline"."""
    clause = place.clause
    own = [i for i, item in clause.of("event") if overlaps(item, place.item)]
    events = place.specific(own) or place.events_before(CLOSE)
    found = clause.nearest(place.at, 1, "drug", 6, lambda i: i.category == "comma" or passes_to_drug(i))
    drugs = place.enumerated(found) if found is not None else []
    if events and drugs and not place.treats_any(drugs, events[0]):
        yield from place.relate(drugs, events, Link.STATED, 0.7, "l'événement est dit d'origine médicamenteuse")


def effects(place: Place) -> Iterator[Relation]:
    """Adverse effects with their drug: "effets indésirables de X : E", "X : E et E, effets indésirables connus"."""
    if place.drugs_after(6):
        yield from toxicity(place)
        return
    named = place.drugs_before(BEFORE, lambda item: item.category != "break")
    events = [e for e in place.events_before(CLOSE) if named and e > named[-1]]
    yield from place.relate(named, events, Link.STATED, 0.7, "l'auteur parle d'effet indésirable")


def day_of_cure(place: Place) -> Iterator[Relation]:
    """An event dated by the cure: "aplasie à J10 de la chimiothérapie"."""
    clause = place.clause
    if not _is_day(clause.spelt(place.item)):
        return
    inside = [i for i, item in clause.of("drug") if overlaps(item, place.item)]
    after = clause.nearest(place.at, 1, "drug", 5, lambda i: i.category in ("time", "regimen_anaphor", "nominal"))
    drugs = inside or ([after] if after is not None else [])
    event = clause.nearest(place.at, -1, "event", TOUCHING, lambda i: i.category in ("nominal", "after", "during"))
    if drugs and event is not None and not place.treats_any(drugs, event):
        reason = "l'événement est daté par la cure"
        yield from place.relate(place.enumerated(drugs[0]), [event], Link.STATED, 0.7, reason)


def _is_day(words: str) -> bool:
    """Say whether a time is a numbered day or cycle: "J10", "C2J1"."""
    return len(words) > 1 and words[0].lower() in "jc" and words[1].isdigit()

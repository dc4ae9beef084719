"""Words that point back: "ce médicament", "la cure", "ce tableau" read as the drugs or events that they stand for."""

from __future__ import annotations

from collections.abc import Sequence

from pv.linking.clause import Clause, Item
from pv.linking.regimen import Treatments
from pv.model import Assertion, DrugMention, EventMention

# Sentences that a reader looks back over for what "ce tableau" means.
_LOOK_BACK = 2
_FOR_DRUGS = ("drug_anaphor", "regimen_anaphor", "last_drug")
_POINTING = ("event_anaphor", "time", *_FOR_DRUGS)


def resolved(clauses: Sequence[Clause], given: Treatments) -> list[Clause]:
    """Give the clauses with the drugs and events that their pointing words stand for, at the place of those words."""
    return [
        clause
        if clause.categories.isdisjoint(_POINTING)
        else _resolve(clause, clauses[max(0, n - _LOOK_BACK) : n], given)
        for n, clause in enumerate(clauses)
    ]


def _resolve(clause: Clause, before: Sequence[Clause], given: Treatments) -> Clause:
    added: list[Item] = []
    for at, item in clause.of(*_POINTING):
        if item.category == "event_anaphor" and not any(o.first == item.first for _, o in clause.of("event")):
            found = _events_before(clause, at, before)
            added += (Item(item.first, item.last, event, "event", event=event, pointing=True) for event in found)
        elif (
            (item.category in _FOR_DRUGS or (item.category == "time" and _names_cycle(clause, item)))
            and not _overlapped(clause, item, "drug")
            and not _named_next(clause, at)
        ):
            drugs = _drugs_for(item, given)
            added += (Item(item.first, item.last, drug, "drug", drug=drug, pointing=True) for drug in drugs)
    if not added:
        return clause
    items = [item for item in clause.items if not (item.event and _is_pointing_word(clause, item))]
    return clause.with_items(sorted([*items, *added], key=lambda i: (i.first, i.last)))


def _is_pointing_word(clause: Clause, item: Item) -> bool:
    """Say whether an event is only the noun of a pointing phrase: the "tableau hépatique" of "ce tableau hépatique"."""
    return any(a.first < item.first < a.last < item.last for _, a in clause.of("event_anaphor"))


def _names_cycle(clause: Clause, item: Item) -> bool:
    """Say whether a time names a cycle of the treatment, and so the treatment: "C3", "C4J1"."""
    words = clause.spelt(item)
    return words[:1] in "cC" and words[1:2].isdigit()


def _overlapped(clause: Clause, item: Item, category: str) -> bool:
    return any(o.first < item.last and item.first < o.last and not _generic(o) for _, o in clause.of(category))


def _generic(item: Item) -> bool:
    return item.event is not None and item.event.generic


def _named_next(clause: Clause, at: int) -> bool:
    """Say whether the words name the drug themselves: "la première cure de gemcitabine"."""
    return (
        clause.nearest(at, 1, "drug", 4, lambda item: item.category in ("given", "time", "join", "nominal", "by"))
        is not None
    )


def _events_before(clause: Clause, at: int, before: Sequence[Clause]) -> list[EventMention]:
    """Give what the patient was last said to have: in this sentence before the words, else in the ones before it."""
    here = _present(clause.items[:at])
    if here:
        return here
    return [event for earlier in before for event in _present(earlier.items)]


def _present(items: Sequence[Item]) -> list[EventMention]:
    told = {
        item.event.concept: item.event
        for item in items
        if item.event and not item.event.generic and item.event.assertion is Assertion.PRESENT
    }
    return list(told.values())


def _drugs_for(item: Item, given: Treatments) -> Sequence[DrugMention]:
    """Give the line of treatment for "la cure", the drugs last named for "ce médicament"."""
    start = item.what.start
    if item.category in ("regimen_anaphor", "time"):
        regimen = given.regimen_at(start) or given.last_named(start)
        return regimen.drugs if regimen is not None else ()
    named = given.named_before(start)
    return named[-1:] if item.category == "last_drug" else named

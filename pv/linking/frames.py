"""Relations that a frame gives: what is listed under a tolerance, an allergy, or as induced by a class of drugs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pv.lexicon.knowledge import Knowledge
from pv.linking.clause import Clause, Item
from pv.linking.look import overlaps
from pv.linking.regimen import Regimen, Treatments, is_followed
from pv.linking.relation import Relation
from pv.model import Assertion, Certainty, DrugKind, DrugMention, EventMention, Link

# A list of tolerance rarely runs over more lines than this.
_FRAME_LINES = 8
_REACTION_REACH = 6
# These words tell a trait that is known, others a reaction that is seen.
_TRAITS = ("allergie", "intolerance")
ALLERGIES = (*_TRAITS, "hypersensibilite")
# What a treatment is given for is not what it is tolerated with.
_NO_TOLERANCE = ("tumeur",)
_OPENING = ("tolerance", "poorly_tolerated", "toxicity", "effects")
_TO_TOLERATED = ("copula", "given", "under", "join", "nominal", "by", "drug_anaphor")
# A cause told within so many tokens after an event is that event's own.
_CAUSE_REACH = 6


def tolerance_relations(clauses: Sequence[Clause], given: Treatments, knowledge: Knowledge) -> Iterator[Relation]:
    """Yield what is told as the tolerance of a treatment: stated for events told, denied for those told absent."""
    for n, clause in enumerate(clauses):
        if clause.categories.isdisjoint(_OPENING):
            continue
        for at, cue in clause.of(*_OPENING):
            if any(item.drug and _covers(item, cue) for item in clause.items) or not _opens(clause, at):
                continue
            named = _named_drugs(clause, at)
            regimen = Regimen(tuple(named), named[0].start) if named else _spoken_of(cue, given)
            if regimen is None:
                continue
            yield from _framed(clauses, n, at, regimen, knowledge)
            break


def _spoken_of(cue: Item, given: Treatments) -> Regimen | None:
    """Give the treatment whose tolerance is told: the line followed, else, for "tolérance", the drugs just named."""
    regimen = given.regimen_at(cue.what.start)
    if regimen is None and cue.category == "tolerance":
        regimen = given.last_named(cue.what.start)
    return regimen


def _opens(clause: Clause, at: int) -> bool:
    """Say whether a cue opens a list: a word for harm does only where it does not name its own drug after it."""
    if "information" in clause.categories:
        return False
    if clause.nearest(at, 1, "other_agent", 5, lambda _: True) is not None:
        return False
    if clause.items[at].category in ("tolerance", "poorly_tolerated"):
        return True
    return clause.nearest(at, 1, "drug", 6, lambda item: item.category not in ("event", "break", "comma")) is None


def _covers(item: Item, cue: Item) -> bool:
    return item.first <= cue.first and cue.last <= item.last and item.last - item.first > cue.last - cue.first


def _named_drugs(clause: Clause, at: int) -> list[DrugMention]:
    """Give the drugs that the sentence itself says were tolerated."""
    for step in (1, -1):
        found = clause.nearest(at, step, "drug", 5, lambda item: item.category in _TO_TOLERATED)
        if found is not None:
            drugs = [clause.items[d].drug for d in clause.enumeration(found)]
            return [d for d in drugs if d is not None]
    return []


def _framed(clauses: Sequence[Clause], n: int, at: int, regimen: Regimen, knowledge: Knowledge) -> Iterator[Relation]:
    cue = clauses[n].items[at].cue
    others = [i for i, item in clauses[n].of("event") if i > at and not overlaps(item, clauses[n].items[at])]
    for clause in _frame(clauses, n):
        for i, item in clause.of("event"):
            event = item.event
            if event is None or event.generic or event.group in _NO_TOLERANCE or _explained(clause, i):
                continue
            if not knowledge.may_be_blamed(event):
                continue
            if clause is clauses[n] and i not in others and (others or not overlaps(item, clause.items[at])):
                continue
            if clause is not clauses[n] and not _is_list_entry(event):
                continue
            link = {Assertion.PRESENT: Link.STATED, Assertion.NEGATED: Link.DENIED}.get(event.assertion)
            if link is None:
                continue
            for drug in regimen.drugs:
                yield Relation(
                    drug=drug,
                    event=event,
                    link=link,
                    rule=cue.rule if cue else "tolerance",
                    cue=cue,
                    start=clauses[n].sentence.start,
                    end=clause.sentence.end,
                    confidence=0.7,
                    reason="énuméré comme tolérance du traitement",
                    certainty=Certainty.ASSERTED if link is Link.STATED else None,
                )


def _is_list_entry(event: EventMention) -> bool:
    """Say whether an event on a line of its own reads as one of a list of toxicities: graded, or told absent."""
    return event.assertion is Assertion.NEGATED or (event.grade is not None and event.grade_source == "texte")


def _explained(clause: Clause, at: int) -> bool:
    """Say whether the words after the event give it another cause or another drug."""
    item = clause.items[at]
    for c, cue in clause.of("event_drug", "other_cause", "deny", "post", "under", "after", "during"):
        if 0 <= cue.first - item.last <= _CAUSE_REACH and (
            cue.category in ("event_drug", "other_cause", "deny")
            or clause.nearest(c, 1, "drug", 3, lambda _: False) is not None
        ):
            return True
    return False


def _frame(clauses: Sequence[Clause], n: int) -> Iterator[Clause]:
    """Yield the sentence of the frame, and the lines that follow it in the same section."""
    yield clauses[n]
    for clause in clauses[n + 1 : n + 1 + _FRAME_LINES]:
        if clause.section != clauses[n].section or not _is_listed(clause):
            return
        yield clause


def _is_listed(clause: Clause) -> bool:
    """Say whether a line goes on with a list of tolerance: events and no drug that starts another story."""
    return "event" in clause.categories and not any(
        item.drug is not None and is_followed(item.drug) for item in clause.items
    )


def allergy_relations(clauses: Sequence[Clause], knowledge: Knowledge) -> Iterator[Relation]:
    """Yield known allergies and intolerances: the reaction in brackets where one is told, else the allergy itself."""
    heading: tuple[Item, EventMention] | None = None
    for clause in clauses:
        if clause.section != "allergies":
            heading = None
        if heading is None and "allergy" not in clause.categories:
            continue
        told = False
        for at, cue in clause.of("allergy"):
            own = _event_at(clause, cue)
            if own is None:
                continue
            if clause.section == "allergies" and heading is None:
                heading = (cue, own)
            if own.assertion in (Assertion.NEGATED, Assertion.OTHER, Assertion.HYPOTHETICAL):
                continue
            found = clause.nearest(at, 1, "drug", 9, _passes_to_allergen)
            drug = clause.items[found].drug if found is not None else None
            # "Allergie à l'arachide, adrénaline à domicile": what treats an allergy is not its cause.
            if found is not None and drug is not None and not _treats_allergy(drug, own, knowledge):
                told = True
                yield from _allergies(clause, cue, found, own)
        first = next((i for i, _ in clause.of("drug")), None)
        if not told and heading is not None and first is not None and "allergy" not in clause.categories:
            yield from _allergies(clause, heading[0], first, heading[1])


def _treats_allergy(drug: DrugMention, own: EventMention, knowledge: Knowledge) -> bool:
    return knowledge.indications.holds(drug, own) and not knowledge.reactions.holds(drug, own)


def _passes_to_allergen(item: Item) -> bool:
    return item.category in ("nominal", "comma", "hedge", "join", "toxicity", "event")


def _allergies(clause: Clause, cue: Item, first: int, own: EventMention) -> Iterator[Relation]:
    members = _listed_drugs(clause, first)
    for k, d in enumerate(members):
        until = members[k + 1] if k + 1 < len(members) else len(clause.items)
        yield from _allergy(clause, cue, d, until, own)


def _listed_drugs(clause: Clause, first: int) -> list[int]:
    """Give the drugs of an allergy list from the first on; reactions in brackets may stand between them."""
    members = [first]
    for i in range(first + 1, len(clause.items)):
        item = clause.items[i]
        if item.category == "drug" and item.first - clause.items[i - 1].last <= 4:
            members.append(i)
        elif item.category not in ("event", "join", "comma", "hedge", "nominal", "allergy"):
            break
    return members


def _event_at(clause: Clause, cue: Item) -> EventMention | None:
    for item in clause.items:
        if item.event and overlaps(item, cue):
            return item.event
    return None


def _allergy(clause: Clause, cue: Item, drug_at: int, until: int, own: EventMention) -> Iterator[Relation]:
    drug = clause.items[drug_at]
    reactions = [
        item.event
        for item in clause.items[drug_at + 1 : until]
        if item.event is not None
        and item.first - drug.last <= _REACTION_REACH * 2
        and _introduced(clause.text[drug.what.end : item.what.start])
        and item.event.assertion in (Assertion.PRESENT, Assertion.HISTORICAL)
    ]
    for event in reactions or [own]:
        if drug.drug is not None:
            yield Relation(
                drug=drug.drug,
                event=event,
                link=Link.STATED,
                rule=cue.cue.rule if cue.cue else "allergie",
                cue=cue.cue,
                start=clause.sentence.start,
                end=clause.sentence.end,
                confidence=0.85,
                reason="allergie ou intolérance au médicament",
                certainty=Certainty.ASSERTED,
                current=False if _is_trait(own) else None,
            )


def _is_trait(event: EventMention) -> bool:
    return event.generic or event.concept.startswith(_TRAITS)


def _introduced(between: str) -> bool:
    """Say whether what stands between an allergen and an event introduces the reaction: a bracket or a colon."""
    return any(sign in between for sign in "(:") and ")" not in between


def induced_relations(clauses: Sequence[Clause], drugs: Sequence[DrugMention]) -> Iterator[Relation]:
    """Yield events named as induced by a class ("immuno-induite"), linked to its drugs that the report names."""
    for clause in clauses:
        if "event" not in clause.categories:
            continue
        for at, item in enumerate(clause.items):
            if not item.category.startswith("induced:") or (cue := item.cue) is None:
                continue
            prefixes = tuple(cue.category.removeprefix("induced:").upper().split())
            found = clause.nearest(at, -1, "event", 3, lambda other: other.category in ("hedge", "join"))
            event = clause.items[found].event if found is not None else None
            if (
                _named_otherwise(clause, at)
                or event is None
                or event.assertion not in (Assertion.PRESENT, Assertion.HISTORICAL)
            ):
                continue
            fitting = {d.inn: d for d in drugs if any(code.startswith(prefixes) for code in d.atc.split())}
            precise = {inn: d for inn, d in fitting.items() if d.kind is not DrugKind.CLASS}
            fitting = precise or fitting
            for drug in fitting.values():
                yield Relation(
                    drug=drug,
                    event=event,
                    link=Link.STATED,
                    rule=cue.rule,
                    cue=cue,
                    start=clause.sentence.start,
                    end=clause.sentence.end,
                    confidence=0.7,
                    reason="l'adjectif nomme la classe du médicament",
                    certainty=Certainty.ASSERTED,
                )


def _named_otherwise(clause: Clause, at: int) -> bool:
    """Say whether the sentence goes on to name the culprit: "immunomédiée, secondaire au pembrolizumab"."""
    return any(
        i > at and clause.nearest(i, 1, "drug", 5, lambda item: item.category == "nominal") is not None
        for i, _ in clause.of("event_drug")
    )

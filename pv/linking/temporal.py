"""Relations by order in time: events that an assessor would want to see, though the author gives no cause."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pv.lexicon.knowledge import Knowledge, Related
from pv.linking.clause import Clause, Item
from pv.linking.look import RESOLVED
from pv.linking.regimen import Treatments
from pv.linking.relation import Relation
from pv.model import Assertion, DrugKind, DrugMention, EventMention, Link
from pv.reading import Reading
from pv.timeline.index import DrugIdentity, identity

_PAST_SECTIONS = ("antecedents", "antecedents_familiaux", "antecedents_chirurgicaux", "allergies", "mode_de_vie")
_TREATMENT_SECTIONS = ("traitement_habituel", "traitement_entree")
# Tokens between an event and a cause of its own.
_CAUSE_REACH = 5
# Tokens from the opening of a sentence within which its event is what came next.
_OPENING_REACH = 16
_CLASS_WINDOW = 2

# An event that nothing explains yet, with its sentence and its place there.
_OpenEvent = tuple[Clause, Item, EventMention]
# By the number of a sentence, the drugs that it says were stopped or reduced.
_Stopped = Mapping[int, Sequence[DrugMention]]


def temporal_relations(
    units: Sequence[Clause],
    given: Treatments,
    stated: Sequence[Relation],
    knowledge: Knowledge,
    reading: Reading,
) -> Iterator[Relation]:
    """Yield pairs by time: graded under a followed treatment, told after a beginning, or known of a drug taken."""
    explained = {r.event.concept for r in stated if r.link in (Link.STATED, Link.DENIED)}
    open_events = [
        (clause, item, event)
        for clause in units
        if "event" in clause.categories and clause.section not in _PAST_SECTIONS
        for item in clause.items
        if (event := item.event) is not None and _is_open(event, explained, knowledge) and not _has_cause(clause, item)
    ]
    stopped = {
        clause.index: drugs for clause in units if "stop" in clause.categories and (drugs := _stopped_in(clause))
    }
    yield from _graded(open_events, given, knowledge)
    yield from _sequels(units, explained, knowledge)
    yield from _better_without(units, stopped, explained, knowledge)
    yield from _known(open_events, stopped, knowledge, reading)


def _graded(open_events: Iterable[_OpenEvent], given: Treatments, knowledge: Knowledge) -> Iterator[Relation]:
    """Yield events that the author grades, under a treatment whose tolerance is followed."""
    for clause, item, event in open_events:
        if event.grade is None or event.grade_source != "texte":
            continue
        regimen = given.regimen_at(clause.sentence.start)
        if regimen is None or any(agent.last <= item.first for _, agent in clause.of("other_agent")):
            continue
        for drug in regimen.drugs:
            if not knowledge.indications.holds(drug, event):
                reason = "symptôme gradé au cours d'un traitement dont on suit la tolérance"
                yield _temporal(drug, event, clause, "grade_sous_traitement", 0.55, reason)


def _sequels(units: Sequence[Clause], explained: set[str], knowledge: Knowledge) -> Iterator[Relation]:
    """Yield events of a sentence that opens with a time, after one that tells the beginning of a drug."""
    for earlier, clause in pairwise(units):
        if "event" not in clause.categories or "drug" in clause.categories or clause.section in _PAST_SECTIONS:
            continue
        opening = clause.items[0]
        if opening.first - clause.first > 1 or not _follows(clause, opening):
            continue
        begun = _begun(earlier)
        for item in clause.items:
            event = item.event
            if event is None or not _is_open(event, explained, knowledge) or item.first - clause.first > _OPENING_REACH:
                continue
            for drug in begun:
                if not knowledge.indications.holds(drug, event):
                    reason = "l'événement suit de peu le début du médicament"
                    yield _temporal(drug, event, clause, "suite", 0.55, reason, earlier)


def _better_without(
    units: Sequence[Clause], stopped: _Stopped, explained: set[str], knowledge: Knowledge
) -> Iterator[Relation]:
    """Yield events that went in the sentence after the one that stopped a drug."""
    for earlier, clause in pairwise(units):
        if earlier.index not in stopped or "drug" in clause.categories:
            continue
        for item in clause.items:
            event = item.event
            if event is None or not event.assertion_rule.startswith(RESOLVED) or event.concept in explained:
                continue
            for drug in stopped[earlier.index]:
                if knowledge.may_be_blamed(event) and not knowledge.indications.holds(drug, event):
                    reason = "l'événement a disparu après l'arrêt du médicament"
                    yield _temporal(drug, event, clause, "disparu_a_l_arret", 0.55, reason, earlier)


def _follows(clause: Clause, opening: Item) -> bool:
    """Say whether an opening sets what it tells after the sentence before: "depuis", "trois jours plus tard"."""
    if opening.category in ("after", "during"):
        return clause.spelt(opening).lower() == "depuis"
    return opening.cue is not None and opening.cue.rule.startswith(("time:previous", "time:event", "time:drug"))


def _is_open(event: EventMention, explained: set[str], knowledge: Knowledge) -> bool:
    """Say whether an event is told of the patient, specific, and not yet given a cause."""
    return (
        event.assertion is Assertion.PRESENT
        and not event.generic
        and not event.special
        and event.concept not in explained
        and knowledge.may_be_blamed(event)
    )


def _begun(clause: Clause) -> list[DrugMention]:
    """Give the drugs that a sentence says are begun, given or raised."""
    found: list[DrugMention] = []
    for at, _ in clause.of("given", "begun", "regimen_anaphor"):
        for step in (1, -1):
            drug = clause.nearest(at, step, "drug", 6, lambda item: item.category in ("join", "by", "nominal", "time"))
            if drug is not None:
                found += [d for m in clause.enumeration(drug) if (d := clause.items[m].drug) is not None]
                break
    return found


def _known(
    open_events: Iterable[_OpenEvent], stopped: _Stopped, knowledge: Knowledge, reading: Reading
) -> Iterator[Relation]:
    """Yield events that a drug taken before them is known to cause; likelier where the drug was then stopped."""
    taken = _taken(stopped, knowledge, reading)
    first_told = {e.concept: e.start for e in reversed(reading.events)}
    suspects: dict[str, list[_Taken]] = {}
    for clause, _, event in open_events:
        if event.concept not in suspects:
            suspects[event.concept] = [t for t in taken if t.does.take_in(event) and not t.treats.take_in(event)]
        for drug in suspects[event.concept]:
            # "IRA, arrêt du ramipril": what is stopped in the same breath was being taken.
            answered = drug.is_stopped(clause.index, clause.index)
            if not (drug.habitual or answered or drug.start < first_told[event.concept]):
                continue
            # A class word stopped in the next lines answers the event; later it may be another of its members.
            window = _CLASS_WINDOW if drug.drug.kind is DrugKind.CLASS else len(reading.sentences)
            ended = drug.is_stopped(clause.index - 1, clause.index + window)
            reason = "effet connu d'un médicament pris auparavant" + (", arrêté ensuite" if ended else "")
            yield _temporal(drug.drug, event, clause, "effet_connu", 0.55 if ended else 0.4, reason)


class _Taken(NamedTuple):
    """A drug of the report: what it is known for, where it is first named and listed, and what sentences stop it."""

    drug: DrugMention
    does: Related
    treats: Related
    start: int
    habitual: bool
    stops: Sequence[int]

    def is_stopped(self, first: int, last: int) -> bool:
        """Say whether one of the sentences in a range says that the drug was stopped."""
        at = bisect_left(self.stops, first)
        return at < len(self.stops) and self.stops[at] <= last


def _taken(stopped: _Stopped, knowledge: Knowledge, reading: Reading) -> list[_Taken]:
    """Give each drug once; class words only where they are stopped."""
    stops: dict[str, list[int]] = {}
    for number, drugs in stopped.items():
        for drug in drugs:
            stops.setdefault(drug.inn, []).append(number)
    mentions: dict[DrugIdentity, list[DrugMention]] = {}
    for drug in reading.drugs:
        if drug.kind is not DrugKind.CLASS or drug.inn in stops:
            mentions.setdefault(identity(drug), []).append(drug)
    return [
        _Taken(
            drugs[0],
            knowledge.reactions.of(drugs[0]),
            knowledge.indications.of(drugs[0]),
            drugs[0].start,
            any(reading.section_at(d.start).category in _TREATMENT_SECTIONS for d in drugs),
            stops.get(drugs[0].inn, ()),
        )
        for drugs in mentions.values()
    ]


def _stopped_in(clause: Clause) -> list[DrugMention]:
    """Give the drugs that a sentence says were stopped or reduced."""
    found: list[DrugMention] = []
    for at, _ in clause.of("stop"):
        for step in (1, -1):
            drug = clause.nearest(at, step, "drug", 6, lambda item: item.category in ("join", "given", "nominal"))
            if drug is not None:
                found += [d for m in clause.enumeration(drug) if (d := clause.items[m].drug) is not None]
                break
    return found


def _temporal(
    drug: DrugMention,
    event: EventMention,
    clause: Clause,
    rule: str,
    confidence: float,
    reason: str,
    earlier: Clause | None = None,
) -> Relation:
    return Relation(
        drug=drug,
        event=event,
        link=Link.TEMPORAL,
        rule=rule,
        cue=None,
        start=(earlier or clause).sentence.start,
        end=clause.sentence.end,
        confidence=confidence,
        reason=reason,
    )


def _has_cause(clause: Clause, item: Item) -> bool:
    """Say whether the words after the event give it a cause."""
    return any(0 <= cue.first - item.last <= _CAUSE_REACH for _, cue in clause.of("event_drug", "other_cause", "deny"))

"""From a reading to its pairs: relations gathered, extended to class members, one pair for each drug and event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pv.lexicon.lexicon import Lexicon
from pv.linking.attributes import describe, story_of
from pv.linking.clause import Clause, clauses
from pv.linking.frames import ALLERGIES, allergy_relations, induced_relations, tolerance_relations
from pv.linking.parts import part_relations
from pv.linking.reference import resolved
from pv.linking.regimen import Treatments, treatments
from pv.linking.relation import Relation
from pv.linking.stated import stated_relations
from pv.linking.temporal import temporal_relations
from pv.model import Certainty, DrugKind, DrugMention, Link, Pair
from pv.reading import Reading
from pv.timeline.course import passages_of

# Where several relations speak of the same drug and event the first of these links is the pair's.
_PRECEDENCE = (Link.STATED, Link.DENIED, Link.PART, Link.TREATS, Link.TEMPORAL)

# Sentences that an attribution without an event of its own may point back over.
_LOOK_BACK = 12
# The rule by which an event was there before a class of drugs, and so before its members.
_ALREADY_THERE = "refractaire"
# What is only dated by the cure gives way where the event is a sign of a diagnosis that is attributed itself.
_BY_DATE = "time:"
# "Sous X et Y" names the suspects; who blames X clears Y.
_UNDER = "sous"
_FIRM = 0.8
# An explicit denial counts for more than a suspicion, and than what a class word only implies of its member.
_IMPLIED = "+member"


class Linker:
    """Links the drugs and events of a reading, with the knowledge of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._knowledge = lexicon.knowledge
        self._components = lexicon.components

    def link(self, reading: Reading) -> list[Pair]:
        """Give the pairs of one report, in the order in which their evidence stands in it."""
        if not reading.drugs or not reading.events:
            return []
        passages = passages_of(reading)
        units = clauses(reading, passages)
        relations = list(self._relations(units, reading))
        relations += part_relations(relations, reading.events, self._components)
        if not relations:
            return []
        story = story_of(reading, passages, units, self._components, relations)
        pairs = [describe(group, story) for group in _grouped(relations)]
        return sorted(pairs, key=lambda p: (p.evidence_start, p.drug_spans, p.event_spans))

    def _relations(self, units: Sequence[Clause], reading: Reading) -> Iterator[Relation]:
        given = treatments(units)
        units = resolved(units, given)
        stated: list[Relation] = []
        for n, clause in enumerate(units):
            if "drug" in clause.categories:
                stated += stated_relations(clause, units[max(0, n - _LOOK_BACK) : n], self._knowledge)
        stated += _unnamed(tolerance_relations(units, given, self._knowledge), stated)
        stated += allergy_relations(units, self._knowledge)
        stated += induced_relations(units, reading.drugs)
        named = [r for r in stated if not (r.anaphoric and given.members_of(r.drug))]
        told = [*named, *_for_members(named, given)]
        by_time = temporal_relations(units, given, told, self._knowledge, reading)
        yield from self._unexplained(self._by_signs(_aimed([*_cleared(told), *by_time], given, reading)), given)

    def _by_signs(self, relations: Sequence[Relation]) -> list[Relation]:
        """Give a diagnosis by time the confidence of its signs: what is likely of them is likely of it."""
        best: dict[tuple[str, str], float] = {}
        for relation in relations:
            if relation.link is Link.TEMPORAL:
                key = (relation.drug.inn, relation.event.concept)
                best[key] = max(best.get(key, 0.0), relation.confidence)
        raised = []
        for relation in relations:
            signs = self._components.get(relation.event.concept, ()) if relation.link is Link.TEMPORAL else ()
            shown = max([best.get((relation.drug.inn, sign), 0.0) for sign in signs]) if signs else 0.0
            raised.append(relation._replace(confidence=shown) if shown > relation.confidence else relation)
        return raised

    def _unexplained(self, relations: Sequence[Relation], given: Treatments) -> Iterator[Relation]:
        """Leave out pairs by time that the author's own account explains.

        The signs of an attributed diagnosis have its cause; and where the author names the culprit among drugs given
        together, the others are not suspects.
        """
        stated = [r for r in relations if r.link is Link.STATED and r.current is not False]
        culprits = {r.drug.inn for r in stated}
        signs = {sign for r in stated for sign in self._components.get(r.event.concept, ())}
        cleared = given.enumerated_with(culprits) - culprits
        firm = {r.drug.inn for r in stated if r.confidence >= _FIRM}
        codes = {r.drug.atc for r in stated if r.drug.kind is not DrugKind.CLASS and r.drug.atc}
        beside_firm = given.enumerated_with(firm) - firm
        for relation in relations:
            if relation.link is Link.TEMPORAL and (
                relation.event.concept in signs or relation.drug.inn in cleared or _holds(relation.drug, codes)
            ):
                continue
            if relation.rule == _UNDER and relation.drug.inn in beside_firm:
                continue
            yield relation


def _unnamed(framed: Iterable[Relation], stated: Sequence[Relation]) -> list[Relation]:
    """Leave out of a list of tolerance what the author blames on one drug: "…, ayant fait arrêter le cisplatine"."""
    named = {(r.event.start, r.event.end) for r in stated if r.link is Link.STATED}
    return [r for r in framed if (r.event.start, r.event.end) not in named]


def _aimed(relations: Sequence[Relation], given: Treatments, reading: Reading) -> list[Relation]:
    """Leave out attributions that point back at what the drug, or a member of the class, was given for before."""
    treated = {(r.drug.inn, r.event.concept): r.end for r in relations if r.link is Link.TREATS}

    def points_amiss(r: Relation) -> bool:
        if r.link is not Link.STATED or r.cue is None:
            return False
        sentence = reading.sentences[reading.sentence_index(r.cue.start)]
        if r.event.end > sentence.start:
            return False
        names = (r.drug.inn, *(d.inn for d in given.members_of(r.drug)))
        return any(treated.get((inn, r.event.concept), sentence.end) <= sentence.start for inn in names)

    return [r for r in relations if not points_amiss(r)]


def _cleared(relations: Sequence[Relation]) -> list[Relation]:
    """Turn a suspected allergy into a denied one where the author ends by clearing the drug of any."""
    cleared = {r.drug.inn for r in relations if r.link is Link.DENIED and r.event.concept.startswith(ALLERGIES)}
    return [
        r._replace(link=Link.DENIED, certainty=None)
        if r.link is Link.STATED and r.drug.inn in cleared and r.event.concept.startswith(ALLERGIES)
        else r
        for r in relations
    ]


def _holds(drug: DrugMention, codes: Iterable[str]) -> bool:
    """Say whether a drug is a class word for one of the culprits."""
    prefixes = tuple(drug.atc.split())
    return drug.kind is DrugKind.CLASS and bool(prefixes) and any(code.startswith(prefixes) for code in codes)


def _for_members(relations: Iterable[Relation], given: Treatments) -> Iterator[Relation]:
    """Yield, for a class or protocol that is held responsible, the same of its members that the report names."""
    for relation in relations:
        if relation.link is Link.TREATS and relation.rule != _ALREADY_THERE:
            continue
        if relation.link in (Link.TEMPORAL, Link.PART) or relation.current is False:
            continue
        for member in given.members_of(relation.drug):
            yield relation._replace(
                drug=member,
                rule=f"{relation.rule}+member",
                confidence=relation.confidence * 0.8,
                reason=f"{relation.reason} ; le médicament est de la classe nommée",
            )


def _is_loose(relation: Relation) -> bool:
    return _IMPLIED in relation.rule or relation.certainty is Certainty.HEDGED


def _grouped(relations: Iterable[Relation]) -> Iterator[list[Relation]]:
    """Yield the relations of each drug and event, the one that decides the pair first."""
    groups: dict[tuple[str, str], list[Relation]] = {}
    for relation in relations:
        groups.setdefault((relation.drug.inn, relation.event.concept), []).append(relation)
    for group in groups.values():
        if len(group) > 1:
            _put_in_order(group)
        yield group


def _put_in_order(group: list[Relation]) -> None:
    group.sort(key=lambda r: (_PRECEDENCE.index(r.link), -r.confidence))
    part = next((r for r in group if r.link is Link.PART), None)
    if part is not None and group[0].link is Link.STATED and group[0].rule.startswith(_BY_DATE):
        group.remove(part)
        group.insert(0, part)
    denied = next((r for r in group if r.link is Link.DENIED and _IMPLIED not in r.rule), None)
    if denied is not None and group[0].link is Link.STATED and _is_loose(group[0]):
        group.remove(denied)
        group.insert(0, denied)

"""What a pair carries besides its link: certainty, course in time, seriousness, and the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pv.linking.chronology import Chronology, chronology
from pv.linking.clause import Clause, Item
from pv.linking.look import RESOLVED
from pv.linking.regimen import is_followed
from pv.linking.relation import Relation
from pv.linking.seriousness import Where, seriousness
from pv.linking.treatment import dose, indications, route
from pv.model import Assertion, Certainty, DrugMention, EventMention, Link, Outcome, Pair, Seriousness
from pv.reading import Reading
from pv.timeline.challenge import Challenges, challenges
from pv.timeline.course import Course, Passage, course_of
from pv.timeline.exposure import Exposure, exposure
from pv.timeline.onset import places
from pv.timeline.recovery import Kin, kin_of

_PAST_SECTIONS = ("antecedents", "antecedents_chirurgicaux", "allergies")
# Grades 1 and 2 of CTCAE are mild and moderate.
_MILD = 2
# Months after the end of a treatment from which what it did is told as history; months in a year.
_LONG_OVER, _YEAR = 6, 12
# Tokens between an event and another cause that it is given.
_CAUSE = 8
# Characters: two pages of text.
_LONGEST_PASSAGE = 4_000
_REPORTABLE = (Link.STATED, Link.TEMPORAL)


class Taken(NamedTuple):
    """Where a report mentions a drug, and how it says that it was given."""

    spans: tuple[tuple[int, int], ...]
    dose: str | None
    route: str | None


class Mentions(NamedTuple):
    """Where a report mentions an event, its worst grade, and what is asserted of each mention.

    ``granted`` are the assertions within a stated cause that is open to doubt.
    """

    spans: tuple[tuple[int, int], ...]
    grade: int | None
    assertions: tuple[Assertion, ...]
    granted: tuple[Assertion, ...]


class Told(NamedTuple):
    """Where a report tells an event as having occurred, and its other causes."""

    where: Where
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All of one report that its pairs are described from: what it says of each drug and event is gathered once.

    ``components`` gives the signs of a diagnosis, ``treated`` by INN what a drug was given for.
    """

    reading: Reading
    units: Sequence[Clause]
    components: Mapping[str, frozenset[str]]
    course: Course
    drugs: Mapping[str, Sequence[DrugMention]]
    events: Mapping[str, Sequence[EventMention]]
    treated: Mapping[str, str]
    _taken: dict[str, Taken] = field(default_factory=dict)
    _mentions: dict[str, Mentions] = field(default_factory=dict)
    _told: dict[tuple[str, int], Told] = field(default_factory=dict)

    def taken(self, inn: str) -> Taken:
        """Give what the report tells of how a drug was given."""
        if inn not in self._taken:
            mentions = self.drugs[inn]
            spans = tuple((d.start, d.end) for d in mentions)
            told = dose(self.reading, mentions), route(self.course, self.reading, mentions)
            self._taken[inn] = Taken(spans, *told)
        return self._taken[inn]

    def mentions(self, concept: str) -> Mentions:
        """Give the mentions of an event."""
        if concept not in self._mentions:
            events = self.events[concept]
            spans = tuple([(e.start, e.end) for e in events])
            grade = max([e.grade for e in events if e.grade], default=None)
            assertions = tuple(map(_as_meant, events))
            granted = tuple([Assertion.PRESENT if a is Assertion.HYPOTHETICAL else a for a in assertions])
            self._mentions[concept] = Mentions(spans, grade, assertions, granted)
        return self._mentions[concept]

    def told(self, event: EventMention) -> Told:
        """Give what the report tells of an event, as it is mentioned at one place."""
        key = event.concept, event.start
        if key not in self._told:
            where = places(self.course, event, self.course.passage_at(self.reading, event.start))
            self._told[key] = Told(where, _alternatives(self.units, where, self.reading))
        return self._told[key]


def story_of(
    reading: Reading,
    passages: Sequence[Passage],
    units: Sequence[Clause],
    components: Mapping[str, frozenset[str]],
    relations: Sequence[Relation],
) -> Story:
    """Lay out a reading, its sentences and relations for the description of its pairs."""
    drugs: dict[str, list[DrugMention]] = {}
    events: dict[str, list[EventMention]] = {}
    for drug in reading.drugs:
        drugs.setdefault(drug.inn, []).append(drug)
    for event in reading.events:
        events.setdefault(event.concept, []).append(event)
    return Story(reading, units, components, course_of(reading, passages), drugs, events, indications(relations))


def describe(relations: Sequence[Relation], story: Story) -> Pair:
    """Make the pair of relations that share drug and event, the deciding one first."""
    lead, reading, course = relations[0], story.reading, story.course
    taken, told, mentions = story.taken(lead.drug.inn), story.told(lead.event), story.mentions(lead.event.concept)
    where, grade = told.where, mentions.grade
    current = _is_current(relations, reading, course)
    serious, why = seriousness(course, where, lead.event, grade, lead.link, current=current)
    start, end = _passage(lead, reading)
    time, done = Chronology(), Challenges()
    if lead.link in _REPORTABLE:
        taking = exposure(course, lead.drug)
        kin = kin_of(course, lead.event, reading.events, story.components)
        time = chronology(course, lead, taking, where, kin.own, reading, current=current)
        done = _challenges(course, lead, taking, where, kin, grade, current=current)
    return Pair(
        drug=lead.drug.inn,
        event=lead.event.label,
        drug_spans=taken.spans,
        event_spans=mentions.spans,
        link=lead.link,
        rule=lead.rule,
        evidence_start=start,
        evidence_end=end,
        evidence=reading.text[start:end],
        cue=reading.text[lead.cue.start : lead.cue.end] if lead.cue else "",
        certainty=_certainty(relations),
        current=current,
        confidence=round(lead.confidence, 2),
        start=time.start,
        onset=time.onset,
        latency_days=time.latency,
        dechallenge=done.dechallenge,
        rechallenge=done.rechallenge,
        serious=serious is not None,
        seriousness=serious,
        grade=grade,
        action_taken=done.action,
        outcome=Outcome.FATAL if serious is Seriousness.DEATH else done.outcome,
        dose=taken.dose,
        route=taken.route,
        indication=story.treated.get(lead.drug.inn),
        part_of=lead.rule.removeprefix("part:") if lead.link is Link.PART else None,
        atc=lead.drug.atc if " " not in lead.drug.atc else "",
        drug_kind=lead.drug.kind,
        cim10=lead.event.cim10,
        concept=lead.event.concept,
        assertions=mentions.granted if _is_open(lead) else mentions.assertions,
        alternatives=told.alternatives,
        reasons=tuple(dict.fromkeys((*[r.reason for r in relations], *time.reasons, *done.reasons, why))),
    )


def _passage(lead: Relation, reading: Reading) -> tuple[int, int]:
    """Give the passage that shows a relation, [start, end); of one too long to be read, what is told of the event."""
    if lead.end - lead.start <= _LONGEST_PASSAGE:
        return lead.start, lead.end
    event, sentence = lead.event, reading.sentences[reading.sentence_index(lead.event.start)]
    around = _LONGEST_PASSAGE // 2
    return max(sentence.start, event.start - around), min(sentence.end, event.end + around)


def _challenges(
    course: Course, lead: Relation, taking: Exposure, where: Where, kin: Kin, grade: int | None, *, current: bool
) -> Challenges:
    """Give the challenges; an action on all treatments counts for the drugs of the patient's lists only."""
    found = [s for s in taking.steps if taking.listed or not s.everything]
    # A drug of the patient's lists is named before or after the story, which says nothing of the order in time.
    given = 0 if taking.listed else taking.named
    mild = grade is not None and grade <= _MILD and is_followed(lead.drug)
    return challenges(course, found, where, lead.drug, kin, given=given, current=current, tolerated=mild)


def _alternatives(units: Sequence[Clause], where: Where, reading: Reading) -> tuple[str, ...]:
    """Give the other causes that the text names right after the event, as it words them."""
    found: list[Item] = []
    for passage, events in where:
        unit = units[passage.index]
        for at, item in unit.of("other_cause", "event_drug", "because"):
            if any(0 <= item.first - e.last <= _CAUSE for e in events):
                found += [item] if item.category == "other_cause" else _diseases_blamed(unit, at)
    return tuple(dict.fromkeys(" ".join(reading.text[i.what.start : i.what.end].split()) for i in found))


def _diseases_blamed(unit: Clause, at: int) -> list[Item]:
    """Give the diseases that follow a cue of cause: "secondaire à une déshydratation et à la prise d'AINS"."""
    first = unit.nearest(at, 1, "event", _CAUSE, lambda item: item.category in ("nominal", "hedge", "join", "comma"))
    return [unit.items[i] for i in unit.enumeration(first) if i > at] if first is not None else []


def _certainty(relations: Sequence[Relation]) -> Certainty | None:
    """Give asserted where any passage asserts it, hedged where all hedge."""
    stated = [r.certainty for r in relations if r.link is Link.STATED and r.certainty]
    if not stated or relations[0].link is not Link.STATED:
        return None
    return Certainty.ASSERTED if Certainty.ASSERTED in stated else Certainty.HEDGED


def _is_current(relations: Sequence[Relation], reading: Reading, course: Course) -> bool:
    """Say whether the pair belongs to the episode told, not to the patient's past."""
    told = [r for r in relations if r.link is relations[0].link]
    for relation in told:
        if relation.current is False:
            continue
        section = reading.section_at(relation.event.start).category
        if section in _PAST_SECTIONS or relation.event.assertion is Assertion.HISTORICAL:
            continue
        if not _is_long_over(course, course.passage_at(reading, relation.event.start)):
            return True
    return False


def _is_long_over(course: Course, passage: Passage) -> bool:
    """Say whether a sentence tells of a treatment that ended long before the report: "reçu de 2013 à 2015, arrêté"."""
    if course.admission is None or "stop" not in passage.kinds:
        return False
    dates = [d.what.value for d in passage.dates()]
    if not dates:
        return False
    years, months = (int(a) - int(b) for a, b in zip(_month(course.admission), _month(max(dates)), strict=True))
    return years * _YEAR + months >= _LONG_OVER


def _month(iso: str) -> tuple[str, str]:
    """Give year and month of a date; of a year alone, its last month."""
    return iso[:4], iso[5:7] or str(_YEAR)


def _as_meant(mention: EventMention) -> Assertion:
    """Give a mention's assertion within a pair: an event that is over did occur."""
    return Assertion.PRESENT if mention.assertion_rule.startswith(RESOLVED) else mention.assertion


def _is_open(lead: Relation) -> bool:
    """Say whether a stated cause is open to doubt, which is then about the cause, and none about the event."""
    return lead.link is Link.STATED and lead.event.assertion is Assertion.HYPOTHETICAL

"""What a report tells of the end of an event: that it went, that it stays, or laboratory values that turn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pv.model import Assertion, Cue, EventMention, Outcome
from pv.timeline.course import RESOLVED, Course, Passage, Spot
from pv.timeline.index import analyte_concepts

OUTCOMES = {
    "recovered": Outcome.RECOVERED,
    "recovering": Outcome.RECOVERING,
    "not_recovered": Outcome.NOT_RECOVERED,
    "worsened": Outcome.NOT_RECOVERED,
}
# Tokens from a word for a change to what changed: before a verb, after a noun, and where the noun has an object.
_VERB, _NOUN, _OBJECT, _GONE, _VALUE = 9, 6, 4, 1, 8
# Characters between a diagnosis and its sign told in one breath.
_SAME = 60
# Groups of the event lexicon whose members have no organ in common.
_LOOSE = ("général", "examens", "situation particulière", "blessure et intoxication", "infection", "tumeur", "digestif")
_PAST = ("antecedents", "antecedents_chirurgicaux", "antecedents_familiaux", "allergies", "bibliographie")
# A laboratory value is plainly better where a high one fell by a quarter, or a low one rose by a twentieth (sodium of
# 121, then 128 mmol/L); a hundred times more or less is another unit.
_FALL, _RISE, _UNITS = 0.75, 1.05, 100


class Kin(NamedTuple):
    """The concepts by which a report speaks of an event: itself and its signs, and for its end also looser words."""

    own: frozenset[str]
    wide: frozenset[str]


class Told(NamedTuple):
    """What became of an event, at a token of a sentence; ``named`` where the event or a sign of it stands there."""

    outcome: Outcome
    passage: int
    at: int
    named: bool


def kin_of(
    course: Course, event: EventMention, events: Sequence[EventMention], components: Mapping[str, frozenset[str]]
) -> Kin:
    """Give the concepts that speak of an event; ``components`` gives the signs of a diagnosis.

    ``events`` are those of the report, in order.
    """
    kin, diagnoses = course.once((kin_of, event.concept), lambda: _kin(course, event, components))
    # "Surdosage avec épistaxis": what ends the diagnosis ends its sign.
    if not diagnoses:
        return kin
    first, last = (bisect_left(events, event.start + far, key=_start) for far in (-_SAME, _SAME + 1))
    told = diagnoses.intersection([e.concept for e in events[first:last]])
    return Kin(kin.own, kin.wide.union(*(components[c] for c in told)))


def _kin(course: Course, event: EventMention, components: Mapping[str, frozenset[str]]) -> tuple[Kin, set[str]]:
    """Give the concepts that speak of an event wherever it is mentioned, and the diagnoses that it is a sign of."""
    own = frozenset({event.concept}) | components.get(event.concept, frozenset())
    # A laboratory value names no event once it is normal: the diagnoses that it is a sign of do.
    wholes = {c for c in course.index.concepts if event.concept in components.get(c, ())}
    return Kin(own, own.union(wholes, _alike(course, event))), wholes


def _start(event: EventMention) -> int:
    return event.start


def _alike(course: Course, event: EventMention) -> Iterator[str]:
    """Yield the concepts of the report that share an event's organ, or begin with its words or it with theirs."""
    name, group = f"{event.label} ", event.group if event.group not in _LOOSE else None
    for concept, other in course.index.concepts.items():
        label = f"{other.label} "
        if other.group == group or name.startswith(label) or label.startswith(name):
            yield concept


class _Remark(NamedTuple):
    """What a sentence tells of an end, at a token: of which of the event's concepts, None for no event by name.

    ``by`` is how: a ``cue`` of change, an event that is ``gone`` or has ``lessened``.
    """

    outcome: Outcome
    at: int
    of: frozenset[str] | None
    by: str


def told_from(course: Course, passage: int, at: int, kin: Kin, given: int, soon: int) -> list[Told]:
    """Give what is told of the event from a token of a sentence on, in order.

    ``given`` is the index of the first sentence that names the drug: what was there before it is no effect of it. What
    names no event is looked for in so many sentences only: ``soon``.
    """
    first = course.index.events
    older = {c for c in kin.wide - kin.own if c in first and first[c][0] < given}
    section = course.passages[passage].section
    remarks = _remarks(course, kin.wide)
    near = [n for n in range(passage, min(passage + soon + 1, len(course.passages))) if n not in remarks]
    found: list[Told] = []
    for other in sorted([*near, *(n for n in remarks if n >= passage)]):
        if course.passages[other].section in _PAST and course.passages[other].section != section:
            continue
        for remark in remarks[other] if other in remarks else _remarks_in(course.passages[other], kin.wide):
            if remark.by == "cue" and (other, remark.at) == (passage, at):
                continue
            if remark.by == "gone" and other == passage and remark.at < at:
                continue
            if remark.of is None or remark.by != "cue" or remark.of - older:
                found.append(Told(remark.outcome, other, remark.at, named=remark.of is not None))
    found += _turned(course, passage, at, kin.wide)
    return sorted(found, key=lambda t: (t.passage, t.at))


def _remarks(course: Course, wide: frozenset[str]) -> dict[int, list[_Remark]]:
    """Give what each sentence that speaks of an event tells of its end; worked out once for all drugs and stops."""
    sentences = course.index.speaking_of
    return course.once((_remarks, wide), lambda: {p.index: _remarks_in(p, wide) for p in course.at(sentences(wide))})


def _remarks_in(passage: Passage, wide: frozenset[str]) -> list[_Remark]:
    found: list[_Remark] = []
    for cue in passage.of(*OUTCOMES):
        concepts = frozenset[str]() if _is_unreal(passage, cue) else _changed(passage, cue)
        if concepts is None or concepts & wide:
            of = None if concepts is None else concepts & wide
            found.append(_Remark(OUTCOMES[cue.kind], cue.first, of, "cue"))
    if passage.events:
        found += _gone(passage, wide)
        found += _lessened(passage, wide)
    return found


def _is_unreal(passage: Passage, cue: Spot[Cue]) -> bool:
    return any(0 <= cue.first - u.last <= 1 for u in passage.of("unreal"))


def _changed(passage: Passage, cue: Spot[Cue]) -> frozenset[str] | None:
    """Give the concepts that a change is of; None where it is the patient's state as a whole, or nothing is named."""
    side = cue.what.category.partition(":")[2]
    things: list[Spot[Any]] = [*passage.events, *passage.of("analyte", "whole")]
    after = [t for t in things if 0 <= t.first - cue.last <= (_OBJECT if side == "of" else _NOUN)]
    before = [t for t in things if 0 <= cue.first - t.last <= _VERB]
    if side == "before":
        near = before[-1:] and [t for t in before if t.last == max(b.last for b in before)]
    else:
        low = min((t.first for t in after), default=0)
        near = [t for t in after if t.first == low] or ([] if side == "of" else before[-1:])
        if side == "of" and not near:
            return frozenset()
    if side == "before" and len(before) > 1:
        near = before
    return frozenset([concept for t in near for concept in _concepts(t)]) or None


def _concepts(thing: Spot[Any]) -> list[str]:
    """Give the concepts that an event or an analyte speaks of, none for the patient's state."""
    return analyte_concepts(thing.what) if isinstance(thing.what, Cue) else [thing.what.concept]


def _gone(passage: Passage, wide: frozenset[str]) -> Iterator[_Remark]:
    """Yield the events of a sentence that are told to be there no more: "plus de saignement", "n'est plus"."""
    for event in passage.events:
        if event.what.concept not in wide:
            continue
        over = event.what.assertion is Assertion.NEGATED and event.what.assertion_rule.startswith(RESOLVED)
        if any(0 <= event.first - c.last <= _GONE for c in passage.of("not_recovered")):
            continue
        if over or any(0 <= event.first - c.last <= _GONE for c in passage.of("gone")):
            yield _Remark(Outcome.RECOVERED, event.first, frozenset({event.what.concept}), "gone")


def _lessened(passage: Passage, wide: frozenset[str]) -> Iterator[_Remark]:
    """Yield the events of a sentence that grew less, in words that are also used of doses: "diminution de l'œdème"."""
    for cue in passage.of("reduce"):
        for event in passage.events:
            after, before = event.first - cue.last, cue.first - event.last
            drug = any(d.first < cue.first and d.first > event.first for d in passage.drugs)
            if event.what.concept in wide and (0 <= after <= _GONE or (0 <= before <= _OBJECT and not drug)):
                concept = frozenset({event.what.concept})
                yield _Remark(Outcome.RECOVERING, cue.first, concept, "lessened")


class _Measured(NamedTuple):
    """A number that follows an analyte or an event's name; ``high`` says whether to be high is the harm."""

    passage: int
    at: int
    name: str
    concept: str
    high: bool
    value: float


def _turned(course: Course, passage: int, at: int, wide: frozenset[str]) -> Iterator[Told]:
    """Yield the laboratory values after a token that are plainly better than the worst before it.

    The worst is that of the same analyte, or where it has none, the number told with the event's own name.
    """
    worst: dict[str, float] = {}
    for m in _measured(course, wide):
        if (m.passage, m.at) <= (passage, at):
            pick = max if m.high else min
            worst[m.name] = pick(worst.get(m.name, m.value), m.value)
            continue
        before = worst.get(m.name, worst.get(m.concept))
        if before and m.name != m.concept and _is_better(before, m.value, high=m.high):
            yield Told(Outcome.RECOVERING, m.passage, m.at, named=True)


def _measured(course: Course, wide: frozenset[str]) -> list[_Measured]:
    """Give the numbers told of an event, in order; worked out once for all drugs and stops."""
    return course.once(
        (_measured, wide),
        lambda: [
            _Measured(p.index, place, name, concept, high, value)
            for p in course.at(course.index.speaking_of(wide))
            for spot, name, concept, high in _measurable(p, wide)
            for place, value in _values(course, p, spot)
        ],
    )


def _measurable(passage: Passage, wide: frozenset[str]) -> Iterator[tuple[Spot[Any], str, str, bool]]:
    """Yield the analytes and events that a number may follow: name, concept, and whether to be high is the harm."""
    for cue in passage.of("analyte"):
        low, _, high = cue.what.category.partition(":")[2].partition("/")
        if {low, high} & wide:
            yield cue, cue.what.rule, high if high in wide else low, high in wide
    for event in passage.events:
        if event.what.concept in wide:
            yield event, event.what.concept, event.what.concept, False


def _is_better(before: float, value: float, *, high: bool) -> bool:
    ratio = value / before
    if not 1 / _UNITS < ratio < _UNITS:
        return False
    return ratio <= _FALL if high else ratio >= _RISE


def _values(course: Course, passage: Passage, cue: Spot[Any]) -> Iterator[tuple[int, float]]:
    """Yield the number that follows an analyte, or ends an event's mention, with its token; a time is none."""
    timed = {i for t in passage.times for i in range(t.first, t.last)}
    for at in range(cue.first + 1, min(cue.last + _VALUE, passage.last)):
        word = course.words[at].replace(",", ".")
        if at in timed or not word[:1].isdecimal():
            continue
        follows = course.words[at + 1] if at + 1 < passage.last else ""
        if len(word) <= 3 and word.isdecimal() and len(follows) == 3 and follows.isdecimal():
            word += follows  # "1 140 UI/L"
        try:
            yield at, float(word)
        except ValueError:
            continue
        return

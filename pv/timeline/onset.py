"""When an event began: dates beside it, delays counted from the drug, and the admission that it led to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pv.model import Assertion, Cue, DrugMention, EventMention, TimeExpression
from pv.timeline.calendar import is_full, shift
from pv.timeline.course import RESOLVED, Course, Passage, Spot, enumeration, first_naming, is_cyclic, names
from pv.timeline.exposure import Start
from pv.timeline.time_values import duration_days

# Tokens between an event and its time, between a delay and the drug it counts from, and from a time to a cue that
# makes it another's.
_TIME, _DELAY, _FROM, _BESIDE = 24, 40, 8, 3
# Sentences back to the drug that a bare "trois jours plus tard" counts from.
_BACK = 2
Where = Sequence[tuple[Passage, list[Spot[EventMention]]]]
_ENDINGS = ("recovered", "recovering", "stop", "no_recurrence")
_OTHER_ANCHORS = ("document", "admission", "operation", "birth", "pregnancy")
_LATER = ("conduite_a_tenir", "traitement_sortie", "bibliographie", "antecedents_familiaux")
_ON_ENTRY = ("biologie", "examen_clinique", "resultat")
# A first sign further from the start than this (days) is no longer taken for that of the attributed diagnosis.
_STORY = 365


class Delay(NamedTuple):
    """Days from the drug to the event as a phrase tells them; ``cycle`` is the cure they count from, 0 if untold."""

    days: int
    cycle: int
    passage: int
    at: int
    start: int
    end: int


def places(course: Course, event: EventMention, first: Passage) -> list[tuple[Passage, list[Spot[EventMention]]]]:
    """Give the sentences that tell of an event as having occurred, the given one first, then in order."""
    own = [
        (p, told)
        for p in course.at(course.index.telling([event.concept]))
        if (told := [s for s in p.events if s.what.concept == event.concept and _occurred(s.what)])
    ]
    return sorted(own, key=lambda p: p[0] is not first)


def _occurred(event: EventMention) -> bool:
    over = event.assertion is Assertion.NEGATED and event.assertion_rule.startswith(RESOLVED)
    return over or event.assertion in (Assertion.PRESENT, Assertion.HISTORICAL)


def delay(course: Course, drug: DrugMention, where: Where, *, back: bool = False) -> Delay | None:
    """Give the delay that a phrase beside the event tells, counted from the drug.

    With ``back``, a dose told to lie so long before counts too: "une injection faite trois jours plus tôt".
    """
    for passage, events in where:
        if not _may_tell_delay(passage):
            continue
        found = [
            (min(time.gap(e) for e in events), time, days)
            for time, days in _delays(passage, back=back)
            if _counts_from(course, passage, time, drug, events) and not _is_another(passage, time, events)
        ]
        near = [row for row in found if row[0] <= _DELAY]
        if near:
            _, time, days = min(near, key=lambda row: (row[0], row[1].first))
            return _delay(passage, time, days)
    return None


def _delay(passage: Passage, time: Spot[Any], days: int) -> Delay:
    anchor = getattr(time.what, "anchor", "")
    cycle = int(float(anchor.partition(":")[2] or 0)) if anchor.startswith("cycle") else 0
    return Delay(days, cycle, passage.index, time.first, time.what.start, time.what.end)


def _signs(passage: Passage, signs: frozenset[str] | None) -> list[Spot[EventMention]]:
    """Give the present events of a sentence, of some concepts or of any; none of what is told for later."""
    if passage.section in _LATER:
        return []
    present = [e for e in passage.events if e.what.assertion is Assertion.PRESENT]
    return [e for e in present if signs is None or e.what.concept in signs]


def delay_of_signs(course: Course, drug: DrugMention, signs: frozenset[str], until: int) -> Delay | None:
    """Give the first delay, counted from the drug, of a sign of the event: "fièvre apparue à J10 de la cure".

    Any first sign of the story will do, up to the sentence of this index, where no sign of the event has a delay.
    """
    index = course.index
    told = _first_delay(course.at(index.telling(signs)), course, drug, signs)
    if told is not None:
        return told
    beginnings = index.with_cues("onset", "hospitalised")
    return _first_delay(course.at(beginnings[: bisect_left(beginnings, until)]), course, drug, None)


def _first_delay(
    passages: Iterable[Passage], course: Course, drug: DrugMention, signs: frozenset[str] | None
) -> Delay | None:
    for passage in passages:
        if not _may_tell_delay(passage) or not (present := _signs(passage, signs)):
            continue
        for time, days in _delays(passage):
            if _counts_from(course, passage, time, drug, present) and not _is_another(passage, time, present):
                return _delay(passage, time, days)
    return None


def _may_tell_delay(passage: Passage) -> bool:
    return bool(passage.times) or "same_day" in passage.kinds


def _delays(passage: Passage, *, back: bool = False) -> Iterator[tuple[Spot[TimeExpression] | Spot[Cue], int]]:
    """Yield the phrases of a sentence that tell a delay, with its whole days."""
    soon = list(passage.of("same_day"))
    for time in passage.times:
        if time.what.kind != "relative" or time.what.anchor in _OTHER_ANCHORS:
            continue
        days = duration_days(time.what.value)
        if days == 0 and time.what.anchor.startswith("cycle"):
            continue  # "C4J1" says which cure, not when within it
        if days is not None and (days >= 0 or (back and time.what.anchor == "previous")):
            yield time, int(abs(days))
        elif days is None and any(c.first < time.last and time.first < c.last for c in soon):
            yield time, 0
    for cue in soon:
        if not any(t.first < cue.last and cue.first < t.last for t in passage.times):
            yield cue, 0


def _counts_from(
    course: Course, passage: Passage, time: Spot[Any], drug: DrugMention, events: Sequence[Spot[EventMention]]
) -> bool:
    """Say whether a delay counts from the drug's start, cure or dose."""
    anchor = getattr(time.what, "anchor", "drug")
    after = [c for c in passage.of("stop", "origin") if -2 <= c.first - time.last <= _BESIDE]
    if after:
        return False
    following = [d for d in passage.drugs if time.first <= d.first and d.first - time.last <= _FROM]
    following = [d for d in following if not any(time.last <= e.first and e.last <= d.first for e in passage.events)]
    if anchor == "previous" and time.what.value.startswith("-"):
        return any(names(d.what, drug) and d.last <= time.first for d in passage.drugs) and any(
            c.last <= time.first for c in passage.of("start")
        )
    if following and (anchor != "previous" or _points_back(course, passage, time)):
        return any(names(d.what, drug) for d in enumeration(passage.drugs, following[0]))
    if is_cyclic(drug) and (anchor.startswith("cycle") or any(time.gap(c) <= 1 for c in passage.of("cure"))):
        return first_naming(course, drug) <= passage.index
    if anchor in ("event", "previous") and not _points_back(course, passage, time):
        return _follows_start(course, passage, time, drug, events)
    return _last_named(course, passage, time, drug, _BACK + 1)


def _points_back(course: Course, passage: Passage, time: Spot[Any]) -> bool:
    """Say whether what a delay counts from is a dose or a treatment without a name: "après cette injection"."""
    near = [c for c in passage.of("anaphor", "start") if 0 <= c.first - time.last <= _BESIDE]
    return any("," not in course.words[time.last : c.first] for c in near)


def _follows_start(
    course: Course, passage: Passage, time: Spot[Any], drug: DrugMention, events: Sequence[Spot[EventMention]]
) -> bool:
    """Say whether the drug was given earlier in the sentence, or in the sentence before, and nothing else since."""
    for other in (passage, *reversed(course.passages[max(0, passage.index - 1) : passage.index])):
        given = [
            c for c in other.of("start", "restart", "increase") if other is not passage or c.last <= time.first + 1
        ]
        drugs = [d for d in other.drugs if other is not passage or d.last <= time.first]
        if drugs:
            return bool(given) and any(names(d.what, drug) for d in drugs)
        if other is passage and any(e.last <= time.first and e not in events for e in passage.events):
            return False
    return False


def _last_named(course: Course, passage: Passage, time: Spot[Any], drug: DrugMention, back: int) -> bool:
    """Say whether the drug is among the last ones named, in the sentence or a few before it."""
    for other in reversed(course.passages[max(0, passage.index - back) : passage.index + 1]):
        drugs = [d for d in other.drugs if other is not passage or d.first <= time.last + _FROM]
        if drugs:
            return any(names(d.what, drug) for d in drugs)
    return False


def _is_another(passage: Passage, time: Spot[Any], events: Sequence[Spot[Any]]) -> bool:
    """Say whether a time is that of the end of the event, or of a treatment's end, rather than of its beginning."""
    nearest = min(events, key=time.gap)
    low, high = min(nearest.last, time.last), max(nearest.first, time.first)
    return any((low <= c.first and c.last <= high) or 0 <= time.first - c.last <= 1 for c in passage.of(*_ENDINGS))


def told_date(course: Course, where: Where, found: Sequence[Start]) -> str | None:
    """Give the date that stands beside a mention of the event and is not that of a start, a cure or an end."""
    taken = {(s.passage, s.date) for s in found}
    best: tuple[tuple[int, int], str] | None = None
    for passage, events in where:
        if not passage.times or passage.section in _LATER:
            continue
        for date in passage.dates():
            gap = min(date.gap(e) for e in events)
            if _is_compared(course, date) or "recurrence" in passage.kinds:
                continue
            if gap > _TIME or (passage.index, date.what.value) in taken or _is_another(passage, date, events):
                continue
            if any(0 <= date.first - d.last <= _BESIDE for d in passage.drugs) or _is_admission(passage, date):
                continue
            key = (-len(date.what.value), gap)
            if best is None or key < best[0]:
                best = (key, date.what.value)
        if best is not None:
            return best[1]
    return None


def _is_admission(passage: Passage, date: Spot[TimeExpression]) -> bool:
    """Say whether a date is that of a stay rather than of an onset: "hospitalisée du 12 au 20 mai pour"."""
    stay = min((c.gap(date) for c in passage.of("hospitalised", "day_hospital")), default=None)
    onset = min((c.gap(date) for c in passage.of("onset")), default=_TIME)
    return stay is not None and stay < onset


def is_presenting(course: Course, where: Where) -> bool:
    """Say whether the patient came to hospital for the event."""
    for passage, events in where:
        if passage.section == "motif":
            return True
        cues = [c for c in passage.of("hospitalised") if any(_led_to(e, c) for e in events)]
        if cues and passage.section not in _LATER and "day_hospital" not in passage.kinds:
            return True
        following = course.passages[passage.index + 1 : passage.index + 2]
        if passage.section == "histoire_de_la_maladie" and any(
            "hospitalised" in p.kinds and not p.events and "day_hospital" not in p.kinds for p in following
        ):
            return True
    return False


def _led_to(event: Spot[EventMention], cue: Spot[Cue]) -> bool:
    """Say whether an event stands where a word for an admission has its reason."""
    gap = cue.first - event.last if cue.what.category.endswith(":before") else event.first - cue.last
    return 0 <= gap <= _TIME // 2


def came_with(course: Course, where: Where) -> str | None:
    """Give the day on which an event began that the patient came for: the admission, or as long before as is told."""
    if not is_full(course.admission) or course.admission is None:
        return None
    for passage, events in where:
        for time in passage.times:
            days = duration_days(time.what.value)
            if time.what.anchor == "document" and min(time.gap(e) for e in events) <= _BESIDE:
                return shift(course.admission, round(days)) if days is not None else None
    return course.admission


def first_sign(course: Course, start: Start, until: int, signs: frozenset[str]) -> str | None:
    """Give the first date of a sign of the event after a start, in the sentences before this index."""
    told = course.index.telling(signs)
    for passage in course.at(told[: bisect_left(told, until)]):
        present = _signs(passage, signs)
        for date in passage.dates() if present and "recurrence" not in passage.kinds else ():
            value = date.what.value
            if len(value) < len("2015-02") or min(date.gap(e) for e in present) > _TIME or value <= start.date:
                continue
            if _is_another(passage, date, present) or _is_compared(course, date):
                continue
            if any(0 <= date.first - other.last <= 1 for other in passage.dates()):
                continue  # "du 3 au 12 mai": the end of a period
            if is_full(value) and is_full(start.date) and value > (shift(start.date, _STORY) or ""):
                continue
            return value
    return None


def found_on_admission(course: Course, where: Where) -> str | None:
    """Give the day of admission where the event is first told by the examination or the laboratory, without a date."""
    if not course.stay or not is_full(course.admission):
        return None
    first = min(where, key=lambda p: p[0].index)[0]
    told = first.section in _ON_ENTRY and not any(not _is_compared(course, d) for d in first.dates())
    return course.admission if told else None


def _is_compared(course: Course, date: Spot[TimeExpression]) -> bool:
    """Say whether a date is that of an older value in brackets: "natrémie 121 mmol/L (138 le 02/11/2021)"."""
    before = list(course.words[max(0, date.first - _BESIDE) : date.first])
    if "(" not in before:
        return False
    return any(word[:1].isdecimal() for word in before[before.index("(") + 1 :])

"""When a drug was taken: the beginnings of exposure and the cures that have a date, and how long it has lasted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pv.model import Cue, DrugMention, TimeExpression
from pv.timeline.actions import ANTECEDENT, SILENT, Step, is_unreal, objects_of, steps
from pv.timeline.calendar import is_full, not_after, shift
from pv.timeline.course import Course, Passage, Spot, around, first_naming, is_cyclic, names, naming, once_a_drug
from pv.timeline.time_values import duration_days

# Tokens from a drug to its date, from a cure to its date, from a drug to "depuis", and in a list to its date.
_DATE, _CURE, _SINCE, _LISTED = 14, 8, 4, 6
_LISTS = ("traitement_habituel", "traitement_entree", "traitement_sortie")


class Start(NamedTuple):
    """A beginning of exposure: its date, the number of the cure (0 where none is told), and where it is told.

    ``age`` is how many days before the report's day it lies, where it is told so.
    """

    date: str
    cycle: int
    passage: int
    at: int
    age: float | None = None


class Exposure(NamedTuple):
    """What the report tells of a drug's course, for all of its pairs.

    ``stopped`` is the number of the first sentence that tells a real stop, ``named`` that of the first that names the
    drug; ``listed`` says that it stands in a list of the patient's treatments.
    """

    starts: Sequence[Start]
    steps: Sequence[Step]
    stopped: int | None
    named: int
    listed: bool


@once_a_drug
def exposure(course: Course, drug: DrugMention) -> Exposure:
    """Give what was done with a drug, and when."""
    done = steps(course, drug)
    stopped = min((s.passage for s in done if s.real and s.action == "stop"), default=None)
    return Exposure(_starts(course, drug), done, stopped, first_naming(course, drug), _is_listed(course, drug))


def _is_listed(course: Course, drug: DrugMention) -> bool:
    """Say whether the drug stands in a list of the patient's treatments."""
    return any(p.section in _LISTS for p in course.at(naming(course, drug)))


def _starts(course: Course, drug: DrugMention) -> list[Start]:
    """Give the beginnings of exposure to a drug that have a date, in the order of the report."""
    found: list[Start] = []
    for passage in around(course, drug, ANTECEDENT):
        if not passage.times or passage.section in SILENT:
            continue
        own = [d for d in passage.drugs if names(d.what, drug)]
        listed = passage.section in _LISTS
        found += [s for s in _told(course, passage, own, drug) if not listed or _is_beside(own, s)]
    return found


def _is_beside(own: Sequence[Spot[Any]], start: Start) -> bool:
    """Say whether a start is told right after its drug in a list: "X 5 mg (introduit le …)", not a prescription's."""
    return any(0 <= start.at - d.last <= _LISTED for d in own)


def _told(course: Course, passage: Passage, own: Sequence[Spot[Any]], drug: DrugMention) -> Iterator[Start]:
    """Yield the starts that one sentence tells: by cure, by a word for giving, by "depuis"."""
    if not own and passage.drugs:
        return
    if dates := passage.dates():
        cures = list(_cures(course, passage, dates, drug))
        if cures:
            yield from cures
            return
        yield from _period(passage, dates, own)
    for cue in passage.of("start", "since", "restart"):
        if not is_unreal(passage, cue):
            yield from _given(course, passage, cue, drug)


def _period(passage: Passage, dates: Sequence[Spot[TimeExpression]], own: Sequence[Spot[Any]]) -> Iterator[Start]:
    """Yield the start of a period that stands right after the drug: "X de mars à août 2020"."""
    for date, end in pairwise(dates):
        before = [d for d in passage.drugs if d.last <= date.first]
        near = bool(before) and before[-1] in own and date.first - before[-1].last <= _LISTED
        if near and end.gap(date) <= 1 and not_after(date.what.value, end.what.value):
            yield Start(date.what.value, 0, passage.index, date.first)


def _given(course: Course, passage: Passage, cue: Spot[Cue], drug: DrugMention) -> Iterator[Start]:
    """Yield the start that one word for giving, or "depuis", tells of the drug."""
    if cue.kind == "since":
        objects = objects_of(passage, cue, "before") or objects_of(passage, cue, "after")
    else:
        objects = objects_of(passage, cue, cue.what.category.partition(":")[2])
    # "X ; Y, prise depuis sept ans": it is Y that has lasted.
    named = [d for d in objects if names(d.what, drug) and ";" not in course.words[d.last : cue.first]]
    spoken = bool(named) if objects else not passage.drugs and _is_spoken_of(passage, drug)
    moment = _moment(passage, cue, named) if spoken else None
    if moment is not None:
        date, age = _resolve(moment.what, course.admission)
        if date:
            yield Start(date, 0, passage.index, cue.first, age)


def _is_spoken_of(passage: Passage, drug: DrugMention) -> bool:
    """Say whether a sentence without drugs speaks of one: "cette injection", or "la cure" of a cyclic one."""
    return "anaphor" in passage.kinds or (is_cyclic(drug) and "cure" in passage.kinds)


def _cures(
    course: Course, passage: Passage, dates: Sequence[Spot[TimeExpression]], drug: DrugMention
) -> Iterator[Start]:
    """Yield the first day of each cure that one sentence dates: "C1J8 le 18 avril" began on the 11th."""
    timed: list[Spot[Any]] = [t for t in passage.times if t.what.anchor.startswith("cycle:")]
    spoken = [c for c in passage.of("cure") if is_cyclic(drug) and all(c.gap(t) for t in timed)]
    for cure in sorted([*timed, *spoken], key=lambda c: c.first):
        near = [d for d in dates if d.gap(cure) <= _CURE]
        if not near:
            continue
        # "C1 le 2 mars, C2 le 16 mars": the date that follows is the cure's own.
        date = min(near, key=lambda d: (cure.gap(d), d.first < cure.first)).what.value
        if isinstance(cure.what, Cue):
            last = course.words[cure.last - 1]
            yield Start(date, int(last) if last.isdecimal() else 0, passage.index, cure.first)
        else:
            into = round(duration_days(cure.what.value) or 0)
            number = int(float(cure.what.anchor.partition(":")[2]))
            yield Start((shift(date, -into) if into else date) or date, number, passage.index, cure.first)


def _moment(passage: Passage, cue: Spot[Any], named: Sequence[Spot[Any]]) -> Spot[TimeExpression] | None:
    """Give the time that tells when: the one nearest to the cue and its drug, not one of another event."""
    since = cue.kind == "since"
    anchors = [cue, *named]
    found = []
    for time in (*passage.dates(), *(t for t in passage.times if t.what.anchor in ("document", "admission"))):
        if since:
            near = 0 <= time.first - cue.last <= 1 or time.first <= cue.first < time.last
        else:
            near = min(time.gap(a) for a in anchors) <= _DATE
        if near and not any(_between(e, time, cue) for e in passage.of("stop", "onset")):
            found.append(time)
    if since and named and any(named[0].last <= e.first < cue.first for e in passage.events):
        return None  # "sous X pour une Y depuis": it is Y that has lasted
    return min(found, key=lambda t: (min(t.gap(a) for a in anchors), t.first), default=None)


def _between(what: Spot[Any], a: Spot[Any], b: Spot[Any]) -> bool:
    low, high = (a, b) if a.first < b.first else (b, a)
    return low.last <= what.first and what.last <= high.first


def _resolve(time: TimeExpression, today: str | None) -> tuple[str | None, float | None]:
    """Give the date of a time, and how many days ago it is where it counts back from the report."""
    if time.kind == "date":
        return time.value, None
    days = duration_days(time.value)
    if days is None or days > 0:
        return None, None
    if today is None:
        return None, -days
    if days > -32 or not is_full(today):
        return shift(today, round(days)), -days
    exact = shift(today, round(days)) or today
    return exact[: 7 if days > -730 else 4], -days


def duration_on(course: Course, drug: DrugMention) -> float | None:
    """Give for how many days a drug has been taken at the time of the report: "sous X depuis N ans"."""
    for passage in course.at(naming(course, drug)):
        for mention in passage.drugs:
            if not names(mention.what, drug):
                continue
            for time in passage.times:
                days = duration_days(time.what.value) if time.what.anchor == "document" else None
                if days is not None and days < 0 and 0 <= time.first - mention.last <= _SINCE:
                    return -days
    return None


def first_start(found: Sequence[Start]) -> Start | None:
    """Give the earliest of several starts, by date, then by place."""
    return min(found, key=lambda s: (s.date[:4], s.date, s.passage), default=None)

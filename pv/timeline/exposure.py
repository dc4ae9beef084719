"""What was done with a drug, and when: started, reduced, stopped, given again, gone on with, and its cures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pv.model import Cue, DrugKind, DrugMention, TimeExpression
from pv.timeline.calendar import is_full, not_after, shift
from pv.timeline.course import (
    Course,
    Passage,
    Spot,
    around,
    covers,
    enumeration,
    is_cyclic,
    names,
    naming,
    once_a_drug,
)
from pv.timeline.time_values import duration_days

ACTIONS = ("start", "stop", "reduce", "increase", "continue", "restart")
# An action on all treatments together is one on each of them.
_ON_ALL = tuple(f"{action}:all" for action in ACTIONS)
# Tokens from an action to the drug it speaks of, from a drug to its date, and from a word that makes an action unreal.
_OBJECT, _DATE, _CURE, _UNREAL, _SINCE, _LISTED = 8, 14, 8, 2, 4, 6
# Sentences back to the drug that "ce traitement" speaks of.
_ANTECEDENT = 4
_LISTS = ("traitement_habituel", "traitement_entree", "traitement_sortie")
_PLAN = "conduite_a_tenir"
_SILENT = ("conduite_a_tenir", "bibliographie", "antecedents_familiaux", "signature", "introduction")


class Step(NamedTuple):
    """One action on a drug, at a token of a sentence; ``named`` where the drug's own name stands with it.

    ``everything`` marks an action on all treatments together. ``real`` is False for what is planned or left undone.
    """

    action: str
    passage: int
    at: int
    named: bool
    everything: bool = False
    real: bool = True


class Start(NamedTuple):
    """A beginning of exposure: its date, the number of the cure (0 where none is told), and where it is told.

    ``age`` is how many days before the report's day it lies, where it is told so.
    """

    date: str
    cycle: int
    passage: int
    at: int
    age: float | None = None


def steps(course: Course, drug: DrugMention) -> list[Step]:
    """Give the actions on a drug in the order of the report."""
    found: list[Step] = []
    members = members_of(course, drug)
    named = set(naming(course, drug))
    last_named = -_ANTECEDENT - 1
    for passage in around(course, drug, _ANTECEDENT, *_ON_ALL):
        if passage.section in _SILENT and passage.section != _PLAN and not passage.drugs:
            continue
        for cue in passage.of(*ACTIONS):
            action, side = cue.kind, cue.what.category.partition(":")[2]
            real = _is_real(passage, cue, action)
            if side == "all":
                found.append(Step(action, passage.index, cue.first, named=False, everything=True, real=real))
                continue
            speaks = _speaks(passage, cue, side, drug, members if action != "continue" else frozenset())
            if speaks is True:
                found.append(Step(action, passage.index, cue.first, named=True, real=real))
            elif speaks is None and passage.index - last_named <= _ANTECEDENT:
                found.append(Step(action, passage.index, cue.first, named=False, real=real))
        if passage.index in named:
            last_named = passage.index
            if passage.section == "traitement_sortie" and not passage.of("stop", "reduce", "postpone"):
                first = next(d.first for d in passage.drugs if names(d.what, drug))
                found.append(Step("continue", passage.index, first, named=True))
    return found


def is_listed(course: Course, drug: DrugMention) -> bool:
    """Say whether the drug stands in a list of the patient's treatments."""
    return any(p.section in _LISTS for p in course.at(naming(course, drug)))


@once_a_drug
def members_of(course: Course, drug: DrugMention) -> frozenset[str]:
    """Give the drugs of the report that a class takes in."""
    if drug.kind is not DrugKind.CLASS:
        return frozenset()
    found = course.index.mentions.values()
    return frozenset(m.inn for m in found if m.kind is DrugKind.SUBSTANCE and covers(drug, m))


def is_on(objects: Sequence[Spot[Any]], drug: DrugMention, members: frozenset[str]) -> bool:
    """Say whether drugs that are acted on are the drug; a class is not where one of its several members is."""
    named = {d.what.inn for d in objects if names(d.what, drug)}
    return bool(named) and not (len(named) == 1 < len(members) and named <= members)


def _speaks(passage: Passage, cue: Spot[Any], side: str, drug: DrugMention, members: frozenset[str]) -> bool | None:
    """Say whether an action is on the drug; None where its object has no name, as the next cure of a cyclic one."""
    if side == "cure":
        return None if is_cyclic(drug) else False
    of_event = side == "after" and any(0 <= e.first - cue.last <= 1 for e in passage.events)
    if of_event and cue.kind in ("reduce", "increase"):
        return False  # "diminution de l'œdème"
    objects = _objects(passage, cue, side)
    if objects:
        return is_on(objects, drug, members)
    anaphors = [a for a in passage.of("anaphor") if a.gap(cue) <= _OBJECT]
    named = [d for d in passage.drugs if d.gap(cue) <= _OBJECT]
    if anaphors and not named:
        return None
    if cue.kind == "stop" and (before := [d for d in passage.drugs if d.last <= cue.first]):
        return is_on(enumeration(passage.drugs, before[-1]), drug, members)
    return None if _is_bare(passage, cue) else False


def _objects(passage: Passage, cue: Spot[Any], side: str) -> list[Spot[DrugMention]]:
    """Give the drugs that an action names: those after a noun, those before a participle, else the nearer ones."""
    if not passage.drugs:
        return []
    after = [d for d in passage.drugs if d.first >= cue.first and d.first - cue.last <= _OBJECT]
    before = [d for d in passage.drugs if d.last <= cue.first and cue.first - d.last <= _OBJECT]
    others = [c for c in passage.cues if c.kind in ACTIONS and c != cue]
    after = [d for d in after if not any(cue.last <= c.first and c.last <= d.first for c in others)]
    before = [d for d in before if not any(d.last <= c.first and c.last <= cue.first for c in others)]
    # "X reprise à demi-dose": a participle that could be a noun.
    if before and (side == "before" or not (after or side) or before[-1].last == cue.first):
        return enumeration(passage.drugs, before[-1])
    return enumeration(passage.drugs, after[0]) if after else []


def _is_bare(passage: Passage, cue: Spot[Any]) -> bool:
    """Say whether an action is told without any drug: "après arrêt", "la posologie a été ramenée à", "sa reprise"."""
    if cue.kind == "restart":
        return cue.last - cue.first > 1 and not passage.drugs
    if cue.kind == "reduce":
        return cue.what.category.endswith(":before") and cue.last - cue.first > 1 and not passage.drugs
    return cue.kind == "stop" and cue.last - cue.first == 1 and not passage.drugs and not passage.events


def _is_real(passage: Passage, cue: Spot[Cue], action: str) -> bool:
    """Say whether an action was done: to propose to go on is to go on, and "STOP X" in a plan is done at once."""
    if action == "continue":
        return True
    planned = passage.section in _SILENT and not (passage.section == _PLAN and action == "stop")
    return not planned and not _is_unreal(passage, cue)


def _is_unreal(passage: Passage, cue: Spot[Cue]) -> bool:
    """Say whether an action is planned, feared or left undone rather than done."""
    for word in passage.of("unreal"):
        # A phrase ("les cycles suivants") reaches further than a single word ("pas").
        reach = _UNREAL if word.last - word.first == 1 else _OBJECT // 2
        if 0 <= cue.first - word.last <= reach or 0 <= word.first - cue.last <= 1:
            return True
    return False


def starts(course: Course, drug: DrugMention) -> list[Start]:
    """Give the beginnings of exposure to a drug that have a date, in the order of the report."""
    found: list[Start] = []
    for passage in around(course, drug, _ANTECEDENT):
        if not passage.times or passage.section in _SILENT:
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
        if not _is_unreal(passage, cue):
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
        objects = _objects(passage, cue, "before") or _objects(passage, cue, "after")
    else:
        objects = _objects(passage, cue, cue.what.category.partition(":")[2])
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
    return any(passage.of("anaphor")) or (is_cyclic(drug) and any(passage.of("cure")))


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

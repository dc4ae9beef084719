"""When the exposure and the event of a pair began, and the days between, as far as the report lets one say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pv.linking.relation import Relation
from pv.linking.seriousness import Where
from pv.model import Link
from pv.reading import Reading
from pv.timeline.calendar import days_between, is_full, not_after, shift
from pv.timeline.course import Course
from pv.timeline.exposure import Exposure, Start, duration_on, first_start
from pv.timeline.onset import (
    Delay,
    came_with,
    delay,
    delay_of_signs,
    first_sign,
    found_on_admission,
    is_presenting,
    told_date,
)


class Chronology(NamedTuple):
    """The start of the exposure, the onset, the days between, and how each is known."""

    start: str | None = None
    onset: str | None = None
    latency: int | None = None
    reasons: tuple[str, ...] = ()


def chronology(
    course: Course,
    lead: Relation,
    taking: Exposure,
    where: Where,
    signs: frozenset[str],
    reading: Reading,
    *,
    current: bool,
) -> Chronology:
    """Work out start, onset and the days between, as far as the report lets one."""
    found, stopped = taking.starts, taking.stopped
    # Values that are told after the stop are those of the control.
    if stopped is not None:
        where = [p for p in where if p[0].index <= stopped] or where
    told = _delay(course, lead, where, signs, current=current)
    dated = told_date(course, where, found)
    start = _culprit(found, told, dated)
    if told is not None:
        onset = shift(start.date, told.days) if start and is_full(start.date) else dated
        words = " ".join(reading.text[told.start : told.end].split())
        reason = f"délai de {told.days} jour(s) : « {words} »"
        return Chronology(start.date if start else None, onset, told.days, (reason,))
    presenting = current and is_presenting(course, where)
    onset, reasons = (
        (dated, []) if dated else _worked_out(course, lead, where, signs, start, stopped, presenting=presenting)
    )
    if onset:
        reasons.append(f"événement : {onset}")
    if start is None:
        taken = duration_on(course, lead.drug) if presenting and not onset else None
        if taken is None:
            return Chronology(None, onset, None, tuple(reasons))
        return Chronology(None, None, round(taken), ("pris depuis ce délai quand l'événement est apparu",))
    if onset and not not_after(start.date, onset):
        return Chronology(None, onset, None, tuple(reasons))
    reasons.append(f"médicament débuté : {start.date}")
    return Chronology(start.date, onset, days_between(start.date, onset), tuple(reasons))


def _delay(course: Course, lead: Relation, where: Where, signs: frozenset[str], *, current: bool) -> Delay | None:
    """Give the delay told beside the event, else that of the first signs of an attributed diagnosis."""
    told = delay(course, lead.drug, where)
    if told is None and lead.link is Link.STATED and current:
        first = min((p.index for p, _ in where if p.section != "tolerance"), default=0)
        told = delay_of_signs(course, lead.drug, signs, first + 1)
    return told or delay(course, lead.drug, where, back=True)


def _until(where: Where, stopped: int | None) -> int:
    """Give the index after the last sentence that may tell of the event's beginning."""
    return 1 + (stopped if stopped is not None else max(p.index for p, _ in where))


def _worked_out(
    course: Course,
    lead: Relation,
    where: Where,
    signs: frozenset[str],
    start: Start | None,
    stopped: int | None,
    *,
    presenting: bool,
) -> tuple[str | None, list[str]]:
    """Give the onset that no date beside the event tells: the first sign after the start, or the admission."""
    stated = bool(start and where and lead.link is Link.STATED)
    if start and stated and (onset := first_sign(course, start, _until(where, stopped), signs)):
        return onset, ["début : premier signe daté après le début du médicament"]
    if presenting and course.stay:
        onset = came_with(course, where)
        return onset, ["début : jour de l'admission que l'événement a motivée"] if onset else []
    if start and stated and is_full(start.date) and (onset := found_on_admission(course, where)):
        return onset, ["début : trouvé à l'admission"]
    return None, []


def _culprit(found: Sequence[Start], told: Delay | None, onset: str | None) -> Start | None:
    """Give the start that counts: of the cure named with the event, else the last before a delay, else the first."""
    if told is not None and told.cycle:
        named = [s for s in found if s.cycle == told.cycle]
        if named:
            return named[0]
        found = [s for s in found if not s.cycle]
    fitting = [s for s in found if onset is None or not_after(s.date, onset)]
    if told is not None:
        before = [s for s in fitting if (s.passage, s.at) <= (told.passage, told.at)]
        return before[-1] if before else None
    return first_start(fitting)

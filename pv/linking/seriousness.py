"""Whether an event is serious, by which E2B(R3) criterion, and the words that say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pv.model import Cue, EventMention, Link, Seriousness
from pv.timeline.course import Course, Passage, Spot
from pv.timeline.onset import is_presenting

# Tokens between an event and the words for its gravity.
_REACH = 14
# Tokens from a relative to the word for what became of them.
_SUBJECT = 4
# Grades of CTCAE v5.0, quick reference: 3 is "severe or medically significant", 4 "life-threatening".
_MILD, _GRAVE = 2, 4
_PAST = ("antecedents", "antecedents_chirurgicaux", "antecedents_familiaux", "allergies")
_REPORTABLE = (Link.STATED, Link.TEMPORAL)

# The criteria that words tell, in the order of E.i.3.2; the first two go before what grade and admission tell.
_WORDS = (
    (Seriousness.DEATH, "death", "décès rapporté avec l'événement"),
    (Seriousness.LIFE_THREATENING, "life_threatening", "mise en danger de la vie"),
    (Seriousness.HOSPITALISATION, "prolonged_stay", "séjour prolongé"),
    (Seriousness.DISABILITY, "disability", "handicap ou incapacité"),
    (Seriousness.CONGENITAL_ANOMALY, "congenital", "anomalie congénitale"),
)

Where = Sequence[tuple[Passage, list[Spot[EventMention]]]]


def seriousness(
    course: Course, where: Where, event: EventMention, grade: int | None, link: Link, *, current: bool
) -> tuple[Seriousness | None, str]:
    """Give the first criterion that is met, in the order of E.i.3.2, and why; None and the reason where none is."""
    written = [e.what.grade for _, events in where for e in events if e.what.grade and e.what.grade_source == "texte"]
    if written and max(written) <= _MILD:
        return None, f"grade {max(written)} : non grave"
    for criterion, kind, reason in _WORDS[:2]:
        if _beside(course, where, kind):
            return criterion, reason
    if grade is not None and grade >= _GRAVE:
        return Seriousness.LIFE_THREATENING, f"grade {grade}"
    admitted = _admitted(course, where, link) if current else None
    if admitted:
        return Seriousness.HOSPITALISATION, admitted
    for criterion, kind, reason in _WORDS[2:]:
        if _beside(course, where, kind):
            return criterion, reason
    if event.important:
        return Seriousness.MEDICALLY_IMPORTANT, "événement médicalement important"
    return None, "aucun critère de gravité n'est dit"


def _admitted(course: Course, where: Where, link: Link) -> str | None:
    """Give why the event is taken to have led to a stay in hospital, or to have counted in it."""
    if is_presenting(course, where) and not _is_visit(course, where):
        return "motif d'une hospitalisation"
    if link in _REPORTABLE and course.stay and any(p.section == "conclusion" for p, _ in where):
        return "retenu en conclusion d'un séjour à l'hôpital"
    return None


def _beside(course: Course, where: Where, kind: str) -> bool:
    """Say whether words for a criterion stand near a mention of the event, and are not denied.

    A death is told anywhere in the event's sentence, or in the one that follows.
    """
    if kind not in course.index.cues:
        return False
    for passage, events in where:
        told = list(_told(passage, kind))
        if kind == "death":
            if told or (passage.section not in _PAST and any(_next_tells(course, passage, kind))):
                return True
        elif any(cue.gap(e) <= _REACH for cue in told for e in events):
            return True
    return False


def _told(passage: Passage, kind: str) -> Iterator[Spot[Cue]]:
    """Yield the cues of a kind that are neither denied nor told of a relative."""
    for cue in passage.of(kind):
        denied = any(0 <= cue.first - u.last <= 1 for u in passage.of("unreal"))
        relative = any(0 <= cue.first - r.last <= _SUBJECT for r in passage.of("relative"))
        if not denied and not relative:
            yield cue


def _next_tells(course: Course, passage: Passage, kind: str) -> Iterator[Spot[Cue]]:
    for following in course.passages[passage.index + 1 : passage.index + 2]:
        yield from _told(following, kind)


def _is_visit(course: Course, where: Where) -> bool:
    """Say whether the patient came for a day or a consultation, which is no admission."""
    return not course.stay and not any(
        "hospitalised" in p.kinds and p.section != "motif" and "day_hospital" not in p.kinds for p, _ in where
    )

"""What stopping the drug, or giving it again, did to the event."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from pv.model import ActionTaken, Assertion, Challenge, DrugMention, EventMention, Outcome
from pv.timeline.actions import Step, is_on, members_of
from pv.timeline.course import Course, Passage, Spot
from pv.timeline.recovery import OUTCOMES, Kin, told_from

# Sentences after a stop in which its effect is told; the event may be named one sentence after the stop.
_EFFECT, _BEFORE, _NEAR = 6, 1, 4
Where = Sequence[tuple[Passage, list[Spot[EventMention]]]]
_PAST = ("antecedents", "antecedents_chirurgicaux", "antecedents_familiaux", "allergies")
_BEFORE_STAY = (
    "motif",
    "antecedents",
    "antecedents_chirurgicaux",
    "allergies",
    "mode_de_vie",
    "traitement_habituel",
    "traitement_entree",
    "histoire_de_la_maladie",
)
_BESIDE = {**OUTCOMES, "sequelae": Outcome.SEQUELAE}
_TAKEN = {
    "stop": ActionTaken.STOPPED,
    "reduce": ActionTaken.REDUCED,
    "increase": ActionTaken.INCREASED,
    "continue": ActionTaken.CONTINUED,
    "restart": ActionTaken.CONTINUED,
}


class Challenges(NamedTuple):
    """The results of stopping and of giving again, what was done with the drug, and what became of the event."""

    dechallenge: Challenge | None = None
    rechallenge: Challenge | None = None
    action: ActionTaken | None = None
    outcome: Outcome | None = None
    reasons: tuple[str, ...] = ()


def challenges(
    course: Course,
    found: Sequence[Step],
    where: Where,
    drug: DrugMention,
    kin: Kin,
    *,
    given: int,
    current: bool,
    tolerated: bool,
) -> Challenges:
    """Give the challenges of a drug by an event, from the actions on the drug and the sentences that tell of the event.

    ``given`` is the index of the first sentence that names the drug: what was there before it is no effect of it.
    ``tolerated`` says that the event is a mild toxicity of a treatment given in cures, which goes on unless told.
    """
    if not where:
        return Challenges()
    own = {p.index for p, _ in where}
    lasting = not any(p.section == "allergies" for p, _ in where)
    real = [s for s in found if s.real and (current or s.passage in own or (lasting and _is_list(course, s)))]
    first = min(own | _of_signs(course, kin, where)) if real else 0
    after = [s for s in real if s.passage >= first - _BEFORE or _in_stay(course, s)]
    stops = [s for s in after if s.action in ("stop", "reduce") and not s.everything and _is_near(s, own)]
    if stops:
        again = _given_again(course, drug, kin, stops[0].passage, after)
        return _stopped(course, stops, after, where, kin, given)._replace(rechallenge=again)
    outcome = _outcome_beside(where)
    if any(s.action == "restart" for s in after) and (again := _given_again(course, drug, kin, None, after)):
        return Challenges(None, again, None, outcome, ("le médicament a été redonné",))
    if not tolerated and course.index.with_cues("postpone"):
        return Challenges(outcome=outcome, reasons=("une cure a été reportée : ni arrêt ni poursuite",))
    kept = [s for s in real if s.action in ("continue", "increase") and not _is_changed(course, s)]
    planned = any(s.action in ("stop", "reduce") or (s.action == "continue" and _is_changed(course, s)) for s in found)
    if kept or (tolerated and current and not planned and not course.stay):
        action = _TAKEN[kept[-1].action] if kept else ActionTaken.CONTINUED
        return Challenges(Challenge.NONE, None, action, outcome, ("le médicament n'a pas été arrêté",))
    return Challenges(outcome=outcome)


def _is_near(step: Step, own: set[int]) -> bool:
    """Say whether an action speaks of the drug by name, or stands close to the event."""
    return step.named or not own.isdisjoint(range(step.passage - _NEAR, step.passage + _NEAR + 1))


def _is_list(course: Course, step: Step) -> bool:
    return course.passages[step.passage].section == "traitement_sortie"


def _in_stay(course: Course, step: Step) -> bool:
    """Say whether an action is one of the stay that the report tells, whose diagnosis may be named after it."""
    return course.stay and course.passages[step.passage].section not in _BEFORE_STAY


def _is_changed(course: Course, step: Step) -> bool:
    """Say whether the sentence that lets a treatment go on also takes something from it."""
    return not course.passages[step.passage].kinds.isdisjoint(("stop", "reduce"))


def _of_signs(course: Course, kin: Kin, where: Where) -> set[int]:
    """Give the sentences that tell of signs of the event, up to the one that names it."""
    last = max(p.index for p, _ in where)
    told = course.index.telling(kin.own)
    return {
        p.index
        for p in course.at(told[: bisect_left(told, last)])
        if p.section not in _PAST
        and any(e.what.concept in kin.own and e.what.assertion is Assertion.PRESENT for e in p.events)
    }


def _stopped(
    course: Course, stops: Sequence[Step], after: Sequence[Step], where: Where, kin: Kin, given: int
) -> Challenges:
    action = ActionTaken.STOPPED if any(s.action == "stop" for s in stops) else ActionTaken.REDUCED
    word = "arrêté" if action is ActionTaken.STOPPED else "réduit"
    outcome = next((o for s in stops if (o := _effect(course, s, after, kin, given)) is not None), None)
    if outcome is None:
        told = _outcome_beside(where)
        return Challenges(None, None, action, told, (f"le médicament a été {word} ; la suite n'est pas dite",))
    if outcome is Outcome.NOT_RECOVERED:
        reason = f"le médicament a été {word} et l'événement a persisté"
        return Challenges(Challenge.NEGATIVE, None, action, outcome, (reason,))
    reason = f"le médicament a été {word} et l'événement s'est amélioré"
    return Challenges(Challenge.POSITIVE, None, action, outcome, (reason,))


def _effect(course: Course, stop: Step, after: Sequence[Step], kin: Kin, given: int) -> Outcome | None:
    """Give what became of the event after a stop: the last that is told of it, else of the patient's state."""
    here = course.passages[stop.passage]
    if any(0 <= stop.at - d.last <= 1 for d in here.of("despite")):
        return Outcome.NOT_RECOVERED
    told = told_from(course, stop.passage, stop.at, kin, given, _EFFECT)
    again = [s.passage for s in after if s.action == "restart" and s.passage > stop.passage]
    before = [t for t in told if not again or t.passage < min(again)]
    named = [t for t in before if t.named]
    if named:
        return named[-1].outcome
    if _is_for_another(here, kin):
        return None
    for one in before:
        section = course.passages[one.passage].section
        if one.passage - stop.passage > _EFFECT or section not in (here.section, "evolution", "conclusion"):
            return None
        return one.outcome
    return None


def _is_for_another(passage: Passage, kin: Kin) -> bool:
    """Say whether the sentence of a stop names events that occurred, and not this one nor a sign of it."""
    told = {e.what.concept for e in passage.events if e.what.assertion is Assertion.PRESENT and not e.what.generic}
    return bool(told) and not told & kin.wide


def _outcome_beside(where: Where) -> Outcome | None:
    """Give the outcome told in the last sentence that names the event with one."""
    told = [(p.index, cue) for p, events in where for cue in p.of(*_BESIDE) if min(cue.gap(e) for e in events) <= 6]
    return _BESIDE[max(told, key=lambda t: t[0])[1].kind] if told else None


def _given_again(
    course: Course, drug: DrugMention, kin: Kin, since: int | None, after: Sequence[Step]
) -> Challenge | None:
    """Give the result of giving the drug again, where it is told; ``since`` is the sentence of the stop, if told."""
    members = members_of(course, drug)
    told = course.index.with_cues("rechallenge_positive", "rechallenge_negative")
    for passage in course.at(told[bisect_left(told, since) :]) if since is not None else ():
        own = not passage.drugs or is_on(passage.drugs, drug, members)
        for cue in passage.of("rechallenge_positive", "rechallenge_negative") if own else ():
            positive = cue.kind == "rechallenge_positive"
            return Challenge.POSITIVE if positive else Challenge.NEGATIVE
    for step in after:
        stop = step.passage if since is None else since
        if step.action != "restart" or step.passage < stop or not _is_of(course, kin, stop, step.passage):
            continue
        for passage in course.passages[step.passage : step.passage + 2]:
            for cue in passage.of("recurrence", "no_recurrence"):
                if cue.kind == "recurrence":
                    return Challenge.POSITIVE
                if passage.index > step.passage or cue.first > step.at:
                    return Challenge.NEGATIVE
    return None


def _is_of(course: Course, kin: Kin, since: int, until: int) -> bool:
    """Say whether the event is what was told before the drug was given again."""
    told = course.index.telling(kin.wide)
    at = bisect_left(told, since - 1)
    return at < len(told) and told[at] < until + 2

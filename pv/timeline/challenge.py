"""What stopping the drug, or giving it again, did to the event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pv.model import ActionTaken, Challenge, Cue, EventMention, Outcome
from pv.timeline.course import Course, Passage, Spot, kind_of
from pv.timeline.exposure import Step

# Sentences after a stop in which its effect is told; the event may be named one sentence after the stop.
_EFFECT, _BEFORE, _NEAR, _BOUND = 6, 1, 4, 3
Where = Sequence[tuple[Passage, list[Spot[EventMention]]]]
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
_OUTCOMES = {
    "recovered": Outcome.RECOVERED,
    "recovering": Outcome.RECOVERING,
    "not_recovered": Outcome.NOT_RECOVERED,
    "worsened": Outcome.NOT_RECOVERED,
}
_BESIDE = {**_OUTCOMES, "sequelae": Outcome.SEQUELAE}
_TAKEN = {
    "stop": ActionTaken.STOPPED,
    "reduce": ActionTaken.REDUCED,
    "increase": ActionTaken.INCREASED,
    "continue": ActionTaken.CONTINUED,
    "restart": ActionTaken.CONTINUED,
}


@dataclass(frozen=True, slots=True)
class Challenges:
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
    first = min(own)
    lasting = not any(p.section == "allergies" for p, _ in where)
    real = [s for s in found if s.real and (current or s.passage in own or (lasting and _is_list(course, s)))]
    after = [s for s in real if s.passage >= first - _BEFORE or _in_stay(course, s)]
    stops = [s for s in after if s.action in ("stop", "reduce") and not s.everything and _is_near(s, own)]
    if stops:
        return _stopped(course, stops, after, where, given)
    outcome = _outcome_beside(where)
    if any(any(p.of("postpone")) for p in course.passages):
        return Challenges(outcome=outcome, reasons=("une cure a été reportée : ni arrêt ni poursuite",))
    kept = [s for s in real if s.action in ("continue", "increase") and not _is_changed(course, s)]
    planned = any(s.action in ("stop", "reduce") or (s.action == "continue" and _is_changed(course, s)) for s in found)
    if kept or (tolerated and current and not planned and not course.stay):
        action = _TAKEN[kept[-1].action] if kept else ActionTaken.CONTINUED
        return Challenges(Challenge.NONE, None, action, outcome, ("le médicament n'a pas été arrêté",))
    return Challenges(outcome=outcome)


def _is_near(step: Step, own: set[int]) -> bool:
    """Say whether an action speaks of the drug by name, or stands close to the event."""
    return step.named or any(abs(step.passage - index) <= _NEAR for index in own)


def _is_list(course: Course, step: Step) -> bool:
    return course.passages[step.passage].section == "traitement_sortie"


def _in_stay(course: Course, step: Step) -> bool:
    """Say whether an action is one of the stay that the report tells, whose diagnosis may be named after it."""
    return course.stay and course.passages[step.passage].section not in _BEFORE_STAY


def _is_changed(course: Course, step: Step) -> bool:
    """Say whether the sentence that lets a treatment go on also takes something from it."""
    return any(course.passages[step.passage].of("stop", "reduce"))


def _stopped(course: Course, stops: Sequence[Step], after: Sequence[Step], where: Where, given: int) -> Challenges:
    action = ActionTaken.STOPPED if any(s.action == "stop" for s in stops) else ActionTaken.REDUCED
    word = "arrêté" if action is ActionTaken.STOPPED else "réduit"
    outcome = next((o for s in stops if (o := _effect(course, s, given)) is not None), None)
    rechallenge = _given_again(course, stops[0], after)
    if outcome is None:
        told = _outcome_beside(where)
        return Challenges(None, rechallenge, action, told, (f"le médicament a été {word} ; la suite n'est pas dite",))
    if outcome is Outcome.NOT_RECOVERED:
        reason = f"le médicament a été {word} et l'événement a persisté"
        return Challenges(Challenge.NEGATIVE, rechallenge, action, outcome, (reason,))
    reason = f"le médicament a été {word} et l'événement s'est amélioré"
    return Challenges(Challenge.POSITIVE, rechallenge, action, outcome, (reason,))


def _effect(course: Course, stop: Step, given: int) -> Outcome | None:
    """Give what became of the patient after a stop: in its sentence, or in the few that follow."""
    for passage in course.passages[stop.passage : stop.passage + _EFFECT + 1]:
        own = course.passages[stop.passage].section
        if passage.section not in (own, "evolution", "conclusion"):
            return None
        if passage.index == stop.passage and any(0 <= stop.at - d.last <= 1 for d in passage.of("despite")):
            return Outcome.NOT_RECOVERED
        for cue in passage.of(*_OUTCOMES):
            if (passage.index == stop.passage and cue.first == stop.at) or _is_older(course, passage, cue, given):
                continue
            return _OUTCOMES[kind_of(cue.what)]
    return None


def _is_older(course: Course, passage: Passage, cue: Spot[Cue], given: int) -> bool:
    """Say whether what became better is a disease that was there before the drug: "disparition de la ténosynovite"."""
    concepts = {e.what.concept for e in passage.events if 0 <= e.first - cue.last <= _BOUND}
    before = {e.what.concept for p in course.passages[:given] for e in p.events}
    return bool(concepts & before)


def _outcome_beside(where: Where) -> Outcome | None:
    """Give the outcome told in the last sentence that names the event with one."""
    for passage, events in sorted(where, key=lambda p: -p[0].index):
        cues = [c for c in passage.of(*_BESIDE) if min(c.gap(e) for e in events) <= 6]
        if cues:
            return _BESIDE[kind_of(cues[0].what)]
    return None


def _given_again(course: Course, stop: Step, after: Sequence[Step]) -> Challenge | None:
    """Give the result of giving the drug again after a stop, where it is told."""
    for passage in course.passages[stop.passage :]:
        for cue in passage.of("rechallenge_positive", "rechallenge_negative"):
            positive = kind_of(cue.what) == "rechallenge_positive"
            return Challenge.POSITIVE if positive else Challenge.NEGATIVE
    for step in after:
        if step.action != "restart" or (step.passage, step.at) <= (stop.passage, stop.at):
            continue
        for passage in course.passages[step.passage : step.passage + 2]:
            for cue in passage.of("recurrence", "no_recurrence"):
                if kind_of(cue.what) == "recurrence":
                    return Challenge.POSITIVE
                if cue.first > step.at:
                    return Challenge.NEGATIVE
    return None

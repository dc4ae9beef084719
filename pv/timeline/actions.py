"""What was done with a drug: started, reduced, stopped, given again, gone on with; really, or only planned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pv.model import Cue, DrugKind, DrugMention
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

ACTIONS = ("start", "stop", "reduce", "increase", "continue", "restart")
# An action on all treatments together is one on each of them.
_ON_ALL = tuple(f"{action}:all" for action in ACTIONS)
# Tokens from an action to the drug it speaks of, and from a word that makes an action unreal.
_OBJECT, _UNREAL = 8, 2
# Sentences back to the drug that "ce traitement" speaks of.
ANTECEDENT = 4
_PLAN = "conduite_a_tenir"
# Sections that tell nothing of what was done.
SILENT = ("conduite_a_tenir", "bibliographie", "antecedents_familiaux", "signature", "introduction")


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


def steps(course: Course, drug: DrugMention) -> list[Step]:
    """Give the actions on a drug in the order of the report."""
    found: list[Step] = []
    members = members_of(course, drug)
    named = set(naming(course, drug))
    last_named = -ANTECEDENT - 1
    for passage in around(course, drug, ANTECEDENT, *_ON_ALL):
        if passage.section in SILENT and passage.section != _PLAN and not passage.drugs:
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
            elif speaks is None and passage.index - last_named <= ANTECEDENT:
                found.append(Step(action, passage.index, cue.first, named=False, real=real))
        if passage.index in named:
            last_named = passage.index
            if passage.section == "traitement_sortie" and not passage.of("stop", "reduce", "postpone"):
                first = next(d.first for d in passage.drugs if names(d.what, drug))
                found.append(Step("continue", passage.index, first, named=True))
    return found


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
    objects = objects_of(passage, cue, side)
    if objects:
        return is_on(objects, drug, members)
    anaphors = [a for a in passage.of("anaphor") if a.gap(cue) <= _OBJECT]
    named = [d for d in passage.drugs if d.gap(cue) <= _OBJECT]
    if anaphors and not named:
        return None
    if cue.kind == "stop" and (before := [d for d in passage.drugs if d.last <= cue.first]):
        return is_on(enumeration(passage.drugs, before[-1]), drug, members)
    return None if _is_bare(passage, cue) else False


def objects_of(passage: Passage, cue: Spot[Any], side: str) -> list[Spot[DrugMention]]:
    """Give the drugs that an action names: those after a noun, those before a participle, else the nearer ones."""
    after = next((d for d in passage.drugs if d.first >= cue.first), None)
    if after is not None and not _is_within_reach(passage, cue, after):
        after = None
    before = next((d for d in reversed(passage.drugs) if d.last <= cue.first), None)
    if before is not None and not _is_within_reach(passage, before, cue):
        before = None
    # "X reprise à demi-dose": a participle that could be a noun.
    if before is not None and (side == "before" or not (after or side) or before.last == cue.first):
        return enumeration(passage.drugs, before)
    return enumeration(passage.drugs, after) if after is not None else []


def _is_within_reach(passage: Passage, a: Spot[Any], b: Spot[Any]) -> bool:
    """Say whether an action and a drug after or before it stand close together, and no other action between them."""
    if b.first - a.last > _OBJECT:
        return False
    return not any(a.last <= c.first and c.last <= b.first for c in passage.of(*ACTIONS))


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
    planned = passage.section in SILENT and not (passage.section == _PLAN and action == "stop")
    return not planned and not is_unreal(passage, cue)


def is_unreal(passage: Passage, cue: Spot[Cue]) -> bool:
    """Say whether an action is planned, feared or left undone rather than done."""
    for word in passage.of("unreal"):
        # A phrase ("les cycles suivants") reaches further than a single word ("pas").
        reach = _UNREAL if word.last - word.first == 1 else _OBJECT // 2
        if 0 <= cue.first - word.last <= reach or 0 <= word.first - cue.last <= 1:
            return True
    return False

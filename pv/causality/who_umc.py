"""The criteria of the WHO-UMC causality categories that a text does or does not meet, and what they would allow.

Source: Uppsala Monitoring Centre, "The use of the WHO-UMC system for standardised case causality assessment"
(reproduced as Box 2 of PMC6039921).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pv.causality.chronology import Order, corrective_treatments, other_suspects, time_order
from pv.model import Challenge, Pair


class Answer(StrEnum):
    """What the text says of a criterion; ``assessor`` where no text can say it."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "unclear"
    ASSESSOR = "assessor"


class CriterionName(StrEnum):
    """The five questions that the categories put together differently."""

    TIME = "time relationship"
    NO_OTHER_CAUSE = "no other cause"
    WITHDRAWAL = "response to withdrawal"
    SPECIFIC = "definitive event"
    RECHALLENGE = "rechallenge"


class Category(StrEnum):
    """The categories that a text may allow.

    Unassessable is not among them: it says that nothing more can be learnt, which only the assessor can know.
    """

    CERTAIN = "certain"
    PROBABLE = "probable/likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    CONDITIONAL = "conditional/unclassified"


LEFT_TO_ASSESSOR = (
    "d'après le seul texte, sans décider : la vraisemblance pharmacologique et la catégorie restent à l'évaluateur"
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion, what the text says of it, and why."""

    name: CriterionName
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class WhoUmcSupport:
    """The five criteria, the highest category that they would allow, and what is left to do."""

    criteria: tuple[Criterion, ...]
    allowed: Category
    left_to_assessor: str = LEFT_TO_ASSESSOR


def support(pair: Pair, others: Sequence[Pair] = ()) -> WhoUmcSupport:
    """Say which criteria the text meets for a pair; ``others`` are the pairs of the same report."""
    criteria = (
        _time(pair),
        _no_other_cause(pair, other_suspects(pair, others)),
        _withdrawal(pair, corrective_treatments(pair, others)),
        Criterion(CriterionName.SPECIFIC, Answer.ASSESSOR, "événement spécifique ou pharmacologiquement reconnu ?"),
        _rechallenge(pair),
    )
    return WhoUmcSupport(criteria, allowed(*(c.answer for c in criteria if c.name is not CriterionName.SPECIFIC)))


def allowed(time: Answer, no_other_cause: Answer, withdrawal: Answer, rechallenge: Answer) -> Category:
    """Give the highest category that these answers allow.

    Certain also asks for a definitive event, which is for the assessor. Without a rechallenge it is not proposed:
    whether one is necessary is for the assessor too.
    """
    if time is Answer.NOT_MET:
        return Category.UNLIKELY
    if time is not Answer.MET:
        return Category.CONDITIONAL
    likely = no_other_cause is Answer.MET and withdrawal is Answer.MET and rechallenge is not Answer.NOT_MET
    if not likely:
        return Category.POSSIBLE
    return Category.CERTAIN if rechallenge is Answer.MET else Category.PROBABLE


def _time(pair: Pair) -> Criterion:
    answers = {Order.AFTER: Answer.MET, Order.BEFORE: Answer.NOT_MET, Order.UNTOLD: Answer.UNCLEAR}
    found = time_order(pair)
    return Criterion(CriterionName.TIME, answers[found.order], found.reason)


def _no_other_cause(pair: Pair, suspects: Sequence[str]) -> Criterion:
    named = [*(f"autre cause nommée : « {a} »" for a in pair.alternatives)]
    if suspects:
        named.append(f"autre(s) médicament(s) suspect(s) : {', '.join(suspects)}")
    if named:
        return Criterion(CriterionName.NO_OTHER_CAUSE, Answer.NOT_MET, " ; ".join(named))
    reason = "le texte ne nomme ni autre cause ni autre médicament suspect, ce qui n'en exclut pas"
    return Criterion(CriterionName.NO_OTHER_CAUSE, Answer.MET, reason)


def _withdrawal(pair: Pair, correctives: Sequence[str]) -> Criterion:
    name = CriterionName.WITHDRAWAL
    if pair.dechallenge is Challenge.POSITIVE:
        if correctives:
            reason = f"amélioration sous traitement de l'événement : {', '.join(correctives)}"
            return Criterion(name, Answer.UNCLEAR, reason)
        return Criterion(name, Answer.MET, "amélioration après l'arrêt ou la réduction")
    if pair.dechallenge is Challenge.NEGATIVE:
        return Criterion(name, Answer.NOT_MET, "pas d'amélioration après l'arrêt ou la réduction")
    told = "médicament poursuivi" if pair.dechallenge is Challenge.NONE else "arrêt ou son effet non dit"
    return Criterion(name, Answer.UNCLEAR, told)


def _rechallenge(pair: Pair) -> Criterion:
    name = CriterionName.RECHALLENGE
    if pair.rechallenge is Challenge.POSITIVE:
        return Criterion(name, Answer.MET, "récidive à la réadministration")
    if pair.rechallenge is Challenge.NEGATIVE:
        return Criterion(name, Answer.NOT_MET, "pas de récidive à la réadministration")
    return Criterion(name, Answer.UNCLEAR, "pas de réadministration dans le texte, ou résultat non dit")

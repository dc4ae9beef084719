"""What a report gives for the causality of a pair, in words: the lines that people read below its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pv.causality import french, who_umc
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.times import TimeTables, load_times
from pv.model import REPORTABLE_LINKS, Pair
from pv.text.passage import printable
from pv.text.tokens import split_text
from pv.timeline.expressions import find_time_expressions
from pv.timeline.time_values import duration_days

_FRENCH_DELAY = {
    french.Delay.VERY_SUGGESTIVE: "très suggestif",
    french.Delay.COMPATIBLE: "compatible",
    french.Delay.INCOMPATIBLE: "incompatible",
}
_FRENCH_EVOLUTION = {
    french.Evolution.SUGGESTIVE: "suggestive",
    french.Evolution.NON_CONCLUSIVE: "non concluante",
    french.Evolution.NON_SUGGESTIVE: "non suggestive",
}
_CRITERIA = {
    who_umc.CriterionName.TIME: "relation temporelle",
    who_umc.CriterionName.NO_OTHER_CAUSE: "pas d'autre cause",
    who_umc.CriterionName.WITHDRAWAL: "réponse à l'arrêt",
    who_umc.CriterionName.SPECIFIC: "événement caractéristique",
    who_umc.CriterionName.RECHALLENGE: "réadministration",
}
_ANSWERS = {
    who_umc.Answer.MET: "oui",
    who_umc.Answer.NOT_MET: "non",
    who_umc.Answer.UNCLEAR: "non dit ou non concluant",
    who_umc.Answer.ASSESSOR: "à l'évaluateur",
}
_CATEGORIES = {
    who_umc.Category.CERTAIN: "certain",
    who_umc.Category.PROBABLE: "probable",
    who_umc.Category.POSSIBLE: "possible",
    who_umc.Category.UNLIKELY: "improbable",
    who_umc.Category.CONDITIONAL: "conditionnel : données à compléter",
}
# What a delay may count from, to be that of the event after the drug.
_FROM = ("drug", "event")
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one method makes of a pair: the result, what it leaves to the assessor, and the criteria line by line."""

    result: str
    left_to_assessor: str
    criteria: tuple[str, ...]


def proposals(pair: Pair, others: Sequence[Pair]) -> tuple[Proposal, ...]:
    """Give what each method makes of a pair, in French; nothing for a pair that says that the drug is no cause.

    ``others`` are all pairs of the report.
    """
    if pair.link not in REPORTABLE_LINKS:
        return ()
    return _french(pair, others), _who_umc(pair, others)


def _french(pair: Pair, others: Sequence[Pair]) -> Proposal:
    found = french.propose(pair, others, told_delay(pair))
    return Proposal(
        f"méthode française, chronologie : C{found.score.value}",
        found.left_to_assessor,
        (
            f"délai {_FRENCH_DELAY[found.delay]} : {printable(found.delay_reason)}",
            f"évolution {_FRENCH_EVOLUTION[found.evolution]} : {printable(found.evolution_reason)}",
            f"{found.readministration.value} : {printable(found.readministration_reason)}",
        ),
    )


def _who_umc(pair: Pair, others: Sequence[Pair]) -> Proposal:
    found = who_umc.support(pair, others)
    criteria = (f"{_CRITERIA[c.name]} - {_ANSWERS[c.answer]} : {printable(c.reason)}" for c in found.criteria)
    return Proposal(f"OMS-UMC : {_CATEGORIES[found.allowed]} au plus", found.left_to_assessor, tuple(criteria))


def told_delay(pair: Pair) -> french.ToldDelay | None:
    """Give the delay that the passage tells in minutes or hours, where the event came on the day of the drug."""
    if pair.latency_days != 0:
        return None
    for time in find_time_expressions(split_text(pair.evidence), _times()):
        days = duration_days(time.value)
        if time.kind == "relative" and time.anchor in _FROM and days is not None and 0 < days < 1:
            words = " ".join(pair.evidence[time.start : time.end].split())
            return french.ToldDelay(days * _HOURS_A_DAY, words)
    return None


@cache
def _times() -> TimeTables:
    """Read the tables of time expressions, which a pair without a delay of hours does not need."""
    return load_times(lexicon_dir())

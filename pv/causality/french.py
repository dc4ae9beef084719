"""The chronological criteria of the French method of causality assessment, as a proposal to the assessor.

Criteria and decision table: Bégaud B. et al., Thérapie 1985;40:111-118; conditions as told by the regional centre of
Lille (pharmacovigilance-npdc.fr, "Imputabilité médicamenteuse, méthode Bégaud", tables 1 and 2) and in
clinmed/2003010004, table 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from pv.causality.chronology import Order, corrective_treatments, time_order
from pv.model import ActionTaken, Challenge, Outcome, Pair


class Delay(StrEnum):
    """The delay of onset after the drug was started."""

    VERY_SUGGESTIVE = "very suggestive"
    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"


class Evolution(StrEnum):
    """What became of the event when the drug was stopped."""

    SUGGESTIVE = "suggestive"
    NON_CONCLUSIVE = "non-conclusive"
    NON_SUGGESTIVE = "non-suggestive"


class Readministration(StrEnum):
    """What giving the drug again did."""

    POSITIVE = "R+"
    NOT_DONE = "R0"
    NEGATIVE = "R-"


class Score(IntEnum):
    """The chronological score, C0 (excluded) to C3 (likely)."""

    C0 = 0
    C1 = 1
    C2 = 2
    C3 = 3


LEFT_TO_ASSESSOR = (
    "proposition à vérifier : le score sémiologique (S), l'imputabilité intrinsèque (I) et la bibliographie "
    "restent à l'évaluateur"
)

_READMINISTRATIONS = (Readministration.POSITIVE, Readministration.NOT_DONE, Readministration.NEGATIVE)
# Columns R+, R0, R-; an incompatible delay is C0 whatever the rest.
_TABLE = {
    (Delay.VERY_SUGGESTIVE, Evolution.SUGGESTIVE): (Score.C3, Score.C3, Score.C1),
    (Delay.VERY_SUGGESTIVE, Evolution.NON_CONCLUSIVE): (Score.C3, Score.C2, Score.C1),
    (Delay.VERY_SUGGESTIVE, Evolution.NON_SUGGESTIVE): (Score.C1, Score.C1, Score.C1),
    (Delay.COMPATIBLE, Evolution.SUGGESTIVE): (Score.C3, Score.C2, Score.C1),
    (Delay.COMPATIBLE, Evolution.NON_CONCLUSIVE): (Score.C3, Score.C1, Score.C1),
    (Delay.COMPATIBLE, Evolution.NON_SUGGESTIVE): (Score.C1, Score.C1, Score.C1),
}

# Lesions that no stop of the drug can mend.
_IRREVERSIBLE = frozenset({Outcome.FATAL, Outcome.SEQUELAE})
# Immediate reactions come within one to six hours (Demoly P. et al., Allergy 2014;69:420-437).
_IMMEDIATE = 6
# Parenteral routes: abbreviations of prescriptions, and the roots of the French standard terms of the EDQM.
_INJECTED = re.compile(r"\b(?:IV[DL]?|IVSE|IM|SC)\b|\b(?i:intra|sous-cutan|inject|perfus)")


@dataclass(frozen=True, slots=True)
class ToldDelay:
    """A delay that the text gives in minutes or hours, and its words."""

    hours: float
    words: str


@dataclass(frozen=True, slots=True)
class FrenchProposal:
    """The three chronological criteria with the reason for each, the score they lead to, and what is left to do."""

    delay: Delay
    delay_reason: str
    evolution: Evolution
    evolution_reason: str
    readministration: Readministration
    readministration_reason: str
    score: Score
    left_to_assessor: str = LEFT_TO_ASSESSOR


def propose(pair: Pair, others: Sequence[Pair] = (), told: ToldDelay | None = None) -> FrenchProposal:
    """Propose the chronological criteria for a pair; ``others`` are the pairs of the same report.

    ``told`` is the delay where the text gives it in minutes or hours, which ``latency_days`` cannot.
    """
    again, why_again = _readministration(pair)
    delay, why_delay = _delay(pair, told)
    evolution, why_evolution = _evolution(pair, corrective_treatments(pair, others))
    score = decide(delay, evolution, again)
    return FrenchProposal(delay, why_delay, evolution, why_evolution, again, why_again, score)


def decide(delay: Delay, evolution: Evolution, readministration: Readministration) -> Score:
    """Give the chronological score of the 1985 decision table."""
    if delay is Delay.INCOMPATIBLE:
        return Score.C0
    return _TABLE[delay, evolution][_READMINISTRATIONS.index(readministration)]


def _delay(pair: Pair, told: ToldDelay | None) -> tuple[Delay, str]:
    """Propose the delay: compatible is all that is neither very suggestive nor incompatible, so also the unknown."""
    found = time_order(pair)
    if found.order is Order.BEFORE:
        return Delay.INCOMPATIBLE, found.reason
    if told is not None and told.hours <= _IMMEDIATE:
        if _INJECTED.search(f"{told.words} {pair.route or ''}"):
            return Delay.VERY_SUGGESTIVE, f"réaction immédiate à une injection (« {told.words} »), à confirmer"
        if pair.rechallenge is Challenge.POSITIVE:
            return Delay.VERY_SUGGESTIVE, f"récidive et délai court (« {told.words} »), à confirmer"
        return Delay.COMPATIBLE, f"délai court (« {told.words} ») ; très suggestif si l'évaluateur en juge ainsi"
    if found.order is Order.UNTOLD:
        return Delay.COMPATIBLE, f"{found.reason} : compatible par défaut, à compléter"
    return Delay.COMPATIBLE, found.reason


def _evolution(pair: Pair, correctives: Sequence[str]) -> tuple[Evolution, str]:
    done = "réduction" if pair.action_taken is ActionTaken.REDUCED else "arrêt"
    if pair.dechallenge is None:
        if pair.action_taken is None:
            return Evolution.NON_CONCLUSIVE, "le texte ne dit pas si le médicament a été arrêté"
        return Evolution.NON_CONCLUSIVE, "l'évolution après l'arrêt n'est pas dite ou n'est pas claire"
    if pair.dechallenge is Challenge.NONE:
        return _continued(pair, correctives)
    if pair.outcome in _IRREVERSIBLE:
        return Evolution.NON_CONCLUSIVE, "décès ou lésions irréversibles : l'arrêt ne peut rien montrer"
    if pair.dechallenge is Challenge.NEGATIVE:
        reason = f"pas de régression après {done} ; à condition que l'événement soit réversible et le recul suffisant"
        return Evolution.NON_SUGGESTIVE, reason
    if correctives:
        reason = f"amélioration après {done}, mais sous traitement de l'événement : {', '.join(correctives)}"
        return Evolution.NON_CONCLUSIVE, reason
    return Evolution.SUGGESTIVE, f"amélioration après {done}, sans traitement de l'événement dans le texte"


def _continued(pair: Pair, correctives: Sequence[str]) -> tuple[Evolution, str]:
    if pair.outcome is not Outcome.RECOVERED:
        return Evolution.NON_CONCLUSIVE, "le médicament a été poursuivi"
    if correctives:
        reason = f"guérison, médicament poursuivi, mais sous traitement de l'événement : {', '.join(correctives)}"
        return Evolution.NON_CONCLUSIVE, reason
    return Evolution.NON_SUGGESTIVE, "régression complète malgré la poursuite du médicament"


def _readministration(pair: Pair) -> tuple[Readministration, str]:
    if pair.rechallenge is Challenge.POSITIVE:
        return Readministration.POSITIVE, "l'événement a récidivé à la réadministration"
    if pair.rechallenge is Challenge.NEGATIVE:
        reason = "pas de récidive à la réadministration ; à condition que dose et durée aient été suffisantes"
        return Readministration.NEGATIVE, reason
    return Readministration.NOT_DONE, "pas de réadministration dans le texte, ou résultat non dit"

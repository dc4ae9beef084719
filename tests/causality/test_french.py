"""The French method: the decision table row by row, and what a pair's course makes of each criterion."""

from __future__ import annotations

from itertools import product

import pytest
from plain_pairs import plain_pair

from pv.causality.french import (
    LEFT_TO_ASSESSOR,
    Delay,
    Evolution,
    Readministration,
    Score,
    ToldDelay,
    decide,
    propose,
)
from pv.model import ActionTaken, Challenge, DrugKind, Link, Outcome, Pair

V, K, N = Delay.VERY_SUGGESTIVE, Delay.COMPATIBLE, Delay.INCOMPATIBLE
SUGGESTIVE, OPEN, AGAINST = Evolution.SUGGESTIVE, Evolution.NON_CONCLUSIVE, Evolution.NON_SUGGESTIVE
AGAIN = (Readministration.POSITIVE, Readministration.NOT_DONE, Readministration.NEGATIVE)

# Bégaud et al., Thérapie 1985;40:111-118: the scores for R+, R0 and R-.
TABLE = [
    (V, SUGGESTIVE, (3, 3, 1)),
    (V, OPEN, (3, 2, 1)),
    (V, AGAINST, (1, 1, 1)),
    (K, SUGGESTIVE, (3, 2, 1)),
    (K, OPEN, (3, 1, 1)),
    (K, AGAINST, (1, 1, 1)),
    (N, SUGGESTIVE, (0, 0, 0)),
    (N, OPEN, (0, 0, 0)),
    (N, AGAINST, (0, 0, 0)),
]


def pair(link: Link = Link.STATED, drug: str = "amoxicilline", event: str = "urticaire", **more: object) -> Pair:
    return plain_pair(link, drug, event, **more)


@pytest.mark.parametrize(("delay", "evolution", "scores"), TABLE, ids=str)
def test_decision_table(delay: Delay, evolution: Evolution, scores: tuple[int, int, int]):
    assert tuple(decide(delay, evolution, again) for again in AGAIN) == tuple(map(Score, scores))


def test_decision_table_is_whole():
    assert {(delay, evolution) for delay, evolution, _ in TABLE} == set(product(Delay, Evolution))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ({"latency_days": 7}, K),
        ({"latency_days": 0}, K),
        ({"latency_days": -2}, N),
        ({"start": "2024-03-02", "onset": "2024-02"}, N),
        ({"start": "2024", "onset": "2023-12-31"}, N),
        ({"start": "2024-03-02", "onset": "2024-03"}, K),
        ({"start": "2024-03-02", "onset": "2024-03-02"}, K),
        ({"latency_days": 3, "start": "2024-03-02", "onset": "2024-01-01"}, K),
        ({}, K),
        ({"rechallenge": Challenge.POSITIVE}, K),
        ({"route": "IV"}, K),
    ],
    ids=str,
)
def test_delay_is_never_very_suggestive_without_minutes_or_hours(course: dict[str, object], expected: Delay):
    assert propose(pair(**course)).delay is expected


@pytest.mark.parametrize(
    ("words", "course", "expected"),
    [
        ("dix minutes après l'injection", {}, V),
        ("2 heures après la perfusion", {}, V),
        ("dix minutes après", {"route": "voie intraveineuse"}, V),
        ("dix minutes après", {"route": "IVL"}, V),
        ("dix minutes après", {"route": "sous-cutanée"}, V),
        ("dix minutes après", {"rechallenge": Challenge.POSITIVE}, V),
        ("dix minutes après la prise", {}, K),
        ("dix minutes après la prise", {"route": "per os"}, K),
        ("dix minutes après la prise", {"rechallenge": Challenge.NEGATIVE}, K),
        ("dix minutes après l'injection", {"start": "2024-03", "onset": "2024-02"}, N),
    ],
)
def test_delay_in_minutes(words: str, course: dict[str, object], expected: Delay):
    proposal = propose(pair(**course), told=ToldDelay(1 / 6, words))
    assert proposal.delay is expected
    assert (words in proposal.delay_reason) is (expected is not N)


def test_hours_that_are_no_immediate_reaction():
    assert propose(pair(), told=ToldDelay(6, "6 heures après la perfusion")).delay is V
    assert propose(pair(latency_days=0), told=ToldDelay(10, "10 heures après la perfusion")).delay is K


def test_unknown_delay_is_said_to_be_compatible_by_default():
    assert "par défaut" in propose(pair()).delay_reason
    assert "par défaut" not in propose(pair(latency_days=4)).delay_reason
    assert "par défaut" not in propose(pair(Link.TEMPORAL)).delay_reason


STOPPED = {"action_taken": ActionTaken.STOPPED}
BETTER = {"dechallenge": Challenge.POSITIVE, **STOPPED}
SAME = {"dechallenge": Challenge.NEGATIVE, **STOPPED}
KEPT = {"dechallenge": Challenge.NONE, "action_taken": ActionTaken.CONTINUED}
TREATED = pair(Link.TREATS, "cétirizine")


@pytest.mark.parametrize(
    ("course", "others", "expected", "words"),
    [
        (BETTER, (), SUGGESTIVE, "amélioration après arrêt"),
        (BETTER | {"action_taken": ActionTaken.REDUCED}, (), SUGGESTIVE, "après réduction"),
        (BETTER, (TREATED,), OPEN, "cétirizine"),
        (BETTER, (pair(Link.TREATS, "cétirizine", "rhinite"),), SUGGESTIVE, ""),
        (BETTER, (pair(Link.DENIED, "cétirizine"),), SUGGESTIVE, ""),
        (BETTER, (pair(Link.TREATS, "amoxicilline"),), SUGGESTIVE, ""),
        (BETTER | {"outcome": Outcome.SEQUELAE}, (), OPEN, "irréversibles"),
        (SAME, (), AGAINST, "pas de régression"),
        (SAME, (TREATED,), AGAINST, "pas de régression"),
        (SAME | {"outcome": Outcome.FATAL}, (), OPEN, "décès"),
        (KEPT, (), OPEN, "poursuivi"),
        (KEPT | {"outcome": Outcome.NOT_RECOVERED}, (), OPEN, "poursuivi"),
        (KEPT | {"outcome": Outcome.RECOVERED}, (), AGAINST, "malgré la poursuite"),
        (KEPT | {"outcome": Outcome.RECOVERED}, (TREATED,), OPEN, "cétirizine"),
        (STOPPED, (), OPEN, "n'est pas dite"),
        ({}, (), OPEN, "ne dit pas"),
        ({"outcome": Outcome.RECOVERED}, (), OPEN, "ne dit pas"),
    ],
)
def test_evolution(course: dict[str, object], others: tuple[Pair, ...], expected: Evolution, words: str):
    own = pair(**course)
    proposal = propose(own, (own, *others))
    assert proposal.evolution is expected
    assert words in proposal.evolution_reason


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Challenge.POSITIVE, Readministration.POSITIVE),
        (Challenge.NEGATIVE, Readministration.NEGATIVE),
        (Challenge.NONE, Readministration.NOT_DONE),
        (None, Readministration.NOT_DONE),
    ],
)
def test_readministration(result: Challenge | None, expected: Readministration):
    assert propose(pair(rechallenge=result)).readministration is expected


@pytest.mark.parametrize(
    ("course", "others", "score"),
    [
        (BETTER | {"latency_days": 8}, (), Score.C2),
        (BETTER | {"latency_days": 8}, (TREATED,), Score.C1),
        (BETTER | {"latency_days": 8, "rechallenge": Challenge.POSITIVE}, (TREATED,), Score.C3),
        (BETTER | {"latency_days": -8, "rechallenge": Challenge.POSITIVE}, (), Score.C0),
        (SAME, (), Score.C1),
    ],
)
def test_score_follows_from_the_criteria(course: dict[str, object], others: tuple[Pair, ...], score: Score):
    assert propose(pair(**course), others).score is score


def test_every_proposal_leaves_the_other_scores_to_the_assessor():
    for course in ({}, BETTER, SAME | {"latency_days": -1}):
        left = propose(pair(**course)).left_to_assessor
        assert left == LEFT_TO_ASSESSOR
        assert "sémiologique" in left
        assert "intrinsèque" in left
        assert "évaluateur" in left


def test_a_label_stands_for_a_concept_that_is_unknown():
    own = pair(concept="", **BETTER)
    assert propose(own, (TREATED,)).evolution is OPEN


def test_a_treatment_of_any_kind_counts():
    given = pair(Link.TREATS, "class:corticothérapie", drug_kind=DrugKind.CLASS)
    assert "class:corticothérapie" in propose(pair(**BETTER), (given,)).evolution_reason

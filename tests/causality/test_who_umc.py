"""The WHO-UMC criteria: what a pair's course makes of each, and the category that they allow at most."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plain_pairs import plain_pair

from pv.causality.who_umc import LEFT_TO_ASSESSOR, Answer, Category, CriterionName, WhoUmcSupport, allowed, support
from pv.model import ActionTaken, Assertion, Challenge, DrugKind, Link, Pair

YES, NO, UNCLEAR = Answer.MET, Answer.NOT_MET, Answer.UNCLEAR
TIME, OTHER, WITHDRAWAL = CriterionName.TIME, CriterionName.NO_OTHER_CAUSE, CriterionName.WITHDRAWAL
SPECIFIC, RECHALLENGE = CriterionName.SPECIFIC, CriterionName.RECHALLENGE


def pair(link: Link = Link.STATED, drug: str = "méthotrexate", event: str = "hépatite", **more: object) -> Pair:
    return plain_pair(link, drug, event, **more)


def answer(found: WhoUmcSupport, name: CriterionName) -> Answer:
    (criterion,) = [c for c in found.criteria if c.name is name]
    return criterion.answer


# time, no other cause, withdrawal, rechallenge: the highest category.
CATEGORIES = [
    (YES, YES, YES, YES, Category.CERTAIN),
    (YES, YES, YES, UNCLEAR, Category.PROBABLE),
    (YES, YES, YES, NO, Category.POSSIBLE),
    (YES, YES, UNCLEAR, YES, Category.POSSIBLE),
    (YES, YES, UNCLEAR, UNCLEAR, Category.POSSIBLE),
    (YES, YES, NO, UNCLEAR, Category.POSSIBLE),
    (YES, NO, YES, UNCLEAR, Category.POSSIBLE),
    (YES, NO, YES, YES, Category.POSSIBLE),
    (UNCLEAR, YES, YES, YES, Category.CONDITIONAL),
    (UNCLEAR, NO, NO, UNCLEAR, Category.CONDITIONAL),
    (NO, YES, YES, YES, Category.UNLIKELY),
    (NO, NO, NO, NO, Category.UNLIKELY),
]


@pytest.mark.parametrize(("time", "other", "withdrawal", "again", "category"), CATEGORIES)
def test_category(time: Answer, other: Answer, withdrawal: Answer, again: Answer, category: Category):
    assert allowed(time, other, withdrawal, again) is category


BETTER = {"dechallenge": Challenge.POSITIVE, "action_taken": ActionTaken.STOPPED}
RIVAL = pair(drug="paracétamol")


@pytest.mark.parametrize(
    ("own", "others", "name", "expected"),
    [
        (pair(latency_days=0), (), TIME, YES),
        (pair(latency_days=-1), (), TIME, NO),
        (pair(start="2023", onset="2024-05-01"), (), TIME, YES),
        (pair(start="2024-05-02", onset="2024-05-01"), (), TIME, NO),
        (pair(start="2024-05-02", onset="2024"), (), TIME, UNCLEAR),
        (pair(start="2024-05", onset="2024-05"), (), TIME, UNCLEAR),
        (pair(start="2024-05-02", onset="2024", **BETTER), (), TIME, YES),
        (pair(Link.TEMPORAL), (), TIME, YES),
        (pair(), (), TIME, UNCLEAR),
        (pair(), (), OTHER, YES),
        (pair(alternatives=("une hépatite virale",)), (), OTHER, NO),
        (pair(), (RIVAL,), OTHER, NO),
        (pair(), (pair(Link.TEMPORAL, "paracétamol"),), OTHER, NO),
        (pair(), (pair(Link.TREATS, "paracétamol"), pair(Link.DENIED, "ibuprofène")), OTHER, YES),
        (pair(), (pair(drug="paracétamol", event="vertige"),), OTHER, YES),
        (pair(), (pair(drug="class:antimétabolites", drug_kind=DrugKind.CLASS),), OTHER, YES),
        (pair(), (replace(RIVAL, assertions=(Assertion.NEGATED,)),), OTHER, YES),
        (pair(**BETTER), (), WITHDRAWAL, YES),
        (pair(**BETTER), (pair(Link.TREATS, "prednisone"),), WITHDRAWAL, UNCLEAR),
        (pair(dechallenge=Challenge.NEGATIVE), (), WITHDRAWAL, NO),
        (pair(dechallenge=Challenge.NONE), (), WITHDRAWAL, UNCLEAR),
        (pair(), (), WITHDRAWAL, UNCLEAR),
        (pair(rechallenge=Challenge.POSITIVE), (), RECHALLENGE, YES),
        (pair(rechallenge=Challenge.NEGATIVE), (), RECHALLENGE, NO),
        (pair(), (), RECHALLENGE, UNCLEAR),
        (pair(latency_days=3, **BETTER), (), SPECIFIC, Answer.ASSESSOR),
    ],
)
def test_criterion(own: Pair, others: tuple[Pair, ...], name: CriterionName, expected: Answer):
    assert answer(support(own, (own, *others)), name) is expected


@pytest.mark.parametrize(
    ("own", "others", "category"),
    [
        (pair(latency_days=10, rechallenge=Challenge.POSITIVE, **BETTER), (), Category.CERTAIN),
        (pair(latency_days=10, **BETTER), (), Category.PROBABLE),
        (pair(latency_days=10, **BETTER), (RIVAL,), Category.POSSIBLE),
        (pair(latency_days=10, **BETTER), (pair(Link.TREATS, "prednisone"),), Category.POSSIBLE),
        (pair(latency_days=10), (), Category.POSSIBLE),
        (pair(), (), Category.CONDITIONAL),
        (pair(latency_days=-3), (), Category.UNLIKELY),
    ],
)
def test_allowed_category(own: Pair, others: tuple[Pair, ...], category: Category):
    found = support(own, others)
    assert found.allowed is category
    assert found.left_to_assessor == LEFT_TO_ASSESSOR
    assert "évaluateur" in found.left_to_assessor


def test_reasons_name_the_rival_the_cause_and_the_treatment():
    own = pair(alternatives=("une infection à CMV",), **BETTER)
    reasons = [c.reason for c in support(own, (RIVAL, pair(Link.TREATS, "prednisone"))).criteria]
    for word in ("paracétamol", "une infection à CMV", "prednisone"):
        assert sum(word in reason for reason in reasons) == 1

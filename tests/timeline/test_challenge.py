"""Dechallenge and rechallenge of a pair: marked passages."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked_pairs import pair_of, rows
from shared_detector import real_detector

from pv.lexicon.rules import ContextRule
from pv.model import ActionTaken, Outcome

# Passage | dechallenge | rechallenge; a dash where the text does not tell.
PASSAGES = Path(__file__).with_name("challenges.csv")


def word(value: str | None) -> str:
    return value or "-"


@pytest.mark.parametrize(("passage", "dechallenge", "rechallenge"), rows(PASSAGES, "passage dechallenge rechallenge"))
def test_challenges(passage: str, dechallenge: str, rechallenge: str) -> None:
    pair = pair_of(passage)
    assert (word(pair.dechallenge), word(pair.rechallenge)) == (dechallenge, rechallenge), pair.reasons


@pytest.mark.parametrize(
    ("passage", "action", "outcome"),
    [
        (
            "[Toux] sous {énalapril}. L'énalapril est arrêté et la toux disparaît.",
            ActionTaken.STOPPED,
            Outcome.RECOVERED,
        ),
        (
            "[Tremblement] sous {lithium}. Le lithium est diminué, amélioration.",
            ActionTaken.REDUCED,
            Outcome.RECOVERING,
        ),
        ("[Asthénie] sous {sunitinib}. Poursuite du sunitinib.", ActionTaken.CONTINUED, None),
        (
            "[Éruption] sous {allopurinol}. L'allopurinol est arrêté sans amélioration.",
            ActionTaken.STOPPED,
            Outcome.NOT_RECOVERED,
        ),
        ("[Surdité] séquellaire sous {gentamicine}.", None, Outcome.SEQUELAE),
        ("[Toux] sous {énalapril}.", None, None),
    ],
)
def test_action_and_outcome(passage: str, action: ActionTaken | None, outcome: Outcome | None) -> None:
    pair = pair_of(passage)
    assert (pair.action_taken, pair.outcome) == (action, outcome)


COURSE_RULES = real_detector()._lexicon.course


@pytest.mark.parametrize("rule", COURSE_RULES, ids=[rule.id for rule in COURSE_RULES])
def test_each_rule_fires_on_its_example(rule: ContextRule) -> None:
    assert rule.id in {cue.rule for cue in real_detector()._reader.read(rule.example).course}

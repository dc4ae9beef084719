"""The rules of assertion and linking: what a row gives, and which rows are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.rules import RULE_COLUMNS, load_rules

MACROS = {"de": ("de", "d'")}
CATEGORIES = frozenset({"negated", "cause"})
RULE = {
    "id": "pas_de",
    "category": "negated",
    "direction": "forward",
    "pattern": "pas <de>",
    "example": "pas de fièvre",
    "source": "test",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def call(*rows: dict[str, str]) -> Path:
        lines = [",".join(RULE_COLUMNS), *(",".join(row.get(c, "") for c in RULE_COLUMNS) for row in rows)]
        path = tmp_path / "regles.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return call


def test_a_rule(write: Write):
    row = RULE | {"category": "negated:noun", "max_scope": "5", "max_targets": "2", "targets": "EVENT DRUG"}
    (rule,) = load_rules(write(row), CATEGORIES, MACROS)
    assert rule.phrases == (("pas", "de"), ("pas", "d"))
    assert (rule.category, rule.direction, rule.example) == ("negated:noun", "forward", "pas de fièvre")
    assert (rule.max_scope, rule.max_targets, rule.targets) == (5, 2, frozenset({"EVENT", "DRUG"}))


def test_no_limit(write: Write):
    (rule,) = load_rules(write(RULE), CATEGORIES, MACROS)
    assert (rule.max_scope, rule.max_targets, rule.targets) == (None, None, frozenset())


def test_phrases_that_fold_alike_count_once(write: Write):
    (rule,) = load_rules(write(RULE | {"pattern": "éliminé|éliminée|Élimine-s|éliminées"}), CATEGORIES, MACROS)
    assert rule.phrases == (("elimine",), ("elimine", "s"))


def test_an_equals_sign_asks_for_the_accents_of_one_phrase(write: Write):
    (rule,) = load_rules(write(RULE | {"pattern": "=Où|dès que"}), CATEGORIES, MACROS)
    assert rule.phrases == (("ou",), ("des", "que"))
    assert rule.spelt == {("ou",): "où"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "rule pas_de stands twice"),
        ({"id": "b", "category": "denied"}, "column category: 'denied' is not one of cause, negated"),
        ({"id": "b", "direction": "left"}, "column direction: 'left' is not one of forward, backward"),
        ({"id": "b", "max_scope": "five"}, "column max_scope: 'five' is not a whole number"),
        ({"id": "b", "max_scope": "0"}, "column max_scope: 0 is too small"),
        ({"id": "b", "max_targets": "0"}, "column max_targets: 0 is too small"),
        ({"id": "b", "pattern": "pas|ʼ"}, "column pattern: a phrase holds no word"),
        ({"id": "b", "pattern": "pas <du>"}, "column pattern: unknown macro <du>"),
        ({"id": "b", "example": ""}, "column example is empty"),
        ({"id": "b", "source": ""}, "column source is empty"),
    ],
)
def test_a_wrong_rule_is_refused(write: Write, change: dict[str, str], message: str):
    path = write(RULE, RULE | change)
    with pytest.raises(LexiconError) as refused:
        list(load_rules(path, CATEGORIES, MACROS))
    assert str(refused.value).startswith(f"regles.csv:3: {message}")

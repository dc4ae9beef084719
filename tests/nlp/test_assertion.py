"""What the text asserts of a mention: marked sentences, and every rule of the table in at least one of them."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pv.detect import Detector
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.rules import ContextRule
from pv.model import Assertion
from pv.nlp.context import modify
from pv.nlp.reader import Reader
from pv.text.assertion import Decision, Modification, decide

_MARK = re.compile(r"<([^<>|]+)\|([a-z]+)>")


@dataclass(frozen=True)
class Marked:
    """A sentence without its marks, the spans that were marked, and what is asserted of each."""

    text: str
    spans: tuple[tuple[int, int], ...]
    wanted: tuple[Assertion, ...]


def parse(marked: str) -> Marked:
    """Read ``Pas de <fièvre|negated>.``; raises ValueError for a mark that is broken, or where there is none."""
    text, spans, wanted, at = "", [], [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[1])))
        wanted.append(Assertion(mark[2]))
        text += mark[1]
        at = mark.end()
    text += marked[at:]
    if not spans or set(text) & set("<>|"):
        raise ValueError(f"not marked as <words|assertion>: {marked!r}")
    return Marked(text, tuple(spans), tuple(wanted))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = _rows(Path(__file__).with_name("assertion_cases.csv"))
RULES = _rows(lexicon_dir() / "assertion_rules.csv")


@pytest.fixture(scope="module")
def reader(real_detector: Detector) -> Reader:
    return real_detector._reader


@pytest.fixture(scope="module")
def rules(real_detector: Detector) -> tuple[ContextRule, ...]:
    return real_detector._lexicon.assertion


def _without(reader: Reader, case: Marked, rule: str) -> list[Decision]:
    """Decide a sentence as if the table did not have one of its rules."""
    layout, matches = reader._lay_out(case.text)
    left = [m for m in matches.assertion if m[2].id != rule]
    return reader._assert(layout, left, [layout.token_range(*span) for span in case.spans])


@pytest.mark.parametrize("row", CASES, ids=[row["id"] for row in CASES])
def test_marked_sentence(reader: Reader, row: dict[str, str]) -> None:
    case = parse(row["text"])
    decisions = reader.assertions(case.text, case.spans)
    assert [(case.text[a:b], d.assertion) for (a, b), d in zip(case.spans, decisions, strict=True)] == [
        (case.text[a:b], wanted) for (a, b), wanted in zip(case.spans, case.wanted, strict=True)
    ]


@pytest.mark.parametrize("row", RULES, ids=[row["id"] for row in RULES])
def test_a_rule_makes_the_difference_in_its_example(reader: Reader, row: dict[str, str]) -> None:
    case = parse(row["example"])
    assert [d.assertion for d in reader.assertions(case.text, case.spans)] == list(case.wanted)
    assert [d.assertion for d in _without(reader, case, row["id"])] != list(case.wanted)


def test_there_are_enough_cases_and_no_case_stands_twice() -> None:
    assert len(CASES) >= 250
    for column in ("id", "text"):
        assert [v for v, n in Counter(row[column] for row in CASES).items() if n > 1] == []


def test_each_assertion_has_cases() -> None:
    seen = Counter(wanted for row in CASES for wanted in parse(row["text"]).wanted)
    assert all(seen[assertion] >= 15 for assertion in Assertion)


@pytest.mark.parametrize(
    "marked", ["Pas de fièvre.", "Pas de <fièvre>.", "Pas de <fièvre|absent>.", "<Toux|present> et <fièvre|negated."]
)
def test_a_broken_mark_is_refused(marked: str) -> None:
    with pytest.raises(ValueError, match=r"not marked|not a valid Assertion"):
        parse(marked)


def _acts(rule: ContextRule, direction: str) -> bool:
    return rule.direction == direction or rule.direction not in ("forward", "backward")


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_no_phrase_has_two_meanings(rules: tuple[ContextRule, ...], direction: str) -> None:
    owners: dict[Any, list[str]] = {}
    for rule in rules:
        if _acts(rule, direction) and not rule.category.startswith("terminate"):
            for phrase in rule.phrases:
                owners.setdefault(phrase, []).append(rule.id)
    assert {phrase: ids for phrase, ids in owners.items() if len(ids) > 1} == {}


def test_terminators_name_categories_that_exist(rules: tuple[ContextRule, ...]) -> None:
    known = {name for r in rules for name in (r.category, r.category.partition(":")[0])}
    ended = {
        name
        for rule in rules
        if rule.category.startswith("terminate:")
        for name in rule.category.removeprefix("terminate:").split()
    }
    assert ended - known == set()


def test_the_rule_that_decided_is_named(reader: Reader) -> None:
    case = parse("Pas de <fièvre|negated>, <toux|negated> ni <dyspnée|negated>.")
    rules = [d.rule for d in reader.assertions(case.text, case.spans)]
    assert rules == ["neg.pas_de", "neg.ni_before", "neg.ni"]


def test_spans_may_come_in_any_order_and_overlap(reader: Reader) -> None:
    text = "Pas de fièvre, mais une toux sèche."
    spans = [(24, 28), (7, 13), (24, 34), (7, 13)]
    got = [d.assertion for d in reader.assertions(text, spans)]
    assert got == [Assertion.PRESENT, Assertion.NEGATED, Assertion.PRESENT, Assertion.NEGATED]


@pytest.mark.parametrize(
    ("text", "span"), [("", (0, 0)), ("  \n ", (1, 2)), ("Pas de  fièvre", (6, 8)), ("Toux.", (5, 5))]
)
def test_a_span_without_a_word_is_present(reader: Reader, text: str, span: tuple[int, int]) -> None:
    assert reader.assertions(text, [span]) == [Decision(Assertion.PRESENT)]


def test_no_rule_reaches_a_target_that_is_its_own_cue(reader: Reader) -> None:
    assert reader.assertions("Absence de fièvre", [(0, 7)]) == [Decision(Assertion.PRESENT)]


def test_modify_without_matches() -> None:
    assert modify([(0, 1), (2, 3)], [], (0, 5)) == [[], []]


def _modification(category: str, end: int = 1) -> Modification:
    return Modification(f"rule.{category}", category, end - 1, end)


@pytest.mark.parametrize(
    ("categories", "wanted"),
    [
        ([], Assertion.PRESENT),
        (["present"], Assertion.PRESENT),
        (["hypothetical"], Assertion.HYPOTHETICAL),
        (["hypothetical", "present"], Assertion.PRESENT),
        (["historical", "hypothetical"], Assertion.HYPOTHETICAL),
        (["historical", "negated"], Assertion.NEGATED),
        (["present", "negated"], Assertion.NEGATED),
        (["negated", "other"], Assertion.OTHER),
    ],
)
def test_precedence(categories: list[str], wanted: Assertion) -> None:
    assert decide([_modification(c) for c in categories], "body").assertion is wanted


@pytest.mark.parametrize(
    ("section", "alone", "negated"),
    [
        ("body", Assertion.PRESENT, Assertion.NEGATED),
        ("evolution", Assertion.PRESENT, Assertion.NEGATED),
        ("antecedents", Assertion.HISTORICAL, Assertion.NEGATED),
        ("allergies", Assertion.HISTORICAL, Assertion.NEGATED),
        ("antecedents_familiaux", Assertion.OTHER, Assertion.OTHER),
        ("diagnostic_differentiel", Assertion.HYPOTHETICAL, Assertion.NEGATED),
        ("bibliographie", Assertion.OTHER, Assertion.NEGATED),
    ],
)
def test_section(section: str, alone: Assertion, negated: Assertion) -> None:
    assert decide([], section).assertion is alone
    assert decide([_modification("negated")], section).assertion is negated


def test_sections_that_decide_are_in_the_table() -> None:
    categories = {row["category"] for row in _rows(lexicon_dir() / "sections.csv")}
    decided = {c for c in categories if decide([], c).rule}
    assert decided >= {"antecedents", "antecedents_familiaux", "antecedents_chirurgicaux", "allergies"}
    assert len(decided) == 10


def test_a_quantified_mention_is_denied_only_by_the_words_before_it() -> None:
    negation = _modification("negated", end=2)
    assert decide([negation], "body", quantified_at=2).assertion is Assertion.NEGATED
    assert decide([negation], "body", quantified_at=4) == Decision(Assertion.PRESENT)


@pytest.mark.parametrize("joint", [".\n", " ", ", "], ids=["sentences", "one sentence", "one list"])
def test_ten_times_the_text_takes_ten_times_the_work(reader: Reader, joint: str) -> None:
    part = "Pas de fièvre ni toux et présente une éruption sans prurit si douleur"

    def calls(times: int) -> int:
        text = joint.join([part] * times)
        layout, matches = reader._lay_out(text)
        spans = [layout.token_range(*m.span()) for m in re.finditer("fièvre|toux|éruption|prurit|douleur", text)]
        count = 0

        def tick(_frame: Any, event: str, _argument: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(tick)
        try:
            decisions = reader._assert(layout, matches.assertion, spans)
        finally:
            sys.setprofile(None)
        assert len({d.assertion for d in decisions}) == 3
        return count

    # A little is left for the bisections, whose steps grow with the logarithm of the length.
    assert calls(200) <= 12 * calls(20)

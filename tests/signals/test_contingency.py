"""Counting of distinct cases, against a count with sets, and on published reports."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import rows_of

from pv.signals.contingency import Counts, Level, count_cases
from pv.signals.levels import DrugNames, EventNames, drug_level, event_level

PAIRS = st.lists(st.tuples(st.integers(-4, 4), st.integers(1, 4), st.integers(1, 4), st.booleans()), max_size=40)
# An id with no name, one with two, and two ids with one name.
DRUGS = Level({1: ("a",), 2: ("b", "c"), 3: ("a",), 4: ()})
EVENTS = Level({1: ("x",), 2: ("y",), 3: (), 4: ("y",)})


def rows(counts: Counts) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    cells = zip(counts.drug, counts.event, counts.n, counts.n_drug, counts.n_event, counts.recent, strict=True)
    return {(counts.drugs[d], counts.events[e]): tuple(map(int, figures)) for d, e, *figures in cells}  # type: ignore[misc]


@given(PAIRS)
def test_counts_are_those_of_sets(pairs: list[tuple[int, int, int, bool]]):
    both: dict[tuple[str, str], set[int]] = defaultdict(set)
    aged: dict[tuple[str, str], set[int]] = defaultdict(set)
    for case, drug, event, old in pairs:
        for name in DRUGS.names[drug]:
            for label in EVENTS.names[event]:
                both[name, label].add(case)
                if old:
                    aged[name, label].add(case)
    of_drug = {d: set().union(*(cases for (x, _), cases in both.items() if x == d)) for d, _ in both}
    of_event = {e: set().union(*(cases for (_, x), cases in both.items() if x == e)) for _, e in both}
    expected = {
        (d, e): (len(cases), len(of_drug[d]), len(of_event[e]), len(cases - aged[d, e]))
        for (d, e), cases in both.items()
    }
    found = count_cases(pairs, DRUGS, EVENTS)
    assert rows(found) == expected
    assert found.total == len(set().union(*both.values()))


def test_a_case_of_several_letters_counts_once():
    level = Level({1: ("a",)})
    found = count_cases([(7, 1, 1, True), (7, 1, 1, False), (8, 1, 1, False)], level, level)
    assert (found.total, rows(found)) == (2, {("a", "a"): (2, 2, 2, 1)})


def test_ids_that_nobody_named_are_left_out():
    assert rows(count_cases([(1, 9, 9, False)], DRUGS, EVENTS)) == {}


@pytest.mark.parametrize(
    ("data", "expected", "columns"),
    [
        ("pvda_drug_event_df.csv", "pvda_drug_event_df_expected.csv", ("report_id", "drug", "event", "drug", "event")),
        ("openEBGM_caers.csv", "openEBGM_caers_expected.csv", ("id", "var1", "var2", "var1", "var2")),
    ],
)
def test_counts_of_published_reports(data: str, expected: str, columns: tuple[str, ...]):
    case, drug, event, expected_drug, expected_event = columns
    reports, published = rows_of(data), rows_of(expected)
    names = sorted({r[drug] for r in reports} | {r[event] for r in reports})
    number = {name: i for i, name in enumerate(names)}
    cases = {key: i for i, key in enumerate(dict.fromkeys(r[case] for r in reports))}
    level = Level({i: (name,) for name, i in number.items()})
    found = count_cases(((cases[r[case]], number[r[drug]], number[r[event]], False) for r in reports), level, level)
    wanted = {
        (r[expected_drug], r[expected_event]): tuple(int(r[c]) for c in ("a", "n_drug", "n_event", "a"))
        for r in published
    }
    assert rows(found) == wanted
    assert found.total == int(published[0]["N"])


DRUG = DrugNames(1, "sunitinib", ("L01EX01", "L01XE04"), "L01EX01 L01XE04")
CLASS = DrugNames(2, "class:ains", ("M01A",), "M01A")


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("inn", {1: ("sunitinib",), 2: ("class:ains",)}),
        ("atc1", {1: ("L",), 2: ("M",)}),
        ("atc2", {1: ("L01",), 2: ("M01",)}),
        ("atc3", {1: ("L01E", "L01X"), 2: ("M01A",)}),
        ("atc4", {1: ("L01EX", "L01XE"), 2: ()}),
    ],
)
def test_drugs_at_a_level(level: str, names: dict[int, tuple[str, ...]]):
    assert drug_level([DRUG, CLASS], level).names == names


EVENT = EventNames(1, "thrombopénie", "D69.6", "sang", {"llt": "l", "pt": "p", "hlt": "", "hlgt": "g", "soc": "s"})
BARE = EventNames(2, "vertige")


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("event", {1: ("thrombopénie",), 2: ("vertige",)}),
        ("group", {1: ("sang",), 2: ()}),
        ("pt", {1: ("p",), 2: ()}),
        ("soc", {1: ("s",), 2: ()}),
        ("hlt", {1: (), 2: ()}),
    ],
)
def test_events_at_a_level(level: str, names: dict[int, tuple[str, ...]]):
    assert event_level([EVENT, BARE], level).names == names

"""The compact notation of terms: what each pattern stands for, and which patterns are refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.lexicon.expansion import MOST_PHRASES, expand, split_terms

MACROS = {"de": ("de", "du", "d'"), "le": ("le", "la", "")}

CASES = [
    ("nausée", ["nausée"]),
    ("a|b", ["a", "b"]),
    ("{a|b|} c", ["a c", "b c", "c"]),
    ("a{| b}", ["a", "a b"]),
    ("x {a|b} {c|d}", ["x a c", "x a d", "x b c", "x b d"]),
    ("{a|{b|c} d} e", ["a e", "b d e", "c d e"]),
    ("induit(e)", ["induit", "induite"]),
    ("induit(e)(s)", ["induit", "induits", "induite", "induites"]),
    ("mot(a|b)", ["mot", "mota", "motb"]),
    ("prise <de> fer", ["prise de fer", "prise du fer", "prise d' fer"]),
    ("<le> foie|rein", ["le foie", "la foie", "foie", "rein"]),
    ("a|a|{a|a}", ["a"]),
    ("a||b|", ["a", "b"]),
    ("  a   b ", ["a b"]),
    ("", []),
    ("{|}", []),
    ("taux > 3", ["taux > 3"]),
]
REFUSED = [
    ("{a|b", "'{' is not closed"),
    ("a(b", "'(' is not closed"),
    ("{a)", "'{' is not closed"),
    ("a}", "unexpected '}' after 'a'"),
    ("a|b)", "unexpected ')' after 'a|b'"),
    ("<inconnu> x", "unknown macro <inconnu>"),
    ("taux < 3", "unknown macro <"),
    ("{a|b}" * 13, f"more than {MOST_PHRASES} phrases"),
]
WORDS = st.text("ab é'", max_size=5)
PATTERNS = st.recursive(
    st.one_of(WORDS, st.sampled_from(["<de>", "<le>"])),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: "{" + "|".join(parts) + "}"),
        inner.map(lambda part: f"({part})"),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(("pattern", "phrases"), CASES)
def test_phrases_in_the_order_written(pattern: str, phrases: list[str]):
    assert expand(pattern, MACROS) == phrases


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_a_broken_pattern_is_refused_with_the_reason(pattern: str, reason: str):
    with pytest.raises(ValueError, match=re.escape(reason)):
        expand(pattern, MACROS)


@given(PATTERNS)
def test_no_doubles_no_notation_and_no_stray_white_space(pattern: str):
    phrases = expand(pattern, MACROS)
    assert len(phrases) == len(set(phrases))
    for phrase in phrases:
        assert phrase == " ".join(phrase.split())
        assert not set(phrase) & set("{}()|<>")


@given(PATTERNS)
def test_a_phrase_stands_for_itself(pattern: str):
    for phrase in expand(pattern, MACROS):
        assert expand(phrase) == [phrase]


@given(PATTERNS, PATTERNS)
def test_a_bar_joins_the_phrases_of_both_sides(one: str, other: str):
    both = [*expand(one, MACROS), *expand(other, MACROS)]
    assert expand(f"{one}|{other}", MACROS) == list(dict.fromkeys(both))


@pytest.mark.parametrize(
    ("cell", "terms"),
    [
        ("a|b", ["a", "b"]),
        ("{a|b} c|d", ["{a|b} c", "d"]),
        ("{a|{b|c}}|d", ["{a|{b|c}}", "d"]),
        (" a | |b|", ["a", "b"]),
        ("", []),
    ],
)
def test_split_terms(cell: str, terms: list[str]):
    assert split_terms(cell) == terms

"""Tokens: offsets, and which spellings are the same tokens."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.lexicon.terms import fold_phrase
from pv.text.tokens import tokenize

# A text, and its tokens separated by a blank.
CASES = [
    ("anti-TNF", "anti TNF"),
    ("anti\u2011TNF", "anti TNF"),
    ("anti\u2010TNF", "anti TNF"),
    ("anti TNF", "anti TNF"),
    ("anti-\nTNF", "anti - TNF"),
    ("l'œdème", "l œdème"),
    ("l’œdème", "l œdème"),
    ("lʼœdème", "l œdème"),
    ("5-FU", "5 FU"),
    ("5FU", "5 FU"),
    ("8,5 g/dL", "8,5 g / dL"),
    ("37.5mg", "37.5 mg"),
    ("1.200.000", "1.200.000"),
    ("le 12.", "le 12 ."),
    ("mg/m²", "mg / m ²"),
    ("10⁹/L", "10 ⁹ / L"),
    ("B₁₂", "B ₁₂"),
    ("- fièvre", "- fièvre"),
    ("fièvre -", "fièvre -"),
    ("(rash)", "( rash )"),
    ("< 0,5", "< 0,5"),
    ("a_b", "a _ b"),
    ("Fièvre : 39°", "Fièvre : 39 °"),
    ("coagulation\nintravasculaire\tdisséminée", "coagulation intravasculaire disséminée"),
    ("thrombo\u00adpénie", "thrombo\u00adpénie"),
    ("", ""),
    (" \n\t\u00a0", ""),
]


def tokens(text: str) -> list[str]:
    return [text[start:end] for start, end in tokenize(text)]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tokens(text: str, expected: str):
    assert tokens(text) == expected.split()


def test_an_accent_apart_from_its_letter_belongs_to_the_word():
    text = unicodedata.normalize("NFD", "sévérité d'été")
    assert [unicodedata.normalize("NFC", t) for t in tokens(text)] == ["sévérité", "d", "été"]


@given(st.text(max_size=80))
def test_offsets_are_in_bounds_in_order_and_apart(text: str):
    spans = tokenize(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(st.text("abcéÀ019 -'’.,/\n²_", max_size=60))
def test_only_white_space_and_joints_lie_between_tokens(text: str):
    rest = list(text)
    for start, end in tokenize(text):
        assert not any(c.isspace() for c in text[start:end])
        rest[start:end] = " " * (end - start)
    assert set("".join(rest)) <= set(" \n-'’")


@given(st.text("abcdeéèàçœSX0123456789 -'.,/()²\u00ad\u0301", max_size=60))
def test_folded_words_joined_by_blanks_are_the_same_words(text: str):
    """The matcher is given phrases in this form and makes tokens of them again."""
    words = fold_phrase(text)
    if all(w.isprintable() and w.isascii() for w in words):
        assert fold_phrase(" ".join(words)) == words


@given(st.text("abcéÀ01 '\n", max_size=40), st.sampled_from([" ", "\n", "\r\n", "\u00a0", "\t  "]))
def test_the_kind_of_white_space_does_not_matter(text: str, blank: str):
    assert tokens(text.replace("\n", " ").replace(" ", blank)) == tokens(text)

"""Looking up sentence, section and token by character offset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.model import Section, Sentence
from pv.reading import Reading
from pv.text.tokens import tokenize

#       0         1         2         3
#       0123456789012345678901234567890123456789
TEXT = "Motif : toux. Va bien.\n\nBilan : rash vu."
READING = Reading(
    text=TEXT,
    starts=[start for start, _ in tokenize(TEXT)],
    ends=[end for _, end in tokenize(TEXT)],
    words=[TEXT[a:b] for a, b in tokenize(TEXT)],
    sentences=[Sentence(0, 13), Sentence(14, 22), Sentence(24, 40)],
    sections=[Section("motif", 0, 8, 24), Section("biologie", 24, 32, 40)],
)
EMPTY = Reading(text="", starts=[], ends=[], words=[], sentences=[], sections=[])


@pytest.mark.parametrize(
    ("offset", "index"), [(0, 0), (12, 0), (13, 0), (14, 1), (21, 1), (22, 1), (23, 1), (24, 2), (39, 2), (99, 2)]
)
def test_sentence_index(offset: int, index: int):
    assert READING.sentence_index(offset) == index


@pytest.mark.parametrize(("offset", "category"), [(0, "motif"), (8, "motif"), (23, "motif"), (24, "biologie")])
def test_section_at(offset: int, category: str):
    assert READING.section_at(offset).category == category


@pytest.mark.parametrize(
    ("offset", "word"), [(0, "Motif"), (4, "Motif"), (5, ":"), (6, ":"), (7, "toux"), (22, "Bilan"), (39, ".")]
)
def test_token_index(offset: int, word: str):
    assert READING.words[READING.token_index(offset)] == word


@given(st.integers(0, len(TEXT) + 5))
def test_the_token_is_the_first_that_ends_after_the_offset(offset: int):
    index = READING.token_index(offset)
    assert all(end <= offset for end in READING.ends[:index])
    assert all(end > offset for end in READING.ends[index:])


def test_a_text_without_sentences():
    assert EMPTY.sentence_index(3) == 0
    assert EMPTY.token_index(3) == 0

"""Looking up sentence, section and token by character offset."""

from __future__ import annotations

import pytest

from pv.model import Section, Sentence, TimeExpression
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
EMPTY = Reading(text="", starts=[], ends=[], words=[], sentences=[], sections=[Section("body", 0, 0, 0)])


@pytest.mark.parametrize(
    ("offset", "index"), [(0, 0), (12, 0), (13, 0), (14, 1), (21, 1), (22, 1), (23, 1), (24, 2), (39, 2), (99, 2)]
)
def test_sentence_index(offset: int, index: int):
    assert READING.sentence_index(offset) == index


@pytest.mark.parametrize(("offset", "category"), [(0, "motif"), (8, "motif"), (23, "motif"), (24, "biologie")])
def test_section_at(offset: int, category: str):
    assert READING.section_at(offset).category == category


@pytest.mark.parametrize(
    ("words", "tokens"), [("Motif", (0, 1)), ("toux. Va bien", (2, 6)), ("ux", (2, 3)), (".\n\nBilan", (6, 8))]
)
def test_tokens_of_a_mention(words: str, tokens: tuple[int, int]):
    start = TEXT.index(words)
    assert READING.tokens_of(TimeExpression(start, start + len(words), "date")) == tokens


def test_a_text_without_sentences():
    assert EMPTY.sentence_index(3) == 0
    assert EMPTY.sections_of_sentences() == []

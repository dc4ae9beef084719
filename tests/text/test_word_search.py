"""Any of many words: found where a word begins, the first of those that fit."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pv.text.word_search import any_word

WORDS = ["fille", "femme", "fillette", "mme", "m", "f"]


@given(st.text(alphabet="filemt _.\n", max_size=30), st.permutations(WORDS))
def test_it_finds_what_a_plain_search_finds(text: str, words: list[str]):
    plain = re.compile(rf"\b(?:{'|'.join(words)})")
    assert [m.span() for m in re.finditer(any_word(words), text)] == [m.span() for m in plain.finditer(text)]


def test_of_no_words_none_is_found():
    assert re.search(any_word([]), "fille") is None

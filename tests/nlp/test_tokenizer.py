"""The tokenizer of the pipeline: folded words, and a vocabulary that stops growing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from pv.nlp.matcher import blank_french
from pv.nlp.tokenizer import OTHER_WORD, FoldingTokenizer
from pv.text.tokens import tokenize


@pytest.fixture
def tokenizer() -> FoldingTokenizer:
    return FoldingTokenizer(Vocab())


def test_words_are_folded(tokenizer: FoldingTokenizer):
    assert [t.text for t in tokenizer("L'Œdème, anti-TNF")] == ["l", "oedeme", ",", "anti", "tnf"]


def test_words_of_rules_are_known(tokenizer: FoldingTokenizer):
    tokenizer("Anti-TNF")
    tokenizer.from_words(["rash"])
    assert tokenizer.known == {"anti", "tnf", "rash"}


def test_once_frozen_other_words_stand_for_one(tokenizer: FoldingTokenizer):
    tokenizer("rash sous anti-TNF")
    tokenizer.freeze()
    assert [t.text for t in tokenizer("Rash géant sous X")] == ["rash", OTHER_WORD, "sous", OTHER_WORD]
    assert tokenizer.known == {"rash", "sous", "anti", "tnf"}


def test_once_frozen_the_vocabulary_does_not_grow(tokenizer: FoldingTokenizer):
    tokenizer("rash")
    tokenizer.freeze()
    tokenizer("rash inconnu")
    size, strings = len(tokenizer.vocab), len(tokenizer.vocab.strings)
    for i in range(500):
        tokenizer(f"motnouveau{i} {i}")
    assert (len(tokenizer.vocab), len(tokenizer.vocab.strings)) == (size, strings)


def test_the_blank_pipeline_uses_it():
    nlp = blank_french()
    assert isinstance(nlp.tokenizer, FoldingTokenizer)
    assert nlp.tokenizer.vocab is nlp.vocab
    assert nlp.pipe_names == []


FROZEN = FoldingTokenizer(Vocab())
FROZEN("rash sous anti-TNF")
FROZEN.freeze()


@given(st.text(max_size=60))
def test_the_doc_has_a_token_for_each_of_ours(text: str):
    assert len(FROZEN(text)) == len(tokenize(text))

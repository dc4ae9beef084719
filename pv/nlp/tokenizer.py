"""The tokenizer of the spaCy pipeline: our tokens, folded, and nothing that lets the vocabulary grow."""

from __future__ import annotations

from spacy.tokens import Doc
from spacy.vocab import Vocab

from pv.text.folding import fold
from pv.text.tokens import tokenize

# Stands for every word that no term or rule holds, so that millions of reports leave the vocabulary as it is.
OTHER_WORD = "·"


class FoldingTokenizer:
    """Make a Doc whose tokens are the folded words of a text.

    While rules are being added every word is learnt; after ``freeze`` a word that no rule holds becomes
    ``OTHER_WORD``. The Doc is only what the matchers look at: offsets into the text come from ``tokenize``.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._known: dict[str, int] = {}
        self._other = vocab.strings.add(OTHER_WORD)
        self._frozen = False

    @property
    def known(self) -> frozenset[str]:
        """The words that some rule holds."""
        return frozenset(self._known)

    def freeze(self) -> None:
        """End the learning of words."""
        self._frozen = True

    def __call__(self, text: str) -> Doc:
        """Make the Doc of a text."""
        return self.from_words([fold(text[start:end]) for start, end in tokenize(text)])

    def from_words(self, words: list[str]) -> Doc:
        """Make the Doc of words that are already folded."""
        known, other = self._known, self._other
        if not self._frozen:
            known.update((word, self.vocab.strings.add(word)) for word in words)
        # A number for each word spares spaCy the hashing of words.
        return Doc(self.vocab, words=[known.get(word, other) for word in words])

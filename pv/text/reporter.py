"""Whether a report names a health professional, whom the centre can ask; the name itself is not kept.

An identifiable reporter is one of the four things without which no case report is valid: EMA, Guideline on good
pharmacovigilance practices, Module VI, VI.B.2.
"""

from __future__ import annotations

import re
from pathlib import Path

from pv.lexicon.table import read_table
from pv.text.word_search import any_word

_COLUMNS = ("word", "example", "source")
# Between the title and the name: a stop, a colon, a space; never a line's end.
_NAME = r"\b\.?[^\S\n]?:?[^\S\n]*[A-ZÀ-ÖØ-Þ](?:\.|[\w'’-])"


def load_reporter_words(path: Path) -> re.Pattern[str]:
    """Give the pattern of a title, spelt as in the table, before a name; raises LexiconError with file and line."""
    words = [re.escape(row["word"]) for row in read_table(path, _COLUMNS, required=_COLUMNS)]
    return re.compile(any_word(sorted(words, key=len, reverse=True)) + _NAME)


def names_reporter(text: str, words: re.Pattern[str]) -> bool:
    """Say whether the text names a health professional."""
    return words.search(text) is not None

"""Grades of severity that the text gives to a mention: ``grade 3``, ``de grade II``, ``G2``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.table import read_table
from pv.text.folding import fold

# Tokens that may stand between the mention and its grade: "anémie normocytaire de grade 2".
_REACH = 4


@dataclass(frozen=True, slots=True)
class GradeWords:
    """The words that announce a grade, the values a grade may have, and the words that may stand in between."""

    announcing: frozenset[str]
    values: dict[str, int]
    stops: frozenset[str]


def load_grade_words(path: Path) -> GradeWords:
    """Load the table of grade words; raises LexiconError with file and line."""
    announcing, values, stops = set(), {}, set()
    for row in read_table(path, ("word", "role", "value", "example", "source"), required=("word", "role", "source")):
        role = row.choice("role", ("announces", "value", "stops"))
        if role == "announces":
            announcing.add(fold(row["word"]))
        elif role == "stops":
            stops.add(fold(row["word"]))
        else:
            values[fold(row["word"])] = row.number("value") or 0
    return GradeWords(frozenset(announcing), values, frozenset(stops))


def grade_after(words: Sequence[str], end: int, last: int, table: GradeWords) -> int | None:
    """Give the grade told within a few tokens after a mention, before token ``last``; None where there is none."""
    for i in range(end, min(last - 1, end + _REACH)):
        if words[i] in table.announcing:
            return table.values.get(words[i + 1])
        if words[i] in table.stops:
            return None
    return None

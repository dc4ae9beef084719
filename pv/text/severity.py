"""Severity that the text gives to a mention: a grade (``grade 3``, ``de grade II``, ``G2``) or a word (``sévère``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.table import read_table
from pv.text.folding import fold

# Tokens that may stand between the mention and its grade: "anémie normocytaire de grade 2".
_REACH = 4
# The words by which CTCAE v5 names its grades.
_SEVERITY = {"1": "mild", "2": "moderate", "3": "severe", "4": "life-threatening"}


@dataclass(frozen=True, slots=True)
class GradeWords:
    """The words that announce a grade, the values it may have, what ends the look for it, and words of severity.

    ``severity`` gives, for a folded word, the severity it tells: mild, moderate, severe or life-threatening.
    """

    announcing: frozenset[str]
    values: dict[str, int]
    stops: frozenset[str]
    severity: dict[str, str]


def load_grade_words(path: Path) -> GradeWords:
    """Load the table of grade words; raises LexiconError with file and line."""
    announcing, values, stops, severity = set(), {}, set(), {}
    for row in read_table(path, ("word", "role", "value", "example", "source"), required=("word", "role", "source")):
        role = row.choice("role", ("announces", "value", "stops", "severity"))
        if role == "announces":
            announcing.add(fold(row["word"]))
        elif role == "stops":
            stops.add(fold(row["word"]))
        elif role == "severity":
            severity[fold(row["word"])] = _SEVERITY[row.choice("value", tuple(_SEVERITY))]
        else:
            values[fold(row["word"])] = row.number("value") or 0
    return GradeWords(frozenset(announcing), values, frozenset(stops), severity)


def grade_after(words: Sequence[str], end: int, last: int, table: GradeWords) -> int | None:
    """Give the grade told within a few tokens after a mention, before token ``last``; None where there is none."""
    reached = min(last - 1, end + _REACH)
    if table.announcing.isdisjoint(words[end:reached]):
        return None
    for i in range(end, reached):
        if words[i] in table.announcing:
            return table.values.get(words[i + 1])
        if words[i] in table.stops:
            return None
    return None


def severity_near(words: Sequence[str], mention: tuple[int, int], sentence: tuple[int, int], table: GradeWords) -> str:
    """Give the severity told by a word after, before or in a mention, within its sentence; empty for none.

    ``mention`` and ``sentence`` are ranges of tokens, their ends excluded.
    """
    (start, end), (first, last) = mention, sentence
    if table.severity.keys().isdisjoint(words[max(first, start - 1) : min(last, end + 1)]):
        return ""
    around = (*words[end : min(last, end + 1)], *words[max(first, start - 1) : start], *words[start:end])
    return next((table.severity[word] for word in around if word in table.severity), "")

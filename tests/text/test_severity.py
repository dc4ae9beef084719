"""Grades told after a mention: a table of phrases, the mention between square brackets."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.terms import fold_phrase
from pv.text.severity import grade_after, load_grade_words, severity_near

TABLE = load_grade_words(lexicon_dir() / "grades.csv")

CASES = [
    ("[nausées] de grade 2", 2),
    ("[nausées] grade 3", 3),
    ("[nausées] (grade 3)", 3),
    ("[nausées] gr 2", 2),
    ("[nausées] G2", 2),
    ("[nausées] de Grade IV", 4),
    ("[diarrhées] grades 1", 1),
    ("[neuropathie] périphérique de grade 1", 1),
    ("[décès] grade V", 5),
    ("[nausées] : grade 1", 1),
    ("[nausées]", None),
    ("[nausées] de grade", None),
    ("[nausées] de grade inconnu", None),
    ("[nausées] de grade 7", None),
    ("[nausées], asthénie grade 2", None),
    ("[nausées] et asthénie grade 2", None),
    ("[nausées] ; anémie grade 2", None),
    ("[nausées] depuis la dernière cure de chimiothérapie grade 2", None),
    ("grade 2 [nausées]", None),
    ("[nausées] 3", None),
]


@pytest.mark.parametrize(("marked", "grade"), CASES)
def test_grade(marked: str, grade: int | None):
    before, rest = marked.split("[")
    mention, after = rest.split("]")
    end = len(fold_phrase(before + mention))
    words = fold_phrase(before + mention + after)
    assert grade_after(words, end, len(words), TABLE) == grade


@pytest.mark.parametrize(
    ("marked", "severity"),
    [
        ("[hyponatrémie] sévère", "severe"),
        ("[anémie] modérée", "moderate"),
        ("une sévère [hyponatrémie]", "severe"),
        ("[hyponatrémie]", ""),
        ("[nausées] puis une asthénie sévère", ""),
    ],
)
def test_severity(marked: str, severity: str):
    before, rest = marked.split("[")
    mention, after = rest.split("]")
    start, end = len(fold_phrase(before)), len(fold_phrase(before + mention))
    words = fold_phrase(before + mention + after)
    assert severity_near(words, (start, end), (0, len(words)), TABLE) == severity


def test_a_severity_beyond_the_sentence_does_not_count():
    words = fold_phrase("sévère nausées sévère")
    assert severity_near(words, (1, 2), (0, 2), TABLE) == "severe"
    assert severity_near(words, (1, 2), (1, 3), TABLE) == "severe"
    assert severity_near(words, (1, 2), (1, 2), TABLE) == ""


def test_a_grade_beyond_the_sentence_does_not_count():
    words = fold_phrase("nausées grade 2")
    assert grade_after(words, 1, 3, TABLE) == 2
    assert grade_after(words, 1, 2, TABLE) is None
    assert grade_after(words, 1, 1, TABLE) is None


def test_a_role_that_is_unknown_is_refused_with_its_line(tmp_path: Path):
    table = tmp_path / "grades.csv"
    table.write_text("word,role,value,example,source\ngrade,annonce,,grade 2,usage\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"grades\.csv:2: column role: 'annonce'"):
        load_grade_words(table)


def test_a_value_that_is_no_number_is_refused_with_its_line(tmp_path: Path):
    table = tmp_path / "grades.csv"
    table.write_text("word,role,value,example,source\nII,value,deux,grade II,usage\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"grades\.csv:2: column value: 'deux' is not a whole number"):
        load_grade_words(table)

"""Whether a report names a health professional: a table of invented lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import read_table
from pv.text.reporter import load_reporter_words, names_reporter

TABLE = lexicon_dir() / "reporter_words.csv"
WORDS = load_reporter_words(TABLE)
COLUMNS = ("word", "example", "source")


@pytest.mark.parametrize("example", [row["example"] for row in read_table(TABLE, COLUMNS, COLUMNS)])
def test_each_word_fires_on_its_example(example: str):
    assert names_reporter(example, WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "Adressée par le Dr. Lenoir, médecin traitant.",
        "Pr É. Marchand",
        "Rédigé par : Interne: P. Lenoir",
        "LE DR A. PETIT",
        "Dr L’Hermite",
    ],
)
def test_a_professional(line: str):
    assert names_reporter(line, WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Consultation chez son docteur demain.",
        "Le médecin traitant reverra la patiente.",
        "ECG : PR 180 ms, QRS fins.",
        "Vue par l'interne de garde.",
        "Docteur\nMadame N., 71 ans",
        "Adresse : Drancy, Île-de-France",
        "face interne Droite",
    ],
)
def test_nobody(line: str):
    assert not names_reporter(line, WORDS)


def test_a_table_without_sources_is_refused(tmp_path: Path):
    table = tmp_path / "reporter_words.csv"
    table.write_text("word,example,source\nDr,Dr A. Petit,\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"reporter_words\.csv:2"):
        load_reporter_words(table)

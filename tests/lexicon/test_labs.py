"""The laboratory tables load, hold together, and a slip in one is refused with file, line and reason."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.labs import COLUMNS, load_labs
from pv.text.lab_quantities import readings
from pv.text.lab_values import find_lab_values
from pv.text.tokens import tokenize

LEXICONS = Path(__file__).parents[2] / "lexicons"
TABLES = load_labs(LEXICONS)


def _rows(name: str) -> list[dict[str, str]]:
    with (LEXICONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _rows("labs.csv"), ids=lambda r: r["id"])
def test_example_of_each_analyte_is_read_and_abnormal(row: dict[str, str]) -> None:
    values = find_lab_values(row["example"], tokenize(row["example"]), TABLES)
    assert [(v.analyte, v.start, bool(v.concept)) for v in values] == [(row["id"], 0, True)]


@pytest.mark.parametrize("row", [r for r in _rows("lab_units.csv") if r["unit"]], ids=lambda r: r["unit"])
def test_example_of_each_unit_is_read(row: dict[str, str]) -> None:
    units = [r.units for r in readings(row["example"], 0, TABLES.units)]
    assert any(row["unit"] in (found or ()) for found in units)


def test_events_of_analytes_are_concepts() -> None:
    concepts = {row["id"] for row in _rows("events.csv")}
    used = {e for a in TABLES.analytes.values() for e in (a.low_event, a.high_event) if e}
    assert used - concepts == set()


@pytest.mark.parametrize("analyte", TABLES.analytes.values(), ids=lambda a: a.id)
def test_an_adult_has_bounds_on_the_side_of_each_event(analyte) -> None:
    for sex in "FM":
        rows = [b for b in analyte.bounds if b.age_from <= 40 < b.age_to and b.sex in ("", sex)]
        assert len(rows) == 1
        if analyte.low_event:
            assert rows[0].lower is not None
        if analyte.high_event:
            assert rows[0].upper is not None


@pytest.mark.parametrize("analyte", TABLES.analytes.values(), ids=lambda a: a.id)
def test_grades_rise_away_from_the_bounds(analyte) -> None:
    for basis in ("value", "LLN", "ULN"):
        for direction, sign in (("low", -1), ("high", 1)):
            steps = sorted(
                (t.grade, t.bound) for t in analyte.thresholds if (t.basis, t.direction) == (basis, direction)
            )
            bounds = [sign * bound for _, bound in steps]
            assert bounds == sorted(bounds)


def test_names_shared_by_two_analytes_are_told_apart_by_unit_or_size() -> None:
    for group in TABLES.names.values():
        for name in group:
            units = [u for a in name.analytes for u in a.units]
            assert (name.tokens, len(units)) == (name.tokens, len(set(units)))


# The broken cell, the message that must come: file, line, reason.
SLIPS = [
    ("labs.csv", "hemoglobine", "unit", "g/dL", "g/xL", "labs.csv, line 2: the canonical unit 'g/xL'"),
    ("labs.csv", "hemoglobine", "units", "g/dL=1|", "g/xL=1|", "labs.csv, line 2: unknown unit 'g/xL'"),
    ("labs.csv", "hemoglobine", "bare", "2.5-22=1", "2,5-22=1", "labs.csv, line 2: '2,5' is not a number (bare)"),
    ("labs.csv", "hemoglobine", "plausible", "1.5-25", "25-1.5", "labs.csv, line 2: '25-1.5' in column plausible"),
    ("labs.csv", "hemoglobine", "names", "hb|", "h}b|", "labs.csv, line 2: unexpected '}'"),
    ("labs.csv", "hemoglobine", "source", None, "", "labs.csv, line 2: the column source is empty"),
    (
        "labs.csv",
        "hematocrite",
        "id",
        "hematocrite",
        "hemoglobine",
        "labs.csv, line 3: the id 'hemoglobine' stands twice",
    ),
    ("labs.csv", "hemoglobine", "multiples", "", "oui", "labs.csv, line 2: 'oui' in column multiples"),
    ("labs.csv", "pression_systolique", "second", "pression_diastolique", "tad", "unknown analyte 'tad'"),
    ("lab_units.csv", "g/L", "kind", "decimal", "whatever", "lab_units.csv, line 2: 'whatever' in column kind"),
    ("lab_bounds.csv", "hemoglobine", "lower", "15.5", "30", "lab_bounds.csv, line 2: the lower bound is not below"),
    ("lab_bounds.csv", "hemoglobine", "analyte", "hemoglobine", "hb", "lab_bounds.csv, line 2: unknown analyte 'hb'"),
    ("lab_bounds.csv", "hemoglobine", "sex", "", "H", "lab_bounds.csv, line 2: 'H' in column sex"),
    ("lab_bounds.csv", "hemoglobine", "age_to", "0.04", "0", "lab_bounds.csv, line 2: age_from is not below age_to"),
    ("lab_thresholds.csv", "hemoglobine", "grade", "1", "5", "lab_thresholds.csv, line 2: '5' is not a grade"),
    ("lab_thresholds.csv", "hemoglobine", "operator", "<", ">", "lab_thresholds.csv, line 2: the operator > does not"),
    ("lab_words.csv", "filler", "kind", "filler", "verb", "lab_words.csv, line 2: 'verb' in column kind"),
]


@pytest.mark.parametrize(("file", "key", "column", "old", "new", "message"), SLIPS, ids=lambda v: str(v)[:40])
def test_slip_is_refused(tmp_path: Path, file, key, column, old, new, message) -> None:
    for name in COLUMNS:
        shutil.copy(LEXICONS / name, tmp_path / name)
    rows = _rows(file)
    row = next(r for r in rows if key in r.values())
    if old is not None:
        assert old in row[column]
        row[column] = row[column].replace(old, new, 1) if old else new
    else:
        row[column] = new
    with (tmp_path / file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS[file], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(LexiconError) as error:
        load_labs(tmp_path)
    assert message in str(error.value)


def test_wrong_heading_and_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"lab_units\.csv: cannot be read"):
        load_labs(tmp_path)
    for name in COLUMNS:
        shutil.copy(LEXICONS / name, tmp_path / name)
    (tmp_path / "lab_words.csv").write_text("kind,words\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"lab_words\.csv, line 1: the columns must be"):
        load_labs(tmp_path)

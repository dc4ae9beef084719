"""``pv export`` in its formats: headings that others parse, values equal to the database, what a recipient is told."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import Result
from fakes import FakeDetector
from test_query_commands import HEADER

from pv.batch.detector import Versioned
from pv.cli import common, signal_tables
from pv.errors import LockedError
from pv.export.columns import COLUMNS, SIGNAL_COLUMNS, Kind, headings, kind, signal_headings
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.queries import Wanted, listing

Pv = Callable[..., Result]
Write = Callable[..., Path]
FRENCH = (
    "statut;compte rendu;reçu le;âge;sexe;médicament;code ATC;posologie;voie;indication;début du médicament;événement;"
    "code CIM-10;grade;début de l'événement;délai (jours);lien;certitude;actuel;grave;critère de gravité;mesure prise;"
    "évolution;évolution à l'arrêt;réadministration;à compléter;confiance;passage;règle;clé du couple;"
    "version du détecteur;version des lexiques"
)
TEXTS = {
    "007": "pair: sunitinib > thrombopénie stated days=10 dechallenge=positive\n",
    "008": "pair: sunitinib > =cmd|'/c_calc'!A0 temporal\npair: paclitaxel > fièvre denied\n",
    "009": "pair: paclitaxel > @nausée stated\n",
}


@pytest.fixture
def filled(pv: Pv, write: Write) -> Pv:
    for i, (name, text) in enumerate(TEXTS.items()):
        folder = write(name, text)
        os.utime(folder / name, (86_400 * (20_000 + i),) * 2)
    assert pv("scan", *(folder / name for name in TEXTS), "--source", "s").code == 0
    return pv


def rescan(pv: Pv, write: Write, name: str, text: str) -> None:
    assert pv("scan", write(name, text) / name, "--source", "s").code == 0


def in_database(tmp_path: Path) -> list[dict[str, Any]]:
    """Give the pairs that a listing should hold, as the database has them."""
    store = open_database(Settings(f"sqlite:///{tmp_path}/db/pv.sqlite"))
    with store.session() as session:
        rows = [*listing(session, Wanted(0.5, links=("stated", "temporal")))]
    store.close()
    return [{**r, "status": "new", "lexicon_version": r["lexicon_hash"][:12]} for r in rows]


def told(pv: Pv, *options: str) -> list[tuple[str, str, str, str]]:
    """Export what is new as JSON lines; give status, report, drug and event of each row."""
    result = pv("export", "--new", "--out", "-", "--format", "jsonl", *options)
    assert (result.code, result.err) == (0, "")
    rows = map(json.loads, result.out.splitlines())
    return [(r["status"], r["report"], r["drug"], r["event"]) for r in rows]


def test_headings_are_golden(filled: Pv, tmp_path: Path):
    assert ";".join(COLUMNS) == HEADER
    assert ";".join(headings(COLUMNS, "fr")) == FRENCH
    assert filled("export", "--out", "fr.csv", "--headings", "fr").code == 0
    assert (tmp_path / "fr.csv").read_text(encoding="utf-8-sig").splitlines()[0] == FRENCH
    for language, expected in (("en", HEADER), ("fr", FRENCH)):
        assert filled("export", "--out", "x.xlsx", "--headings", language).code == 0
        book = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True)
        assert ";".join(next(book["pairs"].values)) == expected
        book.close()


def test_every_column_has_a_french_heading():
    named = headings([*COLUMNS, "llt", "pt", "meddra_version"], "fr")
    assert named[-3:] == ["LLT", "PT", "version MedDRA"]
    assert len(set(named)) == len(named)
    assert not {c.upper() for c in COLUMNS} & set(named)


def as_sheet(row: dict[str, Any], column: str) -> object:
    """Give a value of the database as a sheet holds it."""
    value = row[column]
    if kind(column) is Kind.MOMENT:
        return value.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if kind(column) is Kind.DATE and value and len(value) == 10:
        return datetime.fromisoformat(value)
    if kind(column) is Kind.TEXTS:
        return "|".join(value)
    return None if value == "" else value


def test_xlsx_equals_the_database(filled: Pv, tmp_path: Path):
    assert filled("export", "--out", "x.xlsx").code == 0
    assert stat.S_IMODE((tmp_path / "x.xlsx").stat().st_mode) == 0o600
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    heading, *rows = book["pairs"].values
    expected = [[as_sheet(row, c) for c in COLUMNS] for row in in_database(tmp_path)]
    assert list(map(list, rows)) == expected
    assert {type(v) for v in rows[0]} == {str, datetime, int, float, bool, type(None)}
    first = dict(zip(heading, book["pairs"][2], strict=True))
    assert (first["report"].value, first["report"].data_type) == ("007", "s")
    assert (first["received"].number_format, first["start"].value) == (
        "yyyy-mm-dd",
        datetime.fromisoformat("2024-01-05"),
    )
    assert (first["onset"].value, first["onset"].data_type) == ("2024-01", "s")
    # A formula would have the type f; the prefix keeps a spreadsheet from making one when the cell is edited.
    second = dict(zip(heading, book["pairs"][3], strict=True))["event"]
    assert (second.value, second.data_type, second.quotePrefix) == ("=cmd|'/c_calc'!A0", "s", True)
    assert [w.title for w in book] == ["pairs", "signals", "provenance"]


def test_xlsx_with_pandas(filled: Pv, tmp_path: Path):
    assert filled("export", "--out", "x.xlsx").code == 0
    frame = pd.read_excel(tmp_path / "x.xlsx", sheet_name="pairs", dtype={"report": str})
    expected = in_database(tmp_path)
    assert list(frame["report"]) == ["007", "008", "009"]
    assert list(frame["event"]) == [r["event"] for r in expected]
    assert list(frame["confidence"]) == [r["confidence"] for r in expected]
    assert frame["received"].dtype.kind == "M"
    assert frame["serious"].dtype == bool


def test_csv_with_pandas(filled: Pv, tmp_path: Path):
    assert filled("export", "--out", "x.csv").code == 0
    frame = pd.read_csv(
        tmp_path / "x.csv", sep=";", decimal=",", encoding="utf-8-sig", dtype={"report": str}, parse_dates=["received"]
    )
    expected = in_database(tmp_path)
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["report"]) == ["007", "008", "009"]
    assert list(frame["evidence"]) == [r["evidence"] for r in expected]
    assert list(frame["confidence"]) == [r["confidence"] for r in expected]
    assert [d.date() for d in frame["received"]] == [r["received"].date() for r in expected]
    # CSV has no other way to hold what a spreadsheet would run.
    assert list(frame["event"]) == ["thrombopénie", "'=cmd|'/c_calc'!A0", "'@nausée"]


def test_json_lines_equal_the_database(filled: Pv):
    lines = filled("export", "--out", "-", "--format", "jsonl", "--no-record").out.splitlines()
    assert tuple(json.loads(lines[0])) == COLUMNS
    database = in_database(Path.cwd())
    expected = [{c: row[c] for c in COLUMNS} | {"received": row["received"].isoformat()} for row in database]
    assert [json.loads(line) for line in lines] == expected


def test_parquet_equals_the_database(filled: Pv, tmp_path: Path):
    pytest.importorskip("pyarrow", exc_type=ImportError, reason="the extra parquet is not installed")
    import pyarrow.parquet as pq

    assert filled("export", "--out", "x.parquet").code == 0
    assert stat.S_IMODE((tmp_path / "x.parquet").stat().st_mode) == 0o600
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.to_pylist() == [{c: row[c] for c in COLUMNS} for row in in_database(tmp_path)]
    types = {name: str(table.schema.field(name).type) for name in ("received", "days_to_onset", "missing", "serious")}
    assert types["received"] == "timestamp[us, tz=UTC]"
    assert (types["days_to_onset"], types["serious"]) == ("int32", "bool")
    assert types["missing"].startswith("list<")


def test_parquet_without_its_library(filled: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    result = filled("export", "--out", "x.parquet")
    assert (result.code, result.out) == (1, "")
    assert result.err == "pv: --format parquet needs pyarrow: pip install 'pv[parquet]'\n"
    assert not (tmp_path / "x.parquet").exists()
    # What was not written is not told.
    assert len(told(filled)) == 3


def test_provenance(filled: Pv, tmp_path: Path):
    assert (
        filled("export", "--out", "x.xlsx", "--recipient", "CRPV", "--link", "stated", "--since", "2024-10-04").code
        == 0
    )
    rows = dict(list(openpyxl.load_workbook(tmp_path / "x.xlsx")["provenance"].values)[1:])
    assert (rows["recipient"], rows["export number"], rows["links"]) == ("CRPV", 1, "stated")
    assert (rows["received since"], rows["least confidence"], rows["pairs"]) == ("2024-10-04", 0.5, 2)
    assert (rows["pairs: new"], rows["pairs: withdrawn"]) == (2, 0)
    assert rows["pairs of detector 1.2.3, lexicons abababababab"] == 2
    assert "review by an assessor" in rows["note"]
    assert filled("export", "--out", "x.xlsx", "--headings", "fr", "--no-record").code == 0
    french = dict(list(openpyxl.load_workbook(tmp_path / "x.xlsx")["provenance"].values)[1:])
    assert (french["numéro d'export"], french["couples"]) == ("non enregistré", 3)


def test_figures_of_the_last_screening(filled: Pv, tmp_path: Path):
    assert filled("export", "--out", "x.xlsx", "--no-record").code == 0
    empty = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert list(empty["signals"].values) == [SIGNAL_COLUMNS]
    assert dict(list(empty["provenance"].values)[1:])["signals"] == "no screening is kept; run `pv signals`"

    screened = filled("signals", "--min-n", "1", "--format", "json")
    assert screened.code == 0
    figures = json.loads(screened.out)
    assert filled("export", "--out", "x.xlsx", "--headings", "fr", "--no-record").code == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    heading, *rows = book["signals"].values
    assert list(heading) == signal_headings("fr")
    assert len(set(heading)) == len(heading)
    assert len(rows) == len(figures["signals"]) == 3
    for row, signal in zip(rows, figures["signals"], strict=True):
        assert tuple(signal) == SIGNAL_COLUMNS
        for value, figure in zip(row, signal.values(), strict=True):
            shown = "|".join(figure) if isinstance(figure, list) else figure
            # The library writes 16 digits.
            exact = pytest.approx(shown, rel=1e-14) if isinstance(shown, float) else shown
            assert value == (None if shown == "" else exact)
    about = dict(list(book["provenance"].values)[1:])
    assert about["signaux : cas en tout"] == figures["total"] == 3
    assert "ne prouve pas" in about["signaux : remarque"]


def test_the_sheet_has_the_columns_of_the_command():
    assert SIGNAL_COLUMNS == signal_tables.COLUMNS


def test_new_tells_each_thing_once(filled: Pv, write: Write):
    assert told(filled) == [
        ("new", "007", "sunitinib", "thrombopénie"),
        ("new", "008", "sunitinib", "=cmd|'/c_calc'!A0"),
        ("new", "009", "paclitaxel", "@nausée"),
    ]
    assert told(filled) == []
    rescan(filled, write, "007", "pair: sunitinib > thrombopénie stated days=11\npair: sunitinib > rash stated\n")
    rescan(filled, write, "009", "plus rien\n")
    assert told(filled) == [
        ("changed", "007", "sunitinib", "thrombopénie"),
        ("new", "007", "sunitinib", "rash"),
        ("withdrawn", "009", "paclitaxel", "@nausée"),
    ]
    assert told(filled) == []
    # What comes back is new again.
    rescan(filled, write, "009", TEXTS["009"])
    assert told(filled) == [("new", "009", "paclitaxel", "@nausée")]


def test_an_export_of_all_says_what_was_told_before(filled: Pv, write: Write, tmp_path: Path):
    told(filled)
    rescan(filled, write, "007", "pair: sunitinib > thrombopénie stated days=11\n")
    result = filled("export", "--out", "x.csv")
    assert result.out == "3 pairs written to x.csv: 0 new, 1 changed, 2 unchanged, 0 withdrawn\n"
    rows = csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig")), delimiter=";")
    assert [(r["report"], r["status"]) for r in rows] == [
        ("008", "unchanged"), ("009", "unchanged"), ("007", "changed"),
    ]  # fmt: skip
    assert told(filled) == []


@pytest.mark.parametrize(
    "text",
    [
        "pair: sunitinib > thrombopénie denied days=10\n",
        "pair: sunitinib > thrombopénie stated days=10 confidence=0.2\n",
        "pair: sunitinib > thrombopénie stated days=10 assertion=negated\n",
    ],
)
def test_a_pair_that_is_no_longer_reportable_is_withdrawn_as_it_is_now(filled: Pv, write: Write, text: str):
    told(filled)
    rescan(filled, write, "007", text)
    result = filled("export", "--new", "--out", "-", "--format", "jsonl")
    (row,) = map(json.loads, result.out.splitlines())
    assert (row["status"], row["evidence"]) == ("withdrawn", text.strip())
    assert told(filled) == []


def test_a_denied_pair_that_is_asked_for_comes_once(filled: Pv, write: Write):
    told(filled)
    rescan(filled, write, "007", "pair: sunitinib > thrombopénie denied\n")
    rows = told(filled, "--link", "stated", "--link", "denied")
    assert rows == [
        ("new", "008", "paclitaxel", "fièvre"),
        ("changed", "007", "sunitinib", "thrombopénie"),
    ]


def test_another_choice_withdraws_nothing(filled: Pv):
    told(filled)
    for options in (
        ["--link", "stated"],
        ["--drug", "taxol"],
        ["--event", "D69"],
        ["--since", "2999-01-01"],
        ["--all"],
    ):
        assert told(filled, *options) == []


def test_what_is_withdrawn_keeps_to_the_choice(filled: Pv, write: Write):
    told(filled)
    rescan(filled, write, "007", "plus rien\n")
    rescan(filled, write, "009", "plus rien\n")
    assert told(filled, "--link", "temporal") == []
    assert told(filled, "--drug", "taxol") == [("withdrawn", "009", "paclitaxel", "@nausée")]
    assert told(filled, "--since", "2024-01-01") == [("withdrawn", "007", "sunitinib", "thrombopénie")]


def test_a_report_that_was_removed_leaves_names_alone(filled: Pv, tmp_path: Path):
    told(filled)
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM evidence")
        connection.execute("DELETE FROM pairs WHERE report_id = 1")
        connection.execute("DELETE FROM report_versions WHERE report_id = 1")
        connection.execute("DELETE FROM reports WHERE id = 1")
    connection.close()
    assert filled("export", "--new", "--out", "x.xlsx").out.endswith(": 0 new, 2 changed, 0 unchanged, 1 withdrawn\n")
    heading, *_, last = openpyxl.load_workbook(tmp_path / "x.xlsx")["pairs"].values
    row = dict(zip(heading, last, strict=True))
    assert (row["status"], row["report"], row["drug"], row["event"]) == ("withdrawn", None, "sunitinib", "thrombopénie")
    assert len(row["pair"]) == 16


def test_another_release_that_finds_the_same_changes_nothing(filled: Pv, write: Write, monkeypatch: pytest.MonkeyPatch):
    told(filled)
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(FakeDetector(), "9.9.9", "cd" * 32))
    rescan(filled, write, "007", f"{TEXTS['007']}\nune ligne de plus\n")
    assert json.loads(filled("show", "007", "--format", "json").out)[0]["detector_version"] == "9.9.9"
    assert told(filled) == []


def test_each_recipient_has_a_memory_of_its_own(filled: Pv):
    assert len(told(filled, "--recipient", "CRPV Ouest")) == 3
    assert len(told(filled, "--recipient", "promoteur")) == 3
    assert told(filled, "--recipient", "CRPV Ouest") == []
    assert len(told(filled)) == 3


def test_no_record_tells_again(filled: Pv, tmp_path: Path):
    assert len(told(filled, "--no-record")) == len(told(filled)) == 3
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as connection:
        rows = connection.execute("SELECT recipient, form, new, changed, unchanged, withdrawn FROM exports").fetchall()
        (unfinished,) = connection.execute("SELECT count(*) FROM exports WHERE finished IS NULL").fetchone()
    connection.close()
    assert (rows, unfinished) == ([("default", "jsonl", 3, 0, 0, 0)], 0)


def test_a_file_that_fails_is_not_recorded(filled: Pv):
    assert filled("export", "--out", "no/such/folder.csv").code == 1
    assert filled("export", "--out", "x.csv", "--encoding", "ascii").code == 1
    assert len(told(filled)) == 3


def test_a_file_that_could_not_be_recorded_says_so(filled: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise LockedError("db/pv.sqlite is locked")

    with monkeypatch.context() as patch:
        patch.setattr("pv.store.exports.finish_export", refuse)
        result = filled("export", "--out", "x.csv")
    assert result.code == 1
    assert result.err.startswith("pv: x.csv is written, but not recorded: the next --new tells the same again.")
    assert (tmp_path / "x.csv").stat().st_size > 0
    assert len(told(filled)) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "-", "--format", "xlsx"], "--format xlsx needs a file; give --out another name than -"),
        (["--out", "x.jsonl", "--headings", "fr"], "--headings goes with csv and xlsx"),
        (["--out", "x.csv", "--recipient", " "], "--recipient is empty"),
        (["--out", "x.csv", "--drug", "sunitinbi"], "unknown drug 'sunitinbi'; nearest names: sunitinib"),
    ],
)
def test_what_does_not_go_together(filled: Pv, tmp_path: Path, options: list[str], message: str):
    result = filled("export", *options)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"pv: {message}")
    assert not list(tmp_path.glob("*x.*"))


def test_the_ending_says_the_format_unless_told(filled: Pv, tmp_path: Path):
    filled("export", "--out", "a.JSONL")
    filled("export", "--out", "b.txt")
    filled("export", "--out", "c.txt", "--format", "xlsx")
    assert json.loads((tmp_path / "a.JSONL").read_text(encoding="utf-8").splitlines()[0])["report"] == "007"
    assert (tmp_path / "b.txt").read_text(encoding="utf-8-sig").startswith("status;report;")
    with (tmp_path / "c.txt").open("rb") as handle:
        assert openpyxl.load_workbook(handle).sheetnames == ["pairs", "signals", "provenance"]

"""MedDRA in queries and exports where the user has a table, and nothing of it where not; every term is invented."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import openpyxl
import pytest
from conftest import Result
from test_query_commands import HEADER

import pv as pv_package
from pv.cli import query, show
from pv.cli.meddra import COLUMNS
from pv.lexicon import meddra

Pv = Callable[..., Result]
# Concepts as the fake detector names them. Purpura is below the PT that bears the name of another event.
ROWS = (
    ("thrombopénie", "11", "Plaquettes de lune", "10", "Sang de lune", "Gouttes", "Marées", "Astres du sang", "99.1"),
    ("purpura", "12", "Taches d'étoile", "20", "Hématurie", "Poussières", "", "Astres de la peau", "99.1"),
)
SEEN = {row[0]: dict(zip(COLUMNS, (row[2], *row[4:]), strict=True)) for row in ROWS}
NOTHING = dict.fromkeys(COLUMNS, "")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the user's own folder, empty, with nothing in the environment."""
    monkeypatch.setattr(click, "get_app_dir", lambda name: str(tmp_path / "home" / name))
    monkeypatch.delenv("PV_MEDDRA", raising=False)
    folder = tmp_path / "home" / "pv"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def filled(pv: Pv, write: Callable[..., Path], home: Path) -> Pv:
    write("a.txt", "pair: sunitinib > thrombopénie stated days=10\npair: sunitinib > hématurie temporal\n")
    folder = write("b.txt", "pair: paclitaxel > purpura stated\npair: paclitaxel > thrombopénie stated\n")
    assert pv("scan", folder).code == 0
    return pv


def write_table(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([meddra.COLUMNS, *rows])
    return path


@pytest.fixture
def table(home: Path) -> Path:
    """Give a table where the import writes it."""
    return write_table(home / "meddra.csv")


def as_json(pv: Pv, *arguments: object) -> list[dict[str, object]]:
    result = pv(*arguments, "--format", "json")
    assert result.code == 0, result.err
    rows: list[dict[str, object]] = json.loads(result.out)
    return rows


def as_csv(pv: Pv, *arguments: object) -> list[dict[str, str]]:
    result = pv(*arguments, "--format", "csv")
    assert result.code == 0, result.err
    return list(csv.DictReader(io.StringIO(result.out)))


def levels(row: dict[str, object]) -> dict[str, object]:
    return {column: row[column] for column in COLUMNS}


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (["events", "sunitinib"], query.EVENT_COLUMNS),
        (["drugs", "thrombopénie"], query.DRUG_COLUMNS),
        (["events", "sunitinib", "--pairs"], query.PAIR_COLUMNS),
        (["drugs", "thrombopénie", "--pairs"], query.PAIR_COLUMNS),
        (["show", "a.txt"], show.COLUMNS),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_columns_come_last_and_only_with_a_table(filled: Pv, home: Path, arguments: list[str], columns: tuple[str]):
    before = {form: filled(*arguments, "--format", form) for form in ("csv", "json", "table")}
    assert tuple(as_csv(filled, *arguments)[0]) == tuple(json.loads(before["json"].out)[0]) == columns
    assert not any("edDRA" in result.out for result in before.values())
    path = write_table(home / "meddra.csv")
    assert tuple(as_csv(filled, *arguments)[0]) == (*columns, *COLUMNS)
    assert tuple(as_json(filled, *arguments)[0]) == (*columns, *COLUMNS)
    path.unlink()
    assert {form: filled(*arguments, "--format", form) for form in before} == before


@pytest.mark.parametrize("arguments", [["events", "sunitinib"], ["events", "sunitinib", "--pairs"], ["show", "a.txt"]])
def test_each_event_has_its_levels(filled: Pv, table: Path, arguments: list[str]):
    expected = {"thrombopénie": SEEN["thrombopénie"], "hématurie": NOTHING}
    assert {r["event"]: levels(r) for r in as_json(filled, *arguments)} == expected
    assert {r["event"]: levels({**r}) for r in as_csv(filled, *arguments)} == expected


def test_a_drug_of_several_events_lists_their_levels_in_their_order(filled: Pv, table: Path):
    write_table(table, (*ROWS, ("hématurie", "21", "Eau rouge", "20", "Hématurie", "x", "y", "z", "99.1")))
    by_drug = {r["drug"]: r for r in as_json(filled, "drugs", "hématurie")}
    assert {drug: (r["events"], r["llt"], r["soc"], r["meddra_version"]) for drug, r in by_drug.items()} == {
        "paclitaxel": (["purpura"], ["Taches d'étoile"], ["Astres de la peau"], "99.1"),
        "sunitinib": (["hématurie"], ["Eau rouge"], ["z"], "99.1"),
    }


def test_lists_keep_a_place_for_an_event_without_a_term():
    terms = {row[0]: meddra.MeddraTerm(*row) for row in ROWS}
    from pv.cli.meddra import Meddra

    several = Meddra(terms, {"a": "none", "b": "purpura"}).cells_of_several(["a", "b"])
    assert several == {"llt": ["", "Taches d'étoile"], "pt": ["", "Hématurie"], "hlt": ["", "Poussières"],
                       "hlgt": ["", ""], "soc": ["", "Astres de la peau"], "meddra_version": "99.1"}  # fmt: skip
    assert Meddra().cells_of_several(["a"]) == Meddra().cells("a") == {}


def test_tables_show_pt_and_soc(filled: Pv, table: Path):
    heading, first, second = filled("events", "sunitinib").out.splitlines()[1:]
    assert heading.endswith("dechallenge  pt            soc")
    assert first.startswith("thrombopénie")
    assert first.endswith("  Sang de lune  Astres du sang")
    assert second.split() == ["hématurie", "1", "0", "1", "0", "0"]
    title = filled("drugs", "thrombopénie").out.splitlines()[:3]
    assert title[1] == "thrombopénie: MedDRA PT Sang de lune, SOC Astres du sang"
    assert title[2].startswith("drug ")
    heading, first = filled("events", "sunitinib", "--pairs").out.splitlines()[:2]
    assert heading.split()[:5] == ["report", "drug", "event", "pt", "link"]
    assert first.split()[:7] == ["a.txt", "sunitinib", "thrombopénie", "Sang", "de", "lune", "stated"]


def test_show_tells_every_level_that_there_is(filled: Pv, table: Path):
    lines = filled("show", "a.txt").out.splitlines()
    assert (
        "  MedDRA 99.1: LLT Plaquettes de lune; PT Sang de lune; HLT Gouttes; HLGT Marées; SOC Astres du sang" in lines
    )
    assert lines.count("  MedDRA: no term for this event in the table") == 1
    lines = filled("show", "b.txt").out.splitlines()
    assert "  MedDRA 99.1: LLT Taches d'étoile; PT Hématurie; HLT Poussières; SOC Astres de la peau" in lines


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Plaquettes de lune", {"thrombopénie"}),
        ("sang de LUNE", {"thrombopénie"}),
        ("tache d’etoile", {"purpura"}),
        ("hématurie", {"hématurie", "purpura"}),
        ("purpura", {"purpura"}),
    ],
)
def test_events_are_asked_by_llt_and_pt(filled: Pv, table: Path, tmp_path: Path, asked: str, found: set[str]):
    assert {e for r in as_json(filled, "drugs", asked) for e in r["events"]} == found  # type: ignore[attr-defined]
    assert {r["event"] for r in as_json(filled, "drugs", asked, "--pairs")} == found
    assert filled("export", "--out", "out.csv", "--event", asked).code == 0
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert {r["event"] for r in csv.DictReader(io.StringIO(text), delimiter=";")} == found


def test_names_of_meddra_are_unknown_without_it_and_suggested_with_it(filled: Pv, home: Path):
    assert filled("drugs", "Sang de lune").code == 1
    write_table(home / "meddra.csv")
    misspelt = filled("drugs", "Sanq de lune")
    assert (misspelt.code, misspelt.out) == (1, "")
    assert "nearest names: Sang de lune" in misspelt.err
    # A level above is no name of an event.
    assert filled("drugs", "Astres du sang").code == 1


def test_a_term_of_the_table_that_no_report_has(filled: Pv, table: Path):
    write_table(table, (*ROWS, ("vertige", "31", "Tête de lune", "31", "Tête de lune", "x", "y", "z", "99.1")))
    assert filled("drugs", "Tête de lune") == Result(0, "Tête de lune: not in any report of the database\n", "")


def test_export_adds_columns_at_the_end(filled: Pv, home: Path, tmp_path: Path):
    out = tmp_path / "out.csv"
    assert filled("export", "--out", "out.csv", "--no-record").code == 0
    without = out.read_text(encoding="utf-8-sig").splitlines()
    assert without[0] == HEADER
    write_table(home / "meddra.csv")
    assert filled("export", "--out", "out.csv", "--no-record").code == 0
    with_it = out.read_text(encoding="utf-8-sig").splitlines()
    assert with_it[0] == HEADER + ";llt;pt;hlt;hlgt;soc;meddra_version"
    assert with_it[1] == without[1] + ";Plaquettes de lune;Sang de lune;Gouttes;Marées;Astres du sang;99.1"
    assert with_it[2] == without[2] + ";;;;;;"
    assert filled("export", "--out", "-", "--encoding", "utf-8").out.splitlines() == with_it


def test_signals_of_the_workbook_have_their_terms(filled: Pv, table: Path, tmp_path: Path):
    assert filled("signals", "--min-n", "1").code == 0
    assert filled("export", "--out", "out.xlsx").code == 0
    heading, *rows = openpyxl.load_workbook(tmp_path / "out.xlsx")["signals"].values
    assert heading[-len(COLUMNS) :] == COLUMNS
    by_event = {row[heading.index("event")]: dict(zip(COLUMNS, row[-len(COLUMNS) :], strict=True)) for row in rows}
    assert by_event["thrombopénie"] == SEEN["thrombopénie"]
    assert set(by_event["hématurie"].values()) == {None}


def test_option_before_variable_before_own_folder(
    filled: Pv, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def version(*options: object) -> object:
        return as_json(filled, "events", "sunitinib", *options)[0]["meddra_version"]

    others = {v: write_table(tmp_path / f"{v}.csv", ((*ROWS[0][:-1], v),)) for v in ("98.0", "97.0")}
    assert version() == "99.1"
    monkeypatch.setenv("PV_MEDDRA", str(others["98.0"]))
    assert version() == "98.0"
    assert version("--meddra", others["97.0"]) == "97.0"


@pytest.mark.parametrize("command", [["events", "x"], ["drugs", "x"], ["show", "a.txt"], ["export", "--out", "x.csv"]])
def test_a_table_that_was_named_must_be_there(filled: Pv, monkeypatch: pytest.MonkeyPatch, command: list[str]):
    refused = Result(1, "", "pv: none.csv: no such table of MedDRA; correct --meddra or PV_MEDDRA\n")
    assert filled(*command, "--meddra", "none.csv") == refused
    monkeypatch.setenv("PV_MEDDRA", "none.csv")
    assert filled(*command) == refused
    monkeypatch.setenv("PV_MEDDRA", "reports")
    assert filled(*command).err.startswith("pv: reports: no such table")


def test_a_broken_table_is_refused_with_its_line(filled: Pv, table: Path):
    table.write_text(table.read_text(encoding="utf-8") + "fièvre,1\n", encoding="utf-8")
    assert filled("events", "sunitinib") == Result(1, "", "pv: meddra.csv:4: 2 cells instead of 9\n")


def test_a_home_that_is_closed_counts_as_one_without_a_table(filled: Pv, monkeypatch: pytest.MonkeyPatch):
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    without = filled("events", "sunitinib")
    monkeypatch.setattr(Path, "is_file", closed)
    # The lexicons are found without it.
    assert filled("events", "sunitinib") == without


def test_what_the_import_writes_is_found(filled: Pv, tmp_path: Path):
    folder = tmp_path / "distribution"
    folder.mkdir()
    for file, text in {
        "meddra_release.asc": "99.1$French$$$$\n",
        "llt.asc": "1$Fièvre$2$$$$$$$Y$$\n",
        "pt.asc": "2$Chaleur de verre$$9$$$$$$$$\n",
        "mdhier.asc": "2$5$7$9$Chaleur de verre$Verre$Corps$Astres$T$$9$Y$\n",
    }.items():
        (folder / file).write_text(text, encoding="utf-8")
    assert filled("drugs", "chaleur de verre").code == 1
    assert filled("lexicon", "import-meddra", folder).code == 0
    # The fake detector names the concept as the lexicon does, less its accents.
    reports = tmp_path / "more"
    reports.mkdir()
    (reports / "c.txt").write_text("pair: sunitinib > fievre stated\n", encoding="utf-8")
    assert filled("scan", reports).code == 0
    (row,) = as_json(filled, "drugs", "chaleur de verre")
    assert (row["drug"], row["llt"], row["pt"], row["soc"]) == (
        "sunitinib", ["Fièvre"], ["Chaleur de verre"], ["Astres"],
    )  # fmt: skip


LOADED = """
import sys
from pv.cli.main import run
run(sys.argv[1:])
print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))
"""


def test_a_query_with_a_table_loads_nothing_heavy(filled: Pv, table: Path, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "drugs", "Sang de lune", "--meddra", str(table)],
        cwd=tmp_path, env={"PYTHONPATH": str(Path(pv_package.__file__).parents[1]), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert "MedDRA PT Sang de lune" in done.stdout
    assert not {"spacy", "medspacy", "pandas", "numpy", "alembic"} & set(done.stdout.splitlines()[-1].split())

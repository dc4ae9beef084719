"""``pv export`` of mentions: BRAT stand-off and NOTE_NLP rows, and that only the text that was read is exported."""

from __future__ import annotations

import csv
import io
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Result
from fakes import FakeDetector

from pv.export.omop import COLUMNS
from pv.sources.document import opaque_key

Pv = Callable[..., Result]
Write = Callable[..., Path]
TEXTS = {
    "a.txt": "Madame N.\npair: sunitinib > thrombopénie stated\npair: paclitaxel > fièvre denied assertion=negated\n",
    "sub/b.txt": "pair: sunitinib > =rash temporal assertion=historical\n",
}
KEYS = {name: opaque_key("s", name) for name in TEXTS}


@pytest.fixture
def filled(pv: Pv, write: Write, detector: FakeDetector, monkeypatch: pytest.MonkeyPatch) -> Pv:
    detect = detector.detect

    def severe(text: str, report_id: str | None = None) -> object:
        found = detect(text, report_id)
        return replace(found, events=tuple(replace(e, severity="severe", grade=3) for e in found.events))

    monkeypatch.setattr(detector, "detect", severe)
    for name, text in TEXTS.items():
        folder = write(name, text)
    assert pv("scan", folder, "--source", "s").code == 0
    return pv


def brat(pv: Pv, *options: str) -> Result:
    return pv("export", "--format", "brat", "--out", "out", "--texts", "reports", *options)


def test_brat_folder(filled: Pv, tmp_path: Path):
    assert brat(filled) == Result(0, "the mentions of 2 reports written to out\n", "")
    files = {p.name: p for p in (tmp_path / "out").iterdir()}
    assert set(files) == {"annotation.conf", *(f"{key}.{end}" for key in KEYS.values() for end in ("txt", "ann"))}
    assert {stat.S_IMODE(p.stat().st_mode) for p in files.values()} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    for name, text in TEXTS.items():
        assert files[f"{KEYS[name]}.txt"].read_bytes() == text.encode()
    lines = files[f"{KEYS['a.txt']}.ann"].read_text(encoding="utf-8").splitlines()
    assert lines[0] == "T1\tDrug 16 25\tsunitinib"
    assert "T2\tEvent 28 40\tthrombopénie" in lines
    assert {"A1\tAssertion T2 present", "A2\tGrade T2 3", "A3\tSeverity T2 severe"} <= set(lines)
    assert [x.split("\t")[1] for x in lines if x.startswith("R")] == [
        "Stated Arg1:T1 Arg2:T2",
        "Denied Arg1:T3 Arg2:T4",
    ]


def test_brat_takes_no_place_of_what_is_there(filled: Pv, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.ann").write_text("T1", encoding="utf-8")
    result = brat(filled)
    assert (result.code, result.err) == (1, "pv: out is there and not empty; give the name of a new folder\n")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.ann"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["a.txt", "sub/b.txt"]),
        (["--drug", "taxol"], ["a.txt"]),
        (["--link", "temporal"], ["sub/b.txt"]),
        (["--event", "D69"], ["a.txt"]),
        (["--since", "2999-01-01"], []),
    ],
)
def test_choice_of_reports(filled: Pv, tmp_path: Path, options: list[str], names: list[str]):
    assert brat(filled, *options).code == 0
    assert {p.stem for p in (tmp_path / "out").glob("*.ann")} == {KEYS[name] for name in names}


@pytest.mark.parametrize("form", ["brat", "omop"])
def test_a_text_that_is_not_the_one_read_is_refused(filled: Pv, write: Write, tmp_path: Path, form: str):
    write("a.txt", TEXTS["a.txt"] + "Une ligne de plus pour Madame Martin.\n")
    (tmp_path / "reports" / "sub" / "b.txt").unlink()
    result = filled("export", "--format", form, "--out", "out", "--texts", "reports")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(
        "pv: 2 reports have no text that was kept, nor the one that was read in the folders of --texts "
        f"({KEYS['a.txt']}, {KEYS['sub/b.txt']}): "
    )
    assert "Martin" not in result.err
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_a_text_that_was_kept_needs_no_folder(filled: Pv, write: Write, tmp_path: Path):
    folder = write("c.txt", "pair: sunitinib > toux stated\n")
    assert filled("scan", folder / "c.txt", "--source", "kept", "--keep-text").code == 0
    (tmp_path / "reports").rename(tmp_path / "moved")
    arguments = ("export", "--format", "brat", "--out", "out", "--event", "toux")
    assert filled(*arguments).out == "the mentions of 1 reports written to out\n"
    text = (tmp_path / "out" / f"{opaque_key('kept', 'c.txt')}.txt").read_text(encoding="utf-8")
    assert text == "pair: sunitinib > toux stated\n"
    # The others are still looked for.
    assert filled("export", "--format", "brat", "--out", "all", "--texts", "moved").code == 0
    assert len([*(tmp_path / "all").glob("*.ann")]) == 3


def test_two_sources_with_one_name(filled: Pv, write: Write, tmp_path: Path):
    (tmp_path / "reports").rename(tmp_path / "first")
    other = write("a.txt", "pair: sunitinib > fièvre stated\n")
    assert filled("scan", other, "--source", "other").code == 0
    assert brat(filled, "--texts", "first").out == "the mentions of 3 reports written to out\n"
    assert (tmp_path / "out" / f"{opaque_key('other', 'a.txt')}.txt").read_text(encoding="utf-8").startswith("pair")


def test_note_nlp(filled: Pv):
    result = filled("export", "--format", "omop", "--out", "-", "--texts", "reports")
    assert result.out.splitlines()[0] == (
        "note_nlp_id,note_id,section_concept_id,snippet,offset,lexical_variant,note_nlp_concept_id,"
        "note_nlp_source_concept_id,nlp_system,nlp_date,nlp_datetime,term_exists,term_temporal,term_modifiers"
    )
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert tuple(rows[0]) == COLUMNS
    assert [r["note_nlp_id"] for r in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [(r["note_id"], r["offset"], r["lexical_variant"], r["term_exists"], r["term_temporal"]) for r in rows] == [
        ("1", "16", "sunitinib", "Y", ""),
        ("1", "28", "thrombopénie", "Y", "present"),
        ("1", "54", "paclitaxel", "Y", ""),
        ("1", "67", "fièvre", "N", ""),
        ("2", "6", "sunitinib", "Y", ""),
        ("2", "18", "'=rash", "Y", "past"),
    ]
    assert rows[0]["snippet"].startswith("Madame N. pair: sunitinib > thrombopénie stated pair:")
    assert rows[0]["nlp_system"] == "pv 1.2.3, lexicons abababababab"
    modifiers = dict(part.split("=") for part in rows[1]["term_modifiers"].split("; "))
    assert modifiers.pop("pair").split()[1:] == ["stated", "sunitinib"]
    assert modifiers == {
        "domain": "condition",
        "label": "thrombopénie",
        "cim10": "D69.6",
        "assertion": "present",
        "grade": "3",
        "severity": "severe",
        "report": KEYS["a.txt"],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "brat", "--out", "-", "--texts", "reports"], "--format brat needs a file"),
        (["--format", "brat", "--out", "x"], "2 reports have no text that was kept"),
        (["--format", "omop", "--out", "x", "--texts", "reports", "--new"], "--new goes with pairs"),
        (["--format", "omop", "--out", "x", "--texts", "nowhere"], "nowhere: no such file or folder"),
    ],
)
def test_what_does_not_go_together(filled: Pv, tmp_path: Path, options: list[str], message: str):
    result = filled("export", *options)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"pv: {message}")
    assert not (tmp_path / "x").exists()


def test_mentions_tell_a_recipient_of_no_pair(filled: Pv, tmp_path: Path):
    assert brat(filled).code == 0
    assert filled("export", "--new", "--out", "x.csv").out.startswith("2 pairs written to x.csv: 2 new")
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as connection:
        rows = connection.execute("SELECT form, new, finished IS NULL FROM exports ORDER BY id").fetchall()
    connection.close()
    assert rows == [("brat", 0, 0), ("csv", 2, 0)]

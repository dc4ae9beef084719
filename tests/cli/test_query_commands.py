"""``pv events``, ``pv drugs``, ``pv export``, ``pv status`` and ``pv db`` as a script uses them."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result

from pv.cli.main import main
from pv.store.database import known_revisions

Pv = Callable[..., Result]
HEADER = (
    "status;report;received;patient_age;patient_sex;drug;atc;dose;route;indication;start;event;cim10;grade;onset;"
    "days_to_onset;link;certainty;current;serious;seriousness_criterion;action_taken;outcome;dechallenge;rechallenge;"
    "missing;confidence;evidence;rule;pair;detector_version;lexicon_version"
)


@pytest.fixture
def filled(pv: Pv, write: Callable[..., Path]) -> Pv:
    reports = {
        "007": "pair: sunitinib > thrombopénie stated days=10 dechallenge=positive\n",
        "008": "pair: sunitinib > thrombopénie stated days=3 certainty=hedged\npair: sunitinib > hématurie part\n",
        "009": "pair: sunitinib > thrombopénie temporal confidence=0.2\npair: paclitaxel > @nausée temporal\n",
    }
    for i, (name, text) in enumerate(reports.items()):
        folder = write(name, text)
        os.utime(folder / name, (86_400 * (20_000 + i),) * 2)
    paths = [folder / name for name in reports]
    assert pv("scan", *paths).code == 0
    return pv


def test_events_of_a_drug(filled: Pv):
    for name in ("sunitinib", "Sutent", "L01EX", "SUNITINIB"):
        lines = filled("events", name).out.splitlines()
        assert lines[0] == f"{name}: sunitinib"
        assert lines[1].split() == [
            "event",
            "cim10",
            "reports",
            "stated",
            "temporal",
            "part",
            "denied",
            "days",
            "to",
            "onset",
            "dechallenge",
        ]
        assert lines[2].split() == [
            "thrombopénie",
            "D69.6",
            "2",
            "2",
            "(1",
            "hedged)",
            "0",
            "0",
            "0",
            "6.5",
            "(3-10,",
            "n=2)",
            "1",
            "+",
        ]
        assert lines[3].split() == ["hématurie", "1", "0", "0", "1", "0"]


def test_events_as_json_and_csv_agree(filled: Pv):
    rows = json.loads(filled("events", "sunitinib", "--format", "json").out)
    table = list(csv.DictReader(io.StringIO(filled("events", "sunitinib", "--format", "csv").out)))
    assert list(rows[0]) == list(table[0])
    assert [r["event"] for r in rows] == [r["event"] for r in table] == ["thrombopénie", "hématurie"]
    assert (rows[0]["asserted"], rows[0]["hedged"], rows[0]["onset_median"], rows[0]["drugs"]) == (
        1, 1, 6.5, ["sunitinib"],
    )  # fmt: skip


def test_all_brings_the_doubtful(filled: Pv):
    rows = json.loads(filled("events", "sunitinib", "--format", "json", "--all").out)
    assert [(r["event"], r["temporal"]) for r in rows] == [("thrombopénie", 1), ("hématurie", 0)]


def test_drugs_of_an_event(filled: Pv):
    for name in ("thrombopénie", "Thrombopénies", "thrombopenie", "D69", "d69.6"):
        rows = json.loads(filled("drugs", name, "--format", "json").out)
        assert [(r["drug"], r["atc"], r["reports"]) for r in rows] == [("sunitinib", "L01EX01", 2)], name


def test_pairs_carry_passage_and_rule(filled: Pv):
    rows = json.loads(filled("events", "sunitinib", "--pairs", "--format", "json").out)
    assert [(r["report"], r["link"], r["rule"]) for r in rows] == [
        ("007", "stated", "fake.rule"),
        ("008", "stated", "fake.rule"),
        ("008", "part", "fake.rule"),
    ]
    assert rows[0]["evidence"] == "pair: sunitinib > thrombopénie stated days=10 dechallenge=positive"
    assert rows[0]["received"] == "2024-10-04T00:00:00+00:00"
    assert len({r["pair"] for r in rows}) == 3


def test_name_that_only_the_database_knows(filled: Pv):
    assert json.loads(filled("drugs", "@Nausée", "--format", "json").out)[0]["drug"] == "paclitaxel"


def test_unknown_names_get_suggestions(filled: Pv):
    for command, asked, nearest in (("events", "sunitinbi", "sunitinib"), ("drugs", "trombopénie", "thrombopénie")):
        result = filled(command, asked)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith(f"pv: unknown {'drug' if command == 'events' else 'event'} '{asked}'; nearest")
        assert nearest in result.err
    assert filled("events", "zzzzqqqq").err == "pv: unknown drug 'zzzzqqqq'; no name is like it\n"
    assert filled("export", "--out", "x.csv", "--drug", "zzzzqqqq").code == 1


def test_known_drug_without_pairs(filled: Pv):
    assert filled("events", "ibuprofène") == Result(0, "ibuprofène: not in any report of the database\n", "")
    assert filled("events", "ibuprofène", "--format", "json") == Result(0, "[]\n", "")


def test_query_without_database(pv: Pv):
    for command in (["events", "x"], ["drugs", "x"], ["status"], ["export", "--out", "x.csv"], ["db", "upgrade"]):
        result = pv(*command)
        assert result.code == 1
        assert result.err.startswith("pv: there is no database at db/pv.sqlite; run `pv scan PATH`")


def test_database_from_the_environment(filled: Pv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "db").rename(tmp_path / "elsewhere")
    assert filled("events", "sunitinib").code == 1
    monkeypatch.setenv("PV_DATABASE_URL", "sqlite:///elsewhere/pv.sqlite")
    assert filled("events", "sunitinib").code == 0
    assert filled("events", "sunitinib", "--db", "none.sqlite").code == 1


def export(pv: Pv, tmp_path: Path, *options: str) -> list[dict[str, str]]:
    assert pv("export", "--out", "out.csv", *options).code == 0
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_export_header_is_golden(filled: Pv, tmp_path: Path):
    told = "3 pairs written to out.csv: 3 new, 0 changed, 0 unchanged, 0 withdrawn\n"
    assert filled("export", "--out", "out.csv") == Result(0, told, "")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8 + HEADER.encode() + b"\r\nnew;007;2024-10-04;65;F;sunitinib;L01EX01;")
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["db", "out.csv", "reports"]


def pair_of(pv: Pv, report: str) -> str:
    return str(json.loads(pv("show", report, "--format", "json").out)[0]["pair"])


def test_export_values(filled: Pv, tmp_path: Path):
    rows = export(filled, tmp_path)
    assert [r["report"] for r in rows] == ["007", "008", "009"]
    assert [r["event"] for r in rows] == ["thrombopénie", "thrombopénie", "'@nausée"]
    assert (rows[0]["confidence"], rows[0]["days_to_onset"], rows[0]["current"]) == ("0,9", "10", "true")
    assert (rows[0]["detector_version"], rows[0]["lexicon_version"]) == ("1.2.3", "ab" * 6)
    assert (rows[0]["start"], rows[0]["onset"]) == ("2024-01-05", "2024-01")
    assert (rows[0]["missing"], rows[0]["pair"]) == ("reporter|outcome", pair_of(filled, "007"))


@pytest.mark.parametrize(
    ("options", "reports"),
    [
        (["--all"], ["007", "008", "009", "009"]),
        (["--link", "part"], ["008"]),
        (["--link", "part", "--link", "temporal"], ["008", "009"]),
        (["--since", "2024-10-05"], ["008", "009"]),
        (["--drug", "taxol"], ["009"]),
        (["--event", "D69"], ["007", "008"]),
        (["--event", "D69", "--drug", "taxol"], []),
    ],
)
def test_export_selections(filled: Pv, tmp_path: Path, options: list[str], reports: list[str]):
    assert [r["report"] for r in export(filled, tmp_path, *options)] == reports


def test_export_in_another_notation(filled: Pv, tmp_path: Path):
    filled("export", "--out", "out.csv", "--sep", "tab", "--encoding", "cp1252", "--decimal", ".")
    first = (tmp_path / "out.csv").read_bytes().splitlines()[1].split(b"\t")
    assert "thrombopénie".encode("cp1252") in first
    assert b"0.9" in first


@pytest.mark.parametrize(
    "options", [["--sep", "ab"], ["--sep", "a"], ["--decimal", "x"], ["--encoding", "klingon"]], ids=" ".join
)
def test_export_refuses_odd_notation(filled: Pv, tmp_path: Path, options: list[str]):
    result = filled("export", "--out", "out.csv", *options)
    assert result.code == 1
    assert result.err.startswith(f"pv: {options[0]}")
    assert not (tmp_path / "out.csv").exists()


def test_export_takes_the_place_of_no_device_or_pipe(filled: Pv, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    result = filled("export", "--out", "pipe")
    assert (result.code, result.err) == (1, "pv: pipe is no regular file; give the name of a file\n")
    assert (tmp_path / "pipe").is_fifo()


def test_export_follows_a_link(filled: Pv, tmp_path: Path):
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert filled("export", "--out", "link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").stat().st_size > 0


def test_output_in_an_encoding_that_lacks_a_letter(filled: Pv, monkeypatch: pytest.MonkeyPatch):
    def written(*arguments: str) -> tuple[object, bytes]:
        raw = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="iso8859-5"))
        with pytest.raises(SystemExit) as left:
            main(arguments)
        return left.value.code, raw.getvalue()

    table = written("events", "sunitinib")
    assert table[0] == 0
    assert b"thrombop?nie" in table[1]
    rows = written("events", "sunitinib", "--format", "csv")
    assert "thrombopénie".encode() in rows[1]
    assert written("export", "--out", "-", "--encoding", "ascii")[0] == 1


def test_export_that_fails_leaves_the_old_file(filled: Pv, tmp_path: Path):
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    result = filled("export", "--out", "out.csv", "--encoding", "ascii")
    assert result.code == 1
    assert result.err == "pv: out.csv: ascii has no character U+00E9; use --encoding utf-8-sig\n"
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"
    assert filled("export", "--out", "no/such/folder.csv").code == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["db", "out.csv", "reports"]


def test_status(filled: Pv):
    rows = {r["what"]: r["value"] for r in json.loads(filled("status", "--format", "json").out)}
    assert (rows["reports"], rows["reportable pairs"], rows["failed reports"]) == (3, 4, 0)
    assert rows["reports by detector 1.2.3, lexicon abababababab"] == 3
    assert rows["last run exit code"] == 0


def test_db_check_finds_damage(filled: Pv, tmp_path: Path):
    assert filled("db", "check") == Result(0, "the database is sound\n", "")
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as connection:
        connection.execute("DELETE FROM evidence WHERE pair_id = 1")
        connection.execute("UPDATE pairs SET latest = 0 WHERE id = 2")
        connection.execute("DELETE FROM drugs")
    connection.close()
    result = filled("db", "check")
    assert result.code == 1
    assert "1 pairs without evidence" in result.out
    assert "1 pairs disagree" in result.out
    assert "rows point at nothing" in result.out


def test_db_upgrade_of_the_newest(filled: Pv):
    assert filled("db", "upgrade") == Result(0, f"schema {known_revisions()[-1]}: nothing to do\n", "")

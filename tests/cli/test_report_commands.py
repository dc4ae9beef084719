"""``pv scan`` and ``pv detect`` as a script uses them: output, exit codes, both streams."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Result
from fakes import FakeDetector

from pv.sources.document import opaque_key

STATED = "pair: sunitinib > thrombopénie stated days=3\n"
Pv = Callable[..., Result]
Write = Callable[..., Path]


def test_scan_twice(pv: Pv, write: Write, detector: FakeDetector, tmp_path: Path):
    write("a.txt", STATED)
    write("sub/b.txt", "pair: paclitaxel > fièvre treats\n")
    first = pv("scan", "reports")
    assert first == Result(
        0,
        "reports: 2 new, 0 new versions, 0 unchanged, 0 failed\n"
        "pairs: stated 1, temporal 0, part 0, denied 0, treats 1\n",
        "pv: created the database db/pv.sqlite\n",
    )
    assert stat.S_IMODE((tmp_path / "db" / "pv.sqlite").stat().st_mode) == 0o600
    calls = detector.calls
    second = pv("scan", "reports")
    assert second == Result(
        0,
        "reports: 0 new, 0 new versions, 2 unchanged, 0 failed\n"
        "pairs: stated 0, temporal 0, part 0, denied 0, treats 0\n",
        "",
    )
    assert detector.calls == calls


def test_scan_with_failures_names_keys_only(pv: Pv, write: Write):
    write("martin_josette.txt", "raise Madame Martin")
    write("dupont.txt", b"")
    write("a.txt", STATED)
    result = pv("scan", "reports", "--source", "letters")
    assert result.code == 3
    assert "1 new, 0 new versions, 0 unchanged, 2 failed" in result.out
    for name, reason in (("martin_josette.txt", "the detector stopped at it"), ("dupont.txt", "empty")):
        assert f"pv: report {opaque_key('letters', name)}: {reason}" in result.err
    both = (result.out + result.err).lower()
    assert "martin" not in both
    assert "dupont" not in both
    listed = pv("status", "--failed", "--format", "json")
    assert [(r["name"], r["tries"], r["source"]) for r in json.loads(listed.out)] == [
        ("dupont.txt", 1, "letters"),
        ("martin_josette.txt", 1, "letters"),
    ]


def test_scan_of_one_bad_report_did_nothing(pv: Pv, write: Write):
    write("a.txt", b"\x00\x01\x02\x03" * 100)
    result = pv("scan", "reports/a.txt")
    assert result.code == 1
    assert "a.txt" not in result.err
    assert "binary" in result.err


@pytest.mark.parametrize("command", ["scan", "detect"])
def test_missing_path(pv: Pv, tmp_path: Path, command: str):
    assert pv(command, "nothere") == Result(1, "", "pv: nothere: no such file or folder\n")
    assert not (tmp_path / "db").exists()


@pytest.mark.parametrize("command", ["scan", "detect"])
def test_folder_without_reports(pv: Pv, tmp_path: Path, command: str):
    (tmp_path / "empty").mkdir()
    result = pv(command, "empty")
    assert result.code == 1
    assert result.err.startswith("pv: empty: no report (.txt, .docx, .pdf or .zip) in this folder or below")


@pytest.mark.parametrize("command", ["scan", "detect"])
def test_file_beyond_the_bound(pv: Pv, write: Write, command: str):
    write("a.txt", STATED)
    write("b.txt", "x" * 2_000)
    result = pv(command, "reports", "--max-megabytes", "0.001")
    assert result.code == 3
    assert "2,000 bytes, more than the 1,000 allowed; see --max-megabytes" in result.err


def test_folder_whose_name_is_no_unicode(pv: Pv, write: Write, tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/re\xe7us"))
    try:
        write("a.txt", STATED).rename(folder)
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert pv("scan", folder).code == 0
    assert "0 new, 0 new versions, 1 unchanged" in pv("scan", folder).out


@pytest.mark.parametrize("command", ["scan", "detect"])
def test_path_that_may_not_be_reached(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch, command: str):
    write("a.txt", STATED)

    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refuse)
    assert pv(command, "reports/a.txt") == Result(1, "", "pv: reports/a.txt: cannot be reached (Permission denied)\n")


def test_name_with_control_characters_moves_no_cursor(pv: Pv, write: Write):
    write("a\x1b[2J\nb.txt", STATED)
    assert pv("detect", "reports").out.startswith("a [2J b.txt: 1 drug")


def test_existing_refuses_to_create(pv: Pv, write: Write, tmp_path: Path):
    write("a.txt", STATED)
    result = pv("scan", "reports", "--existing")
    assert (result.code, result.out) == (1, "")
    assert "there is no database at db/pv.sqlite" in result.err
    assert not (tmp_path / "db").exists()


def test_locked_database(pv: Pv, write: Write, tmp_path: Path):
    write("a.txt", STATED)
    pv("scan", "reports")
    holder = sqlite3.connect(tmp_path / "db" / "pv.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    write("b.txt", STATED)
    result = pv("scan", "reports")
    holder.close()
    assert result.code == 1
    assert result.err == "pv: db/pv.sqlite is locked by another process; wait until it has finished, then try again\n"
    assert "1 new, 0 new versions, 1 unchanged" in pv("scan", "reports").out


def test_file_that_is_no_database(pv: Pv, write: Write, tmp_path: Path):
    write("a.txt", STATED)
    (tmp_path / "x.sqlite").write_text("nothing of the kind", encoding="utf-8")
    result = pv("scan", "reports", "--db", "x.sqlite")
    assert result.code == 1
    assert result.err == "pv: x.sqlite is not a database; give --db another path\n"


def test_database_of_a_newer_release(pv: Pv, write: Write, tmp_path: Path):
    write("a.txt", STATED)
    pv("scan", "reports")
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    for command in (("scan", "reports"), ("events", "sunitinib"), ("db", "upgrade")):
        result = pv(*command)
        assert result.code == 1
        assert "written by a newer release" in result.err


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Run the test as a user whom file permissions bind, which root is not."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that every user may enter; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_read_only_database(pv: Pv, write: Write, open_folder: Path, request: pytest.FixtureRequest):
    path = open_folder / "db" / "pv.sqlite"
    reports = open_folder / "reports"
    shutil.copytree(write("a.txt", STATED), reports)
    assert pv("scan", reports, "--db", path).code == 0
    # Everything that is imported on demand is imported now: the other user may not read the interpreter's files.
    assert pv("events", "sunitinib", "--format", "csv", "--db", path).code == 0
    assert pv("scan", reports, "--db", path).code == 0
    path.chmod(0o444)
    path.parent.chmod(0o555)
    os.chdir(open_folder)
    request.getfixturevalue("ordinary_user")
    assert pv("scan", reports, "--db", "db/pv.sqlite") == Result(
        1, "", "pv: db/pv.sqlite is read-only; give write permission, or --db another database\n"
    )
    asked = pv("events", "sunitinib", "--format", "csv", "--db", "db/pv.sqlite")
    assert (asked.code, asked.err) == (0, "")
    assert "thrombopénie" in asked.out


def test_detect_json_lines(pv: Pv, write: Write):
    write("sub/b.txt", "pair: sunitinib > thrombopénie temporal confidence=0.2\n")
    write("a.txt", ("é " + STATED).encode("utf-8-sig"))
    write("c.txt", "é\n" + STATED)
    lines = [json.loads(x) for x in pv("detect", "reports", "--format", "jsonl").out.splitlines()]
    assert [x["report"] for x in lines] == ["a.txt", "c.txt", "sub/b.txt"]
    assert [len(x["pairs"]) for x in lines] == [0, 1, 0]
    pair = lines[1]["pairs"][0]
    # Offsets count characters, not bytes, and not the mark before the text.
    assert pair["drug_spans"] == [[8, 17]]
    assert lines[1]["drugs"][0]["start"] == 8
    everything = pv("detect", "reports/sub/b.txt", "--format", "jsonl", "--all")
    assert [p["confidence"] for p in json.loads(everything.out)["pairs"]] == [0.2]
    assert json.loads(everything.out)["report"] == "b.txt"


def test_detect_keys_are_the_interface(pv: Pv, write: Write):
    write("a.txt", STATED)
    line = json.loads(pv("detect", "reports", "--format", "jsonl").out)
    assert list(line) == ["report", "patient", "drugs", "events", "pairs"]
    assert set(line["drugs"][0]) >= {"start", "end", "inn", "kind", "atc", "substances", "misspelt"}
    assert set(line["events"][0]) >= {
        "start",
        "end",
        "concept",
        "label",
        "cim10",
        "assertion",
        "assertion_rule",
        "grade",
    }
    assert set(line["pairs"][0]) >= {
        "drug", "event", "drug_spans", "event_spans", "link", "certainty", "current", "start", "onset", "latency_days",
        "dechallenge", "rechallenge", "serious", "seriousness", "part_of", "confidence", "evidence", "rule", "cue",
        "atc", "cim10", "assertions", "alternatives", "reasons",
    }  # fmt: skip


def test_detect_table_with_reasons(pv: Pv, write: Write):
    write("a.txt", STATED)
    result = pv("detect", "reports", "--explain")
    assert result.out.splitlines()[0] == "a.txt: 1 drug and 1 event mentions, 1 pairs"
    assert "sunitinib - thrombopénie:\n  the fake says so\n" in result.out


def test_detect_goes_on_after_a_bad_report(pv: Pv, write: Write):
    write("a.txt", "raise Madame Martin")
    write("b.txt", STATED)
    result = pv("detect", "reports", "--format", "jsonl")
    assert result.code == 3
    assert len(result.out.splitlines()) == 1
    assert "Martin" not in result.err
    assert result.err.endswith("pv: 1 of 2 reports failed\n")

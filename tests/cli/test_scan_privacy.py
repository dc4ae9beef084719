"""What a scan keeps of the patient: nothing more than it is asked for, and what is withdrawn stays out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from fakes import FakeDetector

from pv.keys import load_key

Pv = Callable[..., Result]
STATED = "pair: sunitinib > thrombopénie stated"
TABLE = ["report,ipp,body", f'1,8001,"{STATED}"', f'2,8001,"{STATED}"', f'3,8002,"{STATED}"', f'4,,"{STATED}"']
SCAN = ("scan", "reports/letters.csv", "--id-column", "report", "--text-column", "body", "--patient-column", "ipp",
        "--source", "wards")  # fmt: skip


@pytest.fixture
def feed(pv: Pv, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Pv:
    monkeypatch.delenv("PV_KEY_FILE", raising=False)
    write("letters.csv", "\n".join(TABLE))
    assert pv("key", "new", "pv.key").code == 0
    return pv


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(tmp_path / "db" / "pv.sqlite")) as connection:
        return connection.execute(query).fetchall()


def everything(tmp_path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in (tmp_path / "db").iterdir())


def test_patients_are_kept_as_keyed_hashes(feed: Pv, tmp_path: Path):
    assert feed(*SCAN, "--key-file", "pv.key").err == "pv: created the database db/pv.sqlite\n"
    key = load_key(tmp_path / "pv.key")
    stored = rows(tmp_path, "SELECT name, patient_key FROM report_versions JOIN reports ON reports.id = report_id")
    one, two = key.patient("8001"), key.patient("8002")
    assert stored == [("1", one), ("2", one), ("3", two), ("4", None)]
    assert b"8001" not in everything(tmp_path)


def test_without_a_key_no_patient_is_kept_and_a_note_says_so(feed: Pv, tmp_path: Path):
    result = feed(*SCAN)
    assert result.code == 0
    assert (
        "pv: the patients' ids were not kept, since there is no key; `pv key new FILE`, then --key-file FILE\n"
        in result.err
    )
    assert rows(tmp_path, "SELECT DISTINCT patient_key FROM report_versions") == [(None,)]
    assert b"8001" not in everything(tmp_path)


def test_collectors_are_told_too_that_no_patient_is_kept(feed: Pv):
    told = [json.loads(line) for line in feed(*SCAN, "--log-format", "json").err.splitlines()]
    assert [(e["level"], e["event"]) for e in told if "key" in e.get("message", "")] == [
        ("warning", "patients_not_kept")
    ]


def test_another_key_is_refused_before_anything_is_read(feed: Pv, detector: FakeDetector, tmp_path: Path):
    assert feed(*SCAN, "--key-file", "pv.key").code == 0
    feed("key", "new", "other.key")
    calls, runs = detector.calls, rows(tmp_path, "SELECT count(*) FROM scan_runs")
    result = feed(*SCAN, "--key-file", "other.key")
    assert (result.code, result.out) == (1, "")
    assert "was written under the key" in result.err
    assert (detector.calls, rows(tmp_path, "SELECT count(*) FROM scan_runs")) == (calls, runs)


def test_what_was_forgotten_stays_out(feed: Pv, detector: FakeDetector, tmp_path: Path):
    feed(*SCAN, "--key-file", "pv.key")
    assert feed("forget", "8001", "--key-file", "pv.key").out == "erased: 2 reports, 2 versions, 2 pairs, 0 failures\n"
    calls = detector.calls
    again = feed(*SCAN, "--key-file", "pv.key")
    assert again.out.startswith("reports: 0 new, 0 new versions, 2 unchanged, 0 failed, 2 kept out\n")
    assert detector.calls == calls
    assert rows(tmp_path, "SELECT withheld FROM scan_runs ORDER BY id DESC LIMIT 1") == [(2,)]
    forgetful = feed(*SCAN)
    assert (forgetful.code, forgetful.out) == (1, "")
    assert "stay out of this database under its key" in forgetful.err
    assert feed("db", "check").code == 0


def test_what_was_nullified_stays_out_without_a_key_too(feed: Pv, write: Callable[..., Path]):
    feed(*SCAN)
    feed("nullify", "1", "--reason", "doublon")
    write("letters.csv", "\n".join(TABLE).replace(STATED, STATED + " days=3"))
    again = feed(*SCAN, "--rescan")
    assert again.out.startswith("reports: 0 new, 3 new versions, 0 unchanged, 0 failed, 1 kept out\n")
    assert feed("show", "1").code == 1
    assert feed("db", "check").code == 0


def test_the_trail_says_that_something_was_erased_and_not_what(feed: Pv, tmp_path: Path):
    feed(*SCAN, "--key-file", "pv.key")
    feed("nullify", "3", "--reason", "doublon", "--key-file", "pv.key")
    feed("forget", "1", "--key-file", "pv.key", "--report")
    trail = rows(tmp_path, "SELECT action, report_key = '', command FROM audit JOIN scan_runs ON scan_runs.id = run_id "
                           "WHERE action NOT IN ('new') ORDER BY audit.id")  # fmt: skip
    assert trail == [("nullified", 0, "nullify"), ("forgotten", 1, "forget")]
    assert rows(tmp_path, "SELECT exit_code, finished IS NULL FROM scan_runs WHERE command <> 'scan'") == [
        (0, 0),
        (0, 0),
    ]
    last = {r["what"]: r["value"] for r in json.loads(feed("status", "--format", "json").out)}
    assert last["last run started"] == rows_started(tmp_path)


def rows_started(tmp_path: Path) -> str:
    (started,) = rows(tmp_path, "SELECT started FROM scan_runs WHERE command = 'scan'")[0]
    return f"{started.partition('.')[0].replace(' ', 'T')}+00:00"


def test_whole_texts_are_kept_on_request_alone(feed: Pv, write: Callable[..., Path], tmp_path: Path):
    text = f"Avant la cure.\n{STATED}\nAprès la cure.\n"
    write("a.txt", text)
    feed("scan", "reports/a.txt")
    assert rows(tmp_path, "SELECT count(*) FROM texts") == [(0,)]
    nothing = feed("show", "a.txt", "--context", "10")
    assert "pv: the text was not kept" in nothing.err
    assert feed("show", "a.txt").err == ""
    write("a.txt", text + "x")
    feed("scan", "reports/a.txt", "--keep-text")
    assert rows(tmp_path, "SELECT text FROM texts") == [(text + "x",)]
    shown = feed("show", "a.txt", "--context", "10")
    assert "\n  before: …la cure.\n  after: Après la…\n" in shown.out
    assert shown.err == ""
    assert "before" not in feed("show", "a.txt").out


def test_pseudonyms_stand_in_passages_and_kept_texts_and_offsets_fit(
    feed: Pv, write: Callable[..., Path], tmp_path: Path
):
    text = f"Mme TANCARVAL, née le 30/05/1970.\n{STATED} rule=M.Roux\nMme Tancarval va mieux."
    write("a.txt", text)
    refused = feed("scan", "reports/a.txt", "--pseudonymise")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "pv: --pseudonymise needs a key: give --key-file or PV_KEY_FILE; `pv key new FILE` makes one\n"
    )
    assert feed("scan", "reports/a.txt", "--pseudonymise", "--keep-text", "--key-file", "pv.key").code == 0
    ((kept, passage, start, end),) = rows(
        tmp_path, "SELECT text, passage, start_char, end_char FROM texts JOIN pairs USING (version_id) "
                  "JOIN evidence ON pair_id = pairs.id")  # fmt: skip
    assert len(kept) == len(text)
    assert kept[start:end] == passage
    assert kept.startswith("Mme _")
    assert "née le _" in kept
    for told in (b"TANCARVAL", b"Tancarval", b"30/05/1970"):
        assert told not in everything(tmp_path)


def test_a_report_that_cannot_be_pseudonymised_fails_alone(
    feed: Pv, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    from pv.text.pseudonyms import Pseudonymiser

    apply = Pseudonymiser.apply

    def stumble(self: Pseudonymiser, text: str, detection: Any) -> Any:
        if "stumble" in text:
            raise RuntimeError(text)
        return apply(self, text, detection)

    monkeypatch.setattr(Pseudonymiser, "apply", stumble)
    write("a.txt", f"{STATED}\nstumble")
    write("b.txt", STATED)
    result = feed("scan", "reports", "--pseudonymise", "--key-file", "pv.key", "--include", "*.txt")
    assert result.code == 3
    assert "the detector stopped at it (RuntimeError)" in result.err
    assert "1 new, 0 new versions, 0 unchanged, 1 failed" in result.out

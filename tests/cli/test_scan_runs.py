"""The batch as cron and monitoring see it: record, logs, summary, dead feeds, a second batch, signals, previews."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from conftest import LEXICON, Result
from fakes import FakeDetector

from pv.batch import loading
from pv.batch.detector import Versioned, Versions
from pv.cli import common
from pv.model import Detection
from pv.settings import Settings
from pv.sources.document import opaque_key
from pv.store.database import open_database
from pv.store.lock import batch_lock

STATED = "pair: sunitinib > thrombopénie stated\n"
Pv = Callable[..., Result]
Write = Callable[..., Path]


def runs(pv: Pv) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(pv("runs", "--format", "json").out)
    return rows


def events(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.err.splitlines()]


def test_runs_are_shown_newest_first(pv: Pv, write: Write):
    write("a.txt", STATED)
    pv("scan", write("b.txt", "raise"))
    write("a.txt", STATED * 2)
    pv("scan", "reports")
    last, first = runs(pv)
    counts = ("run", "command", "offered", "new", "new_versions", "unchanged", "failed", "pairs", "exit_code")
    assert [first[c] for c in counts] == [1, "scan", 2, 1, 0, 0, 1, 1, 3]
    assert [last[c] for c in counts] == [2, "scan", 2, 0, 1, 0, 1, 1, 3]
    assert (first["detector_version"], first["lexicon_hash"]) == ("1.2.3", LEXICON)
    assert first["host"]
    assert datetime.fromisoformat(str(first["started"])) <= datetime.fromisoformat(str(first["finished"]))
    assert [r["run"] for r in json.loads(pv("runs", "--last", "1", "--format", "json").out)] == [2]
    table = pv("runs").out.splitlines()
    assert table[0].split()[:4] == ["run", "command", "started", "seconds"]
    assert "abababababab " in table[1]


def test_killed_run_has_no_end(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch):
    def die(*_: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr("pv.batch.scan.in_order", die)
    with pytest.raises(SystemExit):
        pv("scan", write("a.txt", STATED))
    (run,) = runs(pv)
    assert (run["exit_code"], run["finished"], run["seconds"]) == (None, None, None)
    assert (run["detector_version"], run["lexicon_hash"]) == ("1.2.3", LEXICON)
    assert pv("runs").out.splitlines()[1].split()[3] == "none"


def test_logs_for_a_collector(pv: Pv, write: Write):
    write("martin.txt", "raise Madame Martin")
    result = pv("scan", write("a.txt", STATED), "--source", "x", "--log-format", "json")
    assert result.code == 3
    assert result.out.startswith("reports: 1 new")
    created, failed, finished = events(result)
    assert (created["event"], created["level"]) == ("database_created", "info")
    key = opaque_key("x", "martin.txt")
    assert (failed["event"], failed["report"], failed["level"]) == ("report_failed", key, "warning")
    assert (finished["event"], finished["new"], finished["failed"], finished["exit_code"]) == ("run_finished", 1, 1, 3)
    assert all(datetime.fromisoformat(str(e["time"])).tzinfo for e in (created, failed, finished))
    assert "artin" not in result.err


def test_collectors_are_told_how_far_a_run_has_come(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pv.cli.journal.STRIDE", 2)
    for i in range(5):
        folder = write(f"{i}.txt", STATED)
    pv("scan", folder)
    told = events(pv("scan", folder, "--log-format", "json"))
    assert [e.get("reports") for e in told if e["event"] == "progress"] == [2, 4]


def test_errors_are_told_to_a_collector(pv: Pv, tmp_path: Path):
    result = pv("scan", "nothere", "--log-format", "json", "--summary", tmp_path / "s.json")
    assert (result.code, result.out) == (1, "")
    (error,) = events(result)
    assert (error["event"], error["message"]) == ("error", "nothere: no such file or folder")
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8")) == {
        "exit_code": 1, "error": "nothere: no such file or folder",
    }  # fmt: skip


def test_summary_for_monitoring(pv: Pv, write: Write, tmp_path: Path):
    path = tmp_path / "s.json"
    write("b.txt", b"")
    assert pv("scan", write("a.txt", STATED), "--summary", path).code == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = json.loads(path.read_text(encoding="utf-8"))
    (run,) = runs(pv)
    assert content == run | {"pairs_by_link": {"stated": 1}}
    assert content["seconds"] >= 0


def test_summary_that_cannot_be_written_is_an_error(pv: Pv, write: Write):
    result = pv("scan", write("a.txt", STATED), "--summary", "none/s.json")
    assert result.code == 1
    assert "none/s.json cannot be written" in result.err
    assert "1 unchanged" in pv("scan", "reports").out


@pytest.mark.parametrize(("least", "code"), [(2, 0), (3, 1)])
def test_dead_feed_is_a_failure(pv: Pv, write: Write, least: int, code: int):
    write("a.txt", STATED)
    result = pv("scan", write("b.txt", STATED), "--expect-min", least)
    assert result.code == code
    assert result.out.startswith("reports: 2 new")
    note = "pv: 2 reports were offered, fewer than --expect-min 3: see the feed\n"
    assert result.err.endswith(note) == bool(code)
    assert runs(pv)[0]["exit_code"] == code


def test_second_batch_says_so_and_leaves(pv: Pv, write: Write, tmp_path: Path):
    folder = write("a.txt", STATED)
    pv("scan", folder)
    write("b.txt", STATED)
    other = open_database(Settings(f"sqlite:///{tmp_path}/db/pv.sqlite"), write=True)
    with batch_lock(other):
        second = pv("scan", folder)
        assert pv("events", "sunitinib").code == 0
    other.close()
    assert (second.code, second.out) == (1, "")
    assert second.err.startswith("pv: another batch is at work on db/pv.sqlite; this one leaves")
    assert len(runs(pv)) == 1
    assert pv("scan", folder).out.startswith("reports: 1 new, 0 new versions, 1 unchanged")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signal_ends_a_run_cleanly(
    pv: Pv, write: Write, detector: FakeDetector, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
):
    class Signalled(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            if self.calls == 60:
                os.kill(os.getpid(), number)
            return super().detect(text, report_id)

    for i in range(120):
        folder = write(f"{i:03}.txt", STATED)
    before = signal.getsignal(number)
    with monkeypatch.context() as patch:
        patch.setattr(common, "load_detector", lambda: Versioned(Signalled(), "1.2.3", LEXICON))
        result = pv("scan", folder)
    assert result.code == code
    assert result.err.endswith(
        f"pv: stopped by {number.name}; what was committed is kept, the next scan takes the rest\n"
    )
    assert signal.getsignal(number) is before
    (run,) = runs(pv)
    assert run["exit_code"] == code
    stored = int(str(run["new"]))
    assert 50 <= stored < 120
    assert pv("scan", folder).out.startswith(f"reports: {120 - stored} new, 0 new versions, {stored} unchanged")


def use(monkeypatch: pytest.MonkeyPatch, version: str, *changes: tuple[str, str]) -> None:
    """Put another release in place, which reads some words as others."""

    class Other(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            for old, new in changes:
                text = text.replace(old, new)
            return super().detect(text, report_id)

    monkeypatch.setattr(common, "load_detector", lambda: Versioned(Other(), version, LEXICON))
    monkeypatch.setattr(loading, "current_versions", lambda: Versions(version, LEXICON))


@pytest.fixture
def updated(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan two reports, then put a release in place that finds other pairs in one of them."""
    write("a.txt", STATED + "pair: paclitaxel > fièvre temporal confidence=0.4\npair: sunitinib > toux treats\n")
    pv("scan", write("b.txt", "pair: sunitinib > zona denied\n"), "--source", "x")
    write("c.txt", STATED)
    use(monkeypatch, "2", ("temporal confidence=0.4", "stated certainty=hedged confidence=0.8"), ("toux", "grippe"))


CHANGES = """report,pair,change,drug,event,link_before,link_after,what
a.txt,*,changed,paclitaxel,fièvre,temporal,stated,link: temporal -> stated; *
a.txt,*,added,sunitinib,grippe,,treats,
a.txt,*,withdrawn,sunitinib,toux,treats,,
"""


@pytest.mark.usefixtures("updated")
def test_preview_shows_what_a_rescan_would_change_and_writes_nothing(pv: Pv, tmp_path: Path):
    database = tmp_path / "db" / "pv.sqlite"
    before = pv("runs").out, pv("events", "sunitinib", "--pairs", "--all", "--format", "csv").out, database.read_bytes()
    result = pv("scan", "reports", "--source", "x", "--rescan", "--dry-run", "--format", "csv")
    assert result.code == 0
    lines = result.out.splitlines()
    for line, expected in zip(lines, CHANGES.splitlines(), strict=True):
        cells = zip(line.split(","), expected.split(","), strict=True)
        assert all(fnmatchcase(cell, pattern) for cell, pattern in cells), line
    assert "; certainty: none -> hedged; confidence: 0.4 -> 0.8" in lines[1]
    assert (
        result.err == "pv: 2 reports would be read again; pairs: 1 added, 1 changed, 1 withdrawn; nothing was written\n"
    )
    rows = json.loads(pv("scan", "reports", "--source", "x", "--rescan", "--dry-run", "--format", "json").out)
    assert [r["change"] for r in rows] == ["changed", "added", "withdrawn"]
    assert (pv("runs").out, pv("events", "sunitinib", "--pairs", "--all", "--format", "csv").out) == before[:2]
    assert database.read_bytes() == before[2]


@pytest.mark.usefixtures("updated")
def test_rescan_reads_again_what_is_behind_and_only_that(pv: Pv):
    def behind() -> int:
        status = {r["what"]: r["value"] for r in json.loads(pv("status", "--format", "json").out)}
        return int(status["reports behind (see scan --rescan)"])

    assert behind() == 2
    assert pv("scan", "reports", "--source", "x").out.startswith(
        "reports: 1 new, 0 new versions, 2 unchanged, 0 failed\n"
    )
    assert behind() == 2
    result = pv("scan", "reports", "--source", "x", "--rescan")
    assert result.out.startswith("reports: 0 new, 0 new versions, 1 unchanged, 0 failed, 2 read again\n")
    assert behind() == 0
    assert runs(pv)[0]["command"] == "rescan"
    assert [e["event"] for e in json.loads(pv("events", "sunitinib", "--all", "--format", "json").out)] == [
        "thrombopénie", "grippe", "zona",
    ]  # fmt: skip
    again = pv("scan", "reports", "--source", "x", "--rescan", "--dry-run", "--format", "csv")
    assert again.out.splitlines()[1:] == []


def test_preview_without_rescan_is_refused(pv: Pv, write: Write):
    result = pv("scan", write("a.txt", STATED), "--dry-run")
    assert result.code == 2
    assert "--dry-run shows what --rescan would change: give both" in result.err


@pytest.mark.usefixtures("updated")
def test_preview_tells_of_reports_that_fail(pv: Pv, write: Write, monkeypatch: pytest.MonkeyPatch):
    use(monkeypatch, "2", ("zona denied", "raise"))
    result = pv("scan", "reports", "--source", "x", "--rescan", "--dry-run", "--format", "csv")
    assert result.code == 3
    assert result.err.splitlines()[0].startswith(f"pv: report {opaque_key('x', 'b.txt')}: the detector stopped at it")

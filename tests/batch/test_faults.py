"""What a machine does to a batch: a full disk, a database that goes away, a clock that jumps, giant reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import odd_detector
import pytest
from fakes import FakeDetector
from offers import find_documents
from sqlalchemy import func, select

from pv.batch import scan as scan_module
from pv.batch import writer as writer_module
from pv.batch.detector import Versioned, Versions
from pv.batch.limits import GROUP
from pv.batch.scan import Scan
from pv.batch.seen import Seen
from pv.batch.summary import Summary
from pv.batch.workers import Inline, Job, Processes
from pv.errors import StoreError
from pv.model import Detection
from pv.store import audit as audit_module
from pv.store import runs as runs_module
from pv.store.database import Database
from pv.store.models import Report, ReportVersion, ScanRun
from pv.store.runs import last_runs
from pv.store.status import find_problems

STATED = "pair: sunitinib > thrombopénie stated\n"
Write = Callable[..., Path]


def batch(store: Database, detector: FakeDetector) -> Scan:
    return Scan(store, Inline(lambda: Versioned(detector, "1", "x")), Versions("1", "x"))


def many(write: Write, number: int) -> Path:
    for i in range(number):
        folder = write(f"{i:04}.txt", "".join(f"pair: drug {i}-{k} > event {i}-{k} stated\n" for k in range(20)))
    return folder


def stored(store: Database) -> int:
    with store.session() as session:
        assert find_problems(session) == []
        return session.scalar(select(func.count()).select_from(Report)) or 0


def test_full_disk_keeps_what_was_committed(store: Database, write: Write):
    folder = many(write, 3 * GROUP)
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 250}")
    with pytest.raises(StoreError, match="the disk is full; what was committed is kept"):
        batch(store, FakeDetector()).run(find_documents([folder], "test"))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    kept = stored(store)
    assert kept in {GROUP, 2 * GROUP}
    summary = batch(store, FakeDetector()).run(find_documents([folder], "test"))
    assert (summary.unchanged, summary.new, stored(store)) == (kept, 3 * GROUP - kept, 3 * GROUP)


def test_database_deleted_half_way_is_no_success(store: Database, write: Write):
    class Deleting(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            if self.calls == GROUP:
                shutil.rmtree(Path(store.name).parent)
            return super().detect(text, report_id)

    folder = many(write, GROUP + 1)
    with pytest.raises(StoreError, match="moved, deleted or replaced while it was written to"):
        batch(store, Deleting()).run(find_documents([folder], "test"))


def test_clock_that_jumps_back_confuses_nothing(store: Database, write: Write, monkeypatch: pytest.MonkeyPatch):
    class Backwards(datetime):
        reading = datetime(2040, 1, 1, tzinfo=UTC)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            cls.reading -= timedelta(days=400)
            return cls.reading

    for module in (scan_module, writer_module, audit_module, runs_module):
        monkeypatch.setattr(module, "datetime", Backwards)
    folder = write("a.txt", STATED)
    first = batch(store, FakeDetector()).run(find_documents([folder], "test"))
    write("a.txt", STATED * 2)
    second = batch(store, FakeDetector()).run(find_documents([folder], "test"))
    assert batch(store, FakeDetector()).run(find_documents([folder], "test")).unchanged == 1
    assert (first.new, second.new_versions) == (1, 1)
    with store.session() as session:
        runs = last_runs(session, 10)
        versions = session.scalars(select(ReportVersion).order_by(ReportVersion.number)).all()
        started = session.scalars(select(ScanRun.started).order_by(ScanRun.id)).all()
    assert [r.run for r in runs] == [3, 2, 1]
    assert started == sorted(started, reverse=True)
    assert all(r.seconds is not None and 0 <= r.seconds < 60 for r in runs)
    assert [v.latest for v in versions] == [False, True]
    assert versions[1].scanned < versions[0].scanned


def test_time_limit_does_not_look_at_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.time", lambda: 0.0)
    workers = Processes(odd_detector.load, odd_detector.VERSIONS, timeout=60)
    job = Job("a", STATED)
    with closing(workers):
        workers.submit(job)
        while job.found is None:
            workers.wait()
    assert isinstance(job.found, Detection)


def test_ten_million_characters_go_through_a_worker():
    workers = Processes(odd_detector.load, odd_detector.VERSIONS)
    jobs = [Job(str(i), STATED + "x" * 10_000_000 * (i == 1)) for i in range(3)]
    with closing(workers):
        for job in jobs:
            workers.submit(job)
        while any(job.found is None for job in jobs):
            workers.wait()
    assert all(isinstance(job.found, Detection) and len(job.found.pairs) == 1 for job in jobs)


def test_reports_are_known_again_without_being_kept_in_memory():
    seen = Seen()
    with closing(seen):
        assert [seen.first_text("s", f"{i}", f"{i:064}") for i in range(2_000)] == [None] * 2_000
        assert seen.first_text("s", "7", "x") == f"{7:064}"
        assert seen.first_text("t", "7", "x") is None


def test_summary_names_only_the_first_failures():
    whole, part = Summary(), Summary()
    for i in range(3_000):
        part.fail(f"{i}", "no")
    whole.add(part)
    whole.add(part)
    assert (whole.failures, len(whole.failed), whole.exit_code) == (6_000, 1_000, 1)

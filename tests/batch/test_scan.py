"""The batch: what is new, what fails, and that one bad report never stops or spoils the others."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeDetector
from offers import find_documents
from sqlalchemy import func, select

from pv.batch.detector import Detects, Load, Versioned, Versions, detect_each
from pv.batch.limits import GROUP, Limits
from pv.batch.scan import Scan
from pv.batch.summary import Summary
from pv.batch.workers import Inline
from pv.errors import InputError, LexiconError, LockedError
from pv.model import Detection, DrugKind, DrugMention
from pv.settings import Settings
from pv.sources.document import opaque_key
from pv.store.database import Database, open_database
from pv.store.models import PairRow, Report, ReportVersion, ScanRun

STATED = "pair: sunitinib > thrombopénie stated\n"


VERSIONS = Versions("1", "x")

pytestmark = pytest.mark.both_databases


def batch(store: Database, load: Load, limits: Limits | None = None) -> Scan:
    return Scan(store, Inline(load), VERSIONS, limits or Limits(max_bytes=10_000))


def batch_of(store: Database, detector: Detects, limits: Limits | None = None) -> Scan:
    return batch(store, lambda: Versioned(detector, "1", "x"), limits)


def reports(store: Database) -> list[str]:
    with store.session() as session:
        return list(session.scalars(select(Report.name).order_by(Report.name)))


def test_second_scan_finds_nothing_new(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    write("b/2.txt", STATED)
    folder = write("a.txt", STATED)
    first, second = scan(folder), scan(folder)
    assert (first.new, first.unchanged, first.pairs) == (2, 0, {"stated": 2})
    assert (second.new, second.new_versions, second.unchanged, second.pairs.total()) == (0, 0, 2, 0)
    assert reports(store) == ["a.txt", "b/2.txt"]


def test_detector_is_not_loaded_for_unchanged_reports(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    folder = write("a.txt", STATED)
    scan(folder)

    def load() -> Versioned:
        raise AssertionError("loaded")

    assert batch(store, load).run(find_documents([folder], "test")).unchanged == 1


def test_bad_reports_do_not_stop_the_others(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    write("1.txt", "raise")
    write("2.txt", b"")
    write("3.txt", b"%PDF\x00\x01\x02" * 50)
    write("4.txt", "x" * 10_001)
    summary = scan(write("5.txt", STATED))
    assert (summary.new, summary.exit_code) == (1, 3)
    reasons = dict(summary.failed)
    assert reasons[opaque_key("test", "1.txt")] == "the detector stopped at it (RuntimeError)"
    assert reasons[opaque_key("test", "2.txt")].startswith("empty")
    assert "binary" in reasons[opaque_key("test", "3.txt")]
    assert "10,001 bytes, more than the 10,000" in reasons[opaque_key("test", "4.txt")]
    assert reports(store) == ["5.txt"]


def test_report_that_cannot_be_stored_leaves_nothing_behind(store: Database, write: Callable[..., Path]):
    class Overlong(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            found = super().detect(text, report_id)
            if "spoil" not in text:
                return found
            # A mention without a place breaks a constraint of the table, after the report's row was written.
            broken = DrugMention(None, None, "newdrug", DrugKind.SUBSTANCE)  # type: ignore[arg-type]
            return Detection(report_id, drugs=(broken,), events=found.events, pairs=found.pairs)

    write("1.txt", STATED + "spoil")
    folder = write("2.txt", STATED)
    summary = batch_of(store, Overlong()).run(find_documents([folder], "test"))
    assert (summary.new, len(summary.failed)) == (1, 1)
    assert summary.failed[0][1] == "the detector stopped at it (IntegrityError)"
    assert reports(store) == ["2.txt"]
    with store.session() as session:
        assert session.scalar(select(func.count()).select_from(PairRow)) == 1


def test_groups_are_all_taken(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    for i in range(2 * GROUP + 3):
        folder = write(f"{i:03}.txt", "raise" if i == GROUP + 1 else f"{STATED}{i}")
    summary = scan(folder)
    assert (summary.new, len(summary.failed)) == (2 * GROUP + 2, 1)
    assert len(reports(store)) == 2 * GROUP + 2


def test_two_texts_under_one_id_are_not_mixed(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    write("x/a.txt", STATED)
    folder = write("y/a.txt", "autre")
    summary = scan(folder / "x", folder / "y")
    assert (summary.new, summary.new_versions) == (1, 0)
    assert "two texts under one id" in summary.failed[0][1]
    assert scan(folder / "x").unchanged == 1


def test_folder_and_file_in_it_are_one_source(
    store: Database, scan: Callable[..., Summary], write: Callable[..., Path]
):
    folder = write("a.txt", STATED)
    scan(folder, source=None)
    assert scan(folder / "a.txt", source=None).unchanged == 1


def test_encodings_are_recorded(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    write("1.txt", ("pair: sunitinib > nausées stated\nfièvre à 39°, œdème").encode("cp1252"))
    scan(write("2.txt", b"\xef\xbb\xbf" + STATED.encode()))
    with store.session() as session:
        rows = session.execute(
            select(ReportVersion.encoding, ReportVersion.encoding_assumed).order_by(ReportVersion.id)
        )
        assert list(rows) == [("cp1252", True), ("utf-8", False)]
        starts = session.scalars(select(PairRow).order_by(PairRow.id))
        assert [p.event.label for p in starts] == ["nausées", "thrombopénie"]


def test_run_is_recorded(store: Database, scan: Callable[..., Summary], write: Callable[..., Path]):
    write("2.txt", "raise")
    scan(write("1.txt", STATED))
    with store.session() as session:
        run = session.scalars(select(ScanRun)).one()
    assert (run.new, run.failed, run.pairs, run.exit_code) == (1, 1, 1, 3)
    assert (run.detector_version, run.lexicon_hash) == ("1.2.3", "ab" * 32)
    assert run.finished is not None
    assert run.finished >= run.started


def test_run_that_cannot_go_on_is_closed(store: Database, write: Callable[..., Path]):
    def load() -> Versioned:
        raise LexiconError("drugs.csv:3: broken")

    with pytest.raises(LexiconError):
        batch(store, load).run(find_documents([write("1.txt", STATED)], "test"))
    with store.session() as session:
        run = session.scalars(select(ScanRun)).one()
    assert (run.exit_code, run.new) == (1, 0)
    assert run.finished is not None


@pytest.mark.sqlite_only
def test_database_locked_half_way_keeps_what_was_committed(store: Database, write: Callable[..., Path]):
    class Locking(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            if self.calls == GROUP:
                holder.execute("BEGIN IMMEDIATE")
            return super().detect(text, report_id)

    for i in range(GROUP + 1):
        folder = write(f"{i:03}.txt", f"{STATED}{i}")
    impatient = open_database(Settings(f"sqlite:///{store.name}", busy_timeout=0.05), write=True)
    holder = sqlite3.connect(store.name, isolation_level=None)
    with pytest.raises(LockedError):
        batch_of(impatient, Locking()).run(find_documents([folder], "test"))
    holder.execute("ROLLBACK")
    holder.close()
    impatient.close()
    assert len(reports(store)) == GROUP
    summary = batch_of(store, FakeDetector()).run(find_documents([folder], "test"))
    assert (summary.new, summary.unchanged) == (1, GROUP)


def test_detection_of_a_group_with_one_bad_text():
    found = detect_each(FakeDetector(), [("a", STATED), ("b", "raise"), ("c", "")])
    assert [type(f).__name__ for f in found] == ["Detection", "RuntimeError", "Detection"]


def test_source_reads_folders_in_order(tmp_path: Path):
    for name in ("b.txt", "a/z.TXT", "a/b.txt", "c.odt", "é è.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [d.name for d in find_documents([tmp_path])] == ["b.txt", "é è.txt", "a/b.txt", "a/z.TXT"]
    assert [d.name for d in find_documents([tmp_path / "c.odt"])] == ["c.odt"]
    with pytest.raises(InputError, match="no such file or folder"):
        find_documents([tmp_path / "b.txt", tmp_path / "none"])


def test_what_is_no_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    for document in find_documents([tmp_path]):
        with pytest.raises(InputError, match=r"no regular file|leads nowhere") as caught:
            document.load(100)
        assert document.name not in str(caught.value)

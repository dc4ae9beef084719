"""Failures go when what failed is well again, whether or not anything of it had to be stored."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LEXICON
from fakes import FakeDetector
from made_files import zip_file
from offers import find_documents
from sqlalchemy import select

from pv.batch.detector import Versioned, Versions
from pv.batch.scan import Scan as BatchScan
from pv.batch.stopping import Stopping
from pv.batch.summary import Summary
from pv.batch.workers import Inline
from pv.store.database import Database
from pv.store.models import Failure

pytestmark = pytest.mark.both_databases

STATED = "pair: sunitinib > thrombopénie stated\n"
Scan = Callable[..., Summary]
Write = Callable[..., Path]


def failures(store: Database) -> list[str]:
    with store.session() as session:
        return list(session.scalars(select(Failure.name).order_by(Failure.name)))


def test_report_that_is_readable_again_with_its_old_text(store: Database, scan: Scan, write: Write):
    folder = write("a.txt", STATED)
    write("b.txt", STATED)
    scan(folder)
    write("a.txt", b"")
    assert scan(folder).failures == 1
    assert failures(store) == ["a.txt"]
    write("a.txt", STATED)
    assert scan(folder).unchanged == 2
    assert failures(store) == []


def test_containers_and_rows_that_are_well_again(store: Database, scan: Scan, write: Write):
    write("l.zip", zip_file({"t.csv": "id,text\n1,a,b\n"}))
    folder = write("m.zip", b"broken")
    scan(folder)
    assert failures(store) == ["l.zip/t.csv/2/", "m.zip/"]
    write("m.zip", zip_file({"a.txt": STATED}))
    assert scan(folder).new == 1
    assert failures(store) == ["l.zip/t.csv/2/"]
    write("l.zip", zip_file({"t.csv": "id,text\n1,a\n"}))
    scan(folder)
    assert failures(store) == []


def test_failures_of_other_sources_and_of_other_reports_stay(store: Database, scan: Scan, write: Write):
    write("x/m.zip", b"broken")
    write("y/m.zip", zip_file({"a.txt": STATED}))
    folder = write("y/b.txt", b"")
    scan(folder / "x", source="x")
    scan(folder / "y", source="y")
    scan(folder / "y", source="y")
    assert failures(store) == ["b.txt", "m.zip/"]
    (folder / "y" / "b.txt").unlink()
    scan(folder / "y", source="y")
    # Nobody knows what became of a report that is not offered any more.
    assert failures(store) == ["b.txt", "m.zip/"]


def test_run_that_was_stopped_forgets_no_container(store: Database, scan: Scan, write: Write):
    folder = write("m.zip", b"broken")
    scan(folder)
    write("m.zip", zip_file({f"{i}.txt": STATED for i in range(3)}))
    workers = Inline(lambda: Versioned(FakeDetector(), "1.2.3", LEXICON))
    stopped = BatchScan(store, workers, Versions("1.2.3", LEXICON), stopping=Stopping(signal.SIGTERM))
    stopped.run(find_documents([folder], "test"))
    assert failures(store) == ["m.zip/"]

"""A report that fails is tried a few times, then waits until something changes; the others go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeDetector
from offers import find_documents
from sqlalchemy import select

from pv.batch.detector import Versioned, Versions
from pv.batch.limits import Limits
from pv.batch.scan import Scan
from pv.batch.summary import Summary
from pv.batch.workers import Inline
from pv.store.database import Database
from pv.store.models import Failure, ScanRun

STATED = "pair: sunitinib > thrombopénie stated\n"
Night = Callable[..., Summary]
Write = Callable[..., Path]

pytestmark = pytest.mark.both_databases


@pytest.fixture
def night(store: Database, detector: FakeDetector, tmp_path: Path) -> Night:
    """Scan the folder ``reports`` with two tries."""

    def call(*, version: str = "1", lexicon: str = "x", retry: bool = False) -> Summary:
        workers = Inline(lambda: Versioned(detector, version, lexicon))
        limits = Limits(tries=2, retry=retry)
        return Scan(store, workers, Versions(version, lexicon), limits).run(
            find_documents([tmp_path / "reports"], "test")
        )

    return call


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.failures, summary.quarantined, summary.taken, summary.exit_code


@pytest.fixture(params=["raise", b""], ids=["stops the detector", "cannot be read"])
def bad(request: pytest.FixtureRequest, write: Write) -> None:
    write("a.txt", STATED)
    write("b.txt", request.param)


@pytest.mark.usefixtures("bad")
def test_two_tries_then_quarantine(night: Night, detector: FakeDetector, store: Database):
    assert counts(night()) == (1, 0, 1, 3)
    assert counts(night()) == (1, 0, 0, 3)
    calls = detector.calls
    assert counts(night()) == (0, 1, 0, 0)
    assert detector.calls == calls
    with store.session() as session:
        assert session.scalars(select(Failure.tries)).one() == 2
        assert session.scalars(select(ScanRun.quarantined).order_by(ScanRun.id)).all() == [0, 0, 1]


@pytest.mark.usefixtures("bad")
@pytest.mark.parametrize("change", [{"retry": True}, {"version": "2"}, {"lexicon": "y"}], ids=str)
def test_quarantine_ends_when_it_is_asked_for_or_the_program_changes(night: Night, change: dict[str, object]):
    for _ in range(3):
        night()
    assert counts(night(**change)) == (1, 0, 0, 3)


@pytest.mark.usefixtures("bad")
def test_another_bad_text_begins_a_new_count(night: Night, write: Write):
    for _ in range(3):
        night()
    write("b.txt", "raise again")
    assert counts(night()) == (1, 0, 0, 3)
    assert counts(night()) == (1, 0, 0, 3)
    assert counts(night()) == (0, 1, 0, 0)


@pytest.mark.usefixtures("bad")
def test_good_text_ends_it(night: Night, write: Write, store: Database):
    for _ in range(3):
        night()
    write("b.txt", STATED)
    assert counts(night()) == (0, 0, 1, 0)
    with store.session() as session:
        assert session.scalars(select(Failure)).all() == []


def test_folder_that_cannot_be_read_is_told_every_night(night: Night, write: Write, monkeypatch: pytest.MonkeyPatch):
    write("a.txt", STATED)
    closed = write("sub/b.txt", STATED) / "sub"
    stat = Path.stat

    def refuse(path: Path, **more: bool) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return stat(path, **more)

    monkeypatch.setattr(Path, "stat", refuse)
    assert [counts(night())[::3] for _ in range(4)] == [(1, 3)] * 4

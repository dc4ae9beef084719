"""Worker processes: order, time limit, death, and what they say when they cannot start."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import odd_detector
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.batch.detector import Load, Refusal, Versions
from pv.batch.newness import Fresh, Why
from pv.batch.pipeline import Entry, Read, in_order
from pv.batch.workers import Job, Processes
from pv.errors import LexiconError, PvError, WorkerError
from pv.model import Detection
from pv.store.repository import FailedTry
from pv.store.rows import Received

STATED = "pair: sunitinib > thrombopénie stated\n"


def processes(jobs: int = 1, timeout: float = 60, load: Load = odd_detector.load) -> Processes:
    return Processes(load, odd_detector.VERSIONS, jobs, timeout)


def entry(name: str, text: str) -> Fresh:
    received = Received("s", "folder", name, "k", datetime(2024, 1, 1, tzinfo=UTC), "", len(text), "utf-8", False)
    return Fresh(received, text, Why.NEW)


def outcomes(texts: list[str], workers: Processes) -> list[int | str]:
    """Give the number of pairs of each text, or the reason why there are none."""
    entries: Iterator[Entry] = (entry(str(i), text) for i, text in enumerate(texts))
    with closing(workers):
        read = [*in_order(entries, workers)]
    assert all(isinstance(r, Read) for r in read)
    assert [r.fresh.received.name for r in read if isinstance(r, Read)] == [str(i) for i in range(len(texts))]
    found = [r.found for r in read if isinstance(r, Read)]
    return [f.reason if isinstance(f, Refusal) else len(f.pairs) for f in found]


@pytest.mark.parametrize("jobs", [1, 3])
def test_findings_come_in_order(jobs: int):
    texts = [STATED * (i % 2) + "x" * (i % 7) * 1000 for i in range(300)]
    assert outcomes(texts, processes(jobs)) == [i % 2 for i in range(300)]


def test_report_that_takes_too_long_is_refused_and_the_others_are_read():
    texts = [STATED, "never", STATED, STATED]
    reason = "took longer than the 0.2 seconds allowed; see --timeout"
    assert outcomes(texts, processes(timeout=0.2)) == [1, reason, 1, 1]


def test_report_that_ends_its_process_twice_is_refused_and_the_others_are_read():
    reason = "the detector's process ended at it, twice (killed by SIGKILL)"
    assert outcomes([STATED, "die", STATED, "raise", STATED], processes(2)) == [
        1, reason, 1, "the detector stopped at it (RuntimeError)", 1,
    ]  # fmt: skip


def test_report_whose_process_was_ended_once_is_read_again(tmp_path: Path):
    assert outcomes([STATED, f"{STATED}die unless {tmp_path / 'x'}", STATED], processes()) == [1, 1, 1]
    assert (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("load", "error", "message"),
    [
        (odd_detector.load_nothing, LexiconError, "drugs.csv:3: broken"),
        (odd_detector.load_badly, WorkerError, r"cannot be loaded \(RuntimeError\)$"),
        (odd_detector.load_and_die, WorkerError, r"while it was loading \(killed by SIGKILL\)"),
    ],
    ids=["lexicon", "unforeseen", "dead"],
)
def test_detector_that_cannot_be_loaded(load: Load, error: type[PvError], message: str):
    with pytest.raises(error, match=message):
        outcomes([STATED], processes(load=load))


def test_detector_of_other_versions_is_refused():
    workers = Processes(odd_detector.load, Versions("1.2.3", "cd" * 32))
    with pytest.raises(LexiconError, match="changed while the batch ran"):
        outcomes([STATED], workers)


def test_no_process_is_started_without_work_or_left_behind():
    workers = processes(2)
    assert outcomes([], workers) == []
    started = processes(2)
    started.submit(Job("a", "never"))
    pids = [w.process.pid for w in started._workers]
    assert len(pids) == 1
    started.close()
    for pid in pids:
        assert pid is not None
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_worker_ends_with_whoever_sent_it_work():
    workers = processes()
    workers.submit(Job("a", "never"))
    worker = workers._workers[0]
    while not worker.ready:
        workers.wait()
    worker.connection.close()
    worker.process.join()
    assert worker.process.exitcode == 0


def test_worker_is_not_stopped_by_the_signals_of_its_group():
    workers = processes()
    job = Job("a", STATED)
    workers.submit(job)
    worker = workers._workers[0]
    while job.found is None:
        workers.wait()
    assert worker.process.pid is not None
    os.kill(worker.process.pid, signal.SIGTERM)
    os.kill(worker.process.pid, signal.SIGINT)
    again = Job("b", STATED)
    workers.submit(again)
    with closing(workers):
        while again.found is None:
            workers.wait()
    assert isinstance(again.found, Detection)
    assert again.deaths == 0


class Whims:
    """Workers without processes that finish jobs in the order of whims."""

    def __init__(self, order: list[int], *, overlap: bool) -> None:
        self.order, self.overlap = order, overlap
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def wait(self, seconds: float = 1) -> None:
        if self.jobs and (seconds or (self.order and self.order[-1] % 2)):
            chosen = self.jobs.pop((self.order.pop() if self.order else 0) % len(self.jobs))
            chosen.found = Refusal(chosen.report_id)
        elif self.order:
            self.order.pop()

    def close(self) -> None:
        pass


@given(
    kinds=st.lists(st.sampled_from(["text", "failed", "nothing"]), max_size=700),
    order=st.lists(st.integers(0, 999), max_size=700),
    overlap=st.booleans(),
)
def test_whatever_is_done_first_the_order_is_that_of_the_entries(kinds: list[str], order: list[int], overlap: bool):
    entries: list[Entry] = [
        None if kind == "nothing" else entry(str(i), "x") if kind == "text" else FailedTry("s", "f", str(i), "k", "no")
        for i, kind in enumerate(kinds)
    ]
    names = [
        r.fresh.received.name if isinstance(r, Read) else r.name
        for r in in_order(iter(entries), Whims(order, overlap=overlap))
    ]
    assert names == [str(i) for i, kind in enumerate(kinds) if kind != "nothing"]


@pytest.mark.parametrize("overlap", [True, False])
def test_what_is_under_way_is_bounded(overlap: bool):
    workers = Whims([], overlap=overlap)
    most = 0
    entries: Iterator[Entry] = (entry(str(i), "x" * (5_000_000 if i % 2 else 1)) for i in range(100))
    given_out = 0

    def counted() -> Iterator[Entry]:
        nonlocal given_out
        for e in entries:
            given_out += 1
            yield e

    for done, _ in enumerate(in_order(counted(), workers)):
        most = max(most, given_out - done)
    assert most < 12

"""The workers, seen from the batch: reports go in, findings or refusals come out, whatever happens to a process.

A report that takes too long is refused and its worker replaced. A worker that dies gives its reports back; the one it
was at is read once more by a worker of its own, and refused if that one dies too.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection as connections
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol

from pv.batch.detector import Load, Refusal, Versioned, Versions, detect_or_refuse
from pv.batch.worker import Answer, Task, serve
from pv.errors import LexiconError, PvError, WorkerError
from pv.model import Detection
from pv.settings import TIMEOUT

# Reports that wait at a worker while the batch writes those before them.
PREFETCH = 32
# Seconds after which the batch looks up from waiting, and seconds that loading a detector may take.
TICK = 0.5
LOADING = 600.0
# Workers that die one after the other before they are ready; after so many it is not a report's fault.
STARTS = 3
# How a worker ends whom the system has stopped in time, where there are alarms.
_BY_ALARM = -int(getattr(signal, "SIGALRM", 0)) or None
# Times that a worker may die at one report.
DEATHS = 2


@dataclass(slots=True)
class Job:
    """A text on its way through the workers; ``found`` is set when it is done."""

    report_id: str
    text: str
    found: Detection | Refusal | None = None
    deaths: int = 0


class Workers(Protocol):
    """Those who read reports."""

    @property
    def overlap(self) -> bool:
        """Whether they may read while the batch writes."""
        ...

    def submit(self, job: Job) -> None:
        """Take a job over."""
        ...

    def wait(self, seconds: float = TICK) -> None:
        """Return when a job is done, or after so many seconds."""
        ...

    def close(self) -> None:
        """End; jobs that are not done are dropped."""
        ...


@dataclass(slots=True)
class Inline:
    """Reads each report at once, in this process: no time limit, and what kills the detector kills the batch."""

    load: Load
    _loaded: Versioned | None = None

    @property
    def overlap(self) -> bool:
        """Whether reports are read while others are written: never."""
        return False

    def submit(self, job: Job) -> None:
        """Read one report."""
        self._loaded = self._loaded or self.load()
        job.found = detect_or_refuse(self._loaded.detector, job.report_id, job.text)

    def wait(self, seconds: float = TICK) -> None:
        """Return: nothing is ever under way."""

    def close(self) -> None:
        """Return: nothing is to be ended."""


@dataclass(slots=True, eq=False)
class _Worker:
    """One process with the jobs that it was given, in order; ``since`` is when it began the first of them."""

    process: BaseProcess
    connection: Connection
    started: float
    ready: bool = False
    alone: bool = False
    since: float = 0.0
    jobs: deque[Job] = field(default_factory=deque)

    def give(self, job: Job, number: int, now: float) -> None:
        """Send a job; a worker that has died meanwhile is found out when its answers are read."""
        if not self.jobs:
            self.since = now
        self.jobs.append(job)
        with suppress(OSError):
            self.connection.send(Task(number, job.report_id, job.text))


@dataclass(slots=True)
class Processes:
    """So many worker processes, started when there is work for them.

    ``load`` must be importable by name, since each process calls it; ``versions`` is what it must give. ``timeout`` is
    in seconds a report. With one job, reading and writing take turns: one core is used.
    """

    load: Load
    versions: Versions
    jobs: int = 1
    timeout: float = TIMEOUT
    clock: Callable[[], float] = time.monotonic
    _workers: list[_Worker] = field(default_factory=list)
    _backlog: deque[Job] = field(default_factory=deque)
    _number: int = 0
    _failed_starts: int = 0

    @property
    def overlap(self) -> bool:
        """Whether reports are read while others are written."""
        return self.jobs > 1

    def submit(self, job: Job) -> None:
        """Take a job over, and hand out what waits."""
        self._backlog.append(job)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._backlog:
            free = [w for w in self._workers if not w.alone and len(w.jobs) < PREFETCH]
            worker = min(free, key=lambda w: len(w.jobs), default=None)
            if (worker is None or worker.jobs) and len(self._workers) < self.jobs:
                worker = self._start()
            if worker is None:
                return
            self._give(worker, self._backlog.popleft())

    def _give(self, worker: _Worker, job: Job) -> None:
        self._number += 1
        worker.give(job, self._number, self.clock())

    def _start(self) -> _Worker:
        # A fresh interpreter: it inherits neither the lock of the batch nor a connection to the database.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.load, self.timeout), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours, self.clock())
        self._workers.append(worker)
        return worker

    def wait(self, seconds: float = TICK) -> None:
        """Read answers, waiting so many seconds at most for the first; then end what has taken too long, hand out more.

        Raises what kept a detector from being loaded.
        """
        ready = set(connections.wait([w.connection for w in self._workers], self._patience(seconds)))
        for worker in [w for w in self._workers if w.connection in ready]:
            self._read(worker)
        now = self.clock()
        for worker in [w for w in self._workers if now >= self._deadline(w)]:
            self._overdue(worker)
        self._hand_out()

    def _patience(self, seconds: float) -> float:
        soonest = min((self._deadline(w) for w in self._workers), default=0.0)
        return min(seconds, max(0.0, soonest - self.clock()))

    def _deadline(self, worker: _Worker) -> float:
        if not worker.ready:
            return worker.started + LOADING
        return worker.since + self.timeout if worker.jobs else float("inf")

    def _read(self, worker: _Worker) -> None:
        """Take all answers that have come; find out that the worker has died."""
        try:
            while worker.connection.poll():
                self._take(worker, worker.connection.recv())
        except (EOFError, OSError):
            self._died(worker)

    def _take(self, worker: _Worker, message: Answer | Versions | PvError) -> None:
        if isinstance(message, PvError):
            raise message
        worker.since = self.clock()
        if isinstance(message, Versions):
            if message != self.versions:
                raise LexiconError("program or tables changed while the batch ran; what is stored is kept, run again")
            worker.ready, self._failed_starts = True, 0
            return
        worker.jobs.popleft().found = message.found
        worker.alone = False

    def _overdue(self, worker: _Worker) -> None:
        if not worker.ready:
            raise WorkerError(f"the detector was not loaded after {LOADING:.0f} seconds")
        late = self._end(worker)
        late.popleft().found = self._too_long()
        self._backlog.extendleft(reversed(late))

    def _too_long(self) -> Refusal:
        return Refusal(f"took longer than the {self.timeout:g} seconds allowed; see --timeout")

    def _end(self, worker: _Worker) -> deque[Job]:
        """End a worker; give the jobs that it had."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        return worker.jobs

    def _died(self, worker: _Worker) -> None:
        # It is dead or will be at once; how it came to it is known when it is gone.
        worker.process.join(TICK)
        how = _ending(worker.process.exitcode)
        jobs = self._end(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts == STARTS:
                raise WorkerError(f"the detector's process ended while it was loading ({how}); is there enough memory?")
        elif jobs:
            job = jobs.popleft()
            job.deaths += 1
            if worker.process.exitcode == _BY_ALARM:
                job.found = self._too_long()
            elif job.deaths == DEATHS:
                job.found = Refusal(f"the detector's process ended at it, twice ({how})")
            else:
                again = self._start()
                again.alone = True
                self._give(again, job)
        self._backlog.extendleft(reversed(jobs))

    def close(self) -> None:
        """End all workers."""
        self._backlog.clear()
        for worker in [*self._workers]:
            self._end(worker)


def _ending(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"

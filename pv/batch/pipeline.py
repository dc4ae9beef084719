"""From what is offered to what is written: reports are read by the workers, and come out in the order they went in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pv.batch.detector import Refusal
from pv.batch.limits import CHARACTERS, GROUP, WINDOW
from pv.batch.newness import Fresh
from pv.batch.workers import Job, Workers
from pv.model import Detection
from pv.store.repository import FailedTry

# A text to read, one that cannot be, or None while nothing is new, so that others get their turn.
Entry: TypeAlias = Fresh | FailedTry | None


@dataclass(frozen=True, slots=True)
class Read:
    """A text and what was found in it, or why nothing was."""

    fresh: Fresh
    found: Detection | Refusal


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the queue."""

    entry: Fresh | FailedTry
    job: Job | None

    @property
    def done(self) -> bool:
        return self.job is None or self.job.found is not None

    @property
    def size(self) -> int:
        return len(self.job.text) if self.job else 0

    def result(self) -> Read | FailedTry:
        if isinstance(self.entry, Fresh) and self.job and self.job.found is not None:
            return Read(self.entry, self.job.found)
        if isinstance(self.entry, FailedTry):
            return self.entry
        raise TypeError("asked before it was done")


def in_order(
    entries: Iterator[Entry], workers: Workers, stopping: Callable[[], bool] = lambda: False
) -> Iterator[Read | FailedTry]:
    """Yield every entry with what was found in it, in the order of the entries; what is under way is bounded.

    Ends early, after what is done in order, once ``stopping`` says so.
    """
    if workers.overlap:
        yield from _overlapping(entries, workers, stopping)
    else:
        yield from _taking_turns(entries, workers, stopping)


def _place(entry: Fresh | FailedTry, workers: Workers) -> _Place:
    if isinstance(entry, FailedTry):
        return _Place(entry, None)
    job = Job(entry.received.name, entry.text)
    workers.submit(job)
    return _Place(entry, job)


def _overlapping(
    entries: Iterator[Entry], workers: Workers, stopping: Callable[[], bool]
) -> Iterator[Read | FailedTry]:
    queue: deque[_Place] = deque()
    characters = 0
    for entry in entries:
        if stopping():
            return
        if entry is not None:
            queue.append(_place(entry, workers))
            characters += queue[-1].size
        if queue:
            workers.wait(0)
        while queue and (queue[0].done or len(queue) >= WINDOW or characters >= CHARACTERS):
            if queue[0].done:
                characters -= queue[0].size
                yield queue.popleft().result()
            else:
                workers.wait()
            if stopping():
                return
    while queue and not stopping():
        if queue[0].done:
            yield queue.popleft().result()
        else:
            workers.wait()


def _taking_turns(
    entries: Iterator[Entry], workers: Workers, stopping: Callable[[], bool]
) -> Iterator[Read | FailedTry]:
    """Have a group read whole before any of it is handed on: reading and writing never use two cores at once."""
    queue: list[_Place] = []
    for entry in entries:
        if entry is not None:
            queue.append(_place(entry, workers))
        if len(queue) >= GROUP or sum(p.size for p in queue) >= CHARACTERS:
            yield from _all_done(queue, workers, stopping)
            queue = []
        if stopping():
            return
    yield from _all_done(queue, workers, stopping)


def _all_done(queue: list[_Place], workers: Workers, stopping: Callable[[], bool]) -> Iterator[Read | FailedTry]:
    while not all(p.done for p in queue):
        if stopping():
            return
        workers.wait()
    yield from (p.result() for p in queue)

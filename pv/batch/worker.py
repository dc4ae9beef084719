"""A worker: a process that holds a detector and reads one report after the other, until nobody sends any more.

It loads neither the database nor the command line. Nothing that it is sent ever reaches a message of its own: what goes
wrong with a report is told by the kind of the error.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from pv.batch.detector import Load, Refusal, Versions, detect_or_refuse, reason
from pv.errors import PvError, WorkerError
from pv.model import Detection

# Linux only: how willing the system is to end this process, from -1000 to 1000 (proc(5), oom_score_adj).
_FIRST_TO_GO, _SCORE = Path("/proc/self/oom_score_adj"), "500"
# Seconds after which a worker that nobody has stopped in time is ended by the system: whoever started it may be gone.
GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """A text to read; ``number`` tells whose answer it is."""

    number: int
    report_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task."""

    number: int
    found: Detection | Refusal


def serve(connection: Connection, load: Load, timeout: float) -> None:
    """Load the detector, say with which versions or why not, then answer tasks until the other end is closed."""
    _protect()
    try:
        made = load()
    except PvError as error:
        connection.send(error)
        return
    except Exception as error:  # noqa: BLE001 - told by its kind, and to the parent alone
        connection.send(WorkerError(f"the detector cannot be loaded ({type(error).__name__})"))
        return
    tasks: SimpleQueue[Task] = SimpleQueue()
    Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    try:
        connection.send(Versions(made.version, made.lexicon_hash))
        while True:
            task = tasks.get()
            _alarm(timeout + GRACE)
            found = detect_or_refuse(made.detector, task.report_id, task.text)
            _alarm(0)
            _answer(connection, task.number, found)
    except OSError:
        # Nobody is there to answer to.
        return


def _answer(connection: Connection, number: int, found: Detection | Refusal) -> None:
    try:
        connection.send(Answer(number, found))
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - findings that cannot be sent are this report's failure
        connection.send(Answer(number, Refusal(reason(error))))


def _receive(connection: Connection, tasks: SimpleQueue[Task]) -> None:
    """Take tasks in as they come, so that the sender never waits for a slow report; end with the sender."""
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


def _protect() -> None:
    """Leave the ending to the parent, whom the same signal reaches; never leave a memory image with texts on disk.

    Where memory runs out, the system is to end this process before the one that writes.
    """
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        _FIRST_TO_GO.write_text(_SCORE, encoding="ascii")


def _alarm(seconds: float) -> None:
    """Have the system end this process after so many seconds, even within code that holds the interpreter; 0: not."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)

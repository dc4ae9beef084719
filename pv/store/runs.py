"""The record of runs: opened before anything is read, brought up to date with each commit, closed at the end."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pv import __version__
from pv.store.models import ScanRun


def start_run(session: Session, command: str = "scan") -> ScanRun:
    """Record that a run of this command has begun, by whom and on which machine; a run without an end was killed."""
    run = ScanRun(
        started=datetime.now(UTC),
        program_version=__version__,
        command=command,
        host=socket.gethostname()[:255],
        account=_account(),
    )
    session.add(run)
    session.flush()
    return run


def _account() -> str:
    try:
        return getpass.getuser()[:255]
    except (KeyError, OSError):
        # A number without a name, as in a container.
        return ""


def update_run(session: Session, run: ScanRun, counts: Mapping[str, object]) -> None:
    """Write counts, versions or the end of a run; the names are those of the columns."""
    for name, value in counts.items():
        setattr(run, name, value)
    session.add(run)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is shown; ``finished`` and ``exit_code`` are None while it goes on, or where it was killed.

    ``seconds`` were counted by a clock that never jumps, unlike the two time stamps.
    """

    run: int
    command: str
    started: datetime
    finished: datetime | None
    seconds: float | None
    exit_code: int | None
    account: str
    host: str
    program_version: str
    detector_version: str | None
    lexicon_hash: str | None
    offered: int
    new: int
    new_versions: int
    rescanned: int
    unchanged: int
    quarantined: int
    failed: int
    pairs: int


_COLUMNS = tuple(f.name for f in fields(Run) if f.name != "run")


def last_runs(session: Session, last: int) -> list[Run]:
    """Give the last runs, newest first: by their numbers, since a clock may jump."""
    columns = [getattr(ScanRun, name) for name in _COLUMNS]
    rows = session.execute(select(ScanRun.id, *columns).order_by(ScanRun.id.desc()).limit(last))
    return [Run(*row) for row in rows]


def find_run(session: Session, number: int) -> Run:
    """Give one run."""
    columns = [getattr(ScanRun, name) for name in _COLUMNS]
    return Run(*session.execute(select(ScanRun.id, *columns).where(ScanRun.id == number)).one())

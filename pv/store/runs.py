"""The record of runs: opened before anything is read, brought up to date with each commit, closed at the end."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from datetime import UTC, datetime

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

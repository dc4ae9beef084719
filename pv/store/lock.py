"""One batch at a time on a database: a lock that a process holds, and that the system frees when the process ends.

On SQLite a file beside the database is locked (never the database itself, which people query meanwhile). The file stays
when the lock is freed: to delete it could let two batches in. On PostgreSQL it is an advisory lock of a connection that
is kept for it, for the schema that holds the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import event

from pv.errors import LockedError, StoreError
from pv.store.database import Database
from pv.store.postgresql import AdvisoryLock

SUFFIX = ".lock"
_PRIVATE = 0o600


@contextmanager
def batch_lock(database: Database) -> Iterator[None]:
    """Hold the database for one batch until the end of the block; raises LockedError where another batch holds it."""
    if database.engine.dialect.name == "postgresql":
        with _server_lock(database):
            yield
        return
    if database.path is None:
        yield
        return
    with _file_lock(database.path, database.name):
        # Whoever waited for a moment may have opened what has been deleted or replaced since.
        database.refuse_gone()
        yield


def _refusal(name: str) -> LockedError:
    return LockedError(
        f"another batch is at work on {name}; this one leaves, what it was to take waits for the next run"
    )


@contextmanager
def _server_lock(database: Database) -> Iterator[None]:
    """Hold the server's lock; each transaction first sees to it that it still does, and takes it again if it can."""
    lock = AdvisoryLock(database.engine, database.name)

    def hold(_: object = None) -> None:
        if not lock.hold():
            raise _refusal(database.name)

    hold()
    event.listen(database.engine, "begin", hold)
    try:
        yield
    finally:
        event.remove(database.engine, "begin", hold)
        lock.release()


@contextmanager
def _file_lock(path: Path, name: str) -> Iterator[None]:
    lock = FileLock(path.with_name(path.name + SUFFIX), timeout=0, mode=_PRIVATE)
    try:
        lock.acquire()
    except Timeout:
        # Without its cause: nothing of it helps.
        raise _refusal(name) from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or "no locks on this file system"
        raise StoreError(f"{name} cannot be locked against a second batch: {reason}") from error
    try:
        yield
    finally:
        lock.release()

"""What SQLite needs, and the errors of either database in words that a user understands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from pv.errors import LockedError, ReadOnlyError, StoreError
from pv.store.postgresql import explain

_LOCKED = ("database is locked", "database table is locked", "database is busy")
_READ_ONLY = ("readonly database", "read-only")
_DAMAGED = ("file is not a database", "malformed", "disk i/o error")


def sqlite_path(url: URL) -> Path | None:
    """Give the file behind an SQLite URL; None for another database, or one in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def sqlite_address(path: Path, *, write: bool) -> str:
    """Give the URI under which SQLite opens a file, read-only where it may not or need not be written.

    A database in WAL mode that lies where nothing may be written can only be read as immutable, and only while no
    log stands beside it.
    """
    uri = path.absolute().as_uri()
    if write:
        return f"{uri}?mode=rw"
    writable = all(os.access(p, os.W_OK) for p in (path, path.parent))
    log = path.with_name(path.name + "-wal")
    return f"{uri}?mode=rw" if writable else f"{uri}?mode=ro" + ("" if log.exists() else "&immutable=1")


def prepare_sqlite(engine: Engine, *, write: bool, busy_timeout: float) -> None:
    """Set every connection up: foreign keys, time to wait for a lock, and transactions that begin where we say.

    A writer takes the lock when its transaction begins: a reader that turns writer half-way fails at once, whatever
    the time to wait. The driver's own, late BEGIN would also break savepoints.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if write:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        else:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def translate(error: Exception, where: str) -> StoreError:
    """Give the error a user understands for one that the driver raised; the driver's own text is left out.

    A driver's message may quote values, and a value may be a passage of a report.
    """
    if type(getattr(error, "orig", error)).__module__.startswith("psycopg"):
        return explain(error, where)
    reason = str(getattr(error, "orig", error)).lower()
    if any(r in reason for r in _LOCKED):
        return LockedError(f"{where} is locked by another process; wait until it has finished, then try again")
    if any(r in reason for r in _READ_ONLY):
        return ReadOnlyError(f"{where} is read-only; give write permission, or --db another database")
    if any(r in reason for r in _DAMAGED):
        return StoreError(f"{where} is not a database, or is damaged; restore it from a backup")
    if "unable to open" in reason:
        return StoreError(f"{where} cannot be opened; check the path and its permissions")
    if "disk is full" in reason or "no space left" in reason:
        return StoreError(f"{where}: the disk is full; what was committed is kept, free some space and run again")
    return StoreError(f"{where} cannot be used ({type(getattr(error, 'orig', None) or error).__name__})")


def integrity_problems(connection: Connection) -> list[str]:
    """Give what SQLite's own checks complain of; nothing on PostgreSQL, whose server checks itself."""
    if connection.dialect.name != "sqlite":
        return []
    problems = [str(r[0]) for r in connection.exec_driver_sql("PRAGMA integrity_check(20)") if r[0] != "ok"]
    broken = list(connection.exec_driver_sql("PRAGMA foreign_key_check"))
    if broken:
        tables = sorted({str(r[0]) for r in broken})
        problems.append(f"{len(broken)} rows point at nothing, in {', '.join(tables)}")
    return problems

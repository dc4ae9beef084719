"""What PostgreSQL needs: a connection that says who it is and waits no longer than told, and its errors in words."""

from __future__ import annotations

import re
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from pv.errors import LockedError, ReadOnlyError, StoreError

DRIVER = "postgresql+psycopg"
# Seconds to wait for a server that does not answer, and after which a peer that vanished is noticed.
_CONNECT_TIMEOUT = 10
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# The server's advisory locks have numbers, and any constants serve: for changes of the schema, and for the batch.
_SCHEMA_LOCK = 7_310_001
_BATCH_LOCK = 7_310_002

# What an SQLSTATE means to the user; class 08 and 57P are told as a lost connection.
_REASONS = {
    "25006": "is read-only; give write permission, or --db another database",
    "28000": "refuses this user; check the name in the URL, the password and the server's pg_hba.conf",
    "28P01": "refuses this user; check the name in the URL, the password and the server's pg_hba.conf",
    "3D000": "does not exist on the server; create it (createdb) or correct the URL",
    "42501": "does not allow this user to do it; have the rights on the schema granted",
    "53100": "the server's disk is full; what was committed is kept, free some space and run again",
    "53300": "the server has no connection left; try again later, or raise its max_connections",
    "57014": "the server stopped a statement that took too long; raise its statement_timeout for this user",
}
_READ_ONLY = {"25006", "42501"}
# Other writers hold what is asked for: no lock in the time there is, or two that waited for each other.
_LOCKED = {"55P03", "40P01", "40001"}
# Where the connection was never made the driver knows no SQLSTATE, only the words, in English as a rule.
_WORDS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    'role ".*" does not exist': "28000",
    'database ".*" does not exist': "3D000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
}


def with_driver(url: URL) -> URL:
    """Give the URL with psycopg as its driver where none is named; raises StoreError for another."""
    if url.drivername == "postgresql":
        return url.set(drivername=DRIVER)
    if url.drivername != DRIVER:
        raise StoreError(f"{url.drivername} is not supported; write {DRIVER}://user@host/name")
    return url


def prepare_postgresql(engine: Engine, *, write: bool, lock_timeout: float) -> None:
    """Set every connection up: UTF-8, seconds to wait for a lock, and reading only unless write."""

    @event.listens_for(engine, "do_connect")
    def _parameters(_dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]) -> None:
        parameters.setdefault("connect_timeout", _CONNECT_TIMEOUT)
        parameters.setdefault("application_name", "pv")
        parameters["client_encoding"] = "utf-8"
        for name, value in _KEEPALIVES.items():
            parameters.setdefault(name, value)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            raise StoreError(
                f"the database is encoded in {encoding}, which lacks letters of the reports; create it with "
                "`createdb --encoding=UTF8 --template=template0`"
            )
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(lock_timeout * 1000)}ms"])
        connection.commit()
        connection.read_only = not write


def lock_schema(connection: Connection) -> None:
    """Wait until no other process changes the schema, for the rest of the transaction; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")


def explain(error: Exception, where: str) -> StoreError:
    """Give the error a user understands for one of psycopg's; the driver's own text may quote a report."""
    cause = getattr(error, "orig", error)
    reason = str(cause).lower()
    state = getattr(cause, "sqlstate", None) or next((s for w, s in _WORDS.items() if re.search(w, reason)), None)
    if state in _LOCKED:
        return LockedError(f"{where} is locked by another process; wait until it has finished, then try again")
    if state in _READ_ONLY:
        return ReadOnlyError(f"{where}: {_REASONS[state]}")
    if state in _REASONS:
        return StoreError(f"{where}: {_REASONS[state]}")
    if state is not None and not state.startswith(("08", "57P")):
        return StoreError(f"{where} cannot be used ({type(cause).__name__}, SQLSTATE {state})")
    if type(cause).__name__ != "OperationalError" and state is None:
        return StoreError(f"{where} cannot be used ({type(cause).__name__})")
    if getattr(error, "connection_invalidated", False):
        return StoreError(f"the connection to {where} was lost; what was committed is kept, run again when it is back")
    return StoreError(f"{where} cannot be reached; check host, port, name and user in the URL, and that it runs")


class AdvisoryLock:
    """The batch's lock on the schema that a URL leads to, held by a connection of its own for as long as that lives.

    A server that is started anew, or a cable that is pulled, frees it: ``hold`` takes it again where nobody else has.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._connection: Any = None
        self._at_it = Lock()

    def hold(self) -> bool:
        """Say whether the lock is held, after having taken it where it was not; raises StoreError without a server."""
        with self._at_it:
            if self._connection is not None and self._alive():
                return True
            self._connection = None
            try:
                return self._take()
            except self._engine.dialect.loaded_dbapi.Error as error:
                raise explain(error, self._name) from None

    def release(self) -> None:
        """Free the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _alive(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except self._engine.dialect.loaded_dbapi.Error:
            self._connection.close()
            return False
        return True

    def _take(self) -> bool:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        # The pool is not to have it back: it stays outside any transaction.
        pooled.detach()
        connection.autocommit = True
        asked = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))"
        taken = connection.execute(asked, [_BATCH_LOCK]).fetchone()[0]
        if taken:
            self._connection = connection
        else:
            connection.close()
        return bool(taken)

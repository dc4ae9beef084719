"""Removal of what deleted rows leave behind in the database's files."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from pv.errors import LockedError
from pv.store.database import Database
from pv.store.dialect import translate

# Tables whose rows come from reports.
_OF_REPORTS = (
    "evidence",
    "pairs",
    "drug_mentions",
    "event_mentions",
    "texts",
    "report_versions",
    "reports",
    "failures",
)


def scrub(database: Database) -> None:
    """Rewrite the database without the remains of deleted rows, and empty the log of changes.

    SQLite keeps deleted rows on free pages, and in the unused parts of others, until it is rewritten (sqlite.org,
    lang_vacuum); the log holds older versions of pages until it is written back (sqlite.org, wal, section 3.2). Raises
    LockedError while another process reads or writes, StoreError for what the driver raises.
    """
    if database.engine.dialect.name == "sqlite":
        _scrub_sqlite(database)
    else:
        _scrub_server(database)


def _scrub_sqlite(database: Database) -> None:
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise translate(error, database.name) from None
    finally:
        connection.close()
    if busy:
        raise LockedError(
            f"{database.name}: its log could not be emptied while another process uses the database; "
            "run `pv db vacuum` when that has finished"
        )


def _scrub_server(database: Database) -> None:
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for table in _OF_REPORTS:
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")
    except DBAPIError as error:
        raise translate(error, database.name) from None

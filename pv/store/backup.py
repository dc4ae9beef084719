"""Backups: a consistent copy of the database while others write, checked, and put in place whole or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from pv.errors import NoDatabaseError, OutputError, StoreError
from pv.settings import Settings
from pv.store.database import (
    display_name,
    known_revisions,
    make_engine,
    parse_url,
    refuse_newer,
    stored_revision,
)
from pv.store.dialect import sqlite_address, sqlite_path, translate
from pv.store.filesystem import SQLITE_HEADER, exists, refuse_other_files

# What pg_dump writes with --format=custom begins so (PostgreSQL, src/bin/pg_dump, archive header).
_DUMP_HEADER = b"PGDMP"
_LONGEST_REASON = 200


def back_up(settings: Settings, target: Path) -> int:
    """Write a backup that its owner alone may read; give its size in bytes.

    SQLite's is a database that can be opened as it is, PostgreSQL's a dump for pg_restore. An older backup of that name
    is replaced once the new one has been checked. Raises OutputError where it cannot be written or is not sound.
    """
    url = parse_url(settings.database)
    source = sqlite_path(url)
    _refuse(target, source)
    write: Callable[[Path], None]
    if source is not None:
        write = lambda draft: _copy_sqlite(source, draft)  # noqa: E731
    elif url.get_backend_name() == "postgresql":
        write = lambda draft: _dump_server(url, draft)  # noqa: E731
    else:
        raise StoreError("a database in memory cannot be backed up")
    _refuse_no_database(settings)
    return _whole_or_not_at_all(target, write)


def _refuse_no_database(settings: Settings) -> None:
    """Raise StoreError where there is no database of pv; one with an older schema is backed up before its upgrade."""
    url = parse_url(settings.database)
    name, path = display_name(url), sqlite_path(url)
    if path and not exists(path):
        raise NoDatabaseError(f"there is no database at {name}; give --db another")
    if path:
        refuse_other_files(path)
    engine = make_engine(url, settings, write=False)
    try:
        revision = stored_revision(engine, name)
    finally:
        engine.dispose()
    refuse_newer(revision, name)
    if revision is None:
        raise NoDatabaseError(f"{name} holds no tables yet; there is nothing to back up")


def _refuse(target: Path, source: Path | None) -> None:
    """Raise OutputError for a target that is no older backup, or is a file of the database itself."""
    if source is not None:
        own = {source.with_name(source.name + suffix).resolve() for suffix in ("", "-wal", "-shm", "-journal")}
        if target.resolve() in own:
            raise OutputError(f"{target} is the database itself; give the backup another name")
    try:
        if not target.exists():
            return
        if not target.is_file():
            raise OutputError(f"{target} is no regular file; give the name of a file")
        with target.open("rb") as handle:
            start = handle.read(len(SQLITE_HEADER))
    except OSError as error:
        raise OutputError(f"{target} cannot be reached: {error.strerror}") from error
    if not start.startswith((SQLITE_HEADER, _DUMP_HEADER)):
        raise OutputError(f"{target} is there and no backup; give another name")


def _whole_or_not_at_all(target: Path, write: Callable[[Path], None]) -> int:
    try:
        # mkstemp makes the file with mode 0600, in the folder where it can take the target's place at once.
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.resolve().parent)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    draft = Path(name)
    try:
        write(draft)
        os.fsync(number)
        size = draft.stat().st_size
        draft.replace(target.resolve())
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        os.close(number)
        for left in (name, f"{name}-journal", f"{name}-wal", f"{name}-shm"):
            Path(left).unlink(missing_ok=True)
    return size


def _copy_sqlite(source: Path, draft: Path) -> None:
    """Copy in one step of SQLite's backup interface: one snapshot, which in WAL mode keeps no writer waiting."""
    address = sqlite_address(source, write=False)
    try:
        with closing(sqlite3.connect(address, uri=True)) as origin, closing(sqlite3.connect(draft)) as copy:
            origin.backup(copy, pages=-1)
            # One file that needs no log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            problems = _problems(copy)
    except sqlite3.Error as error:
        if "full" in str(error).lower():
            raise OutputError("the disk is full; there is no new backup") from None
        raise translate(error, str(source)) from None
    if problems:
        raise OutputError(f"the copy is not sound ({problems[0]}); run `pv db check` on the database itself")


def _problems(copy: sqlite3.Connection) -> list[str]:
    """Give what makes a copy no sound database of this release or an older one."""
    problems = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    if copy.execute("PRAGMA foreign_key_check").fetchone():
        problems.append("rows point at nothing")
    revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    return problems if revision and revision[0] in known_revisions() else [*problems, "its schema is unknown"]


def _dump_server(url: URL, draft: Path) -> None:
    """Write a dump with pg_dump, whose snapshot keeps no writer waiting, and read its contents back."""
    for program in ("pg_dump", "pg_restore"):
        if shutil.which(program) is None:
            raise StoreError(f"{program} is not on this machine; install PostgreSQL's client programs")
    _run(["pg_dump", "--format=custom", "--no-password", f"--file={draft}"], _environment(url))
    _run(["pg_restore", "--list", str(draft)], dict(os.environ))


def _environment(url: URL) -> dict[str, str]:
    """Give the environment that tells PostgreSQL's programs where to go: a command line is seen by every user."""
    named = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGOPTIONS": url.query.get("options"),
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
        "PGCONNECT_TIMEOUT": url.query.get("connect_timeout"),
    }
    return {**os.environ, **{name: str(value) for name, value in named.items() if value}}


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - the programs are named above, and no shell reads the arguments
        arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        reason = next(iter(done.stderr.splitlines()), "no reason given")[:_LONGEST_REASON]
        raise StoreError(f"{arguments[0]} failed: {reason}")

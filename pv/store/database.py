"""Opening of the database: create it, check its schema, and give sessions whose errors a user understands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from pv.errors import NewerSchemaError, NoDatabaseError, StoreError
from pv.lexicon.paths import migration_dir
from pv.settings import Settings
from pv.store.dialect import prepare_sqlite, sqlite_address, sqlite_path, translate
from pv.store.filesystem import exists, make_private, refuse_network, refuse_other_files
from pv.store.postgresql import prepare_postgresql, with_driver


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; ``name`` is what messages call it, ``created`` whether it was made just now.

    ``path`` is its file, where it is one, and ``inode`` which file that was when it was opened.
    """

    engine: Engine
    name: str
    created: bool = False
    path: Path | None = None
    inode: tuple[int, int] | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session in one transaction, committed at the end of the block, rolled back on an error.

        Raises StoreError, or LockedError, for what the driver raises.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            # Without its cause: the driver's error holds the statement's values.
            raise translate(_first(error), self.name) from None

    def refuse_gone(self) -> None:
        """Raise StoreError where the file has been deleted or replaced since it was opened.

        SQLite would go on writing into a file that has no name any more, without an error, and all would be lost.
        """
        if self.path and _inode(self.path) != self.inode:
            raise StoreError(
                f"{self.name} was moved, deleted or replaced while it was written to; put it back, then run again"
            )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _first(error: DBAPIError) -> DBAPIError:
    """Give the error that began it: SQLite undoes the whole transaction on a full disk, and its savepoint is gone."""
    first, before = error, error.__context__
    while before is not None:
        if isinstance(before, DBAPIError):
            first = before
        before = before.__context__
    return first


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def parse_url(text: str) -> URL:
    """Give the URL of a database this program can use; raises StoreError for another."""
    try:
        url = make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres://") else text)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "--db is not a database URL; examples: sqlite:///db/pv.sqlite, postgresql+psycopg://user@host/name"
        ) from error
    if url.get_backend_name() == "postgresql":
        return with_driver(url)
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"{url.get_backend_name()} is not supported; use SQLite or PostgreSQL")
    return url


def display_name(url: URL) -> str:
    """Give the name of a database for messages: the file, or the URL without its password."""
    path = sqlite_path(url)
    if path:
        return str(path)
    # A password may stand among the parameters too, which hide_password leaves as they are.
    shown = {name: value for name, value in url.query.items() if "password" not in name}
    return url.set(query=shown).render_as_string(hide_password=True)


def make_engine(url: URL, settings: Settings, *, write: bool) -> Engine:
    """Build the engine, with what SQLite needs on every connection; raises StoreError where the driver is missing."""
    serializer = partial(json.dumps, ensure_ascii=False)
    path = sqlite_path(url)
    if path:
        url = url.set(database=sqlite_address(path, write=write), query={"uri": "true"})
    server = url.get_backend_name() == "postgresql"
    try:
        # A server may have been started anew, or a firewall have cut a connection, while the detector worked.
        engine = create_engine(url, json_serializer=serializer, hide_parameters=True, pool_pre_ping=server)
    except ImportError as error:
        raise StoreError(f"the driver of {url.drivername} is not installed: pip install {error.name}") from error
    if server:
        prepare_postgresql(engine, write=write, lock_timeout=settings.busy_timeout)
    else:
        prepare_sqlite(engine, write=write, busy_timeout=settings.busy_timeout)
    return engine


def known_revisions() -> list[str]:
    """Give the revisions of the schema that this release knows, oldest first: 0001, 0002 ..."""
    return sorted(p.name[:4] for p in (migration_dir() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def stored_revision(engine: Engine, name: str) -> str | None:
    """Give the schema's revision; None for an empty database. Raises StoreError for somebody else's."""
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if "alembic_version" in tables:
                found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if found:
                    return str(found)
                tables.discard("alembic_version")
    except DBAPIError as error:
        raise translate(error, name) from None
    if tables:
        raise StoreError(f"{name} holds other tables and is no database of pv; give --db another")
    return None


def refuse_newer(revision: str | None, name: str) -> None:
    """Raise NewerSchemaError for a schema that this release does not know."""
    newest = known_revisions()[-1]
    if revision is not None and revision not in known_revisions():
        raise NewerSchemaError(
            f"{name} was written by a newer release: its schema is {revision}, this one knows {newest}; update pv"
        )


def open_database(settings: Settings, *, write: bool = False, create: bool = False) -> Database:
    """Open the database of the settings, for reading unless write.

    With create, a missing one is made and migrated. Raises NoDatabaseError, NewerSchemaError, LockedError, or
    StoreError with the reason and the way out.
    """
    url = parse_url(settings.database)
    name = display_name(url)
    path = sqlite_path(url)
    if path:
        there = exists(path)
        if not there and not create:
            raise NoDatabaseError(f"there is no database at {name}; run `pv scan PATH` to make one, or give --db")
        refuse_network(path)
        if there:
            refuse_other_files(path)
        if create and not (there and path.stat().st_size):
            make_private(path)
    engine = make_engine(url, settings, write=write)
    try:
        created = _ensure_schema(engine, name, create=create)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, name, created, path, _inode(path) if path else None)


def _ensure_schema(engine: Engine, name: str, *, create: bool) -> bool:
    """Refuse a schema that is not this release's, or make it in an empty database; say whether it was made."""
    revision = stored_revision(engine, name)
    refuse_newer(revision, name)
    if revision is None:
        if not create:
            raise NoDatabaseError(f"{name} holds no tables yet; run `pv scan PATH` to make them, or give --db")
        from pv.store.migrations import upgrade

        upgrade(engine, name)
        return True
    if revision != known_revisions()[-1]:
        raise StoreError(f"{name} has the older schema {revision}; back it up and run `pv db upgrade`")
    return False


def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """Bring an old database to the newest schema; give the revision before and after."""
    from pv.store.migrations import upgrade

    url = parse_url(settings.database)
    name = display_name(url)
    path = sqlite_path(url)
    if path:
        if not exists(path):
            raise NoDatabaseError(f"there is no database at {name}; run `pv scan PATH` to make one, or give --db")
        refuse_network(path)
        refuse_other_files(path)
    engine = make_engine(url, settings, write=True)
    try:
        before = stored_revision(engine, name)
        refuse_newer(before, name)
        newest = known_revisions()[-1]
        if before != newest:
            upgrade(engine, name)
    finally:
        engine.dispose()
    return before, newest

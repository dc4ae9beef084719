"""One batch at a time on a database; the second says so, and nothing stays locked behind a process that ended."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgresql_server import TEMPLATE, Server
from sqlalchemy import make_url

from pv.errors import LockedError, StoreError
from pv.settings import Settings
from pv.store.database import Database, open_database
from pv.store.lock import batch_lock
from pv.store.models import Source

HOLDER = """
import sys
from pv.settings import Settings
from pv.store.database import open_database
from pv.store.lock import batch_lock
with batch_lock(open_database(Settings(sys.argv[1]), write=True)):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_batch_of_another_process_is_refused(store: Database):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, f"sqlite:///{store.name}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="another batch is at work on"), batch_lock(store):
            raise AssertionError("two batches")
        holder.kill()
        holder.wait()
    with batch_lock(store):
        pass


def test_second_batch_of_this_process_is_refused(store: Database):
    again = open_database(Settings(f"sqlite:///{store.name}"), write=True)
    with batch_lock(store), pytest.raises(LockedError), batch_lock(again):
        raise AssertionError("two batches")
    with batch_lock(again):
        pass
    again.close()


def test_lock_is_private_and_hinders_no_query(store: Database):
    with batch_lock(store):
        path = Path(f"{store.name}.lock")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        reader = open_database(Settings(f"sqlite:///{store.name}"))
        with reader.session() as session:
            session.connection()
        reader.close()


def test_lock_that_cannot_be_made(store: Database):
    Path(f"{store.name}.lock").mkdir()
    with pytest.raises(StoreError, match="cannot be locked against a second batch"), batch_lock(store):
        raise AssertionError("no lock")


@pytest.mark.parametrize("replace", [False, True])
def test_database_that_is_gone_is_not_written_to(store: Database, replace: bool):
    path = Path(store.name)
    path.rename(path.with_name("old.sqlite"))
    if replace:
        path.touch()
    with pytest.raises(StoreError, match="moved, deleted or replaced"), batch_lock(store):
        raise AssertionError("gone")


def advisory_locks(server: Server, url: str) -> list[int]:
    """Give the processes of the server that hold advisory locks of a database."""
    asked = (
        "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = %s"
    )
    with psycopg.connect(host=str(server.folder), port=server.port, user="pv", dbname="postgres") as connection:
        return [pid for (pid,) in connection.execute(asked, [make_url(url).database])]


@pytest.fixture
def served(postgresql: Server) -> Iterator[tuple[Database, Database]]:
    """Give two that have opened one database on a server."""
    url = Settings(postgresql.new_database(template=TEMPLATE))
    one, two = (open_database(url, write=True) for _ in range(2))
    yield one, two
    one.close()
    two.close()


def test_second_batch_on_a_server_is_refused_until_the_first_has_ended(served: tuple[Database, Database]):
    one, two = served
    with batch_lock(one):
        with pytest.raises(LockedError, match="another batch is at work on"), batch_lock(two):
            raise AssertionError("two batches")
        with two.session() as session:
            session.add(Source(name="others may write", kind="x"))
    with batch_lock(two), two.session() as session:
        session.connection()


def test_a_batch_that_is_killed_frees_the_servers_lock(postgresql: Server, served: tuple[Database, Database]):
    url = one_url(served[0])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError), batch_lock(served[0]):
            raise AssertionError("two batches")
        (pid,) = advisory_locks(postgresql, url)
        holder.kill()
        holder.wait()
    # The server frees it when it sees that the process is gone: at once, but in its own time.
    postgresql.execute(f"SELECT pg_terminate_backend({pid}, 10000)")
    with batch_lock(served[0]):
        pass


def test_a_lock_that_was_lost_is_taken_again(postgresql: Server, served: tuple[Database, Database]):
    one, two = served
    with batch_lock(one):
        postgresql.restart()
        assert advisory_locks(postgresql, one_url(one)) == []
        with one.session() as session:
            session.connection()
        with pytest.raises(LockedError), batch_lock(two):
            raise AssertionError("two batches")


def test_a_batch_whose_lock_another_has_taken_leaves(postgresql: Server, served: tuple[Database, Database]):
    one, two = served

    def go_on() -> None:
        with one.session() as session:
            session.add(Source(name="x", kind="folder"))

    with batch_lock(one):
        (pid,) = advisory_locks(postgresql, one_url(one))
        postgresql.execute(f"SELECT pg_terminate_backend({pid}, 10000)")
        with batch_lock(two), pytest.raises(LockedError, match="another batch is at work on"):
            go_on()


def one_url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)

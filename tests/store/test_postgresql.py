"""PostgreSQL: opening, what a server refuses or loses, told in words; and that nothing differs from SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from fakes import FakeDetector
from offers import find_documents
from postgresql_server import TEMPLATE, Server
from sqlalchemy import make_url, select, text

from pv.batch.detector import Versioned, Versions
from pv.batch.limits import GROUP
from pv.batch.scan import Scan
from pv.batch.workers import Inline
from pv.errors import LockedError, NewerSchemaError, NoDatabaseError, StoreError
from pv.model import Detection
from pv.settings import Settings
from pv.store.database import Database, display_name, open_database, parse_url, upgrade_database
from pv.store.dialect import translate
from pv.store.models import Report, Source

STATED = "pair: sunitinib > thrombopénie stated\n"


def settings(url: str) -> Settings:
    return Settings(url, busy_timeout=0.05)


def name_in(url: str) -> str:
    return str(make_url(url).database)


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.new_database(template=TEMPLATE)


@pytest.fixture
def opened(url: str) -> Iterator[Database]:
    database = open_database(settings(url), write=True)
    yield database
    database.close()


def test_an_empty_database_is_made_once(postgresql: Server):
    empty = settings(postgresql.new_database())
    with pytest.raises(NoDatabaseError, match=r"holds no tables yet; run `pv scan PATH`"):
        open_database(empty)
    for created in (True, False):
        database = open_database(empty, write=True, create=True)
        assert database.created is created
        database.close()


def test_two_that_make_the_tables_at_once_do_not_disturb_each_other(postgresql: Server):
    patient = Settings(postgresql.new_database(), busy_timeout=20)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: open_database(patient, write=True, create=True), range(2)))
    for database in opened:
        database.close()
    assert upgrade_database(patient)[0] == upgrade_database(patient)[1]


def test_other_tables_and_newer_schemas_are_refused(postgresql: Server, url: str):
    other = postgresql.new_database()
    postgresql.execute("CREATE TABLE invoices (id integer)", database=other.split("/")[3].split("?")[0])
    with pytest.raises(StoreError, match="no database of pv"):
        open_database(settings(other), write=True, create=True)
    postgresql.execute(
        "UPDATE alembic_version SET version_num = '9999'", database=url.split("/")[3].split("?", maxsplit=1)[0]
    )
    with pytest.raises(NewerSchemaError, match=r"schema is 9999.*update pv"):
        open_database(settings(url))


def test_a_database_in_another_encoding_is_refused(postgresql: Server):
    latin = postgresql.new_database(more="ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc")
    with pytest.raises(StoreError, match=r"encoded in LATIN1.*createdb --encoding=UTF8"):
        open_database(settings(latin), write=True, create=True)


def test_a_reader_cannot_write(url: str):
    reader = open_database(settings(url))
    with pytest.raises(StoreError, match="read-only"), reader.session() as session:
        session.add(Source(name="x", kind="folder"))
    reader.close()


@pytest.mark.parametrize(
    ("database", "user", "message"),
    [
        ("no_such_database", "pv", "does not exist on the server; create it"),
        (TEMPLATE, "nobody_known", "refuses this user"),
    ],
)
def test_what_the_server_refuses_at_the_door(postgresql: Server, database: str, user: str, message: str):
    with pytest.raises(StoreError, match=message):
        open_database(settings(postgresql.url(database, user)))


def test_a_server_that_is_not_there(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be reached; check host, port") as caught:
        open_database(settings(f"postgresql://me:geheim@/pv?host={tmp_path}"))
    assert "geheim" not in str(caught.value)


def test_a_lock_held_by_another_is_told_and_what_was_committed_is_kept(
    postgresql: Server, opened: Database, url: str, write: Callable[..., Path]
):
    holder = psycopg.connect(url.replace("+psycopg", ""))

    class Locking(FakeDetector):
        def detect(self, text: str, report_id: str | None = None) -> Detection:
            if self.calls == GROUP:
                holder.execute("LOCK TABLE reports IN ACCESS EXCLUSIVE MODE")
            return super().detect(text, report_id)

    for i in range(GROUP + 1):
        folder = write(f"{i:03}.txt", f"{STATED}{i}")
    workers = Inline(lambda: Versioned(Locking(), "1", "x"))
    with pytest.raises(LockedError, match="locked by another process"):
        Scan(opened, workers, Versions("1", "x")).run(find_documents([folder], "test"))
    holder.close()
    with opened.session() as session:
        assert len(session.scalars(select(Report.id)).all()) == GROUP


def test_a_statement_that_the_server_stops(opened: Database):
    def sleep() -> None:
        with opened.session() as session:
            session.execute(text("SET LOCAL statement_timeout = '20ms'"))
            session.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(StoreError, match="took too long; raise its statement_timeout"):
        sleep()


def test_a_lost_connection_is_told_and_the_next_transaction_has_a_new_one(postgresql: Server, opened: Database):
    def lose() -> None:
        with opened.session() as session:
            session.add(Source(name="lost", kind="folder"))
            session.flush()
            own = session.scalar(text("SELECT pg_backend_pid()"))
            postgresql.execute(f"SELECT pg_terminate_backend({own}, 10000)")
            session.execute(text("SELECT 1"))

    with pytest.raises(StoreError, match=r"connection to .* was lost; what was committed is kept"):
        lose()
    with opened.session() as session:
        assert session.scalars(select(Source.name)).all() == []


def test_a_server_that_was_started_anew_between_two_groups(postgresql: Server, opened: Database):
    with opened.session() as session:
        session.add(Source(name="kept", kind="folder"))
    postgresql.restart()
    with opened.session() as session:
        assert session.scalars(select(Source.name)).all() == ["kept"]


def test_the_drivers_words_stay_out_of_errors(opened: Database):
    with pytest.raises(StoreError) as caught, opened.session() as session:
        session.execute(
            text("INSERT INTO sources (name, kind) VALUES ('Madame Martin', 'folder'), ('Madame Martin', 'x')")
        )
    assert "Martin" not in str(caught.value)
    assert "SQLSTATE 23505" in str(caught.value)


def test_a_full_disk_of_the_server_is_told():
    assert "the server's disk is full" in str(translate(psycopg.errors.DiskFull("x"), "pv"))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgres://me:secret@host/pv", "postgresql+psycopg://me:***@host/pv"),
        ("postgresql://h/pv?password=secret&sslpassword=secret&port=1", "postgresql+psycopg://h/pv?port=1"),
    ],
)
def test_short_urls_are_taken_and_passwords_stay_out_of_messages(given: str, shown: str):
    assert display_name(parse_url(given)) == shown


def test_another_driver_is_refused():
    with pytest.raises(StoreError, match=r"pg8000 is not supported; write postgresql\+psycopg://"):
        open_database(Settings("postgresql+pg8000://host/pv"))

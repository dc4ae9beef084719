"""Databases as sources: tables, queries and OMOP notes, on SQLite and on a PostgreSQL server."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Result
from postgresql_server import Server
from sqlalchemy import create_engine, text

from pv.errors import InputError
from pv.sources.document import Document, opaque_key
from pv.sources.offer import expected, offered
from pv.sources.options import Columns, DatabaseOptions, SourceOptions

Pv = Callable[..., Result]
STATED = "pair: sunitinib > thrombopénie stated"
BOUND = 10_000
# The columns of OMOP CDM v5.4 that a scan reads, and two that it does not.
NOTES = (
    """CREATE TABLE note (note_id integer PRIMARY KEY, person_id integer NOT NULL, note_date date NOT NULL,
    note_datetime timestamp, note_type_concept_id integer NOT NULL, note_title varchar(250), note_text text)""",
    f"INSERT INTO note VALUES (2, 42, '2024-05-02', '2024-05-02 08:30:00', 0, 'CR', '{STATED}')",
    "INSERT INTO note VALUES (1, 42, '2024-05-01', NULL, 0, 'CR', 'rien')",
    "INSERT INTO note VALUES (3, 43, '2024-05-03', NULL, 0, 'CR', NULL)",
)


def filled(path: Path, *statements: str) -> str:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def notes(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database with three notes."""
    if request.param == "sqlite":
        return filled(tmp_path / "cdm.sqlite", *NOTES)
    server: Server = request.getfixturevalue("postgresql")
    url = server.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in NOTES:
            connection.execute(text(statement))
    engine.dispose()
    return url


def read(url: str, columns: Columns | None = None, since: datetime | None = None, **request: object) -> list[Document]:
    database = DatabaseOptions(url, **request)  # type: ignore[arg-type]
    options = SourceOptions(columns=columns or Columns(), since=since, database=database, max_bytes=BOUND)
    return list(offered(options))


def test_notes_of_omop(notes: str):
    first, second, third = read(notes, omop=True)
    assert [(d.name, d.patient, d.kind) for d in (first, second)] == [("1", "42", "database"), ("2", "42", "database")]
    assert first.received == datetime(2024, 5, 1, tzinfo=UTC)
    assert second.received == datetime(2024, 5, 2, 8, 30, tzinfo=UTC)
    assert second.load(BOUND).text == STATED
    assert third.name == "3"
    with pytest.raises(InputError, match="empty"):
        third.load(BOUND)
    assert first.source.endswith("#note")
    assert "@" not in first.source
    assert "pv:" not in first.source


def test_notes_since_a_day(notes: str):
    since = datetime(2024, 5, 2, 8, tzinfo=UTC)
    assert [d.name for d in read(notes, since=since, omop=True)] == ["2", "3"]
    assert [d.name for d in read(notes, since=datetime(2024, 5, 3, tzinfo=UTC), omop=True)] == ["3"]


def test_since_is_asked_of_the_database(tmp_path: Path):
    rows = [f"INSERT INTO letters VALUES ({i}, 'x', '2024-01-{i:02}')" for i in range(1, 31)]
    url = filled(tmp_path / "l.sqlite", "CREATE TABLE letters (id integer, text text, date date)", *rows,
                 "INSERT INTO letters VALUES (31, 'x', NULL)")  # fmt: skip
    found = read(url, since=datetime(2024, 1, 29, tzinfo=UTC), table="letters")
    assert [d.name for d in found] == ["29", "30", "31"]
    assert len(read(url, since=datetime(1, 1, 1, tzinfo=UTC), table="letters")) == 31
    with pytest.raises(InputError, match="--since needs the day of receipt"):
        read(url, since=datetime(2024, 1, 29, tzinfo=UTC), query="SELECT id, text FROM letters")


def test_query_is_taken_as_it_stands(notes: str):
    query = (
        "SELECT note_id AS id, note_text AS text, person_id AS ipp FROM note "
        "WHERE note_title LIKE 'C%' AND ':nothing' <> '10:30' ORDER BY note_id DESC"
    )
    found = read(notes, Columns(patient="ipp"), query=query)
    assert [(d.name, d.patient) for d in found] == [("3", "43"), ("2", "42"), ("1", "42")]
    assert not found[0].dated


def test_query_without_the_columns_is_refused(notes: str):
    with pytest.raises(InputError, match="there is no column 'id'; name another by --id-column"):
        read(notes, query="SELECT note_id, note_text FROM note")


def test_nothing_can_be_written(notes: str):
    with pytest.raises(InputError):
        read(notes, query="DELETE FROM note RETURNING note_id AS id, note_text AS text")
    assert len(read(notes, omop=True)) == 3


def test_function_that_writes_is_refused(postgresql: Server):
    url = postgresql.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE calls (at timestamptz)"))
        connection.execute(text("CREATE FUNCTION note_it() RETURNS text LANGUAGE sql AS "
                                "'INSERT INTO calls VALUES (now()) RETURNING at::text'"))  # fmt: skip
    with pytest.raises(InputError):
        _ = [d.load(BOUND) for d in read(url, query="SELECT 1 AS id, note_it() AS text")]
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM calls")).scalar() == 0
    engine.dispose()


def test_table_in_a_schema(postgresql: Server):
    url = postgresql.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA cdm"))
        connection.execute(text(NOTES[0].replace("TABLE note", "TABLE cdm.note")))
        connection.execute(text(NOTES[1].replace("INTO note", "INTO cdm.note")))
        connection.execute(
            text('CREATE VIEW cdm."Lettres du jour" AS SELECT note_id AS "ID", note_text AS texte FROM cdm.note')
        )
    engine.dispose()
    assert [d.name for d in read(url, omop=True, table="cdm.note")] == ["2"]
    assert [d.name for d in read(url, Columns(text="texte"), table="cdm.Lettres du jour")] == ["2"]
    with pytest.raises(InputError, match="there is no table note in the database"):
        read(url, omop=True)


def test_many_notes_of_a_server_stream(postgresql: Server):
    url = postgresql.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters AS SELECT i AS id, repeat('Fièvre. ', 500) AS text "
                                "FROM generate_series(1, 3000) AS i"))  # fmt: skip
    engine.dispose()
    iterator = offered(SourceOptions(database=DatabaseOptions(url, table="letters")))
    assert next(iterator).name == "1"
    tracemalloc.start()
    assert sum(1 for _ in iterator) == 2_999
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_server_that_goes_away_half_way_is_told(postgresql: Server):
    url = postgresql.new_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters AS SELECT i AS id, 'MARTIN' || i AS text "
                                "FROM generate_series(1, 1000) AS i"))  # fmt: skip
    iterator = offered(SourceOptions(source="s", database=DatabaseOptions(url, table="letters")))
    found = [next(iterator).name for _ in range(10)]
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = current_database() AND pid <> pg_backend_pid()"))  # fmt: skip
    engine.dispose()
    *rest, last = iterator
    assert found + [d.name for d in rest] == [str(i) for i in range(1, 11 + len(rest))]
    assert len(rest) < 900
    assert last.name == "letters/"
    with pytest.raises(InputError, match="the database broke off") as caught:
        last.load(BOUND)
    assert "MARTIN" not in str(caught.value)
    assert str(caught.value).endswith(f"(after row {10 + len(rest)}; what follows was not read)")


def test_bad_rows_are_one_failure_each(tmp_path: Path):
    url = filled(
        tmp_path / "l.sqlite",
        "CREATE TABLE letters (id, text, date)",
        f"INSERT INTO letters VALUES (NULL, 'sans id', NULL), (2, 3, NULL), (3, '{STATED}', 'soon'), "
        f"(4, '{STATED}', '31/05/2024'), (5, x'4669e8767265', NULL), (6, '{'x' * (BOUND + 1)}', NULL)",
    )
    reasons = {}
    for document in read(url, table="letters"):
        try:
            reasons[document.name] = document.load(BOUND).text
        except InputError as error:
            reasons[document.name] = f"! {error}"
    assert list(reasons) == ["letters/1/", "2", "3", "4", "5", "6"]
    assert reasons["4"] == STATED
    assert reasons["2"].startswith("! the text of the row is no text (int)")
    assert reasons["3"].startswith("! the date of the row is no date")
    # A text kept as bytes is decoded as a file is.
    assert reasons["5"] == "Fièvre"
    assert reasons["6"].startswith("! 10,001 characters")


def test_scan_of_notes(pv: Pv, notes: str):
    result = pv("scan", "--from-db", notes, "--omop", "--source", "cdm")
    assert result.code == 3
    assert result.out.startswith("reports: 2 new, 0 new versions, 0 unchanged, 1 failed\npairs: stated 1,")
    assert f"pv: report {opaque_key('cdm', '3')}: empty: no text in it\n" in result.err
    assert pv("scan", "--from-db", notes, "--omop", "--source", "cdm").out.startswith(
        "reports: 0 new, 0 new versions, 2 "
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--from-db", "sqlite:///none.sqlite", "--omop"], "pv: --from-db: there is no database at none.sqlite"),
        (["--from-db", "nothing", "--omop"], "pv: --from-db is not a database URL that is known"),
        (["--from-db", "nosuch://x/y", "--omop"], "pv: --from-db is not a database URL that is known"),
        (["--from-db", "postgresql+psycopg://u:secret@localhost:1/x", "--omop"],
         "pv: --from-db: postgresql+psycopg://u:***@localhost:1/x cannot be read (OperationalError)"),
        (["--from-db", "sqlite:///l.sqlite", "--omop"], "pv: --table: there is no table note in the database"),
        (["--from-db", "sqlite:///l.sqlite", "--table", "letters"], "pv: there is no column 'id'; name another"),
        (["--from-db", "sqlite:///l.sqlite", "--query", "SELECT missing FROM letters", "--source", "s"],
         "pv: --from-db: sqlite:///l.sqlite refused it: no such column: missing"),
        (["--from-db", "sqlite:///l.sqlite", "--query", "DROP TABLE letters", "--source", "s"],
         "pv: --from-db: sqlite:///l.sqlite refused it: attempt to write a readonly database"),
        (["--from-db", "sqlite:///x.sqlite", "--omop"], "pv: --from-db: sqlite:///x.sqlite refused it: file is not"),
    ],
)  # fmt: skip
def test_what_cannot_be_reached_is_told_first(pv: Pv, tmp_path: Path, arguments: list[str], reason: str):
    filled(tmp_path / "l.sqlite", "CREATE TABLE letters (ref, text)")
    (tmp_path / "x.sqlite").write_text("nothing of the kind" * 100, encoding="utf-8")
    result = pv("scan", *arguments)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(reason)
    assert "secret" not in result.err
    assert not (tmp_path / "db").exists()
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--omop"],
        ["x", "--table", "t"],
        ["x", "--from-db", "sqlite:///x", "--omop"],
        ["--from-db", "sqlite:///x"],
        ["--from-db", "sqlite:///x", "--omop", "--query", "SELECT 1", "--source", "s"],
        ["--from-db", "sqlite:///x", "--table", "t", "--query", "SELECT 1", "--source", "s"],
        ["--from-db", "sqlite:///x", "--query", "SELECT 1"],
        ["--from-db", "sqlite:///x", "--omop", "--id-column", "x"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("command", ["scan", "detect"])
def test_options_that_contradict_each_other(pv: Pv, command: str, arguments: list[str]):
    result = pv(command, *arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage:" in result.err


def test_number_of_rows_is_not_known(tmp_path: Path):
    url = filled(tmp_path / "cdm.sqlite", *NOTES)
    assert expected(SourceOptions(database=DatabaseOptions(url, omop=True))) is None


def test_what_the_database_says_of_a_row_is_not_repeated(postgresql: Server):
    url = postgresql.new_database()
    query = "SELECT ('MARTIN' || i)::int AS id, 'x' AS text FROM generate_series(1, 2) AS i"
    with pytest.raises(InputError) as caught:
        _ = [document.load(BOUND) for document in read(url, query=query)]
    assert "MARTIN" not in str(caught.value)

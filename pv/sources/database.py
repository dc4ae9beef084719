"""Reports in a database: a table, the rows of a query, or the notes of an OMOP common data model; only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    Result,
    Select,
    column,
    create_engine,
    inspect,
    or_,
    select,
    table,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    NoSuchTableError,
    ProgrammingError,
    SQLAlchemyError,
)

from pv.errors import InputError, UnreadableError
from pv.sources.document import Document
from pv.sources.options import Columns, DatabaseOptions, SourceOptions
from pv.sources.rows import Row, Table, find_columns

KIND = "database"
# Rows fetched together; a report may be as large as the bound allows.
_FETCHED = 64
# OMOP CDM v5.4, table NOTE: note_date is required and tells the day, note_datetime is optional.
_NOTE = "note"
_NOTE_COLUMNS = Columns("note_id", "note_text", "note_date", "person_id")
_NOTE_MOMENT = "note_datetime"
# The server may take a time stamp for one of its own zone: the row's date decides, this only spares rows.
_MARGIN = timedelta(days=1)
_EARLIEST = datetime(2, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A statement, or a query as the user wrote it, and the columns of its rows; ``moment`` is more exact than date."""

    statement: Select[Any] | str
    columns: Columns
    moment: str | None = None


def database_documents(options: SourceOptions, request: DatabaseOptions) -> Iterator[Document]:
    """Give an iterator over the documents of a database, fetched as they are asked for.

    The order is that of the ids for a table, and the query's own for a query. Raises InputError, before the first row,
    where the database cannot be reached or has no such table or columns.
    """
    url = _parse(request.url)
    shown = url.render_as_string(hide_password=True)
    name = "query" if request.query else request.table or _NOTE
    with ExitStack() as opened:
        engine = _engine(url, shown)
        opened.callback(engine.dispose)
        try:
            asked = _asked(engine, options, request)
            connection = opened.enter_context(engine.connect())
            result = _execute(connection, asked.statement)
            # A driver complains of a cursor that was left open, also where its server is gone.
            opened.callback(result.close)
            if request.query:
                asked = _Asked(request.query, find_columns(list(result.keys()), asked.columns))
        except SQLAlchemyError as error:
            raise InputError(f"--from-db: {shown} {_reason(error, url)}") from None
        if options.since and asked.columns.date is None:
            raise InputError("--since needs the day of receipt: name its column with --date-column")
        origin = Table(options.source or f"{_place(url)}#{name}", KIND, name, None)
        return _documents(origin, result, asked, opened.pop_all())


def _documents(origin: Table, result: Result[Any], asked: _Asked, opened: ExitStack) -> Iterator[Document]:
    with opened:
        yield from origin.documents(_rows(result, asked))


def _rows(result: Result[Any], asked: _Asked) -> Iterator[Row]:
    columns, moment = asked.columns, asked.moment
    try:
        for row in result.mappings():
            day = row[columns.date] if columns.date else None
            yield Row(
                row[columns.id],
                _plain(row[columns.text]),
                (row[moment] if moment else None) or day,
                row[columns.patient] if columns.patient else None,
            )
    except SQLAlchemyError as error:
        raise UnreadableError(f"the database broke off ({type(error).__name__}): try again") from None


def _plain(value: object) -> object:
    """Give a text; large objects come from some drivers as views of bytes."""
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise InputError(
            "--from-db is not a database URL that is known; "
            "examples: postgresql+psycopg://user@host/name, sqlite:///path/to/file"
        ) from None
    except ImportError as error:
        raise InputError(f"--from-db: its driver is not installed: pip install {error.name}") from None
    return url


def _engine(url: URL, shown: str) -> Engine:
    """Build the engine; an SQLite file is opened such that it can only be read, and is not made where it is missing."""
    arguments: dict[str, object] = {}
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise InputError(f"--from-db: there is no database at {path}")
        url = url.set(database=f"{path.absolute().as_uri()}?mode=ro", query={"uri": "true"})
        arguments["check_same_thread"] = False
    try:
        return create_engine(url, connect_args=arguments, hide_parameters=True)
    except ImportError as error:
        raise InputError(f"--from-db: the driver of {shown} is not installed: pip install {error.name}") from None


def _asked(engine: Engine, options: SourceOptions, request: DatabaseOptions) -> _Asked:
    if request.query:
        return _Asked(request.query, options.columns)
    wanted = _NOTE_COLUMNS if request.omop else options.columns
    schema, _, name = (request.table or _NOTE).rpartition(".")
    try:
        kinds = {c["name"]: c["type"] for c in inspect(engine).get_columns(name, schema or None)}
    except NoSuchTableError:
        raise InputError(f"--table: there is no table {request.table or _NOTE} in the database") from None
    columns = find_columns(list(kinds), wanted)
    moment = next((n for n in kinds if n.casefold() == _NOTE_MOMENT), None) if request.omop else None
    names = [n for n in (columns.id, columns.text, columns.date, columns.patient, moment) if n is not None]
    read: list[ColumnElement[Any]] = [column(n) for n in dict.fromkeys(names)]
    statement: Select[Any] = select(*read).select_from(table(name, schema=schema or None))
    if options.since and columns.date and isinstance(kinds[columns.date], Date | DateTime):
        day: ColumnElement[Any] = column(columns.date)
        earliest = (max(options.since, _EARLIEST) - _MARGIN).date()
        # SQLite holds dates as text, which sort as the dates do.
        bound = earliest.isoformat() if engine.dialect.name == "sqlite" else earliest
        statement = statement.where(or_(day >= bound, day == None))  # noqa: E711 - SQL's IS NULL
    return _Asked(statement.order_by(column(columns.id)), columns, moment)


def _execute(connection: Connection, statement: Select[Any] | str) -> Result[Any]:
    """Start to read, in a transaction that cannot write where the database knows such."""
    options: dict[str, object] = {"yield_per": _FETCHED}
    if connection.dialect.name == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    if isinstance(statement, str):
        # As it stands: a colon or a percent sign in it is no parameter.
        return connection.exec_driver_sql(statement, execution_options={**options, "no_parameters": True})
    return connection.execute(statement, execution_options=options)


def _place(url: URL) -> str:
    """Give what names a database whoever reads it and however: no user, no password, no options."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{Path(url.database or '').resolve()}"
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


def _reason(error: SQLAlchemyError, url: URL) -> str:
    """Say what was wrong; the driver's own words only where they speak of the statement, and not of a row."""
    original = getattr(error, "orig", None)
    about_statement = isinstance(error, ProgrammingError) or url.get_backend_name() == "sqlite"
    if isinstance(error, DBAPIError) and original is not None and about_statement:
        return f"refused it: {str(original).partition(chr(10))[0]}"
    return f"cannot be read ({type(original or error).__name__}): is it running, and may this user read it?"

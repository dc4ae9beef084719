"""Rows written in bulk, added where they are new and changed where they are known: one statement on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Insert: TypeAlias = sqlite.Insert | postgresql.Insert
Item = TypeVar("Item")
# SQLite before 3.32 admits 999 parameters a statement; some are left for the rest of its conditions.
MOST_PARAMETERS = 900


def pieces(items: Sequence[Item], size: int = MOST_PARAMETERS) -> Iterator[list[Item]]:
    """Yield the items in lists that one statement admits as parameters."""
    iterator = iter(items)
    while piece := list(islice(iterator, size)):
        yield piece


def insert_all(session: Session, model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns; their order is that of the ids they get."""
    if rows:
        # The table and not the model: the latter writes rows that differ in what is empty one by one.
        session.execute(insert(_table(model)), rows)


def upsert(
    session: Session,
    model: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    changes: Callable[[Insert], Mapping[str, Any]],
) -> None:
    """Write rows that differ in their keys; ``changes`` gives what becomes of a row that is there already.

    The rows go in the order of their keys, so that two writers wait for each other and never in a circle.
    """
    if not rows:
        return
    table = _table(model)
    kind = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement: Insert = kind(table)
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_=dict(changes(statement)))
    session.execute(statement, sorted(rows, key=lambda row: [row[k] for k in keys]))


def _table(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} has no table of its own")
    return table

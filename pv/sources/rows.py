"""Rows of a table as documents: one bad row is one failed document, a table that breaks off is one more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from pv.errors import InputError, UnreadableError
from pv.sources.content import ready
from pv.sources.dates import parse_received
from pv.sources.document import Document, failed_document
from pv.sources.options import Columns
from pv.text.decoding import Decoded, decode, refuse_binary

_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says of a report, as the table holds it; texts may be bytes that are still to be decoded.

    ``encoding`` is that of the whole table where it is known, and whether it was assumed.
    """

    id: object
    text: object
    date: object = None
    patient: object = None
    encoding: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows come from; ``name`` stands for the table where a row has none, ``received`` for a row without date."""

    source: str
    kind: str
    name: str
    received: datetime | None

    def documents(self, rows: Iterable[Row | InputError], first: int = 1) -> Iterator[Document]:
        """Yield a document for each row; ``first`` is the first row's number.

        An InputError among the rows is a row that cannot be read; one that is raised ends the table and is told.
        """
        number = first - 1
        try:
            for number, row in enumerate(rows, first):
                yield self._document(row, number)
        except InputError as error:
            reason = f"{error} (after row {number}; what follows was not read)" if number >= first else str(error)
            yield self.failure(type(error)(reason))

    def failure(self, error: InputError) -> Document:
        """Give the document that says that the table could not be read, or not to its end."""
        return failed_document(self.source, self.kind, f"{self.name}/", error)

    def _document(self, row: Row | InputError, number: int) -> Document:
        place = f"{self.name}/{number}/"
        if isinstance(row, InputError):
            return failed_document(self.source, self.kind, place, row)
        try:
            name = identifier(row.id)
            if name is None:
                raise UnreadableError("the row has no id")
        except InputError as error:
            return failed_document(self.source, self.kind, place, error)
        try:
            return self._whole(name, row)
        except InputError as error:
            return failed_document(self.source, self.kind, name, error)

    def _whole(self, name: str, row: Row) -> Document:
        try:
            when = parse_received(_text(row.date))
        except ValueError:
            raise UnreadableError("the date of the row is no date; write it as 2024-05-31 or 31/05/2024") from None
        decoded = _decoded(row.text, row.encoding)
        return Document(
            source=self.source,
            kind=self.kind,
            name=name,
            received=when or self.received or datetime.fromtimestamp(0, UTC),
            load=partial(ready, decoded),
            patient=identifier(row.patient),
            dated=(when or self.received) is not None,
            held=len(decoded.text),
        )


def find_columns(names: Sequence[str], wanted: Columns) -> Columns:
    """Give the columns as the table spells them, date and patient too where it has them.

    Raises UnreadableError for one that is not there. The message does not say which are: without a heading the first
    row would be a report.
    """
    spelt = {name.casefold(): name for name in reversed(names)}
    found: dict[str, str | None] = {}
    for use, column in (("id", wanted.id), ("text", wanted.text), ("date", wanted.date), ("patient", wanted.patient)):
        name = column or use
        found[use] = name if name in names else spelt.get(name.casefold())
        if found[use] is None and column is not None:
            raise UnreadableError(
                f"there is no column {column!r}; name another by --{use}-column (is there a heading?)"
            )
    return Columns(str(found["id"]), str(found["text"]), found["date"], found["patient"])


def identifier(value: object) -> str | None:
    """Give an id as text, None for an empty one; raises UnreadableError for what can be none."""
    value = _text(value)
    if isinstance(value, float | Decimal) and value == value // 1:
        value = int(value)
    if isinstance(value, int | UUID) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_ID or not value.isprintable():
        raise UnreadableError(f"an id of the row is no text or number of at most {_LONGEST_ID} signs")
    return value.strip() or None


def _text(value: object) -> object:
    """Decode a value that came as bytes."""
    return decode(value).text if isinstance(value, bytes) else value


def _decoded(value: object, encoding: tuple[str, bool] | None) -> Decoded:
    if isinstance(value, bytes):
        decoded = decode(value)
        return Decoded(decoded.text, *encoding) if encoding else decoded
    if value is None:
        return Decoded("", "utf-8", assumed=False)
    if not isinstance(value, str):
        raise UnreadableError(f"the text of the row is no text ({type(value).__name__}); see --text-column")
    refuse_binary(value)
    return Decoded(value, *(encoding or ("utf-8", False)))

"""What ``pv export`` does for a line listing: choose the rows, write them, record what the recipient was told."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pv import __version__
from pv.cli import common
from pv.cli.meddra import Meddra, opened_meddra
from pv.cli.query import named_drugs, named_events
from pv.errors import ReadOnlyError, StoreError
from pv.export.columns import COLUMNS
from pv.export.files import no_character, private_binary, private_file
from pv.export.listing import Dialect, write_csv, write_json_lines
from pv.export.provenance import Provenance
from pv.lexicon.fingerprint import SHORT

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pv.store.database import Database
    from pv.store.exports import Selection, ToldPair
    from pv.store.spool import Spool

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked of ``pv export``."""

    out: Path
    form: str
    database: str | None
    headings: str
    recipient: str
    only_new: bool
    record: bool
    dialect: Dialect
    links: tuple[str, ...]
    threshold: float
    since: datetime | None
    drug: str | None
    event: str | None
    meddra: Path | None
    texts: tuple[Path, ...] = ()


def export_listing(request: Request) -> Counter[str]:
    """Write the file, record what it tells; give the number of pairs by status.

    The file is whole before anything is recorded: what goes wrong between both is told twice rather than never.
    """
    from pv.store.spool import spool

    number = begin(request) if request.record else None
    with spool() as told:
        with common.opened(request.database) as store, store.session() as session:
            found = _provenance(request, store, number)
            _write(request, session, found, told)
        if number is not None:
            finish(request, number, told)
    return found.statuses


def begin(request: Request) -> int:
    """Record that the file is being written; give the number of the export."""
    from pv.store.exports import begin_export

    try:
        with common.opened(request.database, write=True) as store, store.session() as session:
            return begin_export(session, request.recipient, request.form)
    except ReadOnlyError as error:
        raise ReadOnlyError(f"{error}; or --no-record, to write the file and record nothing") from error


def finish(request: Request, number: int, told: Spool) -> None:
    """Record that the file is whole, with what it told of each pair."""
    from pv.store.exports import ToldPair, finish_export

    try:
        with common.opened(request.database, write=True) as store, store.session() as session:
            finish_export(session, number, request.recipient, (ToldPair.of(values) for values in told))
    except StoreError as error:
        message = f"{request.out} is written, but not recorded: the next --new tells the same again. {error}"
        raise StoreError(message) from error


def _provenance(request: Request, store: Database, number: int | None) -> Provenance:
    return Provenance(
        program=f"pv {__version__}",
        database=store.name,
        number=number,
        recipient=request.recipient,
        written=datetime.now(UTC),
        links=request.links,
        threshold=request.threshold,
        only_new=request.only_new,
        drug=request.drug,
        event=request.event,
        since=request.since,
    )


def selection(session: Session, request: Request, meddra: Meddra) -> Selection:
    """Give the pairs asked for; raises UsageError for a name that nothing answers to."""
    from pv.store.exports import Selection
    from pv.store.queries import Wanted

    drugs = list(named_drugs(session, request.drug)) if request.drug else None
    events = list(named_events(session, request.event, meddra)) if request.event else None
    return Selection(Wanted(request.threshold, links=request.links, since=request.since), drugs, events)


def _write(request: Request, session: Session, found: Provenance, told: Spool) -> None:
    meddra = opened_meddra(session, request.meddra)
    found.meddra = next((term.version for term in (meddra.terms or {}).values()), "")
    rows = meddra.beside(_rows(request, session, selection(session, request, meddra), found, told))
    columns = (*COLUMNS, *meddra.columns)
    if request.form == "xlsx":
        from pv.export.workbook import Figures, write_workbook
        from pv.store.signal_runs import last_screening

        figures = Figures(last_screening(session), meddra.columns, meddra.cells)
        with private_binary(request.out) as handle:
            write_workbook(handle, rows, columns, figures, found, request.headings)
    elif request.form == "parquet":
        from pv.export.parquet import write_parquet

        with private_binary(request.out) as handle:
            write_parquet(handle, rows, columns)
    elif request.form == "jsonl":
        with text_file(request.out, "utf-8") as text:
            write_json_lines(text, rows, columns)
    else:
        with text_file(request.out, request.dialect.encoding) as text:
            write_csv(text, rows, columns, request.dialect, request.headings)


def _rows(
    request: Request, session: Session, chosen: Selection, found: Provenance, told: Spool
) -> Iterator[dict[str, Any]]:
    """Yield the rows to write; while they pass, keep what each tells, and count them."""
    from pv.store.exports import Status, compared, withdrawn
    from pv.store.queries import listing

    rows = listing(session, chosen.wanted, chosen.drugs, chosen.events)
    pairs: Iterable[tuple[dict[str, Any], ToldPair]] = compared(
        session, request.recipient, rows, common.settings(None).threshold
    )
    if request.only_new:
        fresh = (one for one in pairs if one[1].status is not Status.UNCHANGED)
        pairs = chain(fresh, withdrawn(session, request.recipient, chosen))
    for row, one in pairs:
        told.add(one.values)
        found.statuses[one.status.value] += 1
        version = (row.get("lexicon_hash") or "")[:SHORT]
        if version:
            found.made_by[row["detector_version"], version] += 1
        yield {**row, "lexicon_version": version}


@contextmanager
def text_file(out: Path, encoding: str) -> Iterator[TextIO]:
    """Give standard output for ``-``, else a private file, in this encoding."""
    if str(out) != "-":
        with private_file(out, encoding) as handle:
            yield handle
        return
    sys.stdout.reconfigure(encoding=encoding, errors="strict", newline="")  # type: ignore[union-attr]
    try:
        yield sys.stdout
    except UnicodeEncodeError as error:
        raise no_character("standard output", encoding, error) from None

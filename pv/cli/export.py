"""``pv export``: the line listing for safety teams."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pv.cli import common
from pv.cli.meddra import Meddra, meddra_option, opened_meddra

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pv.store.queries import Wanted

_LINKS = ("stated", "temporal", "part", "denied", "treats")
_SIGNS = {"tab": "\t", "\\t": "\t"}


@click.command("export")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="File to write, readable by you alone; - for standard output.")  # fmt: skip
@common.database_option
@click.option("--sep", default=";", show_default=True, help="Sign between columns, or `tab`.")
@click.option("--encoding", default="utf-8-sig", show_default=True, help="utf-8-sig is UTF-8 with BOM.")
@click.option("--decimal", default=",", show_default=True, help="Decimal sign of numbers.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Reports received on this day (UTC) or later.")
@click.option("--drug", help="INN, brand, class or ATC prefix.")
@click.option("--event", help="Label, synonym, concept id, CIM-10 prefix, or MedDRA LLT or PT.")
@click.option("--link", "links", multiple=True, type=click.Choice(_LINKS),
              help="Pairs with this link; may be repeated. Default: stated and temporal.")  # fmt: skip
@common.all_option
@meddra_option
def export_command(
    *, out: Path, database: str | None, sep: str, encoding: str, decimal: str, since: datetime | None,
    drug: str | None, event: str | None, links: tuple[str, ...], everything: bool, table: Path | None,
) -> None:  # fmt: skip
    """Write one row a reportable pair as CSV, such that a French spreadsheet opens it with a double click."""
    from pv.export.files import no_character, private_file
    from pv.export.listing import Dialect, write_listing
    from pv.store.queries import Wanted

    dialect = Dialect(_SIGNS.get(sep, sep), encoding, decimal)
    day = since.replace(tzinfo=UTC) if since else None
    threshold = 0.0 if everything else common.settings(None).threshold
    wanted = Wanted(threshold, links=links or ("stated", "temporal"), since=day)
    with common.opened(database) as store, store.session() as session:
        meddra = opened_meddra(session, table)
        rows = meddra.beside(_rows(session, wanted, drug, event, meddra))
        if str(out) == "-":
            sys.stdout.reconfigure(encoding=encoding, errors="strict", newline="")  # type: ignore[union-attr]
            try:
                write_listing(sys.stdout, rows, dialect, meddra.columns)
            except UnicodeEncodeError as error:
                raise no_character("standard output", encoding, error) from None
            return
        with private_file(out, encoding) as handle:
            count = write_listing(handle, rows, dialect, meddra.columns)
    click.echo(f"{count} pairs written to {out}")


def _rows(
    session: Session, wanted: Wanted, drug: str | None, event: str | None, meddra: Meddra
) -> Iterator[Mapping[str, Any]]:
    from pv.cli.query import named_drugs, named_events
    from pv.lexicon.fingerprint import SHORT
    from pv.store.queries import listing

    drugs = list(named_drugs(session, drug)) if drug else None
    events = list(named_events(session, event, meddra)) if event else None
    return ({**r, "lexicon_version": r["lexicon_hash"][:SHORT]} for r in listing(session, wanted, drugs, events))

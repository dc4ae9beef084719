"""``pv export``: the line listing for safety teams, and the mentions for annotators and analysts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli import common
from pv.cli.meddra import meddra_option

if TYPE_CHECKING:
    from pv.cli.listing import Request

_LINKS = ("stated", "temporal", "part", "denied", "treats")
_SIGNS = {"tab": "\t", "\\t": "\t"}
LISTINGS = ("csv", "xlsx", "jsonl", "parquet")
MENTIONS = ("brat", "omop")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option("--out", required=True, type=click.Path(path_type=Path, allow_dash=True),
              help="File to write, readable by you alone; - for standard output (csv, jsonl, omop). "
                   "A new folder for brat.")  # fmt: skip
@click.option("--format", "form", type=click.Choice((*LISTINGS, *MENTIONS)),
              help="Default: what the ending of --out says, else csv. "
                   "brat and omop give mentions.")  # fmt: skip
@common.database_option
@click.option("--headings", type=click.Choice(["en", "fr"]), default="en", show_default=True,
              help="Names of the columns, or French headings (csv, xlsx).")  # fmt: skip
@click.option("--recipient", default="default", show_default=True, metavar="NAME",
              help="Whom the file is for: what was given is recorded for each.")  # fmt: skip
@click.option("--new", "only_new", is_flag=True,
              help="Only what no earlier export told the recipient: new, changed and withdrawn pairs.")  # fmt: skip
@click.option("--no-record", is_flag=True, help="Do not record what is given, as when trying something.")
@click.option("--sep", default=";", show_default=True, help="Sign between columns, or `tab` (csv).")
@click.option("--encoding", default="utf-8-sig", show_default=True, help="utf-8-sig is UTF-8 with BOM (csv).")
@click.option("--decimal", default=",", show_default=True, help="Decimal sign of numbers (csv).")
@click.option("--since", type=_DAY, help="Reports received on this day (UTC) or later.")
@click.option("--drug", help="INN, brand, class or ATC prefix.")
@click.option("--event", help="Label, synonym, concept id, CIM-10 prefix, or MedDRA LLT or PT.")
@click.option("--link", "links", multiple=True, type=click.Choice(_LINKS),
              help="Pairs with this link; may be repeated. Default: stated and temporal.")  # fmt: skip
@click.option("--texts", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER",
              help="Folder that was scanned, for the texts that the database did not keep (brat, omop); "
                   "may be repeated.")  # fmt: skip
@common.all_option
@meddra_option
def export_command(
    *, out: Path, form: str | None, database: str | None, headings: str, recipient: str, only_new: bool,
    no_record: bool, sep: str, encoding: str, decimal: str, since: datetime | None, drug: str | None, event: str | None,
    links: tuple[str, ...], texts: tuple[Path, ...], everything: bool, table: Path | None,
) -> None:  # fmt: skip
    """Write one row a reportable pair for a safety team, and record what it was given."""
    from pv.cli.listing import Request, export_listing
    from pv.export.listing import Dialect

    form = form or _form_of(out)
    threshold = 0.0 if everything else common.settings(None).threshold
    request = Request(
        out=out,
        form=form,
        database=database,
        headings=headings,
        recipient=recipient,
        only_new=only_new,
        record=not no_record,
        dialect=Dialect(_SIGNS.get(sep, sep), encoding, decimal),
        links=links or (("stated", "temporal") if form in LISTINGS else ()),
        threshold=threshold,
        since=since.replace(tzinfo=UTC) if since else None,
        drug=drug,
        event=event,
        meddra=table,
        texts=texts,
    )
    _check(request)
    if form in MENTIONS:
        from pv.cli.annotations import export_mentions

        count = export_mentions(request)
        if str(out) != "-":
            click.echo(f"the mentions of {count} reports written to {out}")
        return
    counts = export_listing(request)
    if str(out) != "-":
        told = ", ".join(f"{counts[status]} {status}" for status in ("new", "changed", "unchanged", "withdrawn"))
        click.echo(f"{counts.total()} pairs written to {out}: {told}")


def _form_of(out: Path) -> str:
    """Give the format that the ending of a file's name says; csv for another ending."""
    ending = out.suffix.lower().removeprefix(".")
    return ending if ending in LISTINGS else "csv"


def _check(request: Request) -> None:
    """Raise UsageError for options that do not go together, before anything is read."""
    from pv.errors import UsageError

    if str(request.out) == "-" and request.form in ("xlsx", "parquet", "brat"):
        raise UsageError(f"--format {request.form} needs a file; give --out another name than -")
    if request.headings != "en" and request.form not in ("csv", "xlsx"):
        raise UsageError(f"--headings goes with csv and xlsx; the names in {request.form} are for programs")
    if request.form in MENTIONS and request.only_new:
        raise UsageError(f"--new goes with pairs; --format {request.form} gives the mentions of reports, see --since")
    if not request.recipient.strip():
        raise UsageError("--recipient is empty; give the name of a team")

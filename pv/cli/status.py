"""``pv status``: what the database holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pv.cli import common, tables

if TYPE_CHECKING:
    from pv.store.status import Status

FAILED_COLUMNS = ("key", "source", "name", "reason", "tries", "last_tried")


@click.command("status")
@common.database_option
@click.option("--failed", is_flag=True, help="List the reports that could not be taken, by name.")
@tables.format_option
def status_command(database: str | None, form: str, *, failed: bool) -> None:
    """Show what the database holds: reports, versions, pairs, the last run, failures."""
    from pv.store.status import failed_reports, read_status

    with common.opened(database) as store, store.session() as session:
        if failed:
            tables.print_rows((asdict(f) for f in failed_reports(session)), FAILED_COLUMNS, form)
            return
        rows = _rows(read_status(session, common.settings(None).threshold))
    tables.print_rows(({"what": what, "value": value} for what, value in rows), ("what", "value"), form)


def _rows(status: Status) -> list[tuple[str, object]]:
    from pv.lexicon.fingerprint import SHORT

    rows: list[tuple[str, object]] = [
        ("reports", status.reports),
        ("report versions", status.versions),
        ("failed reports", status.failed),
        ("reportable pairs", status.reportable),
        ("of them doubtful (--all)", status.doubtful),
        *((f"pairs {link}", n) for link, n in sorted(status.pairs.items())),
        *((f"reports by detector {d}, lexicon {x[:SHORT]}", n) for (d, x), n in sorted(status.made_by.items())),
    ]
    if status.last_run:
        run = status.last_run
        rows.append(("last run started", run.started.isoformat(timespec="seconds")))
        ended = run.finished.isoformat(timespec="seconds") if run.finished else "not finished"
        rows.append(("last run finished", ended))
        rows.append(("last run exit code", run.exit_code))
    return rows

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
    from pv.batch.limits import TRIES
    from pv.store.status import failed_reports, read_status

    with common.opened(database) as store, store.session() as session:
        if failed:
            tables.print_rows((asdict(f) for f in failed_reports(session)), FAILED_COLUMNS, form)
            return
        rows = _rows(read_status(session, common.settings(None).threshold, TRIES))
    tables.print_rows(({"what": what, "value": value} for what, value in rows), ("what", "value"), form)


def _behind(status: Status) -> int:
    """Count the reports whose rows another release or other tables have made."""
    from pv.batch.loading import current_versions

    now = current_versions()
    return sum(n for made_by, n in status.made_by.items() if made_by != (now.detector, now.lexicon))


def _rows(status: Status) -> list[tuple[str, object]]:
    from pv.batch.limits import TRIES
    from pv.lexicon.fingerprint import SHORT

    rows: list[tuple[str, object]] = [
        ("reports", status.reports),
        ("nullified reports", status.nullified),
        ("forgotten reports", status.forgotten),
        ("report versions", status.versions),
        ("failed reports", status.failed),
        (f"of them tried {TRIES} times or more", status.tried_out),
        ("reportable pairs", status.reportable),
        ("of them doubtful (--all)", status.doubtful),
        *((f"pairs {link}", n) for link, n in sorted(status.pairs.items())),
        *((f"reports by detector {d}, lexicon {x[:SHORT]}", n) for (d, x), n in sorted(status.made_by.items())),
    ]
    rows.append(("reports behind (see scan --rescan)", _behind(status)))
    if status.last_run:
        run = status.last_run
        rows.append(("last run started", run.started.isoformat(timespec="seconds")))
        ended = run.finished.isoformat(timespec="seconds") if run.finished else "not finished"
        rows.append(("last run finished", ended))
        rows.append(("last run exit code", run.exit_code))
    return rows

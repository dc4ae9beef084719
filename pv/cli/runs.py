"""``pv runs``: the record of the batch."""

from __future__ import annotations

from dataclasses import asdict

import click

from pv.cli import common, tables

COLUMNS = (
    "run", "command", "started", "finished", "seconds", "exit_code", "account", "host", "program_version",
    "detector_version", "lexicon_hash", "offered", "new", "new_versions", "rescanned", "unchanged", "quarantined",
    "failed", "pairs",
)  # fmt: skip
# Of a table, people want what fits a line.
_PEOPLE = (
    "run", "command", "started", "seconds", "exit_code", "account", "host", "detector_version", "lexicon", "offered",
    "new", "new_versions", "rescanned", "unchanged", "failed",
)  # fmt: skip


@click.command("runs")
@common.database_option
@click.option(
    "--last", metavar="N", type=click.IntRange(1), default=20, show_default=True, help="So many, newest first."
)
@tables.format_option
def runs_command(database: str | None, last: int, form: str) -> None:
    """Show the runs that wrote to the database, newest first: when, by whom, with which versions, what came of them."""
    from pv.lexicon.fingerprint import SHORT
    from pv.store.runs import last_runs

    with common.opened(database) as store, store.session() as session:
        rows = [asdict(run) for run in last_runs(session, last)]
    if form == "table":
        for row in rows:
            row["lexicon"] = (row["lexicon_hash"] or "")[:SHORT]
            row["started"] = row["started"].isoformat(timespec="seconds")
            # Without an end it runs, or was killed.
            row["exit_code"] = "none" if row["exit_code"] is None else row["exit_code"]
    tables.print_rows(rows, _PEOPLE if form == "table" else COLUMNS, form)

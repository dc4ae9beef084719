"""``pv nullify`` and ``pv forget``: reports that are to be in the database no longer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pv.cli import common


@click.command("nullify")
@click.argument("asked", metavar="REPORT")
@click.option("--reason", required=True, metavar="TEXT", help="Why it was withdrawn; kept with the report.")
@common.database_option
@common.key_option
def nullify_command(asked: str, reason: str, database: str | None, key_file: Path | None) -> None:
    """Take a report that its source has withdrawn out of queries, exports and counts.

    REPORT is its name or its opaque key. It is kept, marked with the reason, and stays out when its source offers it
    again. To erase one, use `pv forget`.
    """
    from pv.store.lock import batch_lock
    from pv.store.withdrawal import nullify

    key = common.secret_key(key_file)
    with common.opened(database, write=True) as store, batch_lock(store), store.session() as session:
        pairs = nullify(session, asked, reason, key)
    click.echo(f"nullified: 1 report, {pairs} pairs")


@click.command("forget")
@click.argument("asked", metavar="PATIENT|REPORT...", nargs=-1, required=True)
@click.option("--patient", "kind", flag_value="patient", help="These are ids of patients, as the source writes them.")
@click.option("--report", "kind", flag_value="report", help="These are names or opaque keys of reports.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@common.database_option
@common.key_option
def forget_command(
    *, asked: tuple[str, ...], kind: str | None, yes: bool, database: str | None, key_file: Path | None
) -> None:
    """Erase everything of a patient or a report: texts, passages, pairs, names. It cannot be undone.

    What is left is a keyed hash, so that it stays out when its source offers it again, and that something was erased,
    when and how much, not what. Needs the key. Backups and exports that exist are not changed.
    """
    from pv.errors import KeyFileError
    from pv.store.lock import batch_lock
    from pv.store.scrub import scrub
    from pv.store.withdrawal import forget

    key = common.secret_key(key_file)
    if key is None:
        raise KeyFileError("what is erased stays out by its keyed hash: give --key-file; `pv key new FILE` makes one")
    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase {len(asked)} patients or reports for good?", abort=True, err=True)
    # A batch at work could put back what it read before.
    with common.opened(database, write=True) as store, batch_lock(store):
        with store.session() as session:
            erased = forget(session, asked, key, kind=kind)
        click.echo(f"erased: {erased.reports} reports, {erased.versions} versions, {erased.pairs} pairs, "
                   f"{erased.failures} failures")  # fmt: skip
        scrub(store)
    common.note("backups and exports that were made before still hold what was erased")

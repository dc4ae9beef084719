"""``pv scan``: reports into the database."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from pv.cli import common, tables
from pv.cli.batch_options import BatchOptions, batch_options
from pv.cli.journal import Journal
from pv.cli.preview import show_preview
from pv.cli.privacy_options import PrivacyOptions, privacy_options
from pv.cli.run_record import RunRecord
from pv.cli.source_options import source_options
from pv.errors import PvError
from pv.sources.options import SourceOptions

if TYPE_CHECKING:
    from pv.batch.scan import Scan
    from pv.batch.summary import Summary
    from pv.privacy import Privacy
    from pv.store.database import Database

_NO_KEY = "the patients' ids were not kept, since there is no key; `pv key new FILE`, then --key-file FILE"


@click.command("scan")
@source_options
@common.database_option
@click.option("--existing", is_flag=True, help="Refuse to create the database (for cron).")
@click.option("--dry-run", is_flag=True, help="With --rescan: show the pairs that it would change, and write nothing.")
@tables.format_option
@batch_options
@privacy_options
def scan_command(
    *,
    sources: SourceOptions,
    database: str | None,
    batch: BatchOptions,
    kept: PrivacyOptions,
    form: str,
    existing: bool,
    dry_run: bool,
) -> int:
    """Take new and changed reports into the database: files, folders, tables, archives, or a database.

    A report that is stored with the same text is skipped; a new text under a known name supersedes the old one.
    """
    if dry_run and not batch.rescan:
        raise click.UsageError("--dry-run shows what --rescan would change: give both")
    if dry_run:
        return show_preview(sources, database, batch, form)
    record, journal = RunRecord(batch.summary), Journal(batch.log_format)
    try:
        summary = _run(sources, database, batch, kept.load(), journal, record, create=not existing)
    except Exception as error:
        record.fail(error)
        if batch.log_format != "json" or not isinstance(error, PvError):
            raise
        journal.tell("error", str(error), level="error")
        return common.EXIT_NOTHING
    finally:
        record.write()
    _print_summary(summary, batch)
    return summary.exit_code


def _run(
    sources: SourceOptions,
    database: str | None,
    batch: BatchOptions,
    privacy: Privacy,
    journal: Journal,
    record: RunRecord,
    *,
    create: bool,
) -> Summary:
    from pv.sources.offer import offered
    from pv.store.lock import batch_lock

    documents = offered(sources)
    with common.opened(database, write=True, create=create) as store:
        if store.created:
            journal.tell("database_created", f"created the database {store.name}")
        with batch_lock(store), _scan(store, sources, batch, privacy, journal) as scan:
            try:
                return scan.run(documents)
            finally:
                if scan.summary.patients_unkept:
                    journal.tell("patients_not_kept", _NO_KEY, level="warning")
                record.take(store, scan)
                journal.finished(record.content)


@contextmanager
def _scan(
    store: Database, sources: SourceOptions, batch: BatchOptions, privacy: Privacy, journal: Journal
) -> Iterator[Scan]:
    """Give the run, ready to go; its workers and its progress bar end with the block."""
    from pv.batch.limits import Limits
    from pv.batch.scan import Scan
    from pv.sources.offer import expected

    limits = Limits(sources.max_bytes, batch.tries, batch.retry_quarantined, batch.expect_min)
    workers, versions = common.start_workers(batch.jobs, batch.timeout)
    bar = _progress(partial(expected, sources)) if batch.log_format == "text" else _no_progress(journal)
    with closing(workers), bar as advance:
        scan = Scan(store, workers, versions, limits, batch.rescan, privacy, advance, failed=journal.failed)
        with scan.stopping.listening():
            yield scan


@contextmanager
def _no_progress(journal: Journal) -> Iterator[Callable[[int], None]]:
    yield journal.advance


@contextmanager
def _progress(expected: Callable[[], int | None]) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a progress bar on; without a terminal there is no bar."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    bar = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True))
    with bar:
        task = bar.add_task("reports", total=expected())
        yield lambda n: bar.advance(task, n)


def _print_summary(summary: Summary, batch: BatchOptions) -> None:
    from pv.model import Link

    counts = {"new": summary.new, "new versions": summary.new_versions, "unchanged": summary.unchanged,
              "failed": summary.failures}  # fmt: skip
    # What most runs do not have is told where it is.
    rare = {"read again": summary.rescanned, "in quarantine": summary.quarantined, "kept out": summary.withheld}
    told = counts | {what: n for what, n in rare.items() if n}
    click.echo("reports: " + ", ".join(f"{n} {what}" for what, n in told.items()))
    click.echo("pairs: " + ", ".join(f"{link.value} {summary.pairs[link.value]}" for link in Link))
    if batch.log_format == "json":
        return
    if summary.failures:
        common.note("failed reports are tried again by the next scan; `pv status --failed` names them")
    if summary.missing:
        common.note(f"{summary.offered} reports were offered, fewer than --expect-min {batch.expect_min}: see the feed")
    if summary.stopped_by is not None:
        name = signal.Signals(summary.stopped_by).name
        common.note(f"stopped by {name}; what was committed is kept, the next scan takes the rest")

"""``pv scan``: reports into the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from pv.cli import common
from pv.cli.source_options import source_options
from pv.sources.options import SourceOptions

if TYPE_CHECKING:
    from pv.batch import Summary


@click.command("scan")
@source_options
@common.database_option
@click.option("--existing", is_flag=True, help="Refuse to create the database (for cron).")
def scan_command(sources: SourceOptions, database: str | None, *, existing: bool) -> int:
    """Take new and changed reports into the database: files, or folders of .txt files.

    A report that is stored with the same text is skipped; a new text under a known name supersedes the old one.
    """
    from pv.batch import Scan
    from pv.sources.offer import expected, offered

    documents = offered(sources)
    with common.opened(database, write=True, create=not existing) as store:
        if store.created:
            common.note(f"created the database {store.name}")
        with _progress(partial(expected, sources)) as advance:
            scan = Scan(store, common.load_detector, sources.max_bytes, advance)
            summary = scan.run(documents)
    _print_summary(summary)
    return summary.exit_code


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


def _print_summary(summary: Summary) -> None:
    from pv.model import Link

    for key, reason in summary.failed:
        common.note(f"report {key}: {reason}")
    links = ", ".join(f"{link.value} {summary.pairs[link.value]}" for link in Link)
    click.echo(
        f"reports: {summary.new} new, {summary.new_versions} new versions, {summary.unchanged} unchanged, "
        f"{len(summary.failed)} failed"
    )
    click.echo(f"pairs: {links}")
    if summary.failed:
        common.note("failed reports are tried again by the next scan; `pv status --failed` names them")

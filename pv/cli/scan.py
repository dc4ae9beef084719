"""``pv scan``: reports into the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli import common

if TYPE_CHECKING:
    from pv.batch import Summary


@click.command("scan")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@common.database_option
@click.option("--existing", is_flag=True, help="Refuse to create the database (for cron).")
@click.option("--source", metavar="NAME", help="Name of the source. Default: the absolute path of the folder.")
@common.size_option
def scan_command(
    paths: tuple[Path, ...], database: str | None, *, existing: bool, source: str | None, max_megabytes: float
) -> int:
    """Take new and changed reports into the database: files, or folders of .txt files.

    A report that is stored with the same text is skipped; a new text under a known name supersedes the old one.
    """
    from pv.batch import Scan
    from pv.sources.folder import find_documents

    documents = find_documents(paths, source)
    with common.opened(database, write=True, create=not existing) as store:
        if store.created:
            common.note(f"created the database {store.name}")
        with _progress(len(documents)) as advance:
            scan = Scan(store, common.load_detector, common.in_bytes(max_megabytes), advance)
            summary = scan.run(documents)
    _print_summary(summary)
    return summary.exit_code


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a progress bar on; without a terminal there is no bar."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    bar = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True))
    with bar:
        task = bar.add_task("reports", total=total)
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

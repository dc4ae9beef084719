"""``pv scan --rescan --dry-run``: the pairs that a rescan would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from pv.cli import common, tables
from pv.cli.batch_options import BatchOptions
from pv.cli.journal import Journal
from pv.sources.options import SourceOptions

if TYPE_CHECKING:
    from pv.batch.comparison import PairChange

COLUMNS = ("report", "pair", "change", "drug", "event", "link_before", "link_after", "what")


def show_preview(sources: SourceOptions, database: str | None, batch: BatchOptions, form: str) -> int:
    """Print the pairs that a rescan would add, change or withdraw; nothing is written."""
    from pv.batch.limits import Limits
    from pv.batch.preview import Preview
    from pv.sources.offer import offered

    documents = offered(sources)
    limits = Limits(sources.max_bytes, batch.tries, batch.retry_quarantined)
    journal = Journal(batch.log_format)
    counts: Counter[str] = Counter()
    workers, versions = common.start_workers(batch.jobs, batch.timeout)
    with common.opened(database) as store, closing(workers):
        preview = Preview(store, workers, versions, limits, failed=journal.failed)
        with preview.stopping.listening():
            tables.print_rows(_rows(preview.changes(documents), counts), COLUMNS, form)
    summary = preview.summary
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "changed", "withdrawn"))
    words = f"{summary.rescanned} reports would be read again; pairs: {told}; nothing was written"
    more = {**counts, "reports": summary.rescanned, "exit_code": summary.exit_code}
    journal.tell("preview_finished", words, more=more)
    return summary.exit_code


def _rows(changes: Iterator[tuple[str, PairChange]], counts: Counter[str]) -> Iterator[dict[str, object]]:
    for report, change in changes:
        counts[change.kind.value] += 1
        yield {
            "report": report,
            "pair": change.key,
            "change": change.kind.value,
            "drug": change.drug,
            "event": change.event,
            "link_before": change.before and change.before.link.value,
            "link_after": change.after and change.after.link.value,
            "what": "; ".join(f"{name}: {_said(a)} -> {_said(b)}" for name, (a, b) in change.differences.items()),
        }


def _said(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

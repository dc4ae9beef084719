"""What a rescan would change, before it is done: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pv.batch.comparison import PairChange, compare
from pv.batch.detector import Refusal, Versions
from pv.batch.limits import Limits
from pv.batch.newness import Fresh, Newness, Why
from pv.batch.pipeline import Entry, Read, in_order
from pv.batch.stopping import Stopping
from pv.batch.summary import Summary
from pv.batch.workers import Workers
from pv.sources.document import Document
from pv.store.database import Database
from pv.store.details import latest_pairs
from pv.store.repository import FailedTry
from pv.store.rows import distinct, pair_key


@dataclass(slots=True)
class Preview:
    """Reads again what a rescan would, and compares; the summary counts the reports, none of which is stored."""

    database: Database
    workers: Workers
    versions: Versions
    limits: Limits = field(default_factory=Limits)
    advance: Callable[[int], None] = lambda _: None
    failed: Callable[[str, str], None] = lambda _key, _reason: None
    stopping: Stopping = field(default_factory=Stopping)
    summary: Summary = field(default_factory=Summary)

    def changes(self, documents: Iterable[Document]) -> Iterator[tuple[str, PairChange]]:
        """Yield (name of the report, change) for each pair that would be added, changed or withdrawn."""
        newness = Newness(self.database, self.versions, self.limits, self.summary, rescan=True, advance=self.advance)
        try:
            for read in in_order(self._wanted(newness.entries(documents)), self.workers, self.stopping):
                self.advance(1)
                yield from self._changes(read)
        finally:
            newness.close()
        self.summary.stopped_by = self.stopping.signal

    def _wanted(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Pass on what is to be read again; count what a scan would take for new."""
        for entry in entries:
            if isinstance(entry, Fresh) and entry.why is not Why.RESCAN:
                self.summary.new += entry.why is Why.NEW
                self.summary.new_versions += entry.why is Why.NEW_VERSION
                self.advance(1)
            else:
                yield entry

    def _changes(self, read: Read | FailedTry) -> Iterator[tuple[str, PairChange]]:
        if isinstance(read, FailedTry):
            self._fail(read.key, read.reason)
            return
        received = read.fresh.received
        if isinstance(read.found, Refusal):
            self._fail(received.key, read.found.reason)
            return
        self.summary.rescanned += 1
        with self.database.session() as session:
            stored = latest_pairs(session, received.source, received.name)
        found = {pair_key(received.source, received.name, p): p for p in distinct(read.found.pairs)}
        yield from ((received.name, change) for change in compare(stored, found))

    def _fail(self, key: str, reason: str) -> None:
        self.summary.fail(key, reason)
        self.failed(key, reason)

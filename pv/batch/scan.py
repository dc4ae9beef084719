"""The nightly scan: what is new among the documents offered is read by the workers and goes into the database.

Each report is stored whole or not at all: a savepoint for each, a commit for each group. The detector is asked outside
any transaction, and is not even loaded where nothing is new.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pv.batch.detector import Versions
from pv.batch.limits import Limits
from pv.batch.newness import Newness
from pv.batch.pipeline import in_order
from pv.batch.stopping import Stopping
from pv.batch.summary import Summary
from pv.batch.workers import Workers
from pv.batch.writer import Writer
from pv.errors import PvError, StoreError
from pv.privacy import Privacy
from pv.sources.document import Document
from pv.store.database import Database
from pv.store.mended import forget_containers, forget_failures
from pv.store.models import ScanRun
from pv.store.runs import start_run, update_run
from pv.store.withheld import settle_key


@dataclass(slots=True)
class Scan:
    """One run over documents, which need not be known in number; the workers stay the caller's.

    ``versions`` are those of the workers' detector. ``clock`` counts seconds and never jumps.
    """

    database: Database
    workers: Workers
    versions: Versions
    limits: Limits = field(default_factory=Limits)
    rescan: bool = False
    privacy: Privacy = field(default_factory=Privacy)
    advance: Callable[[int], None] = lambda _: None
    failed: Callable[[str, str], None] = lambda _key, _reason: None
    stopping: Stopping = field(default_factory=Stopping)
    clock: Callable[[], float] = time.monotonic
    summary: Summary = field(default_factory=Summary)
    run_id: int | None = None

    def run(self, documents: Iterable[Document]) -> Summary:
        """Take every document that is new or has a new text; give what came of it.

        The run is recorded first. One that cannot go on (no lexicon, no room on the disk) is closed as such if it can
        be; one without an end was killed.
        """
        began = self.clock()
        with self.database.session() as session:
            settle_key(session, self.privacy.key)
            run = start_run(session, "rescan" if self.rescan else "scan")
            run.detector_version, run.lexicon_hash = self.versions.detector, self.versions.lexicon
        self.run_id = run.id
        try:
            self._take(documents, run)
        except PvError:
            with suppress(StoreError):
                self._close(run, began, exit_code=1)
            raise
        self._close(run, began, self.summary.exit_code)
        return self.summary

    def _take(self, documents: Iterable[Document], run: ScanRun) -> None:
        summary = self.summary
        newness = Newness(self.database, self.versions, self.limits, summary, self.rescan, self.privacy, self.advance)
        writer = Writer(self.database, run, self.versions, summary, self.privacy, self.advance, self.failed)
        try:
            for entry in in_order(newness.entries(documents), self.workers, self.stopping):
                writer.add(entry)
            writer.flush()
            self._forget_mended(newness.mended, run)
        finally:
            newness.close()
        summary.stopped_by = self.stopping.signal
        summary.missing = summary.stopped_by is None and summary.offered < self.limits.expect_min

    def _forget_mended(self, mended: Mapping[str, list[str]], run: ScanRun) -> None:
        """Drop the failures that are none any more; of folders and tables only if this run went through all."""
        with self.database.session() as session:
            for source, names in mended.items():
                forget_failures(session, source, names, run.id)
            if self.stopping.signal is None:
                forget_containers(session, mended, run.id)

    def _close(self, run: ScanRun, began: float, exit_code: int) -> None:
        end = {
            "finished": datetime.now(UTC),
            "seconds": round(self.clock() - began, 3),
            "exit_code": exit_code,
        }
        with self.database.session() as session:
            update_run(session, run, self.summary.columns() | end)

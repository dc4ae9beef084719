"""The one writer: what was read goes into the database in groups, with the record of the run in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from pv.batch.detector import Refusal, Versions, reason
from pv.batch.limits import GROUP
from pv.batch.newness import Why
from pv.batch.pipeline import Read
from pv.batch.summary import Summary
from pv.model import Detection
from pv.privacy import Privacy
from pv.store.audit import Action, Change, record_changes
from pv.store.database import Database
from pv.store.models import ScanRun
from pv.store.repository import FailedTry, record_failures, save_each
from pv.store.rows import Finding, Provenance, distinct
from pv.store.runs import update_run
from pv.store.vocabulary import Vocabulary

_ACTIONS = {Why.NEW: Action.NEW, Why.NEW_VERSION: Action.NEW_VERSION, Why.RESCAN: Action.RESCANNED}


@dataclass(slots=True)
class Writer:
    """Stores what was read, each report whole or not at all, a group to a commit; the summary counts what is committed.

    ``failed`` is called with the key and the reason of each report that could not be taken.
    """

    database: Database
    run: ScanRun
    versions: Versions
    summary: Summary
    privacy: Privacy = field(default_factory=Privacy)
    advance: Callable[[int], None] = lambda _: None
    failed: Callable[[str, str], None] = lambda _key, _reason: None
    _waiting: list[Read | FailedTry] = field(default_factory=list)
    _vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def add(self, entry: Read | FailedTry) -> None:
        """Take one entry; store the group when it is full."""
        self._waiting.append(_kept(entry, self.privacy) if isinstance(entry, Read) else entry)
        if len(self._waiting) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Store what waits."""
        if not self._waiting:
            return
        count = Summary()
        with self.database.session() as session:
            changes = self._store(session, count)
            record_changes(session, self.run, changes)
            update_run(session, self.run, self.summary.plus(count).columns())
            self.database.refuse_gone()
        self.summary.add(count)
        for key, why in count.failed:
            self.failed(key, why)
        self.advance(len(self._waiting))
        self._waiting.clear()

    def _store(self, session: Session, count: Summary) -> list[Change]:
        """Store the group; give what was changed, in the order of the reports."""
        made_by = Provenance(self.run.id, datetime.now(UTC), self.versions.detector, self.versions.lexicon)
        findings = [f for f in map(_finding, self._waiting) if f]
        results = iter(save_each(session, self._vocabulary, findings, made_by))
        changes: list[Change] = []
        failed: list[FailedTry] = []
        for entry in self._waiting:
            finding = _finding(entry)
            result = next(results) if finding else None
            if isinstance(entry, Read) and finding and isinstance(result, int):
                _count(count, entry.fresh.why, finding.detection)
                changes.append(Change(finding.received.key, _ACTIONS[entry.fresh.why], result))
                continue
            failed.append(_failed(entry, result))
            count.fail(failed[-1].key, failed[-1].reason)
            changes.append(Change(failed[-1].key, Action.FAILED))
        record_failures(session, failed, made_by)
        return changes


def _kept(read: Read, privacy: Privacy) -> Read:
    """Give what is stored of a text that was read; whatever a report does to this, the others go on."""
    if not isinstance(read.found, Detection):
        return read
    try:
        text, found = privacy.kept(read.fresh.text, read.found)
    except Exception as error:  # noqa: BLE001 - quarantined with the type of its error
        return Read(read.fresh, Refusal(reason(error)))
    return Read(replace(read.fresh, received=replace(read.fresh.received, text=text)), found)


def _finding(entry: Read | FailedTry) -> Finding | None:
    if isinstance(entry, Read) and isinstance(entry.found, Detection):
        return Finding(entry.fresh.received, entry.found)
    return None


def _failed(entry: Read | FailedTry, result: int | Exception | None) -> FailedTry:
    """Give the failure of an entry: it could not be read, the workers refused it, or the database did."""
    if isinstance(entry, FailedTry):
        return entry
    r = entry.fresh.received
    if isinstance(entry.found, Refusal):
        why = entry.found.reason
    elif isinstance(result, Exception):
        why = reason(result)
    else:
        raise TypeError("a stored report is no failure")
    return FailedTry(r.source, r.kind, r.name, r.key, why, r.sha256)


def _count(count: Summary, why: Why, found: Detection) -> None:
    if why is Why.NEW:
        count.new += 1
    elif why is Why.NEW_VERSION:
        count.new_versions += 1
    else:
        count.rescanned += 1
    count.pairs.update(p.link.value for p in distinct(found.pairs))

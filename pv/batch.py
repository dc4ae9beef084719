"""The batch: what is new among the documents offered goes through the detector and into the database.

Each report is stored whole or not at all: a savepoint for each, a commit for each group. The detector is asked outside
any transaction, and is not even loaded where nothing is new.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from pv import __version__
from pv.errors import InputError, PvError, StoreError
from pv.model import Detection
from pv.sources.document import Document, groups
from pv.store.database import Database
from pv.store.models import ScanRun
from pv.store.repository import FailedTry, latest_texts, record_failures, save_each
from pv.store.rows import Finding, Provenance, Received, distinct
from pv.store.vocabulary import Vocabulary

# Documents looked up together, and reports committed together: a kill loses at most one group's work, no report.
LOOKUP = 500
GROUP = 50


class Detects(Protocol):
    """What the batch needs of a detector."""

    def detect(self, text: str, report_id: str | None = None) -> Detection:
        """Give all that is found in one text."""
        ...

    def detect_many(self, texts: Iterable[tuple[str, str]]) -> Iterable[Detection]:
        """Give the detections of many (id, text), in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Versioned:
    """A detector with the versions that its rows will carry."""

    detector: Detects
    version: str
    lexicon_hash: str


@dataclass(slots=True)
class Summary:
    """What came of a run: counts of reports, of pairs by link, and the opaque keys and reasons of failures."""

    new: int = 0
    new_versions: int = 0
    unchanged: int = 0
    pairs: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing could be taken, 3 some reports failed."""
        if not self.failed:
            return 0
        return 3 if self.new or self.new_versions or self.unchanged else 1


@dataclass(frozen=True, slots=True)
class _Text:
    received: Received
    text: str
    known: bool


def _now() -> datetime:
    return datetime.now(UTC)


def detect_each(detector: Detects, texts: Sequence[tuple[str, str]]) -> list[Detection | Exception]:
    """Give the detection of each text, or what it raised: one bad report never stops the others."""
    try:
        return [*detector.detect_many(texts)]
    except Exception:  # noqa: BLE001 - whatever a report does to the detector, find out which one it was
        return [_detect_one(detector, report_id, text) for report_id, text in texts]


def _detect_one(detector: Detects, report_id: str | None, text: str) -> Detection | Exception:
    try:
        return detector.detect(text, report_id)
    except Exception as error:  # noqa: BLE001 - quarantined with the type of its error
        return error


@dataclass(slots=True)
class Scan:
    """One run over documents; ``load_detector`` is called when the first new text is met."""

    database: Database
    load_detector: Callable[[], Versioned]
    max_bytes: int
    advance: Callable[[int], None] = lambda _: None
    summary: Summary = field(default_factory=Summary)
    _detector: Versioned | None = None
    _vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def run(self, documents: Iterable[Document]) -> Summary:
        """Take every document that is new or has a new text; give what came of it.

        The run is recorded first. One that cannot go on (no lexicon, no room on the disk) is closed as such if it can
        be; one without an end was killed.
        """
        with self.database.session() as session:
            run = ScanRun(started=_now(), program_version=__version__)
            session.add(run)
        try:
            for offered in groups(documents, LOOKUP):
                for source in sorted({d.source for d in offered}):
                    self._take([d for d in offered if d.source == source], run)
        except PvError:
            with suppress(StoreError):
                self._close(run, exit_code=1)
            raise
        self._close(run, self.summary.exit_code)
        return self.summary

    def _close(self, run: ScanRun, exit_code: int) -> None:
        with self.database.session() as session:
            session.add(run)
            self._fill(run)
            run.exit_code = exit_code

    def _fill(self, run: ScanRun) -> None:
        summary = self.summary
        run.finished = _now()
        if self._detector:
            run.detector_version, run.lexicon_hash = self._detector.version, self._detector.lexicon_hash
        run.new, run.new_versions, run.unchanged = summary.new, summary.new_versions, summary.unchanged
        run.failed, run.pairs = len(summary.failed), summary.pairs.total()

    def _take(self, documents: list[Document], run: ScanRun) -> None:
        with self.database.session() as session:
            known = latest_texts(session, documents[0].source, [d.name for d in documents])
        waiting: list[_Text] = []
        for document in documents:
            text = self._read(document, known, run)
            if text is None:
                self.advance(1)
                continue
            waiting.append(text)
            if len(waiting) == GROUP:
                self._store(waiting, run)
                waiting = []
        if waiting:
            self._store(waiting, run)

    def _read(self, document: Document, known: dict[str, str], run: ScanRun) -> _Text | None:
        """Give the text of a document that is new; None for one that is unchanged or cannot be read."""
        try:
            decoded = document.load(self.max_bytes)
        except InputError as error:
            self._fail(document, str(error), run)
            return None
        sha256 = hashlib.sha256(decoded.text.encode("utf-8", "surrogatepass")).hexdigest()
        identity = (document.source, document.name)
        if self._seen.setdefault(identity, sha256) != sha256:
            self._fail(document, "two texts under one id in this run; give each folder its own --source", run)
            return None
        if known.get(document.name) == sha256:
            self.summary.unchanged += 1
            return None
        known_before = document.name in known
        known[document.name] = sha256
        received = Received(
            source=document.source,
            kind=document.kind,
            name=document.name,
            key=document.key,
            received=document.received,
            sha256=sha256,
            characters=len(decoded.text),
            encoding=decoded.encoding,
            encoding_assumed=decoded.assumed,
        )
        return _Text(received, decoded.text, known_before)

    def _store(self, texts: list[_Text], run: ScanRun) -> None:
        if self._detector is None:
            self._detector = self.load_detector()
        found = detect_each(self._detector.detector, [(t.received.name, t.text) for t in texts])
        made_by = Provenance(run.id, _now(), self._detector.version, self._detector.lexicon_hash)
        sound = [(t, d) for t, d in zip(texts, found, strict=True) if not isinstance(d, Exception)]
        failed = [(t, d) for t, d in zip(texts, found, strict=True) if isinstance(d, Exception)]
        with self.database.session() as session:
            findings = [Finding(t.received, d) for t, d in sound]
            refused = save_each(session, self._vocabulary, findings, made_by)
            stored = [s for s, error in zip(sound, refused, strict=True) if error is None]
            failed += [(t, error) for (t, _), error in zip(sound, refused, strict=True) if error is not None]
            tries = [
                FailedTry(r.source, r.kind, r.name, r.key, reason(e)) for r, e in ((t.received, e) for t, e in failed)
            ]
            record_failures(session, tries, run.id)
        self._count(stored, failed)

    def _count(self, stored: list[tuple[_Text, Detection]], failed: list[tuple[_Text, Exception]]) -> None:
        """Count what has been committed, and only that."""
        for text, detection in stored:
            if text.known:
                self.summary.new_versions += 1
            else:
                self.summary.new += 1
            self.summary.pairs.update(p.link.value for p in distinct(detection.pairs))
        self.summary.failed += [(t.received.key, reason(e)) for t, e in failed]
        self.advance(len(stored) + len(failed))

    def _fail(self, document: Document, reason: str, run: ScanRun) -> None:
        with self.database.session() as session:
            failed = FailedTry(document.source, document.kind, document.name, document.key, reason)
            record_failures(session, [failed], run.id)
        self.summary.failed.append((document.key, reason))


def reason(error: Exception) -> str:
    """Give the class of an error: its message may quote the report."""
    return str(error) if isinstance(error, InputError) else f"the detector stopped at it ({type(error).__name__})"

"""What of the documents offered is to be read: new reports, new texts, and on request what older versions have read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pv.batch.detector import Versions
from pv.batch.limits import LOOKUP, Limits
from pv.batch.seen import Seen
from pv.batch.summary import Summary
from pv.errors import InputError
from pv.privacy import Privacy
from pv.sources.document import Document, groups
from pv.store.database import Database
from pv.store.known import Known, Tried, failed_tries, known_reports
from pv.store.repository import FailedTry
from pv.store.rows import Received
from pv.store.withheld import withheld


class Why(Enum):
    """Why a report is read."""

    NEW = "new"
    NEW_VERSION = "new_version"
    RESCAN = "rescanned"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A text that is to be read, and why."""

    received: Received
    text: str
    why: Why


@dataclass(slots=True)
class Newness:
    """Decides on each document; what is not to be read is counted in the summary and goes no further.

    With ``rescan`` a report whose rows were made by other versions than these is read again.
    """

    database: Database
    versions: Versions
    limits: Limits
    summary: Summary
    rescan: bool = False
    privacy: Privacy = field(default_factory=Privacy)
    advance: Callable[[int], None] = lambda _: None
    # Sources that were met, and of each the reports that failed once and are stored with the very text offered.
    mended: dict[str, list[str]] = field(default_factory=dict)
    _seen: Seen = field(default_factory=Seen)

    def close(self) -> None:
        """Forget what this run has met."""
        self._seen.close()

    def entries(self, documents: Iterable[Document]) -> Iterator[Fresh | FailedTry | None]:
        """Yield what is to be read and what cannot be, in the order of the documents; None after each group."""
        for offered in groups(documents, LOOKUP):
            known, tried = self._look_up(offered)
            out = self._withheld(offered)
            for document in offered:
                self.summary.offered += 1
                identity = (document.source, document.name)
                if identity in out:
                    self.summary.withheld += 1
                    self.advance(1)
                    continue
                entry = self._decide(document, known.get(identity), tried.get(identity))
                if entry is None:
                    self.advance(1)
                else:
                    yield entry
            yield None

    def _look_up(
        self, offered: list[Document]
    ) -> tuple[Mapping[tuple[str, str], Known], Mapping[tuple[str, str], Tried]]:
        known: dict[tuple[str, str], Known] = {}
        tried: dict[tuple[str, str], Tried] = {}
        with self.database.session() as session:
            for source in dict.fromkeys(d.source for d in offered):
                self.mended.setdefault(source, [])
                names = [d.name for d in offered if d.source == source]
                known |= {(source, n): k for n, k in known_reports(session, source, names).items()}
                tried |= {(source, n): t for n, t in failed_tries(session, source, names).items()}
        return known, tried

    def _withheld(self, offered: list[Document]) -> set[tuple[str, str]]:
        """Give what is not even read: reports that were nullified, or that were erased with a tombstone left."""
        out: set[tuple[str, str]] = set()
        with self.database.session() as session:
            for source in dict.fromkeys(d.source for d in offered):
                asked = [(d.name, d.patient) for d in offered if d.source == source]
                out |= {(source, name) for name in withheld(session, source, asked, self.privacy.key)}
        if self.privacy.key is None and any(d.patient for d in offered):
            self.summary.patients_unkept = True
        return out

    def _decide(self, document: Document, known: Known | None, tried: Tried | None) -> Fresh | FailedTry | None:
        try:
            decoded = document.load(self.limits.max_bytes)
        except InputError as error:
            return self._refuse(document, str(error), None, tried)
        sha256 = hashlib.sha256(decoded.text.encode("utf-8", "surrogatepass")).hexdigest()
        first = self._seen.first_text(document.source, document.name, sha256)
        if first not in (None, sha256):
            reason = "two texts under one id in this run; give each folder its own --source"
            return self._refuse(document, reason, sha256, tried)
        why = self._why(sha256, known)
        if first == sha256 or why is None:
            self.summary.unchanged += 1
            if tried is not None and why is None:
                self.mended[document.source].append(document.name)
            return None
        if self._waits(tried, sha256):
            self.summary.quarantined += 1
            return None
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
            patient_key=self.privacy.patient_key(document.patient),
        )
        return Fresh(received, decoded.text, why)

    def _why(self, sha256: str, known: Known | None) -> Why | None:
        if known is None:
            return Why.NEW
        if known.sha256 != sha256:
            return Why.NEW_VERSION
        if self.rescan and Versions(known.detector_version, known.lexicon_hash) != self.versions:
            return Why.RESCAN
        return None

    def _refuse(self, document: Document, reason: str, sha256: str | None, tried: Tried | None) -> FailedTry | None:
        # A folder or archive that cannot be read may hold the whole feed: it never stops to be told.
        if self._waits(tried, sha256) and not document.name.endswith("/"):
            self.summary.quarantined += 1
            return None
        return FailedTry(document.source, document.kind, document.name, document.key, reason, sha256)

    def _waits(self, tried: Tried | None, sha256: str | None) -> bool:
        """Say whether a report has failed too often, and neither its text nor the program has changed since."""
        if tried is None or self.limits.retry or tried.tries < self.limits.tries or tried.sha256 != sha256:
            return False
        return (tried.detector_version, tried.lexicon_hash) == (self.versions.detector, self.versions.lexicon)

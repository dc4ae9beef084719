"""What the database knows of reports that are offered: their latest text and what made its rows, and failed tries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pv.store.models import Failure, Report, ReportVersion, Source


@dataclass(frozen=True, slots=True)
class Known:
    """The latest version of a report: the hash of its text, and the versions that made its rows."""

    sha256: str
    detector_version: str
    lexicon_hash: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A report that could not be taken: how often it was tried, with which text, and by which versions.

    ``sha256`` is None where it could not even be read.
    """

    tries: int
    sha256: str | None
    detector_version: str | None
    lexicon_hash: str | None


def known_reports(session: Session, source: str, names: Sequence[str]) -> dict[str, Known]:
    """Give what is stored of those of these reports that are known."""
    rows = session.execute(
        select(Report.name, ReportVersion.sha256, ReportVersion.detector_version, ReportVersion.lexicon_hash)
        .join(Source, Source.id == Report.source_id)
        .join(ReportVersion, (ReportVersion.report_id == Report.id) & ReportVersion.latest)
        .where(Source.name == source, Report.name.in_(names))
    )
    return {name: Known(sha256, detector, lexicon) for name, sha256, detector, lexicon in rows}


def failed_tries(session: Session, source: str, names: Sequence[str]) -> dict[str, Tried]:
    """Give the tries of those of these reports that could not be taken."""
    rows = session.execute(
        select(Failure.name, Failure.tries, Failure.sha256, Failure.detector_version, Failure.lexicon_hash)
        .join(Source, Source.id == Failure.source_id)
        .where(Source.name == source, Failure.name.in_(names))
    )
    return {name: Tried(tries, sha256, detector, lexicon) for name, tries, sha256, detector, lexicon in rows}

"""Every mention of the latest texts, as it was detected: what annotation tools and analysts take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from pv.model import Assertion, DrugKind, DrugMention, EventMention
from pv.store.details import StoredPair, stored_pair
from pv.store.exports import Selection
from pv.store.models import DrugMentionRow, EventMentionRow, PairRow, Report, ReportText, ReportVersion
from pv.store.queries import of_chosen

# Versions loaded together with all that was found in them.
_GROUP = 100


@dataclass(frozen=True, slots=True)
class ReadReport:
    """The latest version of a report with its mentions, and its pairs of the links and confidence asked for.

    ``text`` is the text that was kept of it (``pv scan --keep-text``), None for none.
    """

    version_id: int
    key: str
    name: str
    sha256: str
    scanned: datetime
    detector_version: str
    lexicon_hash: str
    drugs: tuple[DrugMention, ...]
    events: tuple[EventMention, ...]
    pairs: tuple[StoredPair, ...]
    text: str | None = None


def read_reports(session: Session, chosen: Selection) -> Iterator[ReadReport]:
    """Yield the reports, in the order in which they were stored.

    Where drugs, events or links are asked for, only the reports with such a pair.
    """
    ids = list(session.scalars(_versions(chosen)))
    for start in range(0, len(ids), _GROUP):
        group = ids[start : start + _GROUP]
        kept = select(ReportText.version_id, ReportText.text).where(ReportText.version_id.in_(group))
        texts = dict(session.execute(kept).all())
        statement = (
            select(ReportVersion, Report.key, Report.name)
            .join(Report, Report.id == ReportVersion.report_id)
            .where(ReportVersion.id.in_(group))
            .order_by(ReportVersion.id)
            .options(
                selectinload(ReportVersion.drug_mentions).joinedload(DrugMentionRow.drug),
                selectinload(ReportVersion.event_mentions).joinedload(EventMentionRow.event),
                selectinload(ReportVersion.pairs).options(
                    joinedload(PairRow.drug), joinedload(PairRow.event), selectinload(PairRow.evidence)
                ),
            )
        )
        for version, key, name in session.execute(statement):
            yield _read(version, key, name, texts.get(version.id), chosen)
        # What has been given is not held.
        session.expunge_all()


def _versions(chosen: Selection) -> Select[int]:
    wanted = chosen.wanted
    statement = select(ReportVersion.id).where(ReportVersion.latest).order_by(ReportVersion.id)
    if wanted.since:
        statement = statement.where(ReportVersion.received >= wanted.since)
    if chosen.drugs is None and chosen.events is None and not wanted.links:
        return statement
    paired = select(PairRow.version_id).where(PairRow.latest, PairRow.confidence >= wanted.threshold)
    paired = of_chosen(paired, PairRow, wanted, chosen.drugs, chosen.events)
    return statement.where(ReportVersion.id.in_(paired))


def _read(version: ReportVersion, key: str, name: str, text: str | None, chosen: Selection) -> ReadReport:
    wanted = chosen.wanted
    return ReadReport(
        version_id=version.id,
        key=key,
        name=name,
        sha256=version.sha256,
        scanned=version.scanned,
        detector_version=version.detector_version,
        lexicon_hash=version.lexicon_hash,
        drugs=tuple(map(_drug, sorted(version.drug_mentions, key=lambda m: (m.start_char, m.end_char)))),
        events=tuple(map(_event, sorted(version.event_mentions, key=lambda m: (m.start_char, m.end_char)))),
        pairs=tuple(
            StoredPair(row.key, stored_pair(row))
            for row in sorted(version.pairs, key=lambda row: row.id)
            if row.confidence >= wanted.threshold and (not wanted.links or row.link in wanted.links)
        ),
        text=text,
    )


def _drug(row: DrugMentionRow) -> DrugMention:
    drug, substances = row.drug, tuple(map(str, row.substances))
    return DrugMention(row.start_char, row.end_char, drug.inn, DrugKind(drug.kind), drug.atc, substances, row.misspelt)


def _event(row: EventMentionRow) -> EventMention:
    event = row.event
    return EventMention(
        row.start_char,
        row.end_char,
        event.concept,
        event.label,
        event.cim10,
        event.event_group,
        event.important,
        Assertion(row.assertion),
        row.assertion_rule,
        row.grade,
        row.grade_source,
        row.severity,
        event.generic,
        event.special,
    )

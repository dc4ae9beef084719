"""What each recipient was given of the pairs: compare a listing with it, find what was withdrawn, record what was told.

A recipient is a name that the user gives to a safety team. A pair is known by its stable key, its content by a digest:
another release, table, rule or confidence that leaves the content as it is changes nothing for the recipient.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Select, and_, insert, or_, select, true, update
from sqlalchemy.orm import Session

from pv import __version__
from pv.model import REPORTABLE_LINKS
from pv.store.models import Drug, Event, Export, ExportedPair, PairRow, ReportVersion
from pv.store.queries import Wanted, of_chosen, rows_of, whole_pairs

# What an assessor reads of a pair; the digest stands for these columns of the listing.
CONTENT = ("patient_age", "patient_sex", "drug", "dose", "route", "indication", "event", "grade", "link", "certainty",
           "current", "part_of", "start", "onset", "days_to_onset", "action_taken", "outcome", "dechallenge",
           "rechallenge", "serious", "seriousness_criterion", "evidence")  # fmt: skip
# Keys looked up together: SQLite before 3.32 admits 999 parameters a statement.
_GROUP = 500


class Status(StrEnum):
    """What a pair is to a recipient: never told, told otherwise, told as it is, or told and no longer so."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ToldPair:
    """What a recipient is told of a pair; ``listed`` says whether it is reportable and not doubtful."""

    key: str
    status: Status
    digest: str
    link: str
    listed: bool
    report_id: int | None
    drug_id: int
    event_id: int

    @property
    def values(self) -> tuple[object, ...]:
        """The fields as plain values, from which ``of`` makes the same again."""
        return tuple(getattr(self, f.name) for f in fields(self))

    @classmethod
    def of(cls, values: Sequence[Any]) -> ToldPair:
        """Give what the plain values stand for."""
        key, status, *others = values
        return cls(key, Status(status), *others)


@dataclass(frozen=True, slots=True)
class Selection:
    """The pairs of one export: which are wanted, and of which drugs and events (None for all)."""

    wanted: Wanted
    drugs: Sequence[int] | None = None
    events: Sequence[int] | None = None


Row = dict[str, Any]


def digest(row: Mapping[str, Any]) -> str:
    """Give 32 hexadecimal digits that stand for the content of a pair."""
    content = json.dumps([row[c] for c in CONTENT], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def begin_export(session: Session, recipient: str, form: str) -> int:
    """Record that a file is being written; give the number of the export."""
    export = Export(recipient=recipient, started=datetime.now(UTC), form=form, program_version=__version__)
    session.add(export)
    session.flush()
    return export.id


def compared(session: Session, recipient: str, rows: Iterable[Row], threshold: float) -> Iterator[tuple[Row, ToldPair]]:
    """Yield each row of the listing with what it is to the recipient; the row's column ``status`` says it too."""
    iterator = iter(rows)
    while group := list(islice(iterator, _GROUP)):
        keys = [row["pair"] for row in group]
        statement = select(ExportedPair.key, ExportedPair.digest, ExportedPair.withdrawn)
        before = session.execute(statement.where(ExportedPair.recipient == recipient, ExportedPair.key.in_(keys))).all()
        known = {key: (content, withdrawn) for key, content, withdrawn in before}
        for row in group:
            told = _told(row, threshold)
            content, withdrawn = known.get(told.key, ("", True))
            if not withdrawn:
                told = replace(told, status=Status.UNCHANGED if content == told.digest else Status.CHANGED)
            yield {**row, "status": told.status.value}, told


def _told(row: Row, threshold: float) -> ToldPair:
    return ToldPair(
        key=row["pair"],
        status=Status.NEW,
        digest=digest(row),
        link=row["link"],
        listed=row["reportable"] and row["confidence"] >= threshold,
        report_id=row["report_id"],
        drug_id=row["drug_id"],
        event_id=row["event_id"],
    )


def withdrawn(session: Session, recipient: str, selection: Selection) -> Iterator[tuple[Row, ToldPair]]:
    """Yield the pairs that the recipient still believes in and that the latest texts no longer bear.

    A pair that was listed and no longer is (its link is now denied, say) is withdrawn too, and comes as it is now; one
    that is gone comes as it was last, or by its names alone where the report was removed.
    """
    found = list(session.execute(_withdrawn_statement(recipient, selection)))
    for start in range(0, len(found), _GROUP):
        group = found[start : start + _GROUP]
        last = _last_rows(session, [key for key, *_ in group])
        for key, link, listed, report_id, drug_id, event_id, drug, event in group:
            row = last.get(key) or {"pair": key, "drug": drug, "event": event, "link": link, "missing": []}
            told = ToldPair(key, Status.WITHDRAWN, "", link, listed, report_id, drug_id, event_id)
            yield {**row, "status": Status.WITHDRAWN.value}, told


def _withdrawn_statement(recipient: str, selection: Selection) -> Select[*tuple[Any, ...]]:
    wanted, told = selection.wanted, ExportedPair
    still = and_(PairRow.key == told.key, PairRow.latest)
    doubtful = PairRow.confidence < wanted.threshold
    # A link that was asked for by name is in the listing itself.
    elsewhere = or_(PairRow.link.in_(REPORTABLE_LINKS), PairRow.link.not_in(wanted.links)) if wanted.links else true()
    unlisted = and_(told.listed, or_(doubtful, and_(~PairRow.reportable, elsewhere)))
    statement = (
        select(told.key, told.link, told.listed, told.report_id, told.drug_id, told.event_id, Drug.inn, Event.label)
        .join(Drug, Drug.id == told.drug_id)
        .join(Event, Event.id == told.event_id)
        .outerjoin(PairRow, still)
        .where(told.recipient == recipient, ~told.withdrawn, or_(PairRow.id.is_(None), unlisted))
        .order_by(told.key)
    )
    statement = of_chosen(statement, told, wanted, selection.drugs, selection.events)
    if wanted.since:
        latest = and_(ReportVersion.report_id == told.report_id, ReportVersion.latest)
        statement = statement.outerjoin(ReportVersion, latest)
        statement = statement.where(or_(told.report_id.is_(None), ReportVersion.received >= wanted.since))
    return statement


def _last_rows(session: Session, keys: Sequence[str]) -> dict[str, Row]:
    """Give each pair as the newest version that bears it has it."""
    statement = whole_pairs().where(PairRow.key.in_(keys)).order_by(PairRow.version_id)
    return {row["pair"]: row for row in rows_of(session, statement)}


def finish_export(session: Session, export_id: int, recipient: str, told: Iterable[ToldPair]) -> Counter[str]:
    """Record that a file is whole, and what it told of each pair; give the counts by status."""
    counts: Counter[str] = Counter()
    iterator = iter(told)
    while group := list(islice(iterator, _GROUP)):
        counts.update(t.status.value for t in group)
        _record(session, export_id, recipient, [t for t in group if t.status is not Status.UNCHANGED])
    session.execute(
        update(Export)
        .where(Export.id == export_id)
        .values(finished=datetime.now(UTC), **{status.value: counts[status.value] for status in Status})
    )
    return counts


def _record(session: Session, export_id: int, recipient: str, told: Sequence[ToldPair]) -> None:
    if not told:
        return
    keys = select(ExportedPair.key).where(
        ExportedPair.recipient == recipient, ExportedPair.key.in_([t.key for t in told])
    )
    known = set(session.scalars(keys))
    values = [
        {
            "recipient": recipient,
            "key": t.key,
            "digest": t.digest,
            "link": t.link,
            "listed": t.listed,
            "withdrawn": t.status is Status.WITHDRAWN,
            "report_id": t.report_id,
            "drug_id": t.drug_id,
            "event_id": t.event_id,
            "export_id": export_id,
        }
        for t in told
    ]
    if changed := [v for v in values if v["key"] in known]:
        session.execute(update(ExportedPair), changed)
    if new := [{**v, "first_export_id": export_id} for v in values if v["key"] not in known]:
        session.execute(insert(ExportedPair), new)

"""Failures that are none any more: what could not be taken once and now needs not, or can be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pv.store.models import Failure, Source

# Names in one statement: databases bound the number of its parameters.
_MOST_NAMES = 500


def forget_failures(session: Session, source: str, names: Sequence[str], run_id: int) -> None:
    """Drop the failures of reports that turned out to be stored with the very text that is offered.

    A failure of this run stays: the same id was offered with another text too.
    """
    for start in range(0, len(names), _MOST_NAMES):
        session.execute(
            delete(Failure).where(
                Failure.source_id == select(Source.id).where(Source.name == source).scalar_subquery(),
                Failure.name.in_(names[start : start + _MOST_NAMES]),
                Failure.last_run_id != run_id,
            )
        )


def forget_containers(session: Session, sources: Iterable[str], run_id: int) -> None:
    """Drop the failures of folders, archives, tables and nameless rows of these sources that this run did not meet.

    They have no report that could be taken one day; a run that went through their sources would have met them again.
    """
    for source in sorted(sources):
        session.execute(
            delete(Failure).where(
                Failure.source_id == select(Source.id).where(Source.name == source).scalar_subquery(),
                Failure.name.endswith("/", autoescape=True),
                Failure.last_run_id != run_id,
            )
        )

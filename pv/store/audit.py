"""The audit trail: which row was changed, when, by which run and whom; rows are added and never changed.

The database itself refuses to change or delete them. A report is named by its opaque key, since a name may be a
patient's; what was in a row is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from sqlalchemy import insert
from sqlalchemy.orm import Session

from pv.store.models import Audit, ScanRun


class Action(Enum):
    """What was done to a report."""

    NEW = "new"
    NEW_VERSION = "new_version"
    RESCANNED = "rescanned"
    FAILED = "failed"
    NULLIFIED = "nullified"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the report's opaque key, what was done, and the version that came of it, where one did."""

    key: str
    action: Action
    version: int | None = None


def record_changes(session: Session, run: ScanRun, changes: Sequence[Change]) -> None:
    """Add changes of a run to the trail, in the caller's transaction."""
    if not changes:
        return
    at = datetime.now(UTC)
    session.execute(
        insert(Audit),
        [
            {"at": at, "run_id": run.id, "report_key": c.key, "action": c.action.value, "version": c.version}
            for c in changes
        ],
    )

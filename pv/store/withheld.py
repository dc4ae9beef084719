"""What stays out of the database: nullified reports, tombstones of forgotten ones, and the key that they are under."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pv.errors import KeyFileError
from pv.keys import Key
from pv.store.bulk import pieces
from pv.store.models import Report, SecretKey, Source, Tombstone

REPORT, PATIENT = "report", "patient"
NULLIFIED, FORGOTTEN = "nullified", "forgotten"


def settle_key(session: Session, key: Key | None) -> None:
    """Make sure that this is the database's key, or note that it is; the first one given stays.

    Raises KeyFileError for another key, and for none where forgotten reports could not be told from others.
    """
    known = session.scalar(select(SecretKey.fingerprint))
    if key is None:
        stones = session.scalar(select(func.count()).select_from(Tombstone))
        if stones:
            raise KeyFileError(
                f"{stones} reports or patients stay out of this database under its key {known}; "
                "give its file with --key-file or PV_KEY_FILE"
            )
    elif known is None:
        session.add(SecretKey(fingerprint=key.fingerprint(), since=datetime.now(UTC)))
        session.flush()
    elif known != key.fingerprint():
        raise KeyFileError(
            f"this database was written under the key {known}, and the file holds {key.fingerprint()}; "
            "give the file of the former, or scan into a new database"
        )


def withheld(session: Session, source: str, offered: Sequence[tuple[str, str | None]], key: Key | None) -> set[str]:
    """Give the names of those of the offered (name, patient id) of a source that are to stay out."""
    names = [name for name, _ in offered]
    out: set[str] = set()
    for part in pieces(names):
        nullified = select(Report.name).join(Source, Source.id == Report.source_id)
        out.update(
            session.scalars(
                nullified.where(Source.name == source, Report.name.in_(part), Report.nullified.is_not(None))
            )
        )
    if key is None:
        return out
    hashed: dict[str, list[str]] = {}
    for name, patient in offered:
        hashed.setdefault(key.report_tombstone(source, name), []).append(name)
        if patient is not None:
            hashed.setdefault(key.patient_tombstone(patient), []).append(name)
    for part in pieces(list(hashed)):
        for stone in session.scalars(select(Tombstone.hash).where(Tombstone.hash.in_(part))):
            out.update(hashed[stone])
    return out


def add_tombstone(session: Session, digest: str, kind: str, why: str) -> None:
    """Keep a hash out from now on; one that is there stays, with the stronger of the two reasons."""
    stone = session.get(Tombstone, digest)
    if stone is None:
        session.add(Tombstone(hash=digest, kind=kind, why=why, made=datetime.now(UTC)))
    elif why == FORGOTTEN:
        stone.why = why
    session.flush()

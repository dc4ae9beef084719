"""The tables, as typed SQLAlchemy models.

sources ─< reports ─< report_versions ─< drug_mentions, event_mentions, pairs ─< evidence
drugs ─< drug_codes and events ─< event_codes hold each name once, so that a query by name, ATC or CIM-10 prefix finds a
few rows there and then reads one index of ``pairs``. Offsets are character offsets into the text as read; time stamps
are UTC; dates of the clinical course are ISO 8601 strings cut to what is known.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

# Byte order on PostgreSQL too, so that a range over codes is a range of the index, whatever the server's locale.
Code = String(16).with_variant(String(16, collation="C"), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A time stamp that is aware in Python and UTC in the database, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time stamp into UTC; a naive one is an error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time stamp without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the stored time stamp as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the models; every constraint has a name, so that a later migration can change it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime(), list[Any]: JSON()}  # noqa: RUF012 - read by SQLAlchemy


class Source(Base):
    """Where reports come from: a folder by its path, or a name the user gave."""

    __tablename__ = "sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(String(16))


class Report(Base):
    """One clinical document, known by (source, name); ``key`` stands for it in messages and logs.

    ``nullified`` says when it was taken out because its source withdrew it; none of its versions is then the latest.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("source_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(12), index=True)
    nullified: Mapped[datetime | None]
    nullified_reason: Mapped[str | None] = mapped_column(Text)


class ScanRun(Base):
    """One run of a command that writes: when, by whom, with which versions, what came of it.

    ``exit_code`` is empty while it runs; ``seconds`` are counted by a clock that never jumps.
    """

    __tablename__ = "scan_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    program_version: Mapped[str] = mapped_column(String(32))
    detector_version: Mapped[str | None] = mapped_column(String(32))
    lexicon_hash: Mapped[str | None] = mapped_column(String(64))
    new: Mapped[int] = mapped_column(default=0)
    new_versions: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    pairs: Mapped[int] = mapped_column(default=0)
    exit_code: Mapped[int | None]
    command: Mapped[str] = mapped_column(String(16), default="scan", server_default="scan")
    host: Mapped[str] = mapped_column(Text, default="", server_default="")
    account: Mapped[str] = mapped_column(Text, default="", server_default="")
    seconds: Mapped[float | None]
    offered: Mapped[int] = mapped_column(default=0, server_default="0")
    rescanned: Mapped[int] = mapped_column(default=0, server_default="0")
    quarantined: Mapped[int] = mapped_column(default=0, server_default="0")
    withheld: Mapped[int] = mapped_column(default=0, server_default="0")


class Audit(Base):
    """One change of a report: when, by which run, and what was done; the database refuses to change or delete it."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    run_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id"), index=True)
    report_key: Mapped[str] = mapped_column(String(12), index=True)
    action: Mapped[str] = mapped_column(String(16))
    version: Mapped[int | None]


class ReportVersion(Base):
    """One text of a report; the newest is the latest and supersedes the one before it.

    ``reporter`` says whether it names a health professional; None where it was read before this was looked for.
    """

    __tablename__ = "report_versions"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index(
            "uq_report_versions_latest",
            "report_id",
            unique=True,
            sqlite_where=text("latest"),
            postgresql_where=text("latest"),
        ),
        Index("ix_report_versions_received", "received"),
        Index("ix_report_versions_made_by", "latest", "detector_version", "lexicon_hash"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int]
    latest: Mapped[bool]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("report_versions.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    characters: Mapped[int]
    encoding: Mapped[str] = mapped_column(String(32))
    encoding_assumed: Mapped[bool]
    received: Mapped[datetime]
    scanned: Mapped[datetime]
    detector_version: Mapped[str] = mapped_column(String(32))
    lexicon_hash: Mapped[str] = mapped_column(String(64))
    patient_key: Mapped[str | None] = mapped_column(String(64), index=True)
    patient_age: Mapped[float | None]
    patient_sex: Mapped[str | None] = mapped_column(String(1))
    reporter: Mapped[bool | None]

    drug_mentions: Mapped[list[DrugMentionRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    event_mentions: Mapped[list[EventMentionRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    pairs: Mapped[list[PairRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class ReportText(Base):
    """The whole text of a version, where the user asked to keep it; pseudonymised where the evidence is."""

    __tablename__ = "texts"
    version_id: Mapped[int] = mapped_column(ForeignKey("report_versions.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Drug(Base):
    """A drug that some report names, by INN (``class:`` and ``protocol:`` names included)."""

    __tablename__ = "drugs"
    id: Mapped[int] = mapped_column(primary_key=True)
    inn: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    atc: Mapped[str] = mapped_column(Text, default="")


class DrugCode(Base):
    """One ATC code of a drug; a class has the prefixes of its members."""

    __tablename__ = "drug_codes"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    drug_id: Mapped[int] = mapped_column(ForeignKey("drugs.id", ondelete="CASCADE"), primary_key=True, index=True)


class Event(Base):
    """A clinical event that some report names, by its French preferred label.

    ``generic`` marks a word for harm that does not say which, ``special`` a special situation without harm of its own.
    """

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(Text, unique=True)
    concept: Mapped[str] = mapped_column(Text, default="", index=True)
    cim10: Mapped[str] = mapped_column(Text, default="")
    event_group: Mapped[str] = mapped_column(Text, default="")
    important: Mapped[bool] = mapped_column(default=False)
    generic: Mapped[bool] = mapped_column(default=False)
    special: Mapped[bool] = mapped_column(default=False)


class EventCode(Base):
    """One CIM-10 code of an event, without its dot."""

    __tablename__ = "event_codes"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, index=True)


class DrugMentionRow(Base):
    """A span of a report that names a drug."""

    __tablename__ = "drug_mentions"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("report_versions.id", ondelete="CASCADE"), index=True)
    drug_id: Mapped[int] = mapped_column(ForeignKey("drugs.id"), index=True)
    start_char: Mapped[int]
    end_char: Mapped[int]
    substances: Mapped[list[Any]]
    misspelt: Mapped[bool]
    drug: Mapped[Drug] = relationship()


class EventMentionRow(Base):
    """A span of a report that names an event, and what the text says of it there."""

    __tablename__ = "event_mentions"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("report_versions.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    start_char: Mapped[int]
    end_char: Mapped[int]
    assertion: Mapped[str] = mapped_column(String(16))
    assertion_rule: Mapped[str] = mapped_column(Text)
    grade: Mapped[int | None]
    grade_source: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    event: Mapped[Event] = relationship()


class PairRow(Base):
    """A drug and an event of one version of a report.

    ``key`` is the same for (report, drug, event) in every version and rescan. ``latest`` repeats the version's, and
    ``report_id`` the version's report, so that the two wide indexes answer counts without reading a table.
    """

    __tablename__ = "pairs"
    __table_args__ = (
        UniqueConstraint("version_id", "drug_id", "event_id"),
        Index("ix_pairs_drug", "drug_id", "latest", "event_id", "link", "reportable", "certainty", "dechallenge",
              "latency_days", "confidence", "report_id"),
        Index("ix_pairs_event", "event_id", "latest", "drug_id", "link", "reportable", "certainty", "dechallenge",
              "latency_days", "confidence", "report_id"),
        Index("ix_pairs_key", "key"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("report_versions.id", ondelete="CASCADE"))
    latest: Mapped[bool]
    drug_id: Mapped[int] = mapped_column(ForeignKey("drugs.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    link: Mapped[str] = mapped_column(String(16))
    reportable: Mapped[bool]
    certainty: Mapped[str | None] = mapped_column(String(16))
    current: Mapped[bool]
    confidence: Mapped[float]
    rule: Mapped[str] = mapped_column(Text)
    start: Mapped[str | None] = mapped_column(String(10))
    onset: Mapped[str | None] = mapped_column(String(10))
    latency_days: Mapped[int | None]
    dechallenge: Mapped[str | None] = mapped_column(String(16))
    rechallenge: Mapped[str | None] = mapped_column(String(16))
    serious: Mapped[bool]
    seriousness: Mapped[str | None] = mapped_column(String(32))
    grade: Mapped[int | None]
    action_taken: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(32))
    dose: Mapped[str | None] = mapped_column(Text)
    route: Mapped[str | None] = mapped_column(Text)
    indication: Mapped[str | None] = mapped_column(Text)
    part_of: Mapped[str | None] = mapped_column(Text)
    assertions: Mapped[list[Any]]
    alternatives: Mapped[list[Any]]
    drug: Mapped[Drug] = relationship()
    event: Mapped[Event] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class Evidence(Base):
    """A passage that bears a pair, with the rule and the cue; ``position`` 0 is the passage that decided."""

    __tablename__ = "evidence"
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    start_char: Mapped[int]
    end_char: Mapped[int]
    passage: Mapped[str] = mapped_column(Text)
    cue: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    drug_spans: Mapped[list[Any]]
    event_spans: Mapped[list[Any]]
    reasons: Mapped[list[Any]]


class Failure(Base):
    """A report that could not be taken, and how often it was tried; gone once it has been taken.

    ``sha256`` is that of the text that failed, None where it could not be read; the versions are those that failed.
    """

    __tablename__ = "failures"
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    tries: Mapped[int]
    first_run_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id"))
    last_run_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    detector_version: Mapped[str | None] = mapped_column(String(32))
    lexicon_hash: Mapped[str | None] = mapped_column(String(64))


class Export(Base):
    """One file written for a recipient, with what it held of pairs; ``finished`` is empty where it never was whole."""

    __tablename__ = "exports"
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(Text)
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    form: Mapped[str] = mapped_column(String(16))
    program_version: Mapped[str] = mapped_column(String(32))
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)


class ExportedPair(Base):
    """What a recipient was last told of a pair, by the pair's stable key.

    ``digest`` stands for the content then; ``listed`` says whether it was reportable and not doubtful; ``withdrawn``
    that the recipient has been told that it is gone. Drug and event name it when nothing else of it is left.
    """

    __tablename__ = "exported_pairs"
    recipient: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32))
    link: Mapped[str] = mapped_column(String(16))
    listed: Mapped[bool]
    withdrawn: Mapped[bool]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id", ondelete="SET NULL"), index=True)
    drug_id: Mapped[int] = mapped_column(ForeignKey("drugs.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    first_export_id: Mapped[int] = mapped_column(ForeignKey("exports.id"))
    export_id: Mapped[int] = mapped_column(ForeignKey("exports.id"))


class SecretKey(Base):
    """The fingerprint of the key under which this database's patients and tombstones are hashed; never the key."""

    __tablename__ = "secret_keys"
    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime]


class Tombstone(Base):
    """The keyed hash of a report or patient that stays out when a source offers it; ``why`` nullified or forgotten."""

    __tablename__ = "tombstones"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(16))
    made: Mapped[datetime]


class Erasure(Base):
    """That something was erased for good, by which run, and how much; never what."""

    __tablename__ = "erasures"
    run_id: Mapped[int] = mapped_column(ForeignKey("scan_runs.id"), primary_key=True)
    reports: Mapped[int]
    versions: Mapped[int]
    pairs: Mapped[int]

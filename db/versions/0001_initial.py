"""Tables of sources, reports, runs, mentions and pairs, and the view of reportable pairs."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VIEWS = Path(__file__).resolve().parent.parent / "views"
CODE = sa.String(16).with_variant(sa.String(16, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "drugs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inn", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("atc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drugs"),
        sa.UniqueConstraint("inn", name="uq_drugs_inn"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("cim10", sa.Text(), nullable=False),
        sa.Column("event_group", sa.Text(), nullable=False),
        sa.Column("important", sa.Boolean(), nullable=False),
        sa.Column("generic", sa.Boolean(), nullable=False),
        sa.Column("special", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("label", name="uq_events_label"),
    )
    op.create_index("ix_events_concept", "events", ["concept"], unique=False)
    op.create_table(
        "scan_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_version", sa.String(length=32), nullable=False),
        sa.Column("detector_version", sa.String(length=32), nullable=True),
        sa.Column("lexicon_hash", sa.String(length=64), nullable=True),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("new_versions", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_scan_runs"),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("name", name="uq_sources_name"),
    )
    op.create_table(
        "drug_codes",
        sa.Column("code", CODE, nullable=False),
        sa.Column("drug_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drug_id"], ["drugs.id"], name="fk_drug_codes_drug_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "drug_id", name="pk_drug_codes"),
    )
    op.create_index("ix_drug_codes_drug_id", "drug_codes", ["drug_id"], unique=False)
    op.create_table(
        "event_codes",
        sa.Column("code", CODE, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_codes_event_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "event_id", name="pk_event_codes"),
    )
    op.create_index("ix_event_codes_event_id", "event_codes", ["event_id"], unique=False)
    op.create_table(
        "failures",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_run_id", sa.Integer(), nullable=False),
        sa.Column("last_run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["first_run_id"], ["scan_runs.id"], name="fk_failures_first_run_id"),
        sa.ForeignKeyConstraint(["last_run_id"], ["scan_runs.id"], name="fk_failures_last_run_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_failures_source_id"),
        sa.PrimaryKeyConstraint("source_id", "name", name="pk_failures"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_reports_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("source_id", "name", name="uq_reports_source_id_name"),
    )
    op.create_index("ix_reports_key", "reports", ["key"], unique=False)
    op.create_table(
        "report_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(length=32), nullable=False),
        sa.Column("encoding_assumed", sa.Boolean(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detector_version", sa.String(length=32), nullable=False),
        sa.Column("lexicon_hash", sa.String(length=64), nullable=False),
        sa.Column("patient_key", sa.String(length=64), nullable=True),
        sa.Column("patient_age", sa.Double(), nullable=True),
        sa.Column("patient_sex", sa.String(length=1), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_report_versions_report_id"),
        sa.ForeignKeyConstraint(["run_id"], ["scan_runs.id"], name="fk_report_versions_run_id"),
        sa.ForeignKeyConstraint(["supersedes_id"], ["report_versions.id"], name="fk_report_versions_supersedes_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_versions"),
        sa.UniqueConstraint("report_id", "number", name="uq_report_versions_report_id_number"),
    )
    op.create_index(
        "ix_report_versions_made_by", "report_versions", ["latest", "detector_version", "lexicon_hash"], unique=False
    )
    op.create_index("ix_report_versions_patient_key", "report_versions", ["patient_key"], unique=False)
    op.create_index("ix_report_versions_received", "report_versions", ["received"], unique=False)
    op.create_index("ix_report_versions_run_id", "report_versions", ["run_id"], unique=False)
    op.create_index(
        "uq_report_versions_latest",
        "report_versions",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text("latest"),
        postgresql_where=sa.text("latest"),
    )
    op.create_table(
        "drug_mentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("drug_id", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("substances", sa.JSON(), nullable=False),
        sa.Column("misspelt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["drug_id"], ["drugs.id"], name="fk_drug_mentions_drug_id"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["report_versions.id"], name="fk_drug_mentions_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_drug_mentions"),
    )
    op.create_index("ix_drug_mentions_drug_id", "drug_mentions", ["drug_id"], unique=False)
    op.create_index("ix_drug_mentions_version_id", "drug_mentions", ["version_id"], unique=False)
    op.create_table(
        "event_mentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("assertion", sa.String(length=16), nullable=False),
        sa.Column("assertion_rule", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("grade_source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_mentions_event_id"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["report_versions.id"], name="fk_event_mentions_version_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event_mentions"),
    )
    op.create_index("ix_event_mentions_event_id", "event_mentions", ["event_id"], unique=False)
    op.create_index("ix_event_mentions_version_id", "event_mentions", ["version_id"], unique=False)
    op.create_table(
        "pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("drug_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=16), nullable=False),
        sa.Column("reportable", sa.Boolean(), nullable=False),
        sa.Column("certainty", sa.String(length=16), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("start", sa.String(length=10), nullable=True),
        sa.Column("onset", sa.String(length=10), nullable=True),
        sa.Column("latency_days", sa.Integer(), nullable=True),
        sa.Column("dechallenge", sa.String(length=16), nullable=True),
        sa.Column("rechallenge", sa.String(length=16), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("seriousness", sa.String(length=32), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("action_taken", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("dose", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("indication", sa.Text(), nullable=True),
        sa.Column("part_of", sa.Text(), nullable=True),
        sa.Column("assertions", sa.JSON(), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["drug_id"], ["drugs.id"], name="fk_pairs_drug_id"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_pairs_event_id"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_pairs_report_id"),
        sa.ForeignKeyConstraint(["version_id"], ["report_versions.id"], name="fk_pairs_version_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_pairs"),
        sa.UniqueConstraint("version_id", "drug_id", "event_id", name="uq_pairs_version_id_drug_id_event_id"),
    )
    op.create_index(
        "ix_pairs_drug",
        "pairs",
        [
            "drug_id",
            "latest",
            "event_id",
            "link",
            "reportable",
            "certainty",
            "dechallenge",
            "latency_days",
            "confidence",
            "report_id",
        ],
        unique=False,
    )
    op.create_index(
        "ix_pairs_event",
        "pairs",
        [
            "event_id",
            "latest",
            "drug_id",
            "link",
            "reportable",
            "certainty",
            "dechallenge",
            "latency_days",
            "confidence",
            "report_id",
        ],
        unique=False,
    )
    op.create_index("ix_pairs_key", "pairs", ["key"], unique=False)
    op.create_index("ix_pairs_report_id", "pairs", ["report_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("cue", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("drug_spans", sa.JSON(), nullable=False),
        sa.Column("event_spans", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name="fk_evidence_pair_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pair_id", "position", name="pk_evidence"),
    )
    op.execute((VIEWS / "reportable_pairs_1.sql").read_text(encoding="utf-8"))

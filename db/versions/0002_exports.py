"""What each recipient was given of the pairs, severity of event mentions, and whether a report names a reporter."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "event_mentions", sa.Column("severity", sa.String(length=16), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("report_versions", sa.Column("reporter", sa.Boolean(), nullable=True))
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("program_version", sa.String(length=32), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_table(
        "exported_pairs",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("link", sa.String(length=16), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("drug_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("first_export_id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drug_id"], ["drugs.id"], name="fk_exported_pairs_drug_id"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_exported_pairs_event_id"),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"], name="fk_exported_pairs_export_id"),
        sa.ForeignKeyConstraint(["first_export_id"], ["exports.id"], name="fk_exported_pairs_first_export_id"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name="fk_exported_pairs_report_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("recipient", "key", name="pk_exported_pairs"),
    )
    op.create_index("ix_exported_pairs_report_id", "exported_pairs", ["report_id"], unique=False)

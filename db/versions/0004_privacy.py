"""Texts that are kept, reports that are nullified, and what is left of those that are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scan_runs", sa.Column("withheld", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reports", sa.Column("nullified", sa.DateTime(timezone=True), nullable=True))
    op.add_column("reports", sa.Column("nullified_reason", sa.Text(), nullable=True))
    op.create_table(
        "texts",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["report_versions.id"], name="fk_texts_version_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("version_id", name="pk_texts"),
    )
    op.create_table(
        "secret_keys",
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_secret_keys"),
    )
    op.create_table(
        "tombstones",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_tombstones"),
    )
    op.create_table(
        "erasures",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["scan_runs.id"], name="fk_erasures_run_id"),
        sa.PrimaryKeyConstraint("run_id", name="pk_erasures"),
    )

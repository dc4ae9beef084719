"""Who ran the batch, where and for how long; what a failure was tried with; and the audit trail, which only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFUSED = "the audit trail can only be added to"


def upgrade() -> None:
    for column in (
        sa.Column("command", sa.String(length=16), nullable=False, server_default="scan"),
        sa.Column("host", sa.Text(), nullable=False, server_default=""),
        sa.Column("account", sa.Text(), nullable=False, server_default=""),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("offered", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rescanned", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("quarantined", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("scan_runs", column)
    for column in (
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("detector_version", sa.String(length=32), nullable=True),
        sa.Column("lexicon_hash", sa.String(length=64), nullable=True),
    ):
        op.add_column("failures", column)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("report_key", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["scan_runs.id"], name="fk_audit_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_run_id", "audit", ["run_id"], unique=False)
    op.create_index("ix_audit_report_key", "audit", ["report_key"], unique=False)
    if op.get_context().dialect.name == "postgresql":
        refuse_on_postgresql()
    else:
        refuse_on_sqlite()


def refuse_on_sqlite() -> None:
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    )

"""The figures of each screening for disproportionate reporting, kept run by run."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signal_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_version", sa.String(length=32), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("combinations", sa.Integer(), nullable=False),
        sa.Column("prior", sa.JSON(), nullable=True),
        sa.Column("prior_problem", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("previous", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signal_runs"),
    )
    op.create_index("ix_signal_runs_key", "signal_runs", ["key"], unique=False)
    op.create_table(
        "signal_combinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drug", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signal_combinations"),
        sa.UniqueConstraint("drug", "event", name="uq_signal_combinations_drug_event"),
    )
    op.create_table(
        "signal_figures",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("combination_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_drug", sa.Integer(), nullable=False),
        sa.Column("n_event", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("prr", sa.Double(), nullable=True),
        sa.Column("prr025", sa.Double(), nullable=True),
        sa.Column("prr975", sa.Double(), nullable=True),
        sa.Column("ror", sa.Double(), nullable=True),
        sa.Column("ror025", sa.Double(), nullable=True),
        sa.Column("ror975", sa.Double(), nullable=True),
        sa.Column("chi2", sa.Double(), nullable=True),
        sa.Column("ic", sa.Double(), nullable=True),
        sa.Column("ic025", sa.Double(), nullable=True),
        sa.Column("ic975", sa.Double(), nullable=True),
        sa.Column("ebgm", sa.Double(), nullable=True),
        sa.Column("eb05", sa.Double(), nullable=True),
        sa.Column("eb95", sa.Double(), nullable=True),
        sa.Column("zero", sa.String(length=8), nullable=False),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("unjudged", sa.Text(), nullable=False),
        sa.Column("new", sa.Boolean(), nullable=True),
        sa.Column("newly_met", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["signal_runs.id"], name="fk_signal_figures_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["combination_id"], ["signal_combinations.id"], name="fk_signal_figures_combination_id"
        ),
        sa.PrimaryKeyConstraint("run_id", "combination_id", name="pk_signal_figures"),
    )
    op.create_index("ix_signal_figures_combination_id", "signal_figures", ["combination_id"], unique=False)

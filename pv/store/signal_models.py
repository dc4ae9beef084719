"""The tables that keep the figures of each screening: nothing in them is ever changed, runs are only added.

signal_runs ─< signal_figures >─ signal_combinations. ``Base`` is given on: imported from here, it knows every table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pv.store.models import Base

__all__ = ["Base", "SignalCombination", "SignalFigure", "SignalRun"]


class SignalRun(Base):
    """One screening: ``key`` is a digest of the question, so that only runs with the same one are compared."""

    __tablename__ = "signal_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), index=True)
    run_at: Mapped[datetime]
    as_of: Mapped[datetime]
    program_version: Mapped[str] = mapped_column(String(32))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    total: Mapped[int]
    combinations: Mapped[int]
    prior: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    prior_problem: Mapped[str] = mapped_column(Text)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    left_out: Mapped[list[Any]]
    previous: Mapped[datetime | None]


class SignalCombination(Base):
    """The names of one drug-event combination, kept once for all runs."""

    __tablename__ = "signal_combinations"
    __table_args__ = (UniqueConstraint("drug", "event"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    drug: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)


class SignalFigure(Base):
    """The figures of one combination in one run, as in ``pv.signals.signal.Signal``."""

    __tablename__ = "signal_figures"
    run_id: Mapped[int] = mapped_column(ForeignKey("signal_runs.id", ondelete="CASCADE"), primary_key=True)
    combination_id: Mapped[int] = mapped_column(ForeignKey("signal_combinations.id"), primary_key=True, index=True)
    n: Mapped[int]
    n_drug: Mapped[int]
    n_event: Mapped[int]
    total: Mapped[int]
    expected: Mapped[float]
    prr: Mapped[float | None]
    prr025: Mapped[float | None]
    prr975: Mapped[float | None]
    ror: Mapped[float | None]
    ror025: Mapped[float | None]
    ror975: Mapped[float | None]
    chi2: Mapped[float | None]
    ic: Mapped[float | None]
    ic025: Mapped[float | None]
    ic975: Mapped[float | None]
    ebgm: Mapped[float | None]
    eb05: Mapped[float | None]
    eb95: Mapped[float | None]
    zero: Mapped[str] = mapped_column(String(8))
    recent: Mapped[int]
    rules: Mapped[str] = mapped_column(Text)
    unjudged: Mapped[str] = mapped_column(Text)
    new: Mapped[bool | None]
    newly_met: Mapped[str] = mapped_column(Text)

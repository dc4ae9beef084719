"""The signals on the page: the last kept screening, what is to be noted of each combination, forest plot and trends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pv.page.figures import Picture, forest, trend
from pv.page.words import Words
from pv.signals.signal import Screening, Signal
from pv.store import signal_runs

# Combinations in the table, and of them in the forest plot: more than that nobody compares by eye.
MOST_ROWS, MOST_DRAWN = 50, 25


@dataclass(frozen=True, slots=True)
class Row:
    """One combination, what is to be noted of it in words, and its trend where several screenings have it."""

    signal: Signal
    drug: str
    notes: tuple[str, ...]
    trend: Picture | None


@dataclass(frozen=True, slots=True)
class Signals:
    """A screening as the page shows it; ``met`` counts the combinations that meet some rule."""

    screening: Screening
    met: int
    rows: tuple[Row, ...]
    forest: Picture | None


def read_signals(session: Session, words: Words) -> Signals | None:
    """Read the last kept screening, those that meet a rule first; None where none was kept."""
    screening = signal_runs.last_screening(session)
    if screening is None:
        return None
    # Sorting keeps the screening's own order, the highest IC025 first, within each part.
    chosen = sorted(screening.signals, key=lambda s: not s.rules)[:MOST_ROWS]
    rows = tuple(
        Row(
            signal=s,
            drug=words.drug(s.drug),
            notes=tuple(_notes(s, words)),
            trend=trend(signal_runs.trend(session, s.drug, s.event, screening.question), words),
        )
        for s in chosen
    )
    met = sum(bool(s.rules) for s in screening.signals)
    return Signals(screening, met, rows, forest(chosen[:MOST_DRAWN], words) if chosen else None)


def _notes(s: Signal, words: Words) -> Iterator[str]:
    """Yield what to look at first: new, a rule newly met, rising, an empty cell of the table."""
    if s.new:
        yield words("signals.new")
    elif s.newly_met:
        yield words("signals.newly_met", rules=", ".join(s.newly_met))
    if s.rising:
        yield words("signals.rising", n=s.recent)
    if s.zero:
        yield words("signals.zero", cells=", ".join(s.zero))

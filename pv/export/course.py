"""The clinical course of a pair under the names of its columns."""

from __future__ import annotations

from pv.model import Pair


def course_columns(pair: Pair) -> dict[str, object]:
    """Give dates (ISO 8601), delay (days), what was done and what came of it, seriousness and grade of a pair."""
    return {
        "start": pair.start,
        "onset": pair.onset,
        "days_to_onset": pair.latency_days,
        "action_taken": pair.action_taken and pair.action_taken.value,
        "outcome": pair.outcome and pair.outcome.value,
        "dechallenge": pair.dechallenge and pair.dechallenge.value,
        "rechallenge": pair.rechallenge and pair.rechallenge.value,
        "serious": pair.serious,
        "seriousness_criterion": pair.seriousness and pair.seriousness.value,
        "grade": pair.grade,
    }

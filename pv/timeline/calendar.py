"""Arithmetic with ISO 8601 dates that may lack the day or the month."""

from __future__ import annotations

from datetime import date, timedelta

_FULL, _MONTH = len("2015-02-11"), len("2015-02")
_DAYS_A_MONTH, _MONTHS_A_YEAR = 30, 12


def is_full(iso: str | None) -> bool:
    """Say whether a date is known to the day."""
    return iso is not None and len(iso) == _FULL


def shift(iso: str, days: int) -> str | None:
    """Give a full date so many days later (earlier where negative); None for a date not known to the day."""
    if not is_full(iso):
        return None
    try:
        return (date.fromisoformat(iso) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def days_between(start: str | None, end: str | None) -> int | None:
    """Give the days from one date to another, negative where the second is earlier.

    Both must be known to the day, or both to the month and no better, a month being 30 days; None otherwise.
    """
    if start is None or end is None or len(start) != len(end):
        return None
    if is_full(start):
        try:
            return (date.fromisoformat(end) - date.fromisoformat(start)).days
        except ValueError:
            return None
    if len(start) != _MONTH:
        return None
    months = (int(end[:4]) - int(start[:4])) * _MONTHS_A_YEAR + int(end[5:]) - int(start[5:])
    return months * _DAYS_A_MONTH


def not_after(a: str, b: str) -> bool:
    """Say whether a date may be that of the other or an earlier one, as far as both are known."""
    known = min(len(a), len(b))
    return a[:known] <= b[:known]

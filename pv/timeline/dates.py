"""Calendar dates: the parts that a report gives, and the year where it leaves it out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pv.timeline.time_values import Pieces

# Two-digit years up to this one belong to this century.
_PIVOT = 50
# A date that follows one of the last months and names one of the first has passed the turn of the year.
_LATE, _EARLY = 10, 3


@dataclass(frozen=True, slots=True)
class DateParts:
    """Year, month and day as far as they are written; ``short`` for a year of two digits."""

    year: int | None
    month: int | None
    day: int | None
    short: bool = False
    birth: bool = False

    @property
    def value(self) -> str:
        """Give the ISO 8601 date, cut to what is known; empty without a year, or for a day that no calendar has."""
        if self.year is None:
            return ""
        if self.month is None:
            return f"{self.year:04}"
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        try:
            return date(self.year, self.month, self.day).isoformat()
        except ValueError:
            return ""


def date_parts(pieces: Pieces, *, birth: bool) -> DateParts:
    """Give the parts of a date from the pieces of its match."""
    year, short = pieces.number("aaaa"), False
    if year is None and (written := pieces.words("aa")):
        year, short = int(written[0]), True
        year += 2000 if year <= _PIVOT else 1900
    if year is None:
        year = pieces.number("année_mots")
    month = pieces.value("mois") or pieces.value("mois_abrégé")
    number = int(month) if month else next((pieces.number(n) for n in ("mm", "mm2") if pieces.span(n)), None)
    day = next((pieces.number(n) for n in ("jj", "jj2") if pieces.span(n)), None)
    months = pieces.first_and_last("mois", "mois") or pieces.first_and_last("mm", "")
    if year is not None and months and months[0] > months[1]:
        # From December to January of the year that is written: the first of the two lies in the year before.
        year -= 1
    return DateParts(_whole(year), _whole(number), _whole(day), short, birth)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def complete_dates(dates: Sequence[DateParts], reference: str | None) -> list[str]:
    """Give the value of each date of a report, in order.

    A missing year is that of the nearest full date before, across the turn of the year where the months say so; else
    that of the reference; else of the nearest month before that has a year; else the only year of the report's full
    dates, or of all its dates; else it stays unknown. For a month without a day, a month and year before is as good as
    a full date.
    """
    today = _full_date(reference)
    usable = [d for d in dates if d.year is not None and not d.birth]
    only_full = _only(d.year for d in usable if d.day is not None)
    only = _only(d.year for d in usable)
    latest = max([*(d.year or 0 for d in usable), *([today.year] if today else [])], default=None)
    last_day: DateParts | None = None
    last_month: DateParts | None = None
    values = []
    for parts in dates:
        if parts.birth:
            values.append(_born(parts, latest).value)
            continue
        if parts.year is None and parts.month is not None:
            nearest = last_month if parts.day is None else last_day
            year = (
                _next_year(parts.month, nearest)
                or _report_year(parts.month, today)
                or only_full
                or _next_year(parts.month, last_month)
                or only
            )
            parts = replace(parts, year=year)  # noqa: PLW2901
        if parts.year is not None and parts.month is not None:
            last_month = parts
            last_day = last_day if parts.day is None else parts
        values.append(parts.value)
    return values


def _only(years: Iterable[int | None]) -> int | None:
    different = set(years)
    return different.pop() if len(different) == 1 else None


def _next_year(month: int, before: DateParts | None) -> int | None:
    """Give the year of a month that follows a date in the story."""
    if before is None or before.year is None or before.month is None:
        return None
    return before.year + (before.month >= _LATE and month <= _EARLY)


def _report_year(month: int, today: date | None) -> int | None:
    """Give the year of a month by the report's own date; half a year ahead is taken for the year before."""
    return None if today is None else today.year - (month - today.month > 6)


def _born(parts: DateParts, latest: int | None) -> DateParts:
    """Put a two-digit year of birth into the last century where this one would be after the report."""
    if parts.short and parts.year is not None and latest is not None and parts.year > latest:
        return replace(parts, year=parts.year - 100)
    return parts


def _full_date(reference: str | None) -> date | None:
    try:
        return date.fromisoformat(reference) if reference else None
    except ValueError:
        return None

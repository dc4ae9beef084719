"""When a report was received, from what a table says."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2})?))?")


def parse_received(value: object) -> datetime | None:
    """Give the moment in UTC for a date, a time stamp, or a text: ISO 8601, or day/month/year as French tables have it.

    What tells no zone is taken for UTC. None for an empty value; raises ValueError for what is no date.
    """
    if isinstance(value, str):
        value = _parse(value.strip())
    if value is None:
        return None
    if not isinstance(value, date):
        raise ValueError("no date")  # noqa: TRY004 - what a table says, not what a caller does
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("no date") from error


def _parse(text: str) -> datetime | None:
    if not text:
        return None
    french = _FRENCH.fullmatch(text)
    if not french:
        return datetime.fromisoformat(text)
    day, month, year, clock = french.groups()
    hour, minute, second = [*((clock or "0:0").split(":")), "0"][:3]
    return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))  # noqa: DTZ001 - set later

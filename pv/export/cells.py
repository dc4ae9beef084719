"""Values as CSV cells: numbers in the reader's notation, text that no spreadsheet runs."""

from __future__ import annotations

from datetime import datetime

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV Injection).
RUN = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """Give a text with an apostrophe before it where a spreadsheet would run it; every other text as it is."""
    return f"'{text}" if text.startswith(RUN) else text


def cell(value: object, decimal: str = ".") -> str:
    """Give a value as it stands in a CSV cell: as shown, and neutral where it is text."""
    shown = show(value, decimal)
    return shown if isinstance(value, int | float) else neutral(shown)


def show(value: object, decimal: str = ".") -> str:
    """Give a value as people read it: empty for None, true/false, the UTC date of a time stamp, lists with bars."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return f"{value:g}".replace(".", decimal)
        case datetime():
            return value.date().isoformat()
        case tuple() | list():
            return "|".join(map(str, value))
        case _:
            return str(value)

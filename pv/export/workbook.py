"""The workbook of an export: the pairs, the kept figures of the signals, the provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from pv.export.columns import Kind, headings, kind
from pv.export.provenance import HEADINGS, Provenance, provenance_rows
from pv.export.xlsx import Sheet, write_xlsx


def write_workbook(
    handle: BinaryIO, rows: Iterable[Mapping[str, object]], columns: Sequence[str], found: Provenance, language: str
) -> None:
    """Write the sheets; the provenance comes last, since it counts what the others hold."""
    pairs = Sheet("pairs", columns, headings(columns, language), [kind(c) for c in columns], lambda: rows)
    about = Sheet(
        "provenance",
        ("item", "value"),
        HEADINGS[language],
        (Kind.TEXT, Kind.TEXT),
        lambda: provenance_rows(found, language),
    )
    write_xlsx(handle, (pairs, about))

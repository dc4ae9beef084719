"""The workbook of an export: the pairs, the figures of the last kept screening, the provenance of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import BinaryIO

from pv.export.columns import SIGNAL_COLUMNS, SIGNAL_KINDS, Kind, headings, kind, signal_headings
from pv.export.provenance import HEADINGS, Provenance, provenance_rows
from pv.export.xlsx import Sheet, write_xlsx
from pv.signals.signal import Screening


@dataclass(frozen=True, slots=True)
class Figures:
    """The last kept screening, None where there is none, and columns of the user's MedDRA that an event has."""

    screening: Screening | None = None
    meddra: Sequence[str] = ()
    cells: Callable[[str], Mapping[str, object]] = lambda _: {}

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield one row a combination, the highest IC025 first."""
        if self.screening is None:
            return
        # A group of events has no term of its own.
        named = self.screening.question.event_level == "event"
        for signal in self.screening.signals:
            yield asdict(signal) | {"rising": signal.rising} | (dict(self.cells(signal.event)) if named else {})


def write_workbook(
    handle: BinaryIO,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    figures: Figures,
    found: Provenance,
    language: str,
) -> None:
    """Write the sheets; the provenance comes last, since it counts what the others hold."""
    pairs = Sheet("pairs", columns, headings(columns, language), [kind(c) for c in columns], lambda: rows)
    signals = Sheet(
        "signals",
        (*SIGNAL_COLUMNS, *figures.meddra),
        [*signal_headings(language), *headings(figures.meddra, language)],
        [*SIGNAL_KINDS.values(), *map(kind, figures.meddra)],
        figures.rows,
    )
    about = Sheet(
        "provenance",
        ("item", "value"),
        HEADINGS[language],
        (Kind.TEXT, Kind.TEXT),
        lambda: provenance_rows(found, figures.screening, language),
    )
    write_xlsx(handle, (pairs, signals, about))

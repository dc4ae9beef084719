"""What a call asks of the sources: paths, choice of files, columns, days; built once by the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pv.settings import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table of reports; date and patient are read where they are named, or bear these very names."""

    id: str = "id"
    text: str = "text"
    date: str | None = None
    patient: str | None = None


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """A database that holds reports: its URL, and a table (perhaps ``schema.table``) or a query; or OMOP's notes."""

    url: str
    table: str | None = None
    query: str | None = None
    omop: bool = False


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Where reports come from, and which of them are wanted.

    ``source`` is the name of the source instead of the folder's path. ``include`` and ``exclude`` are patterns of file
    names (see pv.sources.patterns). ``patient_pattern`` finds the patient's id in a file's name, as the group called
    patient or else the first. ``since`` leaves out what was received before. ``max_bytes`` bounds each report.
    """

    paths: tuple[Path, ...] = ()
    source: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    columns: Columns = field(default_factory=Columns)
    patient_pattern: re.Pattern[str] | None = None
    since: datetime | None = None
    max_bytes: int = MAX_BYTES
    database: DatabaseOptions | None = None

    def patient_of(self, name: str) -> str | None:
        """Give the patient's id that a file's name holds; None where there is no pattern, or it does not match."""
        found = self.patient_pattern.search(name) if self.patient_pattern else None
        if found is None:
            return None
        return (found["patient"] if "patient" in found.re.groupindex else found[1]) or None

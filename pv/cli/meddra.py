"""MedDRA in the commands: where the user's table lies, and its columns beside those of an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pv.cli.common import Command
from pv.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pv.lexicon.meddra import MeddraTerm

# Others parse these columns, which stand behind those of each command: a change is in CHANGELOG.md.
LEVELS = ("llt", "pt", "hlt", "hlgt", "soc")
COLUMNS = (*LEVELS, "meddra_version")
TABLE = "meddra.csv"


def own_folder() -> Path:
    """Give the user's own folder for pv, where ``pv lexicon import-meddra`` writes unless told otherwise."""
    return Path(click.get_app_dir("pv"))


def meddra_option(command: Command) -> Command:
    """Add ``--meddra FILE``."""
    return click.option(
        "--meddra",
        "table",
        envvar="PV_MEDDRA",
        type=click.Path(path_type=Path),
        help="Table that `pv lexicon import-meddra` wrote. Default: PV_MEDDRA, else the one in the user's own folder "
        "for pv; where neither is there, no MedDRA term is shown.",
    )(command)


@dataclass(frozen=True, slots=True)
class Meddra:
    """The user's table by concept, and the concept of each event label in the database; no columns without a table."""

    terms: Mapping[str, MeddraTerm] | None = None
    concepts: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns to add to those of a command."""
        return () if self.terms is None else COLUMNS

    @property
    def names(self) -> tuple[str, ...]:
        """Every LLT and PT of the table."""
        return tuple(name for term in (self.terms or {}).values() for name in (term.llt, term.pt))

    def term(self, event: str) -> MeddraTerm | None:
        """Give the term of an event by its label, None where the table has none."""
        return (self.terms or {}).get(self.concepts.get(event, ""))

    def cells(self, event: str) -> dict[str, object]:
        """Give the columns of an event, empty where MedDRA has no such term."""
        term = self.term(event)
        version = term.version if term else ""
        values = {**{level: getattr(term, level, "") for level in LEVELS}, "meddra_version": version}
        return {column: values[column] for column in self.columns}

    def cells_of_several(self, events: Sequence[str]) -> dict[str, object]:
        """Give the columns of several events: a list for each level, in the order of the events, and one version."""
        found = [self.cells(event) for event in events]
        values: dict[str, object] = {level: [cells.get(level) for cells in found] for level in LEVELS}
        versions = (str(cells["meddra_version"]) for cells in found if cells.get("meddra_version"))
        values["meddra_version"] = next(versions, "")
        return {column: values[column] for column in self.columns}

    def beside(self, rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        """Yield rows, which name their event in the column ``event``, with the columns of that event added."""
        return ({**row, **self.cells(str(row["event"]))} for row in rows)

    def named(self, asked: str) -> list[str]:
        """Give the concepts whose LLT or PT bears this name."""
        if self.terms is None:
            return []
        from pv.lexicon.meddra import concepts_named

        return concepts_named(self.terms, asked)


def opened_meddra(session: Session, table: Path | None) -> Meddra:
    """Read the table given, else the user's own where there is one.

    Raises UsageError where the one given is missing, LexiconError, with file and line, where a table is broken.
    """
    path = table or own_folder() / TABLE
    if not _is_there(path):
        if table is None:
            return Meddra()
        raise UsageError(f"{table}: no such table of MedDRA; correct --meddra or PV_MEDDRA")
    from sqlalchemy import select

    from pv.lexicon.meddra import load_meddra_map
    from pv.store.models import Event

    concepts = session.execute(select(Event.label, Event.concept).where(Event.concept != ""))
    return Meddra(load_meddra_map(path), dict(concepts.all()))


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # The home of a task may be somebody else's, as under sudo, and closed to it.
        return False

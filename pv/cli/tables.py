"""Rows on standard output, as a table for people, CSV or JSON for scripts."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import click

from pv.cli.common import Command, utf8_output
from pv.cli.layout import table_lines
from pv.export.cells import cell, show

FORMATS = ("table", "csv", "json")


def format_option(command: Command) -> Command:
    """Add ``--format table|csv|json``."""
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of the output."
    )(command)


def print_rows(rows: Iterable[Mapping[str, object]], columns: Sequence[str], form: str, title: str = "") -> None:
    """Print these columns of the rows; the title goes with the table only."""
    if form != "table":
        utf8_output()
    if form == "json":
        click.echo(json.dumps([{c: _json(row[c]) for c in columns} for row in rows], ensure_ascii=False, indent=1))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([cell(row[c]) for c in columns] for row in rows)
    else:
        _print_table(rows, columns, title)


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _print_table(rows: Iterable[Mapping[str, object]], columns: Sequence[str], title: str) -> None:
    """Print columns side by side: as wide as the terminal at most, and unfolded in a pipe."""
    if title:
        click.echo(title)
    cells = [[_printable(show(row[c])) for c in columns] for row in rows]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table_lines([c.replace("_", " ") for c in columns], cells, room):
        click.echo(line)


def _printable(text: str) -> str:
    """Give a text on one line, without control characters: they would move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))

"""Rows on standard output, as a table for people, CSV or JSON for scripts."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import click

from pv.cli.common import Command, utf8_output
from pv.export.cells import cell, show

FORMATS = ("table", "csv", "json")
_GAP = "  "
# Characters that a folded column has at least, even where the terminal then breaks the line.
_NARROWEST = 30


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
    """Print columns side by side; on a terminal the last one is folded, in a pipe nothing is.

    A table library takes a second for a thousand rows, which is all the time that a query has.
    """
    if title:
        click.echo(title)
    lines = [[_printable(show(row[c])) for c in columns] for row in rows]
    lines.insert(0, [c.replace("_", " ") for c in columns])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    room = _room(before, widths[-1])
    for line in lines:
        first, *more = textwrap.wrap(line[-1], room) or [""]
        cells = [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False))][:-1]
        click.echo(_GAP.join([*cells, first]).rstrip())
        for rest in more:
            click.echo(" " * before + rest)


def _room(before: int, widest: int) -> int:
    """Give the width of the last column: what the terminal leaves, but enough to read; all of it in a pipe."""
    if not sys.stdout.isatty():
        return max(widest, 1)
    return max(_NARROWEST, shutil.get_terminal_size().columns - before)


def _printable(text: str) -> str:
    """Give a text on one line, without control characters: they would move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))

"""The options that say where reports come from: the same for every command that reads reports."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pv.cli import common
from pv.sources.options import Columns, DatabaseOptions, SourceOptions

_OPTIONS = (
    click.argument("paths", metavar="[PATH...]", nargs=-1, type=click.Path(path_type=Path)),
    click.option("--source", metavar="NAME", help="Name of the source. Default: the absolute path of the folder, or "
                                                  "the URL and table of the database."),
    click.option("--include", metavar="PATTERN", multiple=True,
                 help="Of a folder, only files whose name (with a slash: path) matches, as '*.txt'; may be repeated. "
                      "Default: .txt, .docx, .pdf, each with .gz too, and .zip."),
    click.option("--exclude", metavar="PATTERN", multiple=True,
                 help="No file or folder whose name or path matches; may be repeated."),
    click.option("--id-column", metavar="NAME", help="Of a table, the column of the reports' ids. Default: id."),
    click.option("--text-column", metavar="NAME", help="Of a table, the column of the texts. Default: text."),
    click.option("--date-column", metavar="NAME",
                 help="Of a table, the column of the days of receipt. Default: date, where there is one."),
    click.option("--patient-column", metavar="NAME",
                 help="Of a table, the column of the patients' ids. Default: patient, where there is one."),
    click.option("--patient-pattern", metavar="REGEX",
                 help="Regular expression; its first group, or group `patient`, is the patient's id in a file's name."),
    click.option("--from-db", "url", metavar="URL", help="Database that holds the reports (an SQLAlchemy URL)."),
    click.option("--table", metavar="[SCHEMA.]NAME", help="With --from-db: the table or view to read."),
    click.option("--query", metavar="SQL", help="With --from-db and --source: the query whose rows are the reports."),
    click.option("--omop", is_flag=True,
                 help="With --from-db: the notes of an OMOP common data model (table `note`, or that of --table)."),
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Reports received on this day (UTC) or later."),
    common.size_option,
)  # fmt: skip


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets them as one ``sources: SourceOptions``."""

    @functools.wraps(command)
    def call(
        *, paths: tuple[Path, ...], source: str | None, include: tuple[str, ...], exclude: tuple[str, ...],
        id_column: str | None, text_column: str | None, date_column: str | None, patient_column: str | None,
        patient_pattern: str | None, url: str | None, table: str | None, query: str | None, omop: bool,
        since: datetime | None, max_megabytes: float, **others: Any,
    ) -> Any:  # fmt: skip
        named = (id_column, text_column, date_column, patient_column)
        options = SourceOptions(
            paths,
            source,
            include,
            exclude,
            Columns(id_column or "id", text_column or "text", date_column, patient_column),
            patient_pattern=_pattern(patient_pattern),
            since=since.replace(tzinfo=UTC) if since else None,
            max_bytes=common.in_bytes(max_megabytes),
            database=DatabaseOptions(url, table, query, omop) if url else None,
        )
        _refuse(options, of_database=bool(table or query or omop), columns=any(named))
        return command(sources=options, **others)

    decorated: Callable[..., Any] = call
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _refuse(options: SourceOptions, *, of_database: bool, columns: bool) -> None:
    """Raise UsageError for options that say nothing, or that contradict each other."""
    database = options.database
    if database is None:
        if of_database:
            raise _usage("--table, --query and --omop need --from-db URL.")
        if not options.paths:
            raise _usage("Missing argument 'PATH...', or --from-db URL.")
        return
    if options.paths:
        raise _usage("Give paths or --from-db, not both: each has its own --source.")
    if bool(database.query) == bool(database.table or database.omop):
        raise _usage("--from-db needs one of --table, --query and --omop.")
    if database.query and not options.source:
        raise _usage("--query needs --source NAME: reports are known by source and id.")
    if database.omop and columns:
        raise _usage("--omop knows its columns; for others, use --table or --query.")


def _usage(message: str) -> click.UsageError:
    return click.UsageError(message, click.get_current_context())


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise click.BadParameter(f"not a regular expression: {error}", param_hint="'--patient-pattern'") from error
    if not pattern.groups:
        raise click.BadParameter("has no group: put the patient's id in brackets", param_hint="'--patient-pattern'")
    return pattern

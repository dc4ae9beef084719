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
from pv.sources.options import Columns, SourceOptions

_OPTIONS = (
    click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path)),
    click.option("--source", metavar="NAME", help="Name of the source. Default: the absolute path of the folder."),
    click.option("--include", metavar="PATTERN", multiple=True,
                 help="Of a folder, only files whose name (with a slash: path) matches, as '*.txt'; may be repeated. "
                      "Default: .txt, .docx, .pdf, each with .gz too, and .zip."),
    click.option("--exclude", metavar="PATTERN", multiple=True,
                 help="No file or folder whose name or path matches; may be repeated."),
    click.option("--id-column", metavar="NAME", default="id", show_default=True,
                 help="Of a table, the column of the reports' ids."),
    click.option("--text-column", metavar="NAME", default="text", show_default=True,
                 help="Of a table, the column of the reports' texts."),
    click.option("--date-column", metavar="NAME",
                 help="Of a table, the column of the days of receipt. Default: date, where there is one."),
    click.option("--patient-column", metavar="NAME",
                 help="Of a table, the column of the patients' ids. Default: patient, where there is one."),
    click.option("--patient-pattern", metavar="REGEX",
                 help="Regular expression; its first group, or group `patient`, is the patient's id in a file's name."),
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Reports received on this day (UTC) or later."),
    common.size_option,
)  # fmt: skip


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets them as one ``sources: SourceOptions``."""

    @functools.wraps(command)
    def call(
        *, paths: tuple[Path, ...], source: str | None, include: tuple[str, ...], exclude: tuple[str, ...],
        id_column: str, text_column: str, date_column: str | None, patient_column: str | None,
        patient_pattern: str | None, since: datetime | None, max_megabytes: float, **others: Any,
    ) -> Any:  # fmt: skip
        if not paths:
            raise click.UsageError("Missing argument 'PATH...'.", click.get_current_context())
        options = SourceOptions(
            paths,
            source,
            include,
            exclude,
            Columns(id_column, text_column, date_column, patient_column),
            patient_pattern=_pattern(patient_pattern),
            since=since.replace(tzinfo=UTC) if since else None,
            max_bytes=common.in_bytes(max_megabytes),
        )
        return command(sources=options, **others)

    decorated: Callable[..., Any] = call
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


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

"""What the commands share: options, settings, the detector, and opening of the database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from pv.settings import CONFIDENCE_THRESHOLD, MEGABYTE, Settings, from_environment

if TYPE_CHECKING:
    from pv.batch.detector import Versioned, Versions
    from pv.batch.workers import Workers
    from pv.keys import Key
    from pv.store.database import Database

Command = TypeVar("Command", bound=Callable[..., object])

EXIT_OK, EXIT_NOTHING, EXIT_USAGE, EXIT_SOME_FAILED = 0, 1, 2, 3


def database_option(command: Command) -> Command:
    """Add ``--db URL``."""
    return click.option(
        "--db",
        "database",
        metavar="URL",
        help="Database: an SQLAlchemy URL or the path of an SQLite file. "
        "Default: PV_DATABASE_URL, else db/pv.sqlite under the current folder.",
    )(command)


def key_option(command: Command) -> Command:
    """Add ``--key-file FILE``."""
    return click.option(
        "--key-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File with the secret key, made by `pv key new`. Default: PV_KEY_FILE.",
    )(command)


def all_option(command: Command) -> Command:
    """Add ``--all``."""
    return click.option(
        "--all",
        "everything",
        is_flag=True,
        help=f"Doubtful pairs too (confidence below {CONFIDENCE_THRESHOLD}).",
    )(command)


def size_option(command: Command) -> Command:
    """Add ``--max-megabytes``."""
    return click.option(
        "--max-megabytes",
        type=click.FloatRange(min=0, min_open=True),
        default=20,
        show_default=True,
        help="Largest file that is read.",
    )(command)


def in_bytes(megabytes: float) -> int:
    """Give bytes for megabytes."""
    return int(megabytes * MEGABYTE)


def settings(database: str | None) -> Settings:
    """Build the settings of this call."""
    return from_environment(os.environ, database)


def secret_key(key_file: Path | None) -> Key | None:
    """Read the key of the option or of PV_KEY_FILE; None where neither names a file."""
    named = from_environment(os.environ, key_file=key_file).key_file
    if named is None:
        return None
    from pv.keys import load_key

    return load_key(named)


@contextmanager
def opened(database: str | None, *, write: bool = False, create: bool = False) -> Iterator[Database]:
    """Give the database of the options, closed at the end of the block."""
    from pv.store.database import open_database

    found = open_database(settings(database), write=write, create=create)
    try:
        yield found
    finally:
        found.close()


def load_detector() -> Versioned:
    """Build the detector; takes seconds, so that it is asked for when the first text is there."""
    from pv.batch import loading

    return loading.load_detector()


def start_workers(jobs: int, timeout: float) -> tuple[Workers, Versions]:
    """Give the workers of a run, and the versions that their rows will carry; their processes start with the work."""
    from pv.batch import loading
    from pv.batch.workers import Processes

    versions = loading.current_versions()
    return Processes(loading.load_detector, versions, jobs, timeout), versions


def utf8_output() -> None:
    """Write UTF-8 to standard output whatever the locale: what programs read holds every character."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")


def note(message: str) -> None:
    """Write one line on standard error."""
    click.echo(f"pv: {message}", err=True)

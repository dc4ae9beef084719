"""The settings of one call: built once by the command line and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.errors import UsageError

DEFAULT_DATABASE = "sqlite:///db/pv.sqlite"
# Below this confidence a pair stays in the database and comes with --all only.
CONFIDENCE_THRESHOLD = 0.5
MEGABYTE = 1_000_000
# The largest report that is read.
MAX_BYTES = 20 * MEGABYTE
# Seconds that one report may take: the longest that is read, two million characters, stays well below it.
TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command needs to know beside its arguments.

    ``database`` is an SQLAlchemy URL; ``busy_timeout`` the seconds to wait for another process's lock; ``max_bytes``
    the largest report file that is read; ``key_file`` the file with the secret key, None where there is none.
    """

    database: str = DEFAULT_DATABASE
    threshold: float = CONFIDENCE_THRESHOLD
    busy_timeout: float = 10.0
    max_bytes: int = MAX_BYTES
    key_file: Path | None = None


def database_url(text: str) -> str:
    """Give the URL for what the user wrote: a URL, or the path of an SQLite file."""
    return text if "://" in text else f"sqlite:///{text}"


def from_environment(
    environment: Mapping[str, str], database: str | None = None, key_file: Path | None = None
) -> Settings:
    """Build the settings from the options given and PV_DATABASE_URL, PV_BUSY_TIMEOUT (seconds), PV_KEY_FILE."""
    waiting = environment.get("PV_BUSY_TIMEOUT", "10")
    try:
        busy_timeout = float(waiting)
    except ValueError as error:
        raise UsageError(f"PV_BUSY_TIMEOUT is {waiting!r}; give a number of seconds") from error
    url = database or environment.get("PV_DATABASE_URL") or DEFAULT_DATABASE
    named = key_file or (Path(environment["PV_KEY_FILE"]) if environment.get("PV_KEY_FILE") else None)
    return Settings(database=database_url(url), busy_timeout=busy_timeout, key_file=named)

"""Reports in files: folders, read recursively, in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pv.errors import InputError, UnreadableError
from pv.sources.options import SourceOptions
from pv.sources.patterns import is_wanted, matches


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder; raises InputError where it is not there, or cannot be reached or read."""
    try:
        if path.is_dir():
            with os.scandir(path):
                return True
        there = path.exists()
    except OSError as error:
        raise InputError(f"{path}: cannot be reached ({error.strerror})") from error
    if not there:
        raise InputError(f"{path}: no such file or folder")
    return False


def walk(folder: Path, options: SourceOptions) -> Iterator[tuple[Path, InputError | None]]:
    """Yield the wanted files below a folder, sorted, and with an error each folder below it that cannot be read.

    A folder reached twice over links is read once.
    """
    seen: set[tuple[int, int]] = set()
    refused: list[OSError] = []
    for here, folders, files in os.walk(folder, followlinks=True, onerror=refused.append):
        yield from _failures(refused)
        try:
            status = Path(here).stat()
        except OSError as error:
            folders.clear()
            yield Path(here), _unreadable(error)
            continue
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        inside = "" if here == str(folder) else f"{Path(here).relative_to(folder).as_posix()}/"
        folders[:] = sorted(f for f in folders if not matches(inside + f, options.exclude))
        yield from (
            (Path(here, f), None) for f in sorted(files) if is_wanted(inside + f, options.include, options.exclude)
        )
    yield from _failures(refused)


def _failures(refused: list[OSError]) -> Iterator[tuple[Path, InputError]]:
    while refused:
        error = refused.pop(0)
        yield Path(error.filename), _unreadable(error)


def _unreadable(error: OSError) -> InputError:
    return UnreadableError(f"a folder that cannot be read ({error.strerror}); check its permissions")


def received(path: Path) -> datetime | None:
    """Give when a file was last changed; None where that cannot be told."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        # A dangling link, or a clock that is far off: reading it will tell, or the date does not matter.
        return None


def name_of(path: Path, folder: Path) -> str:
    """Give the path below a folder as it is stored: with a sign in place of each byte that no database takes."""
    return writable(path.absolute().relative_to(folder.absolute()).as_posix())


def writable(name: str) -> str:
    """Give a name with a sign in place of each byte that is no UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")

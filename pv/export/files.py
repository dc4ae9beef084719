"""Files and folders that appear whole or not at all, and that their owner alone may read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from pv.errors import OutputError


@contextmanager
def private_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """Give a text file to write, which takes the path's place when the block ends well; its mode is 0600.

    A link stays, and what it leads to is replaced. Raises OutputError where it cannot be written, or the encoding lacks
    a character.
    """
    with _draft(path) as (number, draft):
        try:
            with open(number, "w", encoding=encoding, newline="") as handle:  # noqa: PTH123 - a descriptor has no path
                yield handle
                handle.flush()
                os.fsync(handle.fileno())
        except UnicodeEncodeError as error:
            raise no_character(str(path), encoding, error) from None
        draft.replace(_replaceable(path))


@contextmanager
def private_binary(path: Path) -> Iterator[BinaryIO]:
    """Give a binary file to write, under the rules of ``private_file``."""
    with _draft(path) as (number, draft):
        with open(number, "w+b") as handle:  # noqa: PTH123 - a descriptor has no path
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(_replaceable(path))


@contextmanager
def private_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill, which gets the name of the path when the block ends well; its mode is 0700.

    Raises OutputError where the path is there and holds something: nothing is mixed with what is older.
    """
    target = path.absolute()
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(f"{path} is there and not empty; give the name of a new folder")
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    try:
        yield draft
        draft.replace(target)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _draft(path: Path) -> Iterator[tuple[int, Path]]:
    """Give a new file beside the path, as descriptor and name; it is gone after the block unless it was renamed."""
    try:
        target = _replaceable(path)
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    draft = Path(name)
    try:
        yield number, draft
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def no_character(where: str, encoding: str, error: UnicodeEncodeError) -> OutputError:
    """Build the error for a text that an encoding cannot hold; it names the character's number alone."""
    character = f"U+{ord(error.object[error.start]):04X}"
    return OutputError(f"{where}: {encoding} has no character {character}; use --encoding utf-8-sig")


def _replaceable(path: Path) -> Path:
    """Give the file that a path leads to; a device or a pipe is refused, since a file would take its place."""
    if path.exists() and not path.is_file():
        raise OutputError(f"{path} is no regular file; give the name of a file")
    return path.resolve()

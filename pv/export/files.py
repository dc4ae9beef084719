"""Files that appear whole or not at all, and that their owner alone may read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pv.errors import OutputError


@contextmanager
def private_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """Give a text file to write, which takes the path's place when the block ends well; its mode is 0600.

    Raises OutputError where it cannot be written, or the encoding lacks a character.
    """
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    draft = Path(name)
    try:
        with open(number, "w", encoding=encoding, newline="") as handle:  # noqa: PTH123 - a descriptor has no path
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    except UnicodeEncodeError as error:
        character = f"U+{ord(error.object[error.start]):04X}"
        raise OutputError(f"{path}: {encoding} has no character {character}; use --encoding utf-8-sig") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)

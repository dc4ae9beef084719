"""Reports in files: paths and folders, read recursively, in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pv.errors import InputError, TooLargeError, UnreadableError
from pv.sources.document import Document
from pv.text.decoding import Decoded, decode

KIND = "folder"
SUFFIX = ".txt"


def find_documents(paths: Sequence[Path], source: str | None = None) -> list[Document]:
    """Give a document for each path that is a file, and for each .txt file below each that is a folder.

    The name is the path relative to the folder given; the source is that folder's absolute path, unless one is named.
    Raises InputError for a path that is not there or may not be reached, or a folder without reports; nothing has been
    read by then.
    """
    documents: list[Document] = []
    for path in paths:
        if _is_dir(path):
            found = [_document(f, path, source) for f in _walk(path)]
            if not found:
                raise InputError(f"{path}: no {SUFFIX} file in this folder or below; give a folder of reports")
            documents += found
        elif path.exists():
            documents.append(_document(path, path.absolute().parent, source))
        else:
            raise InputError(f"{path}: no such file or folder")
    return documents


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise InputError(f"{path}: cannot be reached ({error.strerror})") from error


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the report files below a folder, sorted; a folder reached twice over links is read once."""
    seen: set[tuple[int, int]] = set()
    for here, folders, files in os.walk(folder, followlinks=True, onerror=partial(_refuse_folder, folder)):
        status = Path(here).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders.sort()
        yield from (Path(here, f) for f in sorted(files) if f.lower().endswith(SUFFIX))


def _refuse_folder(given: Path, error: OSError) -> None:
    which = "this folder" if error.filename == str(given) else "a folder below it"
    raise InputError(f"{given}: {which} cannot be read ({error.strerror}); check its permissions")


def _document(path: Path, folder: Path, source: str | None) -> Document:
    try:
        received = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        # A dangling link, or a clock that is far off: reading it will tell, or the date does not matter.
        received = datetime.fromtimestamp(0, UTC)
    return Document(
        source=_writable(source or str(folder.resolve())),
        kind=KIND,
        name=_writable(path.absolute().relative_to(folder.absolute()).as_posix()),
        received=received,
        load=partial(load_file, path),
    )


def _writable(name: str) -> str:
    """Give a name with a sign in place of each byte that is no UTF-8, which no database takes."""
    return os.fsencode(name).decode("utf-8", "replace")


def load_file(path: Path, max_bytes: int) -> Decoded:
    """Read and decode one file; raises InputError with a reason that holds neither its name nor its text."""
    try:
        if not path.is_file():
            raise UnreadableError("no regular file" if path.exists() else "gone, or a link that leads nowhere")
        size = path.stat().st_size
        if size > max_bytes:
            raise TooLargeError(f"{size:,} bytes, more than the {max_bytes:,} allowed; see --max-megabytes")
        with path.open("rb") as handle:
            data = handle.read(max_bytes + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if len(data) > max_bytes:
        raise TooLargeError(f"more than the {max_bytes:,} bytes allowed; see --max-megabytes")
    decoded = decode(data)
    if not decoded.text.strip():
        raise UnreadableError("empty: no text in it")
    return decoded

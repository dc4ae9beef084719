"""The one door to the sources: options in, documents out, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from pv.errors import InputError
from pv.sources.container import Container, is_container
from pv.sources.document import Document, failed_document
from pv.sources.file import load_file
from pv.sources.folder import is_folder, name_of, received, walk, writable
from pv.sources.options import SourceOptions

KIND = "folder"


def offered(options: SourceOptions) -> Iterator[Document]:
    """Give an iterator over the documents that the options ask for; each report is read when its turn comes.

    The name of a file is its path relative to the folder given; the source is that folder's absolute path, unless one
    is named. Raises InputError, before anything is read, for a path that is not there or may not be reached, or a
    folder without reports. What fails later is a document whose ``load`` raises.
    """
    folders = [_checked(path, options) for path in options.paths]
    rows: Iterator[Document] = iter(())
    if options.database:
        from pv.sources.database import database_documents

        rows = database_documents(options, options.database)
    return _received_since(options.since, chain(rows, _of_paths(folders, options)))


def expected(options: SourceOptions) -> int | None:
    """Give the number of documents that will be offered; None where only reading them would tell."""
    if options.since or options.database:
        return None
    count = 0
    for path in options.paths:
        for file, _ in walk(path, options) if is_folder(path) else [(path, None)]:
            if is_container(file.name):
                return None
            count += 1
    return count


def _checked(path: Path, options: SourceOptions) -> tuple[Path, bool]:
    """Give a path and whether it is a folder; raises InputError for a folder in which nothing is wanted."""
    folder = is_folder(path)
    if folder and next(walk(path, options), None) is None:
        which = "file that matches --include" if options.include else "report (.txt, .docx, .pdf or .zip)"
        raise InputError(f"{path}: no {which} in this folder or below; give another, or see --include")
    return path, folder


def _received_since(since: datetime | None, documents: Iterator[Document]) -> Iterator[Document]:
    """Yield what was received then or later, and what nobody knows to be older."""
    return (d for d in documents if since is None or not d.dated or d.received >= since)


def _of_paths(paths: list[tuple[Path, bool]], options: SourceOptions) -> Iterator[Document]:
    for path, folder in paths:
        yield from _of_folder(path, options) if folder else _of_file(path, path.absolute().parent, options)


def _of_folder(folder: Path, options: SourceOptions) -> Iterator[Document]:
    for path, error in walk(folder, options):
        if error is None:
            yield from _of_file(path, folder, options)
        else:
            yield failed_document(_source(folder, options), KIND, f"{name_of(path, folder)}/", error)


def _of_file(path: Path, folder: Path, options: SourceOptions) -> Iterator[Document]:
    name = name_of(path, folder)
    when = received(path)
    if is_container(path.name):
        yield from Container(_source(folder, options), KIND, name, when, options).documents(path)
        return
    yield Document(
        source=_source(folder, options),
        kind=KIND,
        name=name,
        received=when or datetime.fromtimestamp(0, UTC),
        load=partial(load_file, path),
        patient=options.patient_of(name),
        dated=when is not None,
    )


def _source(folder: Path, options: SourceOptions) -> str:
    return writable(options.source or str(folder.resolve()))

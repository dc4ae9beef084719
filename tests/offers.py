"""Documents of paths, as tests of sources and of the batch want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pv.errors import InputError
from pv.sources.document import Document
from pv.sources.offer import offered
from pv.sources.options import SourceOptions


def find_documents(paths: Sequence[Path], source: str | None = None) -> Iterator[Document]:
    return offered(SourceOptions(tuple(paths), source))


def told_within(most: int, documents: Iterable[Document]) -> list[tuple[str, str]]:
    """Give name and text of each document of at most so many bytes, or the reason why it has none."""
    found = []
    for document in documents:
        try:
            found.append((document.name, document.load(most).text))
        except InputError as error:
            found.append((document.name, f"! {error}"))
    return found

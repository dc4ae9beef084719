"""Documents of paths, as tests of the batch want them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pv.sources.document import Document
from pv.sources.offer import offered
from pv.sources.options import SourceOptions


def find_documents(paths: Sequence[Path], source: str | None = None) -> Iterator[Document]:
    return offered(SourceOptions(tuple(paths), source))

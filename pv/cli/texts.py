"""The texts of stored reports: as the database kept them, else found in their folders and held to their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pv.errors import InputError, UsageError

if TYPE_CHECKING:
    from pv.sources.document import Document
    from pv.store.mentions import ReadReport

# Keys that a message names.
_NAMED = 5


class Texts:
    """The documents of folders by their names; several sources may have one of the same name."""

    def __init__(self, folders: Sequence[Path], max_bytes: int) -> None:
        """Look through the folders; raises InputError for one that cannot be read."""
        from pv.sources.offer import offered
        from pv.sources.options import SourceOptions

        self._max_bytes = max_bytes
        self._documents: dict[str, list[Document]] = {}
        for folder in folders:
            for document in offered(SourceOptions((folder,), max_bytes=max_bytes)):
                self._documents.setdefault(document.name, []).append(document)

    def find(self, name: str, sha256: str) -> str | None:
        """Give the text of that name and hash; None where there is none, or it cannot be read."""
        for document in self._documents.get(name, ()):
            try:
                text = document.load(self._max_bytes).text
            except InputError:
                continue
            if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == sha256:
                return text
        return None


def with_texts(reports: Iterable[ReadReport], texts: Texts) -> Iterator[tuple[ReadReport, str]]:
    """Yield each report with its text, the one that was kept before that of the folders.

    Raises UsageError, at the end, where some have none that is the one read.
    """
    without: list[str] = []
    for report in reports:
        text = texts.find(report.name, report.sha256) if report.text is None else report.text
        if text is None:
            without.append(report.key)
        else:
            yield report, text
    if without:
        named = ", ".join(without[:_NAMED]) + (" ..." if len(without) > _NAMED else "")
        raise UsageError(
            f"{len(without)} reports have no text that was kept, nor the one that was read in the folders of --texts "
            f"({named}): give the folders that were scanned, scan them again, or choose other reports"
        )

"""A report as a source offers it, before anything of it has been read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn

from pv.errors import InputError
from pv.text.decoding import Decoded

# Documents that wait together hold at most about this many bytes of text: a row is in memory, a file is not.
MOST_HELD = 50_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """One report of a source: its identity (source, name), when it was received, and how to read it.

    ``load`` takes the largest number of bytes allowed and raises InputError for what cannot be read; it can be pickled.
    ``patient`` is the source's id of the patient. ``dated`` is false where the source does not tell ``received``.
    ``held`` is how many bytes the document keeps in memory until it is read. A ``name`` that ends with a slash stands
    for a container (folder, archive, table) that could not be read, or not to its end; its ``load`` says why.
    """

    source: str
    kind: str
    name: str
    received: datetime
    load: Callable[[int], Decoded]
    patient: str | None = None
    dated: bool = True
    held: int = 0

    @property
    def key(self) -> str:
        """The opaque key under which messages and logs name this report."""
        return opaque_key(self.source, self.name)


def opaque_key(source: str, name: str) -> str:
    """Give 12 hexadecimal digits that stand for a report; a file's name may be a patient's."""
    return hashlib.sha256(f"{source}\0{name}".encode()).hexdigest()[:12]


def failed_document(source: str, kind: str, name: str, error: InputError) -> Document:
    """Give the document that stands for what a source could not offer; reading it raises the error."""
    load = partial(_refuse, type(error), str(error))
    return Document(source, kind, name, datetime.fromtimestamp(0, UTC), load, dated=False)


def _refuse(kind: type[InputError], message: str, _: int) -> NoReturn:
    raise kind(message)


def groups(documents: Iterable[Document], size: int, most_held: int = MOST_HELD) -> Iterator[list[Document]]:
    """Yield lists of at most so many documents, which together hold little more than so many bytes."""
    group: list[Document] = []
    held = 0
    for document in documents:
        group.append(document)
        held += document.held
        if len(group) == size or held >= most_held:
            yield group
            group, held = [], 0
    if group:
        yield group

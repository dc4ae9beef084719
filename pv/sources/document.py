"""A report as a source offers it, before anything of it has been read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pv.text.decoding import Decoded


@dataclass(frozen=True, slots=True)
class Document:
    """One report of a source: its identity (source, name), when it was received, and how to read it.

    ``load`` takes the largest number of bytes allowed and raises InputError for what cannot be read.
    """

    source: str
    kind: str
    name: str
    received: datetime
    load: Callable[[int], Decoded]

    @property
    def key(self) -> str:
        """The opaque key under which messages and logs name this report."""
        return opaque_key(self.source, self.name)


def opaque_key(source: str, name: str) -> str:
    """Give 12 hexadecimal digits that stand for a report; a file's name may be a patient's."""
    return hashlib.sha256(f"{source}\0{name}".encode()).hexdigest()[:12]

"""Which reports a run has met, and with which text: on disk, so that memory does not grow with their number."""

from __future__ import annotations

import hashlib
import sqlite3

from pv.errors import StoreError

_DIGEST = 16


class Seen:
    """Tells a report that is offered twice in one run; only hashes of identities and texts are kept."""

    def __init__(self) -> None:
        # An unnamed database of SQLite lies in memory first and spills to a file that has no name.
        self._known = sqlite3.connect("", isolation_level=None)
        self._known.execute("CREATE TABLE seen (identity BLOB PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID")
        self._known.execute("BEGIN")

    def first_text(self, source: str, name: str, sha256: str) -> str | None:
        """Give the hash of the text under which this report was met before in this run; None where it was not."""
        identity = hashlib.blake2b(f"{source}\0{name}".encode(), digest_size=_DIGEST).digest()
        try:
            added = self._known.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (identity, sha256))
            if added.rowcount:
                return None
            found = self._known.execute("SELECT sha256 FROM seen WHERE identity = ?", (identity,)).fetchone()
        except sqlite3.Error as error:
            raise StoreError(
                f"no room for the list of what this run has met ({type(error).__name__}); free some space "
                "in the folder for temporary files"
            ) from None
        return str(found[0])

    def close(self) -> None:
        """Forget all."""
        self._known.close()

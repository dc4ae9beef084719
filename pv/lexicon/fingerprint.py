"""The lexicons' version: one hash over the tables, so that each row in the database tells which terms made it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pv.lexicon.paths import lexicon_dir

# Characters of the hash that people read and exports carry.
SHORT = 12


def lexicon_hash(folder: Path | None = None) -> str:
    """Give the SHA-256, 64 hexadecimal digits, over names and contents of the CSV tables of the lexicons.

    Notes beside the tables (SOURCES.md) change nothing of what is found, so they do not count.
    """
    digest = hashlib.sha256()
    for path in sorted((folder or lexicon_dir()).glob("*.csv")):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

"""The secret key under which patients, names and erased reports are known: its file, and what is derived from it.

Every use has a purpose of its own (HMAC-SHA256, RFC 2104), so that a value of one cannot be looked up among those of
another. The key itself is in no database, log or message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pv.errors import KeyFileError

_MARK = "pv-key-1"
_BYTES = 32
# A key file is one short line; whatever is longer is another file.
_MOST_BYTES = 200
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 random bytes, which no representation shows."""

    secret: bytes = field(repr=False)

    def fingerprint(self) -> str:
        """Give 16 hexadecimal digits by which a database knows the key again; they do not give the key away."""
        return self._digest("fingerprint").hex()[:16]

    def patient(self, patient_id: str) -> str:
        """Give the 64 hexadecimal digits that stand for a patient of the source."""
        return self._digest("patient", patient_id.strip()).hex()

    def report_tombstone(self, source: str, name: str) -> str:
        """Give the 64 hexadecimal digits that keep a report out."""
        return self._digest("tombstone of a report", source, name).hex()

    def patient_tombstone(self, patient_id: str) -> str:
        """Give the 64 hexadecimal digits that keep a patient's reports out."""
        return self._digest("tombstone of a patient", patient_id.strip()).hex()

    def stream(self, kind: str, text: str) -> Iterator[int]:
        """Yield bytes without end, the same ones for the same text of a kind."""
        block = 0
        while True:
            yield from self._digest("pseudonym", kind, text, str(block))
            block += 1

    def _digest(self, *parts: str) -> bytes:
        # JSON keeps the parts apart, whatever characters they hold.
        return hmac.new(self.secret, json.dumps(parts).encode("ascii"), hashlib.sha256).digest()


def new_key_file(path: Path) -> Key:
    """Write a new random key into a file that its owner alone may read; raises KeyFileError where one is there."""
    key = Key(secrets.token_bytes(_BYTES))
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(f"{_MARK} {key.secret.hex()}\n")
            handle.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        raise KeyFileError(f"{path} is there already; a key that is lost cannot be made again, so it stays") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
    return key


def load_key(path: Path) -> Key:
    """Read a key file; raises KeyFileError for one that is missing, that others may read, or that holds no key."""
    try:
        # A pipe without a writer would keep the program waiting.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as handle:
            status = os.fstat(handle.fileno())
            content = handle.read(_MOST_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise KeyFileError(
            f"the key file {path} cannot be read: {error.strerror}; `pv key new FILE` makes one"
        ) from error
    if status.st_mode & _OTHERS:
        mode = stat.S_IMODE(status.st_mode)
        raise KeyFileError(f"others than its owner may use the key file {path} (mode {mode:04o}); chmod 600 it")
    mark, _, digits = content.decode("ascii", "replace").strip().partition(" ")
    try:
        secret = bytes.fromhex(digits)
    except ValueError:
        secret = b""
    if mark != _MARK or len(secret) != _BYTES:
        raise KeyFileError(f"{path} is no key file of pv; `pv key new FILE` makes one")
    return Key(secret)

"""What an SQLite file needs of the disk: a local file system, and nobody else's eyes."""

from __future__ import annotations

import os
from pathlib import Path

from pv.errors import StoreError

# SQLite's write-ahead log needs shared memory and locks that these do not give reliably (sqlite.org/wal.html,
# section 1; sqlite.org/howtocorrupt.html, section 2.1).
_NETWORK = frozenset({
    "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
})  # fmt: skip
SQLITE_HEADER = b"SQLite format 3\0"
_MOUNTS = Path("/proc/mounts")


def file_system(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Give the type of the file system that holds a path, None where the machine does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    target = path.resolve()
    found: tuple[int, str] | None = None
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        # Of two mounts on one point the later hides the earlier.
        if target.is_relative_to(point) and (found is None or len(point) >= found[0]):
            found = (len(point), fields[2])
    return found[1] if found else None


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise StoreError where an SQLite file would lie on a network file system."""
    kind = file_system(path, mounts)
    if kind in _NETWORK:
        raise StoreError(
            f"{path} is on a network file system ({kind}), where SQLite can lose data; "
            "give --db a path on a local disk, or a PostgreSQL URL"
        )


def exists(path: Path) -> bool:
    """Say whether a file is there; raises StoreError where a folder on the way may not be entered."""
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(f"{path} cannot be reached: {error.strerror}") from error


def refuse_other_files(path: Path) -> None:
    """Raise StoreError where the path is there but no SQLite database; an empty file passes."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder; give --db the path of a database file")
    try:
        with path.open("rb") as handle:
            start = handle.read(len(SQLITE_HEADER))
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if start and start != SQLITE_HEADER:
        raise StoreError(f"{path} is not a database; give --db another path")


def make_private(path: Path) -> None:
    """Create an empty file that its owner alone may read, and its folder where that is missing.

    An empty file that is there already becomes as private. SQLite gives the files of its log the mode of the database.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be created: {error.strerror}; give --db another path") from error

"""Which files of a folder or archive are wanted: shell patterns over names and paths, whatever their case."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from pv.sources.formats import Format, format_of

# What Word and macOS put beside a file while it is open, or copied: never a report.
_LEFT_BY_PROGRAMS = ("~$*", "._*")


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Say whether a relative path matches one of the patterns.

    A pattern without a slash is compared with the last part of the path, one with a slash with the whole of it;
    ``*`` stands for any signs.
    """
    folded = path.casefold()
    last = folded.rpartition("/")[2]
    return any(fnmatchcase(folded if "/" in p else last, p.casefold()) for p in patterns)


def is_wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Say whether a file is to be read: not excluded, and of a report's ending unless patterns say which."""
    if matches(path, (*exclude, *_LEFT_BY_PROGRAMS)):
        return False
    return matches(path, include) if include else format_of(path) is Format.TEXT

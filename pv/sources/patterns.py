"""Which files of a folder or archive are wanted: shell patterns over names and paths, whatever their case."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from pv.sources.formats import REPORTS, Format, format_of

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
    """Say whether a file is to be read: by the patterns, or else by its ending if it is a report or an archive."""
    if is_excluded(path, exclude):
        return False
    return matches(path, include) if include else format_of(path) in REPORTS | {Format.ZIP}


def is_excluded(path: str, exclude: Sequence[str]) -> bool:
    """Say whether a file is left out, itself or a folder it is in, or is one that programs leave beside a report."""
    parts = path.split("/")
    above = ("/".join(parts[: i + 1]) for i in range(len(parts)))
    return matches(path, _LEFT_BY_PROGRAMS) or (bool(exclude) and any(matches(p, exclude) for p in above))

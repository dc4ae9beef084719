"""What a file holds, by the ending of its name."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """The formats that are read; a file of unknown ending is taken for text."""

    TEXT = "text"
    WORD = "docx"
    PDF = "pdf"
    CSV = "csv"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    ZIP = "zip"


# One file is one report. A table may be anything: it is read where it is named or asked for by a pattern.
REPORTS = frozenset({Format.TEXT, Format.WORD, Format.PDF})
TABLES = frozenset({Format.CSV, Format.JSON_LINES, Format.PARQUET})

_ENDINGS = {
    "txt": Format.TEXT,
    "docx": Format.WORD,
    "pdf": Format.PDF,
    "csv": Format.CSV,
    "tsv": Format.CSV,
    "jsonl": Format.JSON_LINES,
    "ndjson": Format.JSON_LINES,
    "parquet": Format.PARQUET,
    "zip": Format.ZIP,
}
_GZIP = ".gz"


def is_gzip(name: str) -> bool:
    """Say whether a file is compressed with gzip, by its name."""
    return name.lower().endswith(_GZIP)


def format_of(name: str) -> Format | None:
    """Give the format of a file by its name, that of the content where it is compressed; None for another ending."""
    inner = name[: -len(_GZIP)] if is_gzip(name) else name
    _, dot, ending = inner.rpartition(".")
    return _ENDINGS.get(ending.lower()) if dot else None

"""The words of the page in its languages: one table, one row a word, so that a translator has a single file to read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en")
TABLE = Path(__file__).with_name("words.csv")
# French counts 0 and 1 as one thing, English only 1.
_SINGULAR = {"fr": (0, 1), "en": (1,)}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language by their key; a key that is not in the table is an error of ours."""

    language: str
    by_key: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the words of a key, with the values in their places."""
        return self.by_key[key].format(**values) if values else self.by_key[key]

    def count(self, key: str, n: int) -> str:
        """Give a number with its words, singular or plural."""
        form = "one" if n in _SINGULAR[self.language] else "other"
        return self(f"{key}.{form}", n=n)

    def number(self, value: float, digits: int | None = None) -> str:
        """Give a number with the decimal sign of the language, and so many decimals where told."""
        shown = f"{value:g}" if digits is None else f"{value:.{digits}f}"
        return shown.replace(".", self("number.decimal")).replace("-", "−")

    def date(self, iso: str) -> str:
        """Give an ISO date, cut to what is known, in words: ``2015-02`` is février 2015."""
        year, *rest = iso.split("-")
        if not rest:
            return year
        month = f"{self(f'month.{int(rest[0])}')} {year}"
        if len(rest) == 1:
            return month
        day = int(rest[1])
        return f"{self('date.first') if day == 1 else day} {month}"

    def moment(self, stamp: datetime) -> str:
        """Give a UTC time stamp in words, to the minute."""
        return self("date.moment", date=self.date(stamp.date().isoformat()), time=f"{stamp:%H:%M}")

    def drug(self, inn: str) -> str:
        """Give a drug's name as people read it: a class or a protocol is said to be one."""
        kind, colon, name = inn.partition(":")
        return self(f"drug.{kind}", name=name) if colon else inn


@cache
def load_words(language: str) -> Words:
    """Read the words of a language."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return Words(language, {row["key"]: row[language] for row in csv.DictReader(handle)})

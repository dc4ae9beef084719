"""The page's words: every key is there in both languages, none is unused, and dates and numbers are as people write."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pv.causality.completeness import Gap
from pv.model import ActionTaken, Certainty, Challenge, Link, Outcome
from pv.page.content import GROUPS
from pv.page.words import LANGUAGES, TABLE, load_words
from pv.signals.levels import DRUG_LEVELS, EVENT_LEVELS
from pv.signals.rules import RULES
from pv.store.night import Novelty

FOLDER = TABLE.parent
with TABLE.open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.DictReader(handle))
FAMILIES = {
    "group": GROUPS,
    "novelty": [n.value for n in Novelty if n is not Novelty.UNCHANGED],
    "link": [*Link],
    "certainty": [*Certainty],
    "action": [*ActionTaken],
    "outcome": [*Outcome],
    "dechallenge": [*Challenge],
    "rechallenge": [*Challenge],
    "gap": [*Gap],
    "month": [*map(str, range(1, 13))],
    "drug": ["class", "protocol"],
    "card.sex": ["F", "M"],
    "level": [*DRUG_LEVELS, *EVENT_LEVELS],
    "rule": [*RULES],
}


def test_the_table_is_whole():
    assert list(ROWS[0]) == ["key", *LANGUAGES]
    assert [key for key, n in Counter(row["key"] for row in ROWS).items() if n > 1] == []
    assert [row["key"] for row in ROWS if not all(row.values())] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["key"])
def test_languages_have_the_same_places(row: dict[str, str]):
    places = [sorted(re.findall(r"\{(\w+)\}", row[language])) for language in LANGUAGES]
    assert places[0] == places[1]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_has_its_word(family: str):
    keys = {row["key"] for row in ROWS}
    assert {f"{family}.{value}" for value in FAMILIES[family]} <= keys


def test_no_word_is_unused():
    source = "".join(p.read_text(encoding="utf-8") for p in FOLDER.rglob("*") if p.suffix in (".py", ".html"))
    source = source.replace("'", '"')
    # Written out, or built from a family and a name that stands elsewhere: "fact." ~ name, f"card.sex.{sex}".
    families = set(re.findall(r'"([\w.]+)\.(?:" ~|\{)', source))
    unused = []
    for row in ROWS:
        key = re.sub(r"\.(one|other)$", "", row["key"])
        family, _, name = key.rpartition(".")
        known = name in FAMILIES.get(family, ()) or f'"{name}"' in source
        if f'"{key}"' not in source and not (family in families and known):
            unused.append(key)
    assert unused == []


@pytest.mark.parametrize(
    ("language", "iso", "shown"),
    [
        ("fr", "2015", "2015"),
        ("fr", "2015-02", "février 2015"),
        ("fr", "2015-02-01", "1er février 2015"),
        ("en", "2015-02-01", "1 February 2015"),
        ("en", "2015-12-31", "31 December 2015"),
    ],
)
def test_dates(language: str, iso: str, shown: str):
    assert load_words(language).date(iso) == shown


def test_moments_numbers_and_names():
    fr, en = load_words("fr"), load_words("en")
    stamp = datetime(2026, 11, 1, 4, 5, 59, tzinfo=UTC)
    assert (fr.moment(stamp), en.moment(stamp)) == ("1er novembre 2026, 04:05 UTC", "1 November 2026, 04:05 UTC")
    assert (fr.number(0.85), en.number(0.85), fr.number(2.0, 2)) == ("0,85", "0.85", "2,00")
    assert (fr.count("pairs.unchanged", 0)[:8], en.count("days", 0)) == ("0 couple", "0 days")
    assert (fr.drug("class:ains"), en.drug("protocol:folfox"), fr.drug("ibuprofène")) == (
        "classe ains",
        "protocol folfox",
        "ibuprofène",
    )


def test_the_script_has_no_words_of_its_own():
    script = Path(FOLDER / "templates" / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"[àâçéèêëîïôûù]", script)
    assert not re.search(r'"[A-Z][a-z]+ [a-z]+', script)

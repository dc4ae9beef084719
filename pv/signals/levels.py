"""Levels at which drugs and events are counted: what each id is called there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pv.signals.contingency import Level

# Characters of an ATC code that name its anatomical, therapeutic, pharmacological and chemical group.
ATC_LENGTHS = {"atc1": 1, "atc2": 3, "atc3": 4, "atc4": 5}
DRUG_LEVELS = ("inn", *ATC_LENGTHS)
MEDDRA_LEVELS = ("llt", "pt", "hlt", "hlgt", "soc")
EVENT_LEVELS = ("event", "group", *MEDDRA_LEVELS)


@dataclass(frozen=True, slots=True)
class DrugNames:
    """A drug of the database: its INN, its ATC codes (a class has those of its members, cut), and them as shown."""

    id: int
    inn: str
    codes: tuple[str, ...] = ()
    atc: str = ""


@dataclass(frozen=True, slots=True)
class EventNames:
    """An event of the database: label, CIM-10 code, group of the lexicon, and its MedDRA terms where loaded."""

    id: int
    label: str
    cim10: str = ""
    group: str = ""
    meddra: Mapping[str, str] | None = None


def drug_level(drugs: Iterable[DrugNames], level: str) -> Level:
    """Give the names of drugs at a level; a code shorter than the level's has none there."""
    if level == "inn":
        return Level({d.id: (d.inn,) for d in drugs})
    length = ATC_LENGTHS[level]
    return Level({d.id: tuple(sorted({c[:length] for c in d.codes if len(c) >= length})) for d in drugs})


def event_level(events: Iterable[EventNames], level: str) -> Level:
    """Give the names of events at a level; those without a group, or without a term of MedDRA, have none there."""
    if level == "event":
        return Level({e.id: (e.label,) for e in events})
    if level == "group":
        return Level({e.id: (e.group,) if e.group else () for e in events})
    named = ((e.id, (e.meddra or {}).get(level, "")) for e in events)
    return Level({number: (name,) if name else () for number, name in named})

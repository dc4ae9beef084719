"""What is known of drugs before a report is read: what they are given for, and what they are known to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pv.lexicon.table import read_table
from pv.model import DrugMention, EventMention

KNOWLEDGE_COLUMNS = ("atc", "concepts", "groups", "source")


class Related(NamedTuple):
    """The concepts and whole event groups that one drug is related to."""

    concepts: frozenset[str]
    groups: frozenset[str]

    def take_in(self, event: EventMention) -> bool:
        """Say whether an event is one of them."""
        return event.concept in self.concepts or event.group in self.groups


@dataclass(frozen=True, slots=True)
class Relations:
    """For ATC prefixes, the concepts and whole event groups that they are related to in one way."""

    concepts: dict[str, frozenset[str]]
    groups: dict[str, frozenset[str]]
    _by_atc: dict[str, Related] = field(default_factory=dict, repr=False, compare=False)

    def holds(self, drug: DrugMention, event: EventMention) -> bool:
        """Say whether the relation is known of a drug (any of its ATC codes) and an event."""
        return self.of(drug).take_in(event)

    def of(self, drug: DrugMention) -> Related:
        """Give the concepts and groups of a drug; worked out once for all reports."""
        if drug.atc not in self._by_atc:
            prefixes = list(_prefixes(drug.atc))
            self._by_atc[drug.atc] = Related(_union(self.concepts, prefixes), _union(self.groups, prefixes))
        return self._by_atc[drug.atc]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Indications and known reactions, by ATC prefix, and the concepts whose name gives another cause than a drug."""

    indications: Relations
    reactions: Relations
    other_causes: frozenset[str] = frozenset()

    def may_be_blamed(self, event: EventMention) -> bool:
        """Say whether an event may be put down to a drug where the author does not say so in so many words."""
        return event.concept not in self.other_causes


def _union(rows: dict[str, frozenset[str]], keys: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(rows[key] for key in keys if key in rows))


def _prefixes(atc: str) -> Iterator[str]:
    """Yield every ATC level above and including each code: A, A10, A10B, A10BA, A10BA02."""
    for code in atc.split():
        for length in (1, 3, 4, 5, 7):
            if length <= len(code):
                yield code[:length]


def load_knowledge(folder: Path, concepts: frozenset[str], groups: frozenset[str]) -> Knowledge:
    """Load the three tables; every concept and group must exist in the event lexicon."""
    others = set()
    for row in read_table(
        folder / "other_causes.csv", ("concept", "why", "source"), required=("concept", "why", "source")
    ):
        if row["concept"] not in concepts:
            raise row.error(f"unknown concept {row['concept']}")
        others.add(row["concept"])
    return Knowledge(
        indications=_load(folder / "indications.csv", concepts, groups),
        reactions=_load(folder / "known_reactions.csv", concepts, groups),
        other_causes=frozenset(others),
    )


def _load(path: Path, concepts: frozenset[str], groups: frozenset[str]) -> Relations:
    by_concept: dict[str, frozenset[str]] = {}
    by_group: dict[str, frozenset[str]] = {}
    for row in read_table(path, KNOWLEDGE_COLUMNS, required=("atc", "source")):
        named, whole = frozenset(row["concepts"].split()), frozenset(filter(None, row["groups"].split("|")))
        for kind, unknown in (("concept", named - concepts), ("group", whole - groups)):
            if unknown:
                raise row.error(f"unknown {kind} {', '.join(sorted(unknown))}")
        for atc in row["atc"].split():
            by_concept[atc] = by_concept.get(atc, frozenset()) | named
            by_group[atc] = by_group.get(atc, frozenset()) | whole
    return Relations(by_concept, by_group)

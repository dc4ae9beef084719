"""Where in a report each thing is told: a question about one drug or event need not look at every sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pv.model import Cue, DrugKind, DrugMention, EventMention

if TYPE_CHECKING:
    from pv.timeline.course import Passage

K = TypeVar("K")
DrugIdentity = tuple[str, DrugKind, str, tuple[str, ...]]


def identity(drug: DrugMention) -> DrugIdentity:
    """Give what a drug is, wherever it is mentioned."""
    return drug.inn, drug.kind, drug.atc, drug.substances


def analyte_concepts(cue: Cue) -> list[str]:
    """Give the concepts that the values of an analyte may make."""
    return cue.category.partition(":")[2].replace("/", " ").split()


@dataclass(frozen=True, slots=True)
class Index:
    """The numbers of the sentences, in order, that hold a thing.

    ``events`` and ``analytes`` go by the concept that is told or measured, ``cues`` by category, with and without what
    follows its colon, ``drugs`` by what the drug is. ``concepts`` and ``mentions`` hold the first event of each concept
    and the first mention of each drug.
    """

    events: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    analytes: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    cues: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    drugs: defaultdict[DrugIdentity, list[int]] = field(default_factory=lambda: defaultdict(list))
    concepts: dict[str, EventMention] = field(default_factory=dict)
    mentions: dict[DrugIdentity, DrugMention] = field(default_factory=dict)

    def telling(self, concepts: Iterable[str]) -> Sequence[int]:
        """Give the sentences that name an event of one of these concepts."""
        return _merged(self.events, concepts)

    def speaking_of(self, concepts: frozenset[str]) -> Sequence[int]:
        """Give the sentences that name an event of one of these concepts, or an analyte by which it is measured."""
        return sorted({*_merged(self.events, concepts), *_merged(self.analytes, concepts)})

    def with_cues(self, *categories: str) -> Sequence[int]:
        """Give the sentences that hold a cue of one of these categories."""
        return _merged(self.cues, categories)


def index_of(passages: Sequence[Passage]) -> Index:
    """Make the index of a report's sentences."""
    index = Index()
    for passage in passages:
        for kind in passage.kinds:
            index.cues[kind].append(passage.index)
        for cue in passage.cues:
            if cue.what.category != cue.kind:
                _note(index.cues[cue.what.category], passage)
                for concept in analyte_concepts(cue.what) if cue.kind == "analyte" else ():
                    _note(index.analytes[concept], passage)
        for event in passage.events:
            _note(index.events[event.what.concept], passage)
            index.concepts.setdefault(event.what.concept, event.what)
        for drug in passage.drugs:
            key = identity(drug.what)
            _note(index.drugs[key], passage)
            index.mentions.setdefault(key, drug.what)
    return index


def _note(row: list[int], passage: Passage) -> None:
    """Add the number of a sentence to a row that may end with it."""
    if not row or row[-1] != passage.index:
        row.append(passage.index)


def _merged(rows: Mapping[K, Sequence[int]], keys: Iterable[K]) -> Sequence[int]:
    """Give the numbers of several rows in order, each once."""
    found = [row for key in keys if (row := rows.get(key))]
    if len(found) < 2:
        return found[0] if found else ()
    return sorted(set().union(*found))

"""Composition of event terms from parts: a head such as ``douleur`` and the sites that French joins to it.

A pattern is written in the notation of :mod:`pv.lexicon.expansion`, with slots: ``[site]`` stands for every phrase of
every part of that set, ``[site:of]`` for its forms after a noun (``du foie``). The label template has the same slots
and takes each part's label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pv.lexicon.expansion import expand
from pv.lexicon.table import Row, read_table
from pv.text.folding import fold, strip_accents
from pv.text.tokens import tokenize

COMPOSITION_COLUMNS = ("id", "pattern", "label", "cim10", "group", "important", "example", "source")
PART_COLUMNS = ("set", "label", "phrase", "of", "cim10", "group", "important", "source")
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_SLOT = re.compile(r"\[([a-z_]+)(:of)?\]")
_APART = re.compile(r"(?<=['’]) ")
# All rules together; what is beyond belongs into the listed concepts.
MOST_COMPOSED = 12_000


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a set: its label, its phrases, and its forms after a noun; code, group and importance if known."""

    set: str
    label: str
    phrase: str
    of: str = ""
    cim10: str = ""
    group: str = ""
    important: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """One rule: a pattern and a label with slots.

    ``cim10``, ``group`` and ``important`` (yes or no) may name a slot (``[site]``): the part's own value then counts.
    """

    id: str
    pattern: str
    label: str
    cim10: str
    group: str
    important: str
    example: str


@dataclass(frozen=True, slots=True)
class ComposedTerm:
    """A phrase that a composition gives, and the concept that it names."""

    phrase: str
    concept_id: str
    label: str
    cim10: str
    group: str
    important: bool
    rule: str


def concept_id(label: str) -> str:
    """Give the id of the concept with this label: lower case, without accents, other signs as underscores."""
    return re.sub(r"[^a-z0-9]+", "_", strip_accents(label)).strip("_")


def compose(
    compositions: Iterable[Composition], parts: Iterable[Part], macros: Mapping[str, tuple[str, ...]]
) -> Iterator[ComposedTerm]:
    """Yield the terms of every composition, each sequence of folded words once: the first rule that gives it counts.

    Raises ValueError for an unknown set, a slot that the pattern lacks, a broken pattern, a pattern that gives nothing,
    or more than 12,000 phrases in all.
    """
    sets: dict[str, list[Part]] = {}
    for part in parts:
        sets.setdefault(part.set, []).append(part)
    seen: set[tuple[str, ...]] = set()
    for rule in compositions:
        before = len(seen)
        for term in _terms_of(rule, sets, macros):
            words = tuple(fold(term.phrase[start:end]) for start, end in tokenize(term.phrase))
            if words not in seen:
                seen.add(words)
                yield term
        if len(seen) == before:
            raise ValueError(f"rule {rule.id} gives no phrase of its own")
        if len(seen) > MOST_COMPOSED:
            raise ValueError(f"more than {MOST_COMPOSED} phrases with rule {rule.id}; list the concepts instead")


def _terms_of(
    rule: Composition, sets: Mapping[str, Sequence[Part]], macros: Mapping[str, tuple[str, ...]]
) -> Iterator[ComposedTerm]:
    """Yield the terms of one rule, one choice of parts after the other."""
    names = list(dict.fromkeys(name for name, _ in _SLOT.findall(rule.pattern)))
    for name in (*names, *(used for used, _ in _SLOT.findall(rule.label + rule.cim10 + rule.group + rule.important))):
        if name not in sets or name not in names:
            raise ValueError(f"rule {rule.id}: no set {name} in its pattern or among the parts")
    for choice in product(*(sets[name] for name in names)):
        chosen = dict(zip(names, choice, strict=True))
        phrases = expand(_fill(rule.pattern, chosen), macros)
        label = " ".join(_SLOT.sub(lambda slot, c=chosen: c[slot[1]].label, rule.label).split())  # type: ignore[misc]
        for phrase in phrases:
            yield ComposedTerm(
                phrase=_APART.sub("", phrase),
                concept_id=concept_id(label),
                label=label,
                cim10=_own(rule.cim10, chosen, "cim10"),
                group=_own(rule.group, chosen, "group"),
                important=_own(rule.important, chosen, "important") in ("yes", "True"),
                rule=rule.id,
            )


def _fill(pattern: str, chosen: Mapping[str, Part]) -> str:
    """Put the chosen parts' phrases into the slots of a pattern, nothing where a part lacks that form."""

    def phrases(slot: re.Match[str]) -> str:
        part = chosen[slot[1]]
        return "{" + (part.of if slot[2] else part.phrase) + "}"

    terms = [_SLOT.sub(phrases, term) for term in _split(pattern) if _has_forms(term, chosen)]
    return "|".join(terms)


def _split(pattern: str) -> list[str]:
    """Split a pattern at each ``|`` outside braces."""
    terms, depth = [""], 0
    for char in pattern:
        depth += (char == "{") - (char == "}")
        if char == "|" and not depth:
            terms.append("")
        else:
            terms[-1] += char
    return terms


def _has_forms(term: str, chosen: Mapping[str, Part]) -> bool:
    return all(chosen[name].of for name, of in _SLOT.findall(term) if of)


def _own(value: str, chosen: Mapping[str, Part], field: str) -> str:
    """Give the rule's value, or the part's where the rule names a slot."""
    slot = _SLOT.fullmatch(value)
    return str(getattr(chosen[slot[1]], field)) if slot else value


def load_parts(path: Path) -> Iterator[Part]:
    """Yield the parts of a table. Raises LexiconError with file, line and reason."""
    for row in read_table(path, PART_COLUMNS, required=("set", "phrase", "source")):
        yield Part(
            row["set"], row["label"], row["phrase"], row["of"], row["cim10"], row["group"], row.flag("important")
        )


def load_compositions(path: Path) -> Iterator[Composition]:
    """Yield the rules of a table. Raises LexiconError with file, line and reason."""
    seen: set[str] = set()
    for row in read_table(path, COMPOSITION_COLUMNS, required=("id", "pattern", "label", "group", "example", "source")):
        if row["id"] in seen:
            raise row.error(f"rule {row['id']} stands twice")
        seen.add(row["id"])
        yield Composition(
            row["id"], row["pattern"], row["label"], row["cim10"], row["group"], _importance(row), row["example"]
        )


def _importance(row: Row) -> str:
    value = row["important"]
    if value not in ("yes", "no", "") and not _SLOT.fullmatch(value):
        raise row.error(f"column important: {value!r} is not yes, no or a slot")
    return value

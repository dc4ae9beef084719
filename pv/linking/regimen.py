"""The treatments of a report: which drugs are given together, whose tolerance is told, what a class word means."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pv.linking.clause import Clause, Item
from pv.model import DrugKind, DrugMention
from pv.timeline.index import DrugIdentity, identity

# ATC groups given in cures and followed for tolerance: antineoplastics, endocrine therapy, immunostimulants.
_FOLLOWED = ("L01", "L02", "L03AX")
_PAST_SECTIONS = ("antecedents", "antecedents_familiaux", "antecedents_chirurgicaux", "allergies")
# Characters within which a part of a regimen named again still means the whole of it.
_SAME_STORY = 400
# Tokens between a class word and the drugs that it introduces: "chimiothérapie de première ligne par".
_APPOSITION = 8
_INTRODUCING = frozenset({
    "given", "by", "join", "with", "comma", "tolerance", "after", "during", "nominal", "drug_for",
})  # fmt: skip
# One substance of a protocol named alone is spoken of for its own sake.
_WHOLE_PROTOCOL = 2


def is_followed(drug: DrugMention) -> bool:
    """Say whether a drug is given in lines of treatment whose tolerance is followed."""
    return any(code.startswith(_FOLLOWED) for code in drug.atc.split()) or drug.kind is DrugKind.PROTOCOL


@dataclass(frozen=True, slots=True)
class Regimen:
    """The drugs of one line of treatment, and the character at which the report names the first of them."""

    drugs: tuple[DrugMention, ...]
    start: int


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a class word that are enumerated from a character on, or the list before that they are part of."""

    start: int
    whole: list[DrugMention]


@dataclass(frozen=True, slots=True)
class Treatments:
    """The drugs of a report as they are enumerated, in order, and what each class word was said to consist of.

    ``introduced`` gives for the INN of a class word the drugs that followed it, each time.
    """

    enumerations: Sequence[Sequence[DrugMention]]
    regimens: Sequence[Regimen]
    introduced: Mapping[str, Sequence[Sequence[DrugMention]]]
    reason_to_come: Regimen | None = None
    _members: dict[DrugIdentity, list[_Members]] = field(default_factory=dict)

    def regimen_at(self, start: int) -> Regimen | None:
        """Give the regimen that a passage at a character, without a drug of its own, speaks of.

        It is the one for which the patient came, else the last one named before it, else the first of the report.
        """
        if self.reason_to_come is not None:
            return self.reason_to_come
        before = bisect_left(self.regimens, start, key=lambda r: r.start)
        return _fullest(self.regimens, before) if before else (self.regimens[0] if self.regimens else None)

    def last_named(self, start: int) -> Regimen | None:
        """Give the drugs last named shortly before a character, whatever they are."""
        last = self.named_before(start)
        return Regimen(tuple(last), last[0].start) if last and start - _SAME_STORY <= last[0].start else None

    def named_before(self, start: int) -> Sequence[DrugMention]:
        """Give the last enumeration of drugs that begins before a character, none where none does."""
        before = bisect_left(self.enumerations, start, key=lambda e: e[0].start)
        return self.enumerations[before - 1] if before else ()

    def enumerated_with(self, inns: AbstractSet[str]) -> set[str]:
        """Give the INNs of all enumerations in which one of these INNs stands."""
        if not inns:
            return set()
        named = ({d.inn for d in enumeration} for enumeration in self.enumerations)
        return set().union(*(members for members in named if not members.isdisjoint(inns)))

    def members_of(self, word: DrugMention) -> list[DrugMention]:
        """Give the drugs that a class or protocol named stands for, each INN once; none for a substance.

        Where the report introduces the class ("chimiothérapie par carboplatine et paclitaxel") these are its drugs;
        otherwise those of the nearest enumeration that holds members, one before the word preferred.
        """
        if word.kind is DrugKind.SUBSTANCE:
            return []
        told = self.introduced.get(word.inn)
        if told:
            before = bisect_right(told, word.end + _SAME_STORY, key=lambda drugs: drugs[0].start)
            return _unique(told[before - 1], word)
        prefixes = tuple(word.atc.split())
        line = self._protocol_before(word) if is_followed(word) and word.kind is DrugKind.CLASS else None
        if line is not None:
            return _unique([d for d in line.drugs if _belongs(d, word, prefixes)], word)
        lists = self._lists_of(word, prefixes)
        before = bisect_right(lists, word.start, key=lambda members: members.start)
        # "…, pyrazinamide et éthambutol, puis isoniazide et rifampicine": the part does not hide the whole.
        return lists[max(before - 1, 0)].whole if lists else []

    def _lists_of(self, word: DrugMention, prefixes: tuple[str, ...]) -> list[_Members]:
        """Give the enumerations that hold what a word stands for; worked out once for all mentions of the word."""
        key = identity(word)
        if key not in self._members:
            found: list[_Members] = []
            for enumeration in self.enumerations:
                members = _unique([d for d in enumeration if _belongs(d, word, prefixes)], word)
                if len(members) >= (_WHOLE_PROTOCOL if word.kind is DrugKind.PROTOCOL else 1):
                    whole = found[-1].whole if found else []
                    is_part = {d.inn for d in members} < {d.inn for d in whole}
                    found.append(_Members(enumeration[0].start, whole if is_part else members))
            self._members[key] = found
        return self._members[key]

    def _protocol_before(self, word: DrugMention) -> Regimen | None:
        """Give the last line before a word that is named by its protocol: its substances alone are no line."""
        named = bisect_left(self.regimens, word.start, key=lambda r: r.start)
        if not named or len(self.regimens[named - 1].drugs) != 1:
            return None
        lines = (self.regimens[i] for i in range(named - 1, -1, -1))
        return next((r for r in lines if any(d.kind is DrugKind.PROTOCOL for d in r.drugs)), None)


def treatments(clauses: Sequence[Clause]) -> Treatments:
    """Gather the treatments of a report.

    What stands among the patient's antecedents counts only where nothing else names a drug that is followed.
    """
    clauses = [c for c in clauses if "drug" in c.categories]
    told = [(c.section, enumeration) for c in clauses for enumeration in _enumerated(c)]
    found = [enumeration for section, enumeration in told if section not in _PAST_SECTIONS]
    lines = _regimens(found)
    if all(d.kind is DrugKind.CLASS for line in lines for d in line.drugs):
        found = [enumeration for section, enumeration in told if section != "antecedents_familiaux"]
    introduced: dict[str, list[list[DrugMention]]] = {}
    for clause in clauses:
        for word, drugs in _introduced(clause):
            introduced.setdefault(word.inn, []).append(drugs)
    came_for = _regimens([enumeration for section, enumeration in told if section == "motif"])
    return Treatments(found, lines, introduced, came_for[-1] if came_for else None)


def _regimens(found: Iterable[Sequence[DrugMention]]) -> list[Regimen]:
    """Give the lines of followed treatment; a class word alone is one only where nothing more precise is named."""
    lines = [line for enumeration in found if (line := tuple([d for d in enumeration if is_followed(d)]))]
    precise = [line for line in lines if any(d.kind is not DrugKind.CLASS for d in line)]
    return [Regimen(line, line[0].start) for line in precise or lines]


def _enumerated(clause: Clause) -> Iterator[list[DrugMention]]:
    """Yield the enumerations of drugs in a sentence."""
    seen: set[int] = set()
    for i, _ in clause.of("drug"):
        if i not in seen:
            members = clause.enumeration(i)
            seen.update(members)
            yield [d for m in members if (d := clause.items[m].drug) is not None]


def _introduced(clause: Clause) -> Iterable[tuple[DrugMention, list[DrugMention]]]:
    """Yield each class word with the drugs that follow it in apposition."""
    for i, item in clause.of("drug"):
        word = item.drug
        if word is None or word.kind is not DrugKind.CLASS:
            continue
        found = clause.nearest(i, 1, "drug", _APPOSITION, _introduces)
        if found is None:
            continue
        drugs = [d for m in clause.enumeration(found) if m >= found and (d := clause.items[m].drug) is not None]
        prefixes = tuple(word.atc.split())
        if any(_belongs(d, word, prefixes) for d in drugs):
            yield word, drugs


def _introduces(item: Item) -> bool:
    return item.category in _INTRODUCING


def _fullest(regimens: Sequence[Regimen], end: int) -> Regimen:
    """Give the last regimen named before a place of the row; where it is a part of one named shortly before, that."""
    last = regimens[end - 1]
    names = {d.inn for d in last.drugs}
    for i in range(end - 2, -1, -1):
        if last.start - regimens[i].start > _SAME_STORY:
            break
        if names < {d.inn for d in regimens[i].drugs}:
            return regimens[i]
    return last


def _unique(drugs: Sequence[DrugMention], word: DrugMention) -> list[DrugMention]:
    """Give each INN once; a protocol stands for the substances that were listed with it."""
    chosen = {d.inn: d for d in drugs if d.inn != word.inn and d.kind is not DrugKind.CLASS}
    within = {s for d in chosen.values() if d.kind is DrugKind.PROTOCOL for s in d.substances}
    return [d for d in chosen.values() if d.inn not in within]


def _belongs(drug: DrugMention, word: DrugMention, prefixes: tuple[str, ...]) -> bool:
    by_class = bool(prefixes) and any(code.startswith(prefixes) for code in drug.atc.split())
    return by_class or drug.inn in word.substances or (drug.kind is DrugKind.PROTOCOL and "L01" in word.atc)

"""Names that are drugs only in some contexts: decided by the words around them, with rules that are data.

Within a window of a few words, a phrase next to the name outranks one that stands further off, what stands before
outranks what stands after, and a longer phrase outranks a shorter one; in doubt the name is no drug.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pv.lexicon.table import Row, load_macros, read_table
from pv.text.folding import fold
from pv.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COLUMNS = ("id", "names", "kind", "pattern", "example", "counter_example", "source")
# How many words on either side of a name are looked at.
WINDOW = 6
ANY_NAME = "*"
# Stands in a pattern for a number, its groups of digits included.
NUMBER = "#"
_OPENING = frozenset("([")
_MARKED = re.compile(r"<([^<>]+)>")

Words = tuple[str, ...]
# By the word at which they are looked up.
Phrases = dict[str, frozenset[Words]]


class Kind(StrEnum):
    """What a rule says of a name: a drug or not, and where its phrase stands."""

    USUALLY = "usually"
    NEVER = "never"
    DRUG_BEFORE = "drug_before"
    DRUG_AFTER = "drug_after"
    DRUG_NEAR = "drug_near"
    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    NOT_NEAR = "not_near"


_WITHOUT_PATTERN = frozenset({Kind.USUALLY, Kind.NEVER})
# The steps of the decision, first to last: the rules for a drug and those against it.
_STEPS = (
    (Kind.DRUG_BEFORE, Kind.NOT_BEFORE),
    (Kind.DRUG_AFTER, Kind.NOT_AFTER),
    (Kind.DRUG_NEAR, Kind.NOT_NEAR),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the folded names it is for (none for every name), its phrases as folded words, and its examples."""

    id: str
    names: frozenset[str]
    kind: Kind
    phrases: tuple[Words, ...]
    example: str
    counter_example: str


@dataclass(frozen=True, slots=True)
class AmbiguityRules:
    """The rules that decide whether an ambiguous name is a drug where it stands."""

    rules: tuple[Rule, ...]
    _usually: frozenset[str]
    _never: frozenset[str]
    _common: dict[Kind, Phrases]
    _special: dict[str, dict[Kind, Phrases]]

    def is_drug(self, name: str, words: Sequence[str], start: int, end: int) -> bool:
        """Tell whether the name at words[start:end] is a drug; name and words are folded, words are one sentence's."""
        if name in self._never:
            return False
        before = _numbers_joined(words[max(0, start - WINDOW) : start])
        after = _numbers_joined(words[end : end + WINDOW])
        for rules in (self._special.get(name), self._common):
            verdict = _decide(rules, before, after) if rules else None
            if verdict is not None:
                return verdict
        return name in self._usually


def load(path: Path) -> AmbiguityRules:
    """Read the rules; macros come from ``macros.csv`` beside them.

    Raises LexiconError with file, line and reason.
    """
    macros = load_macros(path.parent / "macros.csv")
    rules: list[Rule] = []
    seen: set[str] = set()
    for row in read_table(path, COLUMNS, required=("id", "names", "kind", "example", "source")):
        if row["id"] in seen:
            raise row.error(f"rule {row['id']} stands twice")
        seen.add(row["id"])
        rules.append(_rule(row, macros))
    return build(rules)


def build(rules: Iterable[Rule]) -> AmbiguityRules:
    """Give the rules, indexed by name and by the first or last word of their phrases."""
    rules = tuple(rules)
    everyone = [r for r in rules if not r.names]
    by_name: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in rule.names:
            by_name.setdefault(name, []).append(rule)
    return AmbiguityRules(
        rules,
        frozenset(n for n, own in by_name.items() if any(r.kind is Kind.USUALLY for r in own)),
        frozenset(n for n, own in by_name.items() if any(r.kind is Kind.NEVER for r in own)),
        _index(everyone),
        {name: _index(own) for name, own in by_name.items()},
    )


def marked_name(example: str) -> tuple[list[str], int, int]:
    """Give an example's folded words and the span of the name that it marks ``<so>``.

    Raises ValueError where not exactly one name is marked.
    """
    marks = list(_MARKED.finditer(example))
    if len(marks) != 1:
        raise ValueError("an example marks one name <so>")
    text = _MARKED.sub(r"\1", example)
    first, last = marks[0].start(), marks[0].end() - 2
    spans = tokenize(text)
    inside = [i for i, (a, b) in enumerate(spans) if first <= a and b <= last]
    if not inside:
        raise ValueError("the name that an example marks is made of whole words")
    return [fold(text[a:b]) for a, b in spans], inside[0], inside[-1] + 1


def folded_words(text: str) -> list[str]:
    """Give the words of a text as they are compared."""
    return [fold(text[a:b]) for a, b in tokenize(text)]


def _rule(row: Row, macros: dict[str, tuple[str, ...]]) -> Rule:
    kind = Kind(row.choice("kind", [k.value for k in Kind]))
    if (kind in _WITHOUT_PATTERN) == bool(row["pattern"]):
        raise row.error(f"column pattern: a rule of kind {kind} {'has none' if row['pattern'] else 'needs one'}")
    # An apostrophe at a phrase's end joins it to the name, and is no word.
    phrases = tuple(dict.fromkeys(tuple(folded_words(p.rstrip("'"))) for p in row.phrases("pattern", macros)))
    if any(not p or len(p) > WINDOW for p in phrases):
        raise row.error(f"column pattern: a phrase has one to {WINDOW} words")
    names = frozenset(" ".join(folded_words(n)) for n in row.phrases("names", macros) if n != ANY_NAME)
    if not names and kind in _WITHOUT_PATTERN:
        raise row.error(f"column names: a rule of kind {kind} is for given names")
    for column in ("example", "counter_example"):
        try:
            if row[column]:
                marked_name(row[column])
        except ValueError as error:
            raise row.error(f"column {column}: {error}") from error
    return Rule(row["id"], names, kind, phrases, row["example"], row["counter_example"])


def _index(rules: Iterable[Rule]) -> dict[Kind, Phrases]:
    """Give for each kind the phrases by the word at which they are looked up: the last of those before the name."""
    found: dict[Kind, dict[str, set[Words]]] = {}
    for rule in rules:
        last = -1 if rule.kind in (Kind.DRUG_BEFORE, Kind.NOT_BEFORE) else 0
        by_word = found.setdefault(rule.kind, {})
        for phrase in rule.phrases:
            by_word.setdefault(phrase[last], set()).add(phrase)
    return {kind: {word: frozenset(own) for word, own in by_word.items()} for kind, by_word in found.items()}


def _numbers_joined(words: Sequence[str]) -> Words:
    """Give the words with each run of numbers as one sign, so that ``100 000`` and ``500`` are met by one phrase.

    Opening brackets are left out: a dose in brackets is a dose.
    """
    joined: list[str] = []
    for word in words:
        if word in _OPENING:
            continue
        if not word[:1].isdigit():
            joined.append(word)
        elif not joined or joined[-1] != NUMBER:
            joined.append(NUMBER)
    return tuple(joined)


def _decide(rules: dict[Kind, Phrases], before: Words, after: Words) -> bool | None:
    """Give the verdict of the first step at which a phrase is met, None where none is."""
    for drug, against in _STEPS:
        pro, contra = (_longest(kind, rules.get(kind), before, after) for kind in (drug, against))
        if pro or contra:
            return pro > contra
    return None


def _ending(phrases: Phrases, words: Words) -> int:
    """Give the length in words of the longest phrase that ends the words, 0 for none."""
    known = phrases.get(words[-1]) if words else None
    if known is None:
        return 0
    return next((size for size in range(len(words), 0, -1) if words[-size:] in known), 0)


def _starting(phrases: Phrases, words: Words, at: int) -> int:
    """Give the length in words of the longest phrase that starts at a place of the words, 0 for none."""
    known = phrases.get(words[at]) if at < len(words) else None
    if known is None:
        return 0
    return next((size for size in range(len(words) - at, 0, -1) if words[at : at + size] in known), 0)


def _longest(kind: Kind, phrases: Phrases | None, before: Words, after: Words) -> int:
    """Give the length in words of the longest phrase that stands where its kind asks, 0 for none."""
    if not phrases:
        return 0
    if kind in (Kind.DRUG_BEFORE, Kind.NOT_BEFORE):
        return _ending(phrases, before)
    if kind in (Kind.DRUG_AFTER, Kind.NOT_AFTER):
        return _starting(phrases, after, 0)
    # Few words begin a phrase at all.
    places = [(side, at) for side in (before, after) for at, word in enumerate(side) if word in phrases]
    return max((_starting(phrases, side, at) for side, at in places), default=0)

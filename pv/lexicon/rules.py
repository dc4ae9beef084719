"""The rules of the lexicons: assertion and linking cues, each a set of literal phrases with a direction and a scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.table import Row, read_table
from pv.lexicon.terms import Macros, Words, fold_phrase

RULE_COLUMNS = ("id", "category", "direction", "max_scope", "max_targets", "targets", "pattern", "example", "source")
DIRECTIONS = ("forward", "backward", "bidirectional", "terminate", "pseudo")


@dataclass(frozen=True, slots=True)
class ContextRule:
    """A ConText rule as a row of data: phrases (folded words), category, direction and limits of its scope in tokens.

    ``targets`` names what it may modify (``EVENT``, ``DRUG``), empty for both. ``spelt`` gives, for a phrase that a row
    marks with ``=``, the accents it must have: "=où" is not "ou".
    """

    id: str
    category: str
    direction: str
    phrases: tuple[Words, ...]
    max_scope: int | None
    max_targets: int | None
    targets: frozenset[str]
    example: str
    spelt: Mapping[Words, str]


def load_rules(path: Path, categories: frozenset[str], macros: Macros) -> Iterator[ContextRule]:
    """Yield the rules of one table; the category (before any ``:``) must be one of those given.

    A phrase that an earlier row holds with the same direction is that row's alone. Raises LexiconError with file, line
    and reason.
    """
    seen: set[str] = set()
    held: set[tuple[Words, str, bool, str]] = set()
    for row in read_table(path, RULE_COLUMNS, required=("id", "category", "direction", "pattern", "example", "source")):
        if row["id"] in seen:
            raise row.error(f"rule {row['id']} stands twice")
        seen.add(row["id"])
        if row["category"].partition(":")[0] not in categories:
            raise row.error(f"column category: {row['category']!r} is not one of {', '.join(sorted(categories))}")
        written = {fold_phrase(p.removeprefix("=")): p for p in row.phrases("pattern", macros)}
        if not all(written):
            raise row.error("column pattern: a phrase holds no word and can never match")
        # What ends a scope and what opens one may share a phrase: they are matched in passes of their own.
        side = (row["direction"], row["category"].startswith("terminate"))
        spelt = {words: p[1:].lower() for words, p in written.items() if p.startswith("=")}
        phrases = tuple(words for words in written if (words, *side, spelt.get(words, "")) not in held)
        max_scope, max_targets = _limit(row, "max_scope"), _limit(row, "max_targets")
        if not phrases:
            raise row.error("column pattern: every phrase is held by an earlier row, so that this one can never match")
        held.update((words, *side, spelt.get(words, "")) for words in phrases)
        yield ContextRule(
            id=row["id"],
            category=row["category"],
            direction=row.choice("direction", DIRECTIONS),
            phrases=phrases,
            max_scope=max_scope,
            max_targets=max_targets,
            targets=frozenset(t for t in row["targets"].split() if t),
            example=row["example"],
            spelt=spelt,
        )


def _limit(row: Row, column: str) -> int | None:
    """Give a limit, None for no limit."""
    limit = row.number(column)
    if limit == 0:
        raise row.error(f"column {column}: 0 is too small; give 1 or more, or nothing for no limit")
    return limit

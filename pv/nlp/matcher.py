"""One pass over a report's words for the phrases of every term, cue and section title of the lexicons.

The rules are medSpaCy's ``TargetRule``, ``ConTextRule`` and ``SectionRule``; the pass is made here. medSpaCy's matcher
gives the same from a spaCy Doc, which has to be made first, and costs three times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from medspacy.common.base_rule import BaseRule
from medspacy.context import ConTextRule
from medspacy.section_detection import SectionRule
from medspacy.target_matcher import TargetRule

from pv.lexicon.rules import ContextRule
from pv.lexicon.terms import DrugEntry, EventConcept, Term, Words
from pv.nlp.phrase import Phrase, kind_of

T = TypeVar("T")

DRUG, EVENT = "DRUG", "EVENT"

# A phrase of the lexicons found at tokens [start, end), and what it stands for.
Match = tuple[int, int, T]
# A term matches as every term that its phrase may be.
TargetMatch = Match[tuple[Term[Any], ...]]
RuleMatch = Match[Phrase]
TitleMatch = Match[str]


@dataclass(slots=True)
class Matches:
    """All that one pass found, by where it starts, the shorter first; overlaps are still in it."""

    drugs: list[TargetMatch] = field(default_factory=list)
    events: list[TargetMatch] = field(default_factory=list)
    assertion: list[RuleMatch] = field(default_factory=list)
    linking: list[RuleMatch] = field(default_factory=list)
    course: list[RuleMatch] = field(default_factory=list)
    titles: list[TitleMatch] = field(default_factory=list)


def context_rules(rules: Iterable[ContextRule], table: str) -> list[ConTextRule]:
    """Turn rows into medSpaCy's rules, one for each phrase; ``metadata`` holds the row's id and its table."""
    return [
        ConTextRule(
            literal=" ".join(phrase),
            category=rule.category,
            direction=rule.direction.upper(),
            max_scope=rule.max_scope,
            max_targets=rule.max_targets,
            allowed_types=set(rule.targets) or None,
            metadata={"id": rule.id, "table": table, "spelt": rule.spelt.get(phrase)},
        )
        for rule in rules
        for phrase in rule.phrases
    ]


class _Node:
    """A word of a phrase: what ends with it, each with its table, and the words that may follow it."""

    __slots__ = ("ends", "following")

    def __init__(self) -> None:
        self.ends: list[tuple[str, Any]] = []
        self.following: dict[str, _Node] = {}


class LexiconMatcher:
    """The phrases of target, ConText and section rules as one tree of words.

    A pass looks up each word of a report once, and goes on only where a phrase begins, so that it costs the same for
    any number of rules. What ends with the same word comes in the order of the tables.
    """

    def __init__(
        self,
        drugs: Iterable[Term[DrugEntry]],
        events: Iterable[Term[EventConcept]],
        assertion: Iterable[ContextRule],
        linking: Iterable[ContextRule],
        course: Iterable[ContextRule],
        titles: Iterable[tuple[Words, str]],
    ) -> None:
        self._root = _Node()
        self._add(_target_rules(drugs, DRUG))
        self._add(_target_rules(events, EVENT))
        self._add(context_rules(assertion, "assertion"))
        self._add(context_rules(linking, "linking"))
        self._add(context_rules(course, "course"))
        self._add(SectionRule(" ".join(words), category) for words, category in titles)

    def _add(self, rules: Iterable[BaseRule]) -> None:
        for rule in rules:
            node = self._root
            for word in rule.literal.split():
                node = node.following.setdefault(word, _Node())
            node.ends.append(_meaning(rule))

    @property
    def words(self) -> frozenset[str]:
        """The words that some phrase holds."""
        return frozenset(_words_below(self._root))

    def __call__(self, words: Sequence[str]) -> Matches:
        """Give what the folded words hold."""
        found = Matches()
        add = {name: getattr(found, name).append for name in Matches.__slots__}
        # No phrase holds an empty word: it ends them all.
        ended = (*words, "")
        for start, begun in enumerate(map(self._root.following.get, words)):
            if begun is None:
                continue
            node, at = begun, start + 1
            while True:
                for table, what in node.ends:
                    add[table]((start, at, what))
                if not node.following or (longer := node.following.get(ended[at])) is None:
                    break
                node, at = longer, at + 1
        return found


def _words_below(node: _Node) -> Iterator[str]:
    for word, following in node.following.items():
        yield word
        yield from _words_below(following)


def _meaning(rule: BaseRule) -> tuple[str, Any]:
    """Give the table of a rule, and what its matches stand for."""
    if isinstance(rule, TargetRule):
        return ("drugs" if rule.category == DRUG else "events"), rule.metadata
    if isinstance(rule, ConTextRule):
        return rule.metadata["table"], _phrase(rule)
    return "titles", rule.category


def _phrase(rule: ConTextRule) -> Phrase:
    category, direction = rule.category.lower(), rule.direction.lower()
    kind = kind_of(category, direction)
    return Phrase(rule.metadata["id"], category, kind, rule.max_scope, rule.max_targets, rule.metadata["spelt"])


def _target_rules(terms: Iterable[Term[Any]], category: str) -> list[TargetRule]:
    """Give one rule for each phrase, with all the terms that share it as its metadata."""
    by_phrase: dict[Words, list[Term[Any]]] = {}
    for term in terms:
        by_phrase.setdefault(term.words, []).append(term)
    return [
        TargetRule(literal=" ".join(words), category=category, metadata=tuple(terms_of))
        for words, terms_of in by_phrase.items()
    ]


def longest(matches: Iterable[Match[T]]) -> list[Match[T]]:
    """Keep of overlapping matches the longest, of equally long ones the first."""
    kept: list[Match[T]] = []
    group: list[Match[T]] = []
    reached = 0
    for match in sorted(matches, key=_start):
        start, end, _ = match
        if start < reached:
            group.append(match)
            reached = max(reached, end)
        else:
            kept += group if len(group) < 2 else _longest_of(group)
            group, reached = [match], end
    return kept + (group if len(group) < 2 else _longest_of(group))


_start = itemgetter(0)


def _longest_of(group: list[Match[T]]) -> list[Match[T]]:
    """Keep the longest of matches that overlap in a chain."""
    kept: list[Match[T]] = []
    taken: set[int] = set()
    for match in sorted(group, key=_by_length):
        span = range(match[0], match[1])
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(match)
    return sorted(kept, key=_start)


def _by_length(match: Match[Any]) -> tuple[int, int]:
    return match[0] - match[1], match[0]

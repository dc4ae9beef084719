"""One pass over a report's words for the phrases of every term, cue and section title of the lexicons.

The rules are medSpaCy's ``TargetRule``, ``ConTextRule`` and ``SectionRule``; the pass is made here. medSpaCy's matcher
gives the same from a spaCy Doc, which has to be made first, and costs three times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

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


class Matches(NamedTuple):
    """All that one pass found, by where it starts, the shorter first; overlaps are still in it."""

    drugs: list[TargetMatch]
    events: list[TargetMatch]
    assertion: list[RuleMatch]
    linking: list[RuleMatch]
    course: list[RuleMatch]
    titles: list[TitleMatch]


_TABLES = Matches._fields


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


class Node(NamedTuple):
    """A word of a phrase: what ends with it, each with the number of its table, and the words that may follow it."""

    ends: tuple[tuple[int, Any], ...]
    following: dict[str, Node] | None


class _Growing:
    """A node that phrases are still added to."""

    __slots__ = ("ends", "following")

    def __init__(self) -> None:
        self.ends: list[tuple[int, Any]] = []
        self.following: dict[str, _Growing] = {}

    def grown(self) -> Node:
        """Give the node as it is looked into: small things side by side are found faster."""
        return Node(tuple(self.ends), {word: node.grown() for word, node in self.following.items()} or None)


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
        root = _Growing()
        for rule in (
            *_target_rules(drugs, DRUG),
            *_target_rules(events, EVENT),
            *context_rules(assertion, "assertion"),
            *context_rules(linking, "linking"),
            *context_rules(course, "course"),
            *(SectionRule(" ".join(words), category) for words, category in titles),
        ):
            node = root
            for word in rule.literal.split():
                node = node.following.setdefault(word, _Growing())
            table, what = _meaning(rule)
            node.ends.append((_TABLES.index(table), what))
        self._root = root.grown().following or {}

    @property
    def words(self) -> frozenset[str]:
        """The words that some phrase holds."""
        return frozenset(_words_of(self._root))

    def begins(self, word: str) -> Node | None:
        """Give where the phrases go on that begin with a folded word, None where none does."""
        return self._root.get(word)

    def __call__(self, words: Sequence[str], begun: Iterable[Node | None] | None = None) -> Matches:
        """Give what the folded words hold; ``begun`` is what ``begins`` gives for each of them, where it is known."""
        found: tuple[list[Match[Any]], ...] = tuple([] for _ in _TABLES)
        # No phrase holds an empty word: it ends them all.
        ended = (*words, "")
        for start, node in enumerate(map(self._root.get, words) if begun is None else begun):
            if node is None:
                continue
            ends, following = node
            at = start + 1
            for table, what in ends:
                found[table].append((start, at, what))
            while following and (longer := following.get(ended[at])):
                ends, following = longer
                at += 1
                for table, what in ends:
                    found[table].append((start, at, what))
        return Matches(*found)


def _words_of(following: Mapping[str, Node]) -> Iterator[str]:
    for word, node in following.items():
        yield word
        yield from _words_of(node.following or {})


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

"""One pass of medSpaCy's matcher over a report for every term, cue and section title of the lexicons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import spacy
from medspacy.common.medspacy_matcher import MedspacyMatcher
from medspacy.context import ConTextRule
from medspacy.section_detection import SectionRule
from medspacy.target_matcher import TargetRule
from spacy.language import Language

from pv.lexicon.rules import ContextRule
from pv.lexicon.terms import DrugEntry, EventConcept, Term, Words
from pv.nlp.tokenizer import FoldingTokenizer

DRUG, EVENT = "DRUG", "EVENT"


def _create_tokenizer() -> Any:
    return lambda nlp: FoldingTokenizer(nlp.vocab)


spacy.registry.tokenizers("pv.FoldingTokenizer.v1", func=_create_tokenizer)


def blank_french() -> Language:
    """Give spaCy's blank French pipeline with our tokenizer, without building the one it would replace."""
    return spacy.blank("fr", config={"nlp": {"tokenizer": {"@tokenizers": "pv.FoldingTokenizer.v1"}}})


@dataclass(frozen=True, slots=True)
class TargetMatch:
    """A phrase of the lexicons found at tokens [start, end), with every term that it may be."""

    start: int
    end: int
    terms: tuple[Term[Any], ...]


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A ConText rule found at tokens [start, end)."""

    start: int
    end: int
    rule: ConTextRule


@dataclass(slots=True)
class Matches:
    """All that one pass found, in the order of the text; overlaps are still in it."""

    drugs: list[TargetMatch] = field(default_factory=list)
    events: list[TargetMatch] = field(default_factory=list)
    assertion: list[RuleMatch] = field(default_factory=list)
    linking: list[RuleMatch] = field(default_factory=list)
    course: list[RuleMatch] = field(default_factory=list)
    titles: list[tuple[int, int, str]] = field(default_factory=list)


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


class LexiconMatcher:
    """MedspacyMatcher over target, ConText and section rules at once.

    The three kinds share one matcher because a pass over the tokens costs the same for any number of rules.
    """

    def __init__(
        self,
        nlp: Language,
        drugs: Iterable[Term[DrugEntry]],
        events: Iterable[Term[EventConcept]],
        assertion: Iterable[ContextRule],
        linking: Iterable[ContextRule],
        course: Iterable[ContextRule],
        titles: Iterable[tuple[Words, str]],
    ) -> None:
        self._strings = nlp.vocab.strings
        self._matcher = MedspacyMatcher(nlp, phrase_matcher_attr="ORTH", prune=False)
        self._matcher.add(_target_rules(drugs, DRUG))
        self._matcher.add(_target_rules(events, EVENT))
        self._matcher.add(context_rules(assertion, "assertion"))
        self._matcher.add(context_rules(linking, "linking"))
        self._matcher.add(context_rules(course, "course"))
        self._matcher.add([SectionRule(" ".join(words), category) for words, category in titles])

    def __call__(self, doc: Any) -> Matches:
        """Give what the doc holds, sorted by start, the longer first."""
        found = Matches()
        tables = {"assertion": found.assertion, "linking": found.linking, "course": found.course}
        rules, strings = self._matcher.rule_map, self._strings
        for match_id, start, end in sorted(self._matcher(doc), key=lambda m: (m[1], -m[2])):
            rule = rules[strings[match_id]]
            if isinstance(rule, TargetRule):
                into = found.drugs if rule.category == DRUG else found.events
                into.append(TargetMatch(start, end, rule.metadata))
            elif isinstance(rule, ConTextRule):
                tables[rule.metadata["table"]].append(RuleMatch(start, end, rule))
            else:
                found.titles.append((start, end, rule.category))
        return found


def _target_rules(terms: Iterable[Term[Any]], category: str) -> list[TargetRule]:
    """Give one rule for each phrase, with all the terms that share it as its metadata."""
    by_phrase: dict[Words, list[Term[Any]]] = {}
    for term in terms:
        by_phrase.setdefault(term.words, []).append(term)
    return [
        TargetRule(literal=" ".join(words), category=category, metadata=tuple(terms_of))
        for words, terms_of in by_phrase.items()
    ]


def longest(matches: Sequence[Any]) -> list[Any]:
    """Keep of overlapping matches (with ``start`` and ``end``) the longest, of equally long ones the first."""
    kept: list[Any] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (m.start - m.end, m.start)):
        span = range(match.start, match.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(match)
    kept.sort(key=lambda m: m.start)
    return kept

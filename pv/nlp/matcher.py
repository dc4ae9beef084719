"""One pass of medSpaCy's matcher over a report for every term, cue and section title of the lexicons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from medspacy.common.base_rule import BaseRule
from medspacy.common.medspacy_matcher import MedspacyMatcher
from medspacy.context import ConTextRule
from medspacy.section_detection import SectionRule
from medspacy.target_matcher import TargetRule
from spacy.language import Language
from spacy.vocab import Vocab

from pv.lexicon.rules import ContextRule
from pv.lexicon.terms import DrugEntry, EventConcept, Term, Words
from pv.nlp.tokenizer import FoldingTokenizer

DRUG, EVENT = "DRUG", "EVENT"


def blank_french() -> Language:
    """Give what ``spacy.blank("fr")`` gives, with our tokenizer.

    spaCy's French defaults take two seconds to import, for the expressions of a tokenizer that ours replaces; and the
    matchers look at no attribute of a word but its form, so that the vocabulary works out no other.
    """
    nlp = Language(Vocab(), create_tokenizer=lambda nlp: FoldingTokenizer(nlp.vocab))
    nlp.lang = "fr"
    return nlp


class TargetMatch(NamedTuple):
    """A phrase of the lexicons found at tokens [start, end), with every term that it may be."""

    start: int
    end: int
    terms: tuple[Term[Any], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What counts of a ConText rule: the row's id, category and direction in lower case, its limits, and its accents.

    ``spelt`` is the phrase as it must be written, None where accents do not matter.
    """

    id: str
    category: str
    direction: str
    max_scope: int | None
    max_targets: int | None
    spelt: str | None


class RuleMatch(NamedTuple):
    """A phrase of a ConText rule found at tokens [start, end)."""

    start: int
    end: int
    rule: Phrase


class TitleMatch(NamedTuple):
    """A section title found at tokens [start, end)."""

    start: int
    end: int
    category: str


@dataclass(slots=True)
class Matches:
    """All that one pass found, in the order of the text; overlaps are still in it."""

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
        self._matcher = MedspacyMatcher(nlp, phrase_matcher_attr="ORTH", prune=False)
        self._matcher.add(_target_rules(drugs, DRUG))
        self._matcher.add(_target_rules(events, EVENT))
        self._matcher.add(context_rules(assertion, "assertion"))
        self._matcher.add(context_rules(linking, "linking"))
        self._matcher.add(context_rules(course, "course"))
        self._matcher.add([SectionRule(" ".join(words), category) for words, category in titles])
        # What each match stands for, by the number that the matcher gives it: its table, how it is told, and the rule.
        self._meaning = {nlp.vocab.strings[name]: _meaning(rule) for name, rule in self._matcher.rule_map.items()}

    def __call__(self, doc: Any) -> Matches:
        """Give what the doc holds, sorted by start, the longer first."""
        found = Matches()
        add = {name: getattr(found, name).append for name in Matches.__slots__}
        # Two sorts by one number each are quicker than one by a pair of them.
        matches = sorted(self._matcher(doc), key=itemgetter(2), reverse=True)
        for match_id, start, end in sorted(matches, key=itemgetter(1)):
            table, kind, what = self._meaning[match_id]
            add[table](kind(start, end, what))
        return found


def _meaning(rule: BaseRule) -> tuple[str, Callable[[int, int, Any], Any], Any]:
    """Give the table of a rule, the type of its matches and what they hold."""
    if isinstance(rule, TargetRule):
        return ("drugs" if rule.category == DRUG else "events"), TargetMatch, rule.metadata
    if isinstance(rule, ConTextRule):
        return rule.metadata["table"], RuleMatch, _phrase(rule)
    return "titles", TitleMatch, rule.category


def _phrase(rule: ConTextRule) -> Phrase:
    category, direction = rule.category.lower(), rule.direction.lower()
    return Phrase(rule.metadata["id"], category, direction, rule.max_scope, rule.max_targets, rule.metadata["spelt"])


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
    group: list[Any] = []
    end = 0
    for match in sorted(matches, key=_start):
        if match.start < end:
            group.append(match)
        else:
            kept += group if len(group) < 2 else _longest_of(group)
            group = [match]
        end = max(end, match.end)
    return kept + (group if len(group) < 2 else _longest_of(group))


_start = attrgetter("start")


def _longest_of(group: list[Any]) -> list[Any]:
    """Keep the longest of matches that overlap in a chain."""
    kept: list[Any] = []
    taken: set[int] = set()
    for match in sorted(group, key=lambda m: (m.start - m.end, m.start)):
        span = range(match.start, match.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(match)
    return sorted(kept, key=_start)

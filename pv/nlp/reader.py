"""From a report's text to a Reading: units, mentions with their assertion, cues and times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any

from pv.lexicon.lexicon import Lexicon
from pv.lexicon.terms import DrugEntry, EventConcept, Term
from pv.model import Assertion, Cue, DrugKind, DrugMention, EventMention, Section, Sentence
from pv.nlp.context import modify
from pv.nlp.matcher import LexiconMatcher, RuleMatch, TargetMatch, blank_french, longest
from pv.nlp.tokenizer import FoldingTokenizer
from pv.reading import Reading
from pv.text.assertion import Decision, decide
from pv.text.folding import fold
from pv.text.lab_values import LabValue, find_lab_values
from pv.text.misspelling import SHORTEST, MisspellingIndex
from pv.text.patient import find_patient
from pv.text.reporter import names_reporter
from pv.text.sections import resolve_sections
from pv.text.sentences import split_sentences
from pv.text.severity import grade_after, severity_near
from pv.text.tokens import tokenize
from pv.timeline.expressions import find_time_expressions


@dataclass(frozen=True, slots=True)
class _Layout:
    """A text's tokens, folded words, sentences with their token ranges, the sentence of each token, and sections.

    ``starts`` and ``ends`` are those of the tokens, ``section_starts`` those of the sections.
    """

    text: str
    tokens: Sequence[tuple[int, int]]
    starts: Sequence[int]
    ends: Sequence[int]
    words: Sequence[str]
    sentences: Sequence[Sentence]
    ranges: Sequence[tuple[int, int]]
    sentence_of: Sequence[int]
    sections: Sequence[Section]
    section_starts: Sequence[int]

    def section_of(self, token: int) -> str:
        """Give the category of the section that holds a token."""
        return self.sections[max(0, bisect_right(self.section_starts, self.starts[token]) - 1)].category

    def token_range(self, start: int, end: int) -> tuple[int, int]:
        """Give the tokens that a span of characters touches."""
        first = bisect_right(self.ends, start)
        return first, max(bisect_left(self.starts, end), first)

    def spelt(self, match: TargetMatch | RuleMatch) -> str:
        """Give a match as the text has it."""
        return self.text[self.starts[match.start] : self.ends[match.end - 1]]


class Reader:
    """The pipeline, built once for a lexicon: spaCy's blank French, medSpaCy's rules and matcher, ConText."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.nlp = blank_french()
        self._tokenizer: FoldingTokenizer = self.nlp.tokenizer
        self._matcher = LexiconMatcher(
            self.nlp, lexicon.drugs, lexicon.events, lexicon.assertion, lexicon.linking, lexicon.course, lexicon.titles
        )
        self._tokenizer.freeze()
        long_names = {term.words[0]: term for term in lexicon.drugs if len(term.words) == 1 and not term.exact}
        # A word's verdict is asked for in every report; a year of them has fewer different words than this.
        self._misspelt_name = lru_cache(maxsize=200_000)(
            MisspellingIndex(long_names, self._tokenizer.known | lexicon.not_misspellings).lookup
        )
        self._by_name = long_names

    def read(self, text: str) -> Reading:
        """Read one report."""
        layout, matches = self._lay_out(text)
        patient = find_patient(text, self._lexicon.patient)
        drugs = self._drugs(layout, matches.drugs)
        taken = [(d.start, d.end) for d in drugs]
        events = self._events(layout, matches.events, taken, patient.sex, patient.age)
        targets = [layout.token_range(e.start, e.end) for e in events]
        decisions = self._assert(layout, matches.assertion, targets)
        return Reading(
            text=text,
            tokens=layout.tokens,
            words=layout.words,
            sentences=layout.sentences,
            sections=layout.sections,
            drugs=drugs,
            events=[_asserted(e, d) if d.rule else e for e, d in zip(events, decisions, strict=True)],
            cues=_cues(layout, matches.linking),
            course=_cues(layout, matches.course),
            # Only a pair has a course in time.
            times=find_time_expressions(text, self._lexicon.times) if drugs and events else (),
            patient=patient,
            reporter=names_reporter(text, self._lexicon.reporter),
        )

    def assertions(self, text: str, spans: Iterable[tuple[int, int]]) -> list[Decision]:
        """Say what the text asserts of each span of characters, in the order given."""
        layout, matches = self._lay_out(text)
        return self._assert(layout, matches.assertion, [layout.token_range(*span) for span in spans])

    def _lay_out(self, text: str) -> tuple[_Layout, Any]:
        tokens = tokenize(text)
        words = [fold(text[start:end]) for start, end in tokens]
        matches = self._matcher(self._tokenizer.from_words(words))
        sentences = split_sentences(text, self._lexicon.abbreviations)
        starts, ends = zip(*tokens, strict=True) if tokens else ((), ())
        ranges = [(bisect_left(starts, s.start), bisect_left(starts, s.end)) for s in sentences]
        sections = resolve_sections(text, tokens, matches.titles, self._lexicon.extents)
        sentence_of, section_starts = _sentence_of(ranges, len(tokens)), [s.start for s in sections]
        layout = _Layout(text, tokens, starts, ends, words, sentences, ranges, sentence_of, sections, section_starts)
        return layout, matches

    def _drugs(self, layout: _Layout, matches: Sequence[TargetMatch]) -> list[DrugMention]:
        entries = {id(m): self._drug_entry(layout, m) for m in _within_sentences(matches, layout)}
        found = [
            _drug_mention(layout, match.start, match.end, entry)
            for match in longest([m for m in matches if entries.get(id(m))])
            if (entry := entries[id(match)])
        ]
        covered = {i for m in matches for i in range(m.start, m.end)}
        for i, word in [(i, word) for i, word in enumerate(layout.words) if len(word) >= SHORTEST - 1]:
            if i not in covered and (name := self._misspelt_name(word)):
                found.append(_drug_mention(layout, i, i + 1, self._by_name[name].entry, misspelt=True))
        found.sort(key=lambda d: d.start)
        return found

    def _drug_entry(self, layout: _Layout, match: TargetMatch) -> DrugEntry | None:
        """Give the entry that fits the spelling and the words around, if any does."""
        term = _spelt(layout, match)
        if term is None:
            return None
        entry: DrugEntry = term.entry
        if entry.by_context:
            first, last = layout.ranges[layout.sentence_of[match.start]]
            words = layout.words[first:last]
            if not self._lexicon.ambiguity.is_drug(" ".join(term.words), words, match.start - first, match.end - first):
                return None
        return entry

    def _events(
        self,
        layout: _Layout,
        matches: Sequence[TargetMatch],
        drugs: Sequence[tuple[int, int]],
        sex: str | None,
        age: float | None,
    ) -> list[EventMention]:
        """Give event terms and abnormal laboratory values; a term inside a drug's name or a value's span gives way."""
        labs = find_lab_values(layout.text, layout.tokens, self._lexicon.labs, sex, age, folded=layout.words)
        found = [_lab_event(v, self._lexicon.concepts) for v in labs if v.concept in self._lexicon.concepts]
        taken = sorted([*drugs, *((v.start, v.end) for v in labs)])
        starts, reached = [start for start, _ in taken], list(accumulate((end for _, end in taken), max))
        fitting = [m for m in _within_sentences(matches, layout) if _spelt(layout, m)]
        for match in longest(fitting):
            start, end = layout.tokens[match.start][0], layout.tokens[match.end - 1][1]
            before = bisect_right(starts, start)
            if before and reached[before - 1] >= end:
                continue
            term = _spelt(layout, match)
            if term is not None:
                event = _event_mention(start, end, term.entry)
                sentence = layout.ranges[layout.sentence_of[match.start]]
                grade = grade_after(layout.words, match.end, sentence[1], self._lexicon.grades)
                severity = severity_near(layout.words, (match.start, match.end), sentence, self._lexicon.grades)
                event = replace(event, severity=severity) if severity else event
                found.append(replace(event, grade=grade, grade_source="texte") if grade else event)
        found.sort(key=lambda e: e.start)
        return found

    def _assert(
        self, layout: _Layout, matches: Sequence[RuleMatch], spans: Sequence[tuple[int, int]]
    ) -> list[Decision]:
        """Decide the assertion of spans of tokens, one sentence at a time."""
        by_sentence: dict[int, list[int]] = {}
        for i, (start, end) in enumerate(spans):
            if start < end:
                by_sentence.setdefault(layout.sentence_of[start], []).append(i)
        starts = [m.start for m in matches]
        decisions = [Decision(Assertion.PRESENT)] * len(spans)
        for sentence, members in by_sentence.items():
            first, last = layout.ranges[sentence]
            inside = matches[bisect_left(starts, first) : bisect_left(starts, last)]
            within = [m for m in inside if m.end <= last and (m.rule.spelt is None or _accented(layout, m))]
            reached = modify([spans[i] for i in members], within, (first, last))
            for i, modifications in zip(members, reached, strict=True):
                start, end = spans[i]
                # A number that more words follow is a quantity with its unit; the one of `type 2` is none.
                quantified = any(w[0].isdigit() for w in layout.words[start : end - 1]) or bool(
                    grade_after(layout.words, end, last, self._lexicon.grades)
                )
                at = start if quantified else None
                decisions[i] = decide(modifications, layout.section_of(start), quantified_at=at)
        return decisions


def _sentence_of(ranges: Sequence[tuple[int, int]], tokens: int) -> list[int]:
    """Give the index of the sentence of each token; a token between two sentences counts for the first of them."""
    found: list[int] = []
    for index, (following, _) in enumerate((*ranges[1:], (tokens, tokens))):
        found += [index] * (following - len(found))
    return found


def _cues(layout: _Layout, matches: Sequence[RuleMatch]) -> list[Cue]:
    """Give the cues of one table: the longest where they overlap."""
    return [
        Cue(layout.starts[m.start], layout.ends[m.end - 1], m.rule.id, m.rule.category)
        for m in longest(
            [m for m in _within_sentences(matches, layout) if m.rule.spelt is None or _accented(layout, m)]
        )
    ]


def _accented(layout: _Layout, match: RuleMatch) -> bool:
    """Say whether a match has the accents that its rule asks for."""
    return layout.spelt(match).lower() == match.rule.spelt


def _within_sentences(matches: Sequence[Any], layout: _Layout) -> list[Any]:
    """Keep the matches that do not run over a sentence's end."""
    ranges, sentence_of = layout.ranges, layout.sentence_of
    return [m for m in matches if m.end - m.start == 1 or m.end <= ranges[sentence_of[m.start]][1]]


def _spelt(layout: _Layout, match: TargetMatch) -> Term[Any] | None:
    """Give the first term of a match whose spelling fits; an exact spelling before a free one."""
    if len(match.terms) == 1 and match.terms[0].exact is None:
        return match.terms[0]
    text = layout.spelt(match)
    free = None
    for term in match.terms:
        if term.exact is None:
            free = free or term
        elif term.exact == text:
            return term
    return free


def _drug_mention(layout: _Layout, first: int, last: int, entry: DrugEntry, *, misspelt: bool = False) -> DrugMention:
    return DrugMention(
        start=layout.tokens[first][0],
        end=layout.tokens[last - 1][1],
        inn=entry.inn,
        kind=DrugKind(entry.kind),
        atc=entry.atc,
        substances=entry.substances,
        misspelt=misspelt,
    )


def _event_mention(start: int, end: int, concept: EventConcept) -> EventMention:
    return EventMention(
        start=start,
        end=end,
        concept=concept.concept,
        label=concept.label,
        cim10=concept.cim10,
        group=concept.group,
        important=concept.important,
        generic=concept.generic,
        special=concept.special,
    )


def _lab_event(value: LabValue, concepts: Any) -> EventMention:
    event = _event_mention(value.start, value.end, concepts[value.concept])
    return replace(event, grade=value.grade, grade_source=value.grade_source)


def _asserted(event: EventMention, decision: Decision) -> EventMention:
    return replace(event, assertion=decision.assertion, assertion_rule=decision.rule)

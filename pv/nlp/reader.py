"""From a report's text to a Reading: units, mentions with their assertion, cues and times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from pv.lexicon.lexicon import Lexicon
from pv.lexicon.terms import DrugEntry, EventConcept, Term
from pv.model import Cue, DrugKind, DrugMention, EventMention, Patient, Section, Sentence
from pv.nlp.context import modify
from pv.nlp.matcher import LexiconMatcher, Match, Node, RuleMatch, TargetMatch, longest
from pv.reading import Reading
from pv.text.assertion import PRESENT, Decision, decide, unmodified
from pv.text.folding import fold
from pv.text.lab_values import find_lab_values
from pv.text.misspelling import MisspellingIndex
from pv.text.patient import find_patient
from pv.text.remembered import Remembered
from pv.text.reporter import names_reporter
from pv.text.sections import resolve_sections
from pv.text.sentences import split_sentences
from pv.text.severity import grade_after, severity_near
from pv.text.tokens import split_text, split_tokens
from pv.timeline.expressions import find_time_expressions

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Layout:
    """A text's tokens, folded words, sentences with their token ranges, the sentence of each token, and sections.

    ``parts`` are the split text, ``slips`` the tokens that misspell a name, with the name.
    ``starts`` and ``ends`` are those of the tokens, ``section_starts`` those of the sections. ``limits`` gives for each
    token the end of the tokens that a match which begins there may take in: that of its sentence, but one at least.
    """

    text: str
    parts: list[str]
    tokens: Sequence[tuple[int, int]]
    starts: Sequence[int]
    ends: Sequence[int]
    words: Sequence[str]
    slips: Sequence[tuple[int, str]]
    sentences: Sequence[Sentence]
    ranges: Sequence[tuple[int, int]]
    sentence_of: Sequence[int]
    limits: Sequence[int]
    sections: Sequence[Section]
    section_starts: Sequence[int]

    def section_of(self, token: int) -> str:
        """Give the category of the section that holds a token."""
        return self.sections[max(0, bisect_right(self.section_starts, self.starts[token]) - 1)].category

    def token_range(self, start: int, end: int) -> tuple[int, int]:
        """Give the tokens that a span of characters touches."""
        first = bisect_right(self.ends, start)
        return first, max(bisect_left(self.starts, end), first)

    def spelt(self, start: int, end: int) -> str:
        """Give tokens [start, end) as the text has them."""
        return self.text[self.starts[start] : self.ends[end - 1]]

    def within_sentences(self, matches: Iterable[Match[T]]) -> list[Match[T]]:
        """Keep the matches that do not run over a sentence's end."""
        limits = self.limits
        return [m for m in matches if m[1] <= limits[m[0]]]

    def as_spelt(self, matches: Iterable[RuleMatch]) -> list[RuleMatch]:
        """Keep the matches that run over no sentence's end and have the accents that their rule asks for."""
        return [
            m
            for m in self.within_sentences(matches)
            if m[2].spelt is None or self.spelt(m[0], m[1]).lower() == m[2].spelt
        ]


class _WordForm(NamedTuple):
    """What is known of a word as it is spelt: its folded form, the phrases that begin so, and the name it misspells."""

    word: str
    begins: Node | None
    slip: str


class _Told(NamedTuple):
    """An event at characters [start, end) and at its tokens, before its assertion is decided."""

    start: int
    end: int
    tokens: tuple[int, int]
    concept: EventConcept
    grade: int | None = None
    grade_source: str = ""
    severity: str = ""


class Reader:
    """The pipeline, built once for a lexicon: words, phrases of medSpaCy's rules, mentions, ConText, cues and times."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._matcher = LexiconMatcher(
            lexicon.drugs, lexicon.events, lexicon.assertion, lexicon.linking, lexicon.course, lexicon.titles
        )
        long_names = {term.words[0]: term for term in lexicon.drugs if len(term.words) == 1 and not term.exact}
        self._misspelt = MisspellingIndex(long_names, self._matcher.words | lexicon.not_misspellings)
        self._by_name = long_names
        self._forms = Remembered(self._form)

    def read(self, text: str) -> Reading:
        """Read one report."""
        layout, matches = self._lay_out(text)
        patient = find_patient(text, self._lexicon.patient)
        drugs = self._drugs(layout, matches.drugs)
        told = self._events(layout, matches.events, drugs, patient)
        decisions = self._assert(layout, matches.assertion, [event.tokens for event in told])
        return Reading(
            text=text,
            starts=layout.starts,
            ends=layout.ends,
            words=layout.words,
            sentences=layout.sentences,
            sections=layout.sections,
            drugs=drugs,
            events=list(map(_event_mention, told, decisions)),
            cues=_cues(layout, matches.linking),
            course=_cues(layout, matches.course),
            # Only a pair has a course in time.
            times=find_time_expressions(layout.parts, self._lexicon.times) if drugs and told else (),
            patient=patient,
            reporter=names_reporter(text, self._lexicon.reporter),
        )

    def assertions(self, text: str, spans: Iterable[tuple[int, int]]) -> list[Decision]:
        """Say what the text asserts of each span of characters, in the order given."""
        layout, matches = self._lay_out(text)
        return self._assert(layout, matches.assertion, [layout.token_range(*span) for span in spans])

    def _form(self, spelt: str) -> _WordForm:
        word = fold(spelt)
        return _WordForm(word, self._matcher.begins(word), self._misspelt.lookup(word) or "")

    def _lay_out(self, text: str) -> tuple[_Layout, Any]:
        parts = split_text(text)
        starts, ends, spelt = split_tokens(parts)
        forms = map(self._forms.__getitem__, spelt)
        words, begun, slips = zip(*forms, strict=True) if spelt else ((), (), ())
        matches = self._matcher(words, begun)
        sentences = split_sentences(text, self._lexicon.abbreviations)
        ranges = [(bisect_left(starts, s.start), bisect_left(starts, s.end)) for s in sentences]
        sentence_of, limits = _sentence_of(ranges, len(words))
        tokens = list(zip(starts, ends, strict=True))
        sections = resolve_sections(text, tokens, matches.titles, self._lexicon.extents)
        return _Layout(
            text=text,
            parts=parts,
            tokens=tokens,
            starts=starts,
            ends=ends,
            words=words,
            slips=[(i, name) for i, name in enumerate(slips) if name] if any(slips) else (),
            sentences=sentences,
            ranges=ranges,
            sentence_of=sentence_of,
            limits=limits,
            sections=sections,
            section_starts=[s.start for s in sections],
        ), matches

    def _drugs(self, layout: _Layout, matches: Sequence[TargetMatch]) -> list[DrugMention]:
        named = [
            (start, end, entry)
            for start, end, terms in layout.within_sentences(matches)
            if (entry := self._drug_entry(layout, start, end, terms))
        ]
        found = [_drug_mention(layout, start, end, entry) for start, end, entry in longest(named)]
        if layout.slips:
            covered = {i for start, end, _ in matches for i in range(start, end)}
            found += [
                _drug_mention(layout, i, i + 1, self._by_name[name].entry, misspelt=True)
                for i, name in layout.slips
                if i not in covered
            ]
            found.sort(key=lambda d: d.start)
        return found

    def _drug_entry(self, layout: _Layout, start: int, end: int, terms: tuple[Term[Any], ...]) -> DrugEntry | None:
        """Give the entry that fits the spelling and the words around, if any does."""
        term = _fitting(layout, start, end, terms)
        if term is None:
            return None
        entry: DrugEntry = term.entry
        if entry.by_context:
            first, last = layout.ranges[layout.sentence_of[start]]
            words = layout.words[first:last]
            if not self._lexicon.ambiguity.is_drug(" ".join(term.words), words, start - first, end - first):
                return None
        return entry

    def _events(
        self, layout: _Layout, matches: Sequence[TargetMatch], drugs: Sequence[DrugMention], patient: Patient
    ) -> list[_Told]:
        """Give event terms and abnormal laboratory values; a term inside a drug's name or a value's span gives way."""
        lexicon = self._lexicon
        labs = find_lab_values(layout.text, layout.tokens, lexicon.labs, patient.sex, patient.age, folded=layout.words)
        found = [
            _Told(v.start, v.end, layout.token_range(v.start, v.end), concept, v.grade, v.grade_source)
            for v in labs
            if (concept := lexicon.concepts.get(v.concept))
        ]
        taken = sorted([*((d.start, d.end) for d in drugs), *((v.start, v.end) for v in labs)])
        starts, reached = [start for start, _ in taken], list(accumulate((end for _, end in taken), max))
        named = [
            (start, end, term.entry)
            for start, end, terms in layout.within_sentences(matches)
            if (term := _fitting(layout, start, end, terms))
        ]
        for first, last, concept in longest(named):
            start, end = layout.starts[first], layout.ends[last - 1]
            before = bisect_right(starts, start)
            if before and reached[before - 1] >= end:
                continue
            sentence = layout.ranges[layout.sentence_of[first]]
            grade = grade_after(layout.words, last, sentence[1], lexicon.grades)
            severity = severity_near(layout.words, (first, last), sentence, lexicon.grades)
            found.append(_Told(start, end, (first, last), concept, grade, "texte" if grade else "", severity))
        found.sort(key=_start)
        return found

    def _assert(
        self, layout: _Layout, matches: Sequence[RuleMatch], spans: Sequence[tuple[int, int]]
    ) -> list[Decision]:
        """Decide the assertion of spans of tokens, one sentence at a time."""
        decisions = [unmodified(layout.section_of(start)) if start < end else PRESENT for start, end in spans]
        sentence_of = layout.sentence_of
        scoped = {sentence_of[start] for start, _, phrase in matches if phrase.kind.names}
        by_sentence: dict[int, list[int]] = {}
        for i, (start, end) in enumerate(spans):
            if start < end and sentence_of[start] in scoped:
                by_sentence.setdefault(sentence_of[start], []).append(i)
        for sentence, members in by_sentence.items():
            first, last = layout.ranges[sentence]
            inside = matches[bisect_left(matches, (first,)) : bisect_left(matches, (last,))]
            reached = modify([spans[i] for i in members], layout.as_spelt(inside), (first, last))
            for i, modifications in zip(members, reached, strict=True):
                if modifications:
                    start, end = spans[i]
                    at = start if self._is_quantified(layout, start, end, last) else None
                    decisions[i] = decide(modifications, layout.section_of(start), quantified_at=at)
        return decisions

    def _is_quantified(self, layout: _Layout, start: int, end: int, last: int) -> bool:
        """Tell whether a mention has a measured value or a grade.

        A number that more words follow is a quantity with its unit; the one of ``type 2`` is none.
        """
        if any(word[0].isdigit() for word in layout.words[start : end - 1]):
            return True
        return bool(grade_after(layout.words, end, last, self._lexicon.grades))


_start = itemgetter(0)


def _sentence_of(ranges: Sequence[tuple[int, int]], tokens: int) -> tuple[list[int], list[int]]:
    """Give the index of the sentence of each token, and the end of what a match that begins there may take in.

    A token between two sentences counts for the first of them.
    """
    found: list[int] = []
    limits: list[int] = []
    for index, (_, end) in enumerate(ranges):
        following = ranges[index + 1][0] if index + 1 < len(ranges) else tokens
        found += [index] * (following - len(found))
        limits += [end] * (end - len(limits))
        limits += range(len(limits) + 1, following + 1)
    return found, limits


def _cues(layout: _Layout, matches: Sequence[RuleMatch]) -> list[Cue]:
    """Give the cues of one table: the longest where they overlap."""
    starts, ends = layout.starts, layout.ends
    return [
        Cue(starts[first], ends[last - 1], phrase.id, phrase.category, first, last)
        for first, last, phrase in longest(layout.as_spelt(matches))
    ]


def _fitting(layout: _Layout, start: int, end: int, terms: tuple[Term[Any], ...]) -> Term[Any] | None:
    """Give the first of the terms of a phrase whose spelling fits; an exact spelling before a free one."""
    if len(terms) == 1 and terms[0].exact is None:
        return terms[0]
    text = layout.spelt(start, end)
    free = None
    for term in terms:
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


def _event_mention(told: _Told, decision: Decision) -> EventMention:
    concept = told.concept
    return EventMention(
        start=told.start,
        end=told.end,
        concept=concept.concept,
        label=concept.label,
        cim10=concept.cim10,
        group=concept.group,
        important=concept.important,
        assertion=decision.assertion,
        assertion_rule=decision.rule,
        grade=told.grade,
        grade_source=told.grade_source,
        severity=told.severity,
        generic=concept.generic,
        special=concept.special,
    )

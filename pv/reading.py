"""A report as it was read: its units, mentions, cues and times, before drug and event are linked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from pv.model import Cue, DrugMention, EventMention, Patient, Section, Sentence, TimeExpression
from pv.text.tokens import token_at


@dataclass(frozen=True, slots=True)
class Reading:
    """One report's text and everything found in it, each list in the order of the text.

    ``tokens`` are (start, end) character offsets, ``words`` the folded form of each; sentences do not overlap; each
    character lies in one section. ``cues`` speak of cause, ``course`` of what was done with a drug and what
    became of an event. ``reporter`` says whether a health professional is named.
    """

    text: str
    tokens: Sequence[tuple[int, int]]
    words: Sequence[str]
    sentences: Sequence[Sentence]
    sections: Sequence[Section]
    drugs: Sequence[DrugMention] = ()
    events: Sequence[EventMention] = ()
    cues: Sequence[Cue] = ()
    course: Sequence[Cue] = ()
    times: Sequence[TimeExpression] = ()
    patient: Patient = field(default_factory=Patient)
    reporter: bool = False

    def sentence_index(self, offset: int) -> int:
        """Give the index of the sentence that holds the offset, or of the last one before it."""
        return max(0, bisect_right(self.sentences, offset, key=lambda s: s.start) - 1)

    def section_at(self, offset: int) -> Section:
        """Give the section that holds the offset."""
        return self.sections[max(0, bisect_right(self.sections, offset, key=lambda s: s.start) - 1)]

    def token_index(self, offset: int) -> int:
        """Give the index of the first token that ends after the offset; the number of tokens where there is none."""
        return token_at(self.tokens, offset)

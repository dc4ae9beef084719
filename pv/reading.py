"""A report as it was read: its units, mentions, cues and times, before drug and event are linked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from pv.model import Cue, DrugMention, EventMention, Patient, Section, Sentence, TimeExpression

Mention = DrugMention | EventMention | Cue | TimeExpression


@dataclass(frozen=True, slots=True)
class Reading:
    """One report's text and everything found in it, each list in the order of the text.

    ``starts`` and ``ends`` are the character offsets of the tokens, ``words`` the folded form of each; sentences do not
    overlap; each character lies in one section. ``cues`` speak of cause, ``course`` of what was done with a drug and
    what became of an event. ``reporter`` says whether a health professional is named.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
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
    _sentence_starts: Sequence[int] = field(init=False, repr=False, compare=False)
    _section_starts: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out the plain numbers in which places are looked up."""
        object.__setattr__(self, "_sentence_starts", [s.start for s in self.sentences])
        object.__setattr__(self, "_section_starts", [s.start for s in self.sections])

    def sentence_index(self, offset: int) -> int:
        """Give the index of the sentence that holds the offset, or of the last one before it."""
        return max(0, bisect_right(self._sentence_starts, offset) - 1)

    def section_at(self, offset: int) -> Section:
        """Give the section that holds the offset."""
        return self.sections[max(0, bisect_right(self._section_starts, offset) - 1)]

    def sections_of_sentences(self) -> list[str]:
        """Give the category of the section that each sentence begins in."""
        begun = [bisect_left(self._sentence_starts, start) for start in self._section_starts[1:]]
        ranges = zip([0, *begun], [*begun, len(self.sentences)], strict=True)
        return [s.category for s, (a, b) in zip(self.sections, ranges, strict=True) for _ in range(a, b)]

    def tokens_of(self, what: Mention) -> tuple[int, int]:
        """Give the range of the tokens that a mention, cue or time touches."""
        return bisect_right(self.ends, what.start), bisect_right(self.ends, what.end - 1) + 1

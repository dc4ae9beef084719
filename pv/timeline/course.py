"""The course of a report: its sentences in order, with the mentions, cues and times that each holds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar

from pv.model import Cue, DrugKind, DrugMention, EventMention, TimeExpression
from pv.reading import Reading
from pv.timeline.calendar import days_between, is_full
from pv.timeline.index import Index, identity, index_of

T = TypeVar("T")

# Tokens between two drugs of one enumeration: "carboplatine, étoposide et atézolizumab".
_ENUMERATION, _CLASS = 3, 6
# Rules of assertion by which an event that did occur is told to be over.
RESOLVED = "res."
_NONE: frozenset[str] = frozenset()
# ATC group of antineoplastic agents: protocols and "chimiothérapie" hold several of its subgroups.
_ANTINEOPLASTIC = "L01"


@dataclass(slots=True, eq=False)
class Spot(Generic[T]):
    """A mention, cue or time at tokens [first, last) of the report.

    ``kind`` is a cue's category without what it says of its object's place, and empty for what is no cue. Nobody
    changes a spot; that it is not frozen halves the time to make one, of which a report has hundreds.
    """

    what: T
    first: int
    last: int
    kind: str = ""

    def gap(self, other: Spot[Any]) -> int:
        """Give the number of tokens between two spots, 0 where they touch or overlap."""
        return max(0, other.first - self.last, self.first - other.last)


@dataclass(slots=True, eq=False)
class Passage:
    """One sentence: its section, its tokens [first, last), what it holds, each in order, and the kinds of its cues."""

    index: int
    section: str
    first: int
    last: int
    drugs: Sequence[Spot[DrugMention]]
    events: Sequence[Spot[EventMention]]
    cues: Sequence[Spot[Cue]]
    times: Sequence[Spot[TimeExpression]]
    kinds: frozenset[str]

    def of(self, *kinds: str) -> Sequence[Spot[Cue]]:
        """Give the cues of these categories; ``stop`` stands for ``stop:after`` and ``stop:before`` too."""
        if self.kinds.isdisjoint(kinds):
            return ()
        return [spot for spot in self.cues if spot.kind in kinds]

    def dates(self) -> list[Spot[TimeExpression]]:
        """Give the calendar dates that have a value, without dates of birth and times of day."""
        return [t for t in self.times if t.what.kind == "date" and t.what.value[:1].isdecimal() and not t.what.anchor]


@dataclass(frozen=True, slots=True)
class Course:
    """A report's sentences and folded words, and the day on which it was written or its stay began, where it tells.

    ``index`` says in which sentences a thing is told; ``answers`` holds what was worked out for one pair and serves
    others too.
    """

    passages: Sequence[Passage]
    words: Sequence[str]
    admission: str | None
    stay: bool
    index: Index
    answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def passage_at(self, reading: Reading, offset: int) -> Passage:
        """Give the sentence that holds an offset."""
        return self.passages[reading.sentence_index(offset)]

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Give what is worked out once a report under a key; no caller changes the answer."""
        if key not in self.answers:
            self.answers[key] = work()
        found: T = self.answers[key]
        return found

    def at(self, numbers: Iterable[int]) -> Iterator[Passage]:
        """Yield the sentences of these numbers."""
        return map(self.passages.__getitem__, numbers)


def once_a_drug(question: Callable[[Course, DrugMention], T]) -> Callable[[Course, DrugMention], T]:
    """Make a question about a drug of a report be worked out once, for all of its pairs.

    What the question looks at is what the drug is, not where it is mentioned.
    """

    @wraps(question)
    def answer(course: Course, drug: DrugMention) -> T:
        return course.once((question, identity(drug)), lambda: question(course, drug))

    return answer


def passages_of(reading: Reading) -> list[Passage]:
    """Lay out a reading sentence by sentence."""
    firsts = [bisect_right(reading.ends, s.start) for s in reading.sentences]
    at = reading.tokens_of
    drugs = _by_sentence(firsts, [Spot(d, *at(d)) for d in reading.drugs])
    events = _by_sentence(firsts, [Spot(e, *at(e)) for e in reading.events])
    cues = _by_sentence(firsts, [Spot(c, c.first, c.last, c.category.partition(":")[0]) for c in reading.course])
    times = _by_sentence(firsts, [Spot(t, *at(t)) for t in reading.times])
    kinds = [frozenset([cue.kind for cue in row]) if row else _NONE for row in cues]
    lasts = [*firsts[1:], len(reading.words)]
    sections = reading.sections_of_sentences()
    return list(map(Passage, range(len(firsts)), sections, firsts, lasts, drugs, events, cues, times, kinds))


def _by_sentence(firsts: Sequence[int], spots: Iterable[Spot[T]]) -> list[Sequence[Spot[T]]]:
    """Give the spots of each sentence, spots in order; ``firsts`` are the first tokens of the sentences."""
    rows: list[Sequence[Spot[T]]] = [()] * len(firsts)
    row: list[Spot[T]] = []
    for spot in spots:
        sentence = bisect_right(firsts, spot.first) - 1
        if not rows[sentence]:
            rows[sentence] = row = []
        row.append(spot)
    return rows


def course_of(reading: Reading, passages: Sequence[Passage]) -> Course:
    """Give the course of a reading that is laid out."""
    admission, stay = _admission(passages)
    return Course(passages, reading.words, admission, stay, index_of(passages))


# The day of admission or of the letter stands at the top, in a line of its own (tokens); no stay lasts longer (days).
_TOP, _LINE, _LONGEST = 12, 16, 400


def _admission(passages: Sequence[Passage]) -> tuple[str | None, bool]:
    """Give the first date told at the top beside an admission, else the letter's own; and whether it is a stay.

    A line of two dates and nothing else is a stay too: "Séjour du 11/12/2021 au 20/12/2021".
    """
    letter = None
    for passage in passages[:_TOP]:
        dates = [d.what.value for d in passage.dates()]
        if not dates or passage.section in ("antecedents", "histoire_de_la_maladie"):
            continue
        if not passage.kinds.isdisjoint(("hospitalised", "day_hospital")):
            return dates[0], "day_hospital" not in passage.kinds
        if _is_period(passage, dates):
            return dates[0], True
        if letter is None and passage.last - passage.first <= 2 * _TOP and not passage.events:
            letter = dates[0]
    return letter, False


def _is_period(passage: Passage, dates: Sequence[str]) -> bool:
    """Say whether a line of the head gives the two days of a stay, in order and close together."""
    if len(dates) != 2 or passage.drugs or passage.events or not all(is_full(d) for d in dates):
        return False
    first, last = passage.dates()
    days = days_between(*dates)
    return passage.last - passage.first <= _LINE and first.gap(last) <= 1 and days is not None and 0 < days <= _LONGEST


def enumeration(drugs: Sequence[Spot[DrugMention]], member: Spot[DrugMention]) -> list[Spot[DrugMention]]:
    """Give the drugs that stand in one row with a member, of those of its sentence.

    The members of a class may follow it at some distance: "une chimiothérapie de première ligne par carboplatine".
    """
    at = drugs.index(member)
    low = high = at
    while low > 0 and _are_joined(drugs[low - 1], drugs[low]):
        low -= 1
    while high + 1 < len(drugs) and _are_joined(drugs[high], drugs[high + 1]):
        high += 1
    return list(drugs[low : high + 1])


def _are_joined(a: Spot[DrugMention], b: Spot[DrugMention]) -> bool:
    reach = _CLASS if a.what.kind is DrugKind.CLASS and covers(a.what, b.what) else _ENUMERATION
    return a.gap(b) <= reach


def covers(wide: DrugMention, narrow: DrugMention) -> bool:
    """Say whether a class takes in another drug; any antineoplastic is one of a class of antineoplastics."""
    if wide.kind is not DrugKind.CLASS or not wide.atc:
        return False
    prefixes = _prefixes(wide.atc)
    if narrow.kind is DrugKind.PROTOCOL:
        return _ANTINEOPLASTIC in prefixes
    return any(code.startswith(prefixes) for code in narrow.atc.split())


@lru_cache(maxsize=10_000)
def _prefixes(atc: str) -> tuple[str, ...]:
    """Give the codes of a class, those of antineoplastics cut to their group."""
    return tuple(code[:3] if code.startswith(_ANTINEOPLASTIC) else code for code in atc.split())


@lru_cache(maxsize=10_000)
def _parts(inn: str) -> frozenset[str]:
    return frozenset(inn.split("/"))


def names(mention: DrugMention, drug: DrugMention) -> bool:
    """Say whether what is told of a mention is told of the drug: the drug itself, its class, a protocol that holds it.

    A class is also spoken of where one of its members is; a protocol is not where one of its substances is.
    """
    if mention.inn == drug.inn or covers(drug, mention):
        return True
    if mention.kind is DrugKind.CLASS:
        return covers(mention, drug)
    parts = _parts(drug.inn)
    return not (parts.isdisjoint(_parts(mention.inn)) and parts.isdisjoint(mention.substances))


@once_a_drug
def naming(course: Course, drug: DrugMention) -> Sequence[int]:
    """Give the numbers of the sentences that name the drug, in order."""
    index = course.index
    rows = [row for other, row in index.drugs.items() if names(index.mentions[other], drug)]
    return rows[0] if len(rows) == 1 else sorted(set().union(*rows))


def first_naming(course: Course, drug: DrugMention) -> int:
    """Give the number of the first sentence that names the drug; the number of sentences where none does."""
    return next(iter(naming(course, drug)), len(course.passages))


def around(course: Course, drug: DrugMention, reach: int, *categories: str) -> Iterator[Passage]:
    """Yield the sentences that name the drug, so many after each of these, and those with a cue of some categories."""
    numbers = set(course.index.with_cues(*categories))
    for number in naming(course, drug):
        numbers.update(range(number, min(number + reach + 1, len(course.passages))))
    return course.at(sorted(numbers))


def is_cyclic(drug: DrugMention) -> bool:
    """Say whether a drug is given in cures: an antineoplastic, or a protocol of them."""
    return drug.kind is DrugKind.PROTOCOL or any(code.startswith(_ANTINEOPLASTIC) for code in drug.atc.split())

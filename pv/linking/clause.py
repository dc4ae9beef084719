"""A sentence as a row of mentions and cues, and the ways in which rules look along it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from pv.model import Cue, DrugMention, EventMention, Sentence, TimeExpression
from pv.reading import Reading
from pv.timeline.course import Passage, Spot

# Tokens that may part two members of an enumeration: "nausées de grade 2 et vomissements".
_JOIN_REACH = 7
_JOINING = frozenset({"join", "with", "comma", "either", "hedge", "nominal", "time"})
_SMALL_WORDS = frozenset(
    {"negation", "join", "comma", "with", "other_agent", "by", "nominal", "reason", "purpose", "given", "drug_for"}
)


@dataclass(slots=True, eq=False)
class Item:
    """A mention or a cue at tokens [first, last) of the report; ``pointing`` where other words stand for it.

    ``category`` is ``drug``, ``event`` or the cue's category, and of ``drug``, ``event`` and ``cue`` one is not None.
    """

    first: int
    last: int
    what: DrugMention | EventMention | Cue
    category: str
    drug: DrugMention | None = None
    event: EventMention | None = None
    cue: Cue | None = None
    pointing: bool = False


@dataclass(slots=True, eq=False)
class Clause:
    """One sentence, its first token, its mentions and cues in order, and the categories that are among them."""

    index: int
    sentence: Sentence
    section: str
    first: int
    items: Sequence[Item]
    text: str
    categories: frozenset[str]

    def with_items(self, items: Sequence[Item]) -> Clause:
        """Give the same sentence with other mentions and cues."""
        return replace(self, items=items, categories=_categories(items))

    def spelt(self, item: Item) -> str:
        """Give the words of a mention or cue as the report has them."""
        return self.text[item.what.start : item.what.end]

    def of(self, *categories: str) -> Iterator[tuple[int, Item]]:
        """Yield the items of these categories with their place in the row."""
        if self.categories.isdisjoint(categories):
            return iter(())
        return ((i, item) for i, item in enumerate(self.items) if item.category in categories)

    def nearest(self, at: int, step: int, category: str, reach: int, passes: Callable[[Item], bool]) -> int | None:
        """Give the place of the nearest item of a category, looking from one place in one direction.

        ``reach`` bounds the tokens in between; ``passes`` says which other items may be looked past.
        """
        items = self.items
        origin = items[at]
        for i in range(at + 1, len(items)) if step > 0 else range(at - 1, -1, -1):
            item = items[i]
            distance = item.first - origin.last if step > 0 else origin.first - item.last
            if distance > reach:
                return None
            # What begins (looking back) or ends (looking on) with the origin is the origin seen as something else:
            # "toxicité" is an event and a cue.
            beyond = item.last > origin.last if step > 0 else item.first < origin.first
            if beyond and item.category == category:
                return i
            if distance >= 0 and not passes(item):
                return None
        return None

    def enumeration(self, at: int) -> list[int]:
        """Give the places of all members of the enumeration that the item at a place belongs to."""
        category = self.items[at].category
        members = [at]
        for step in (-1, 1):
            i = at
            while (found := self._next_member(i, step, category)) is not None:
                members.append(found)
                i = found
        return sorted(members)

    def _next_member(self, at: int, step: int, category: str) -> int | None:
        items, joined = self.items, False
        member = items[at]
        for i in range(at + 1, len(items)) if step > 0 else range(at - 1, -1, -1):
            item = items[i]
            gap = item.first - member.last if step > 0 else member.first - item.last
            if gap > _JOIN_REACH:
                return None
            if item.category == category:
                return i if joined or gap <= 1 else None
            if category == "drug" and item.event is not None and item.event.special:
                continue
            if item.category not in _JOINING or (item.category == "hedge" and category == "drug"):
                return None
            joined = joined or item.category in ("join", "with", "comma", "either")
        return None


_place = attrgetter("first", "last")


def _outside_mentions(items: Sequence[Item]) -> list[Item]:
    """Leave out small words inside a mention: the "non" of "aplasie non fébrile" says nothing of what is around it."""
    kept: list[Item] = []
    end = 0
    for item in items:
        if item.cue is None:
            end = max(end, item.last)
        elif item.last <= end and item.category in _SMALL_WORDS:
            continue
        kept.append(item)
    return kept


def _categories(items: Sequence[Item]) -> frozenset[str]:
    """Give the categories that there are: most rules ask for one that is not."""
    return frozenset([item.category for item in items])


def clauses(reading: Reading, passages: Sequence[Passage]) -> list[Clause]:
    """Give the clauses of a report that is laid out, one a sentence, in order."""
    items = [
        *[Item(d.first, d.last, d.what, "drug", d.what) for p in passages for d in p.drugs],
        *[Item(e.first, e.last, e.what, "event", None, e.what) for p in passages for e in p.events],
        *[Item(c.first, c.last, c, c.category, None, None, c) for c in reading.cues],
        *[_day(t) for p in passages for t in p.times if t.what.anchor],
    ]
    items.sort(key=_place)
    items = _outside_mentions(items)
    firsts = [item.first for item in items]
    found = []
    begin = 0
    for p, sentence in zip(passages, reading.sentences, strict=True):
        end = bisect_left(firsts, p.last, begin)
        row = items[begin:end]
        found.append(Clause(p.index, sentence, p.section, p.first, row, reading.text, _categories(row)))
        begin = end
    return found


def _day(time: Spot[TimeExpression]) -> Item:
    """Make a time that counts from something a cue of its own category."""
    cue = Cue(time.what.start, time.what.end, f"time:{time.what.anchor}", "time", time.first, time.last)
    return Item(time.first, time.last, cue, "time", None, None, cue)

"""How rules look along a sentence for the drugs and events that a cue joins, and what they make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pv.lexicon.knowledge import Knowledge
from pv.linking.clause import Clause, Item
from pv.linking.relation import Relation
from pv.model import Assertion, Certainty, DrugKind, EventMention, Link

# Reach, in tokens, from a cue to what it joins. An author leaves more room before a cue ("… probablement, selon le
# dermatologue, secondaire à") than after it ("secondaire à la prise, deux jours plus tôt, d'…").
BEFORE, AFTER = 12, 9
CLOSE, TOUCHING = 4, 2
# Tokens between a subject and its verb: "la quétiapine, à la posologie de …, serait responsable de".
SUBJECT = 16
ATTRIBUTED = "l'auteur attribue l'événement au médicament"
_HEDGE_REACH = 5
# Sentences over which a story goes on: an attribution means what was told in them.
_STORY = 3
_DOUBT = ("hedge", "either", "suspect", "role_hedged", "may_cause", "blamed_maybe")
# Of a first suspicion the author has most often gone on to another.
_TAKEN_BACK = 0.5
# Rules of assertion by which an event that did occur is told to be over.
RESOLVED = "res."
# Rules of assertion by which a whole statement is left open: with a cause in it, the doubt is about the cause.
_DOUBTS = frozenset({"hyp.question", "hyp.is_possible", "hyp.not_excluded", "hyp.not_excluded_back"})

_PAST_TO_DRUG = frozenset({
    "join", "with", "either", "hedge", "nominal", "by", "toxicity", "given", "begun", "after", "during", "under",
    "stop", "iatrogenic", "time", "drug_anaphor", "regimen_anaphor", "last_drug", "on", "effects", "reason", "purpose",
    "role", "role_hedged", "copula",
})  # fmt: skip
_STOPS_LOOK_FOR_EVENT = frozenset({"break", "drug", "event_drug", "drug_event", "may_cause", "deny", "procedure"})


@dataclass(slots=True, eq=False)
class Place:
    """A cue at its place in a sentence, what came before the sentence, and what is known of drugs.

    It is all that a rule may look at.
    """

    clause: Clause
    at: int
    item: Item
    previous: Sequence[Clause]
    knowledge: Knowledge

    def drugs_after(self, reach: int = AFTER, start: int | None = None) -> list[int]:
        """Give the enumeration of drugs that follows."""
        found = self.clause.nearest(self.at if start is None else start, 1, "drug", reach, passes_to_drug)
        return self.enumerated(found) if found is not None else []

    def drugs_before(self, reach: int = AFTER, passes: Callable[[Item], bool] | None = None) -> list[int]:
        """Give the enumeration of drugs that stands before, by default with no harm in between."""
        passes = passes or _passes_back_to_drug
        found = self.clause.nearest(self.at, -1, "drug", reach, passes)
        return self.enumerated(found) if found is not None else []

    def enumerated(self, drug: int) -> list[int]:
        """Give the members of an enumeration of drugs; a class word in apposition to its member gives way to it."""
        clause = self.clause
        members = clause.enumeration(drug)
        if len(members) == 1:
            return members
        codes = [d.atc for m in members if (d := clause.items[m].drug) is not None and d.kind is not DrugKind.CLASS]

        def stands_for_another(m: int) -> bool:
            word = clause.items[m].drug
            if word is None or word.kind is not DrugKind.CLASS or not word.atc:
                return False
            return any(code.startswith(tuple(word.atc.split())) for code in codes)

        return [m for m in members if not stands_for_another(m)]

    def events_before(self, reach: int = BEFORE, start: int | None = None) -> list[int]:
        """Give the enumeration of specific events before the cue."""
        at = self.at if start is None else start
        found = self.clause.nearest(at, -1, "event", reach, passes_to_event)
        return self.specific(e for e in self.clause.enumeration(found) if e < at) if found is not None else []

    def events_after(self, reach: int = AFTER, start: int | None = None) -> list[int]:
        """Give the enumeration of specific events after a place, by default the cue."""
        at = self.at if start is None else start
        found = self.clause.nearest(at, 1, "event", reach, passes_to_event)
        return self.specific(e for e in self.clause.enumeration(found) if e > at) if found is not None else []

    def all_events_after(self, start: int) -> list[int]:
        """Give every specific event from a place on, up to where the sentence turns to something else."""
        found: list[int] = []
        for i in range(start + 1, len(self.clause.items)):
            item = self.clause.items[i]
            if item.category in ("break", "given", "event_treated", "stop") or (
                item.drug and found and not item.pointing
            ):
                break
            if item.event and not item.event.generic:
                found.append(i)
        return found

    def specific(self, events: Iterable[int]) -> list[int]:
        """Leave out words for harm that do not say which."""
        return [e for e in events if (event := self.clause.items[e].event) is not None and not event.generic]

    def is_negated(self) -> bool:
        """Say whether a negation stands right before the cue: "n'est pas responsable de"."""
        return any(0 <= self.item.first - item.last <= TOUCHING for _, item in self.clause.of("negation"))

    def only_informs(self) -> bool:
        """Say whether the sentence only informs of what a drug may do."""
        return "information" in self.clause.categories

    def told_before(self, drugs: Sequence[int], *, far: bool = False) -> list[Item]:
        """Give the present events of the nearest sentence before that tells some, without what the drugs treat.

        ``far``: where these are none that the drugs are known for, a sentence further back may tell one that is.
        """
        nearest: list[Item] = []
        for back, clause in enumerate(reversed(self.previous)):
            if back >= _STORY and not far:
                break
            told = [item for item in clause.items if _is_told(item.event)]
            events = [item for item in told if item.event and not self._treat(drugs, item.event)]
            known = [item for item in events if item.event and self._may_do(drugs, item.event)]
            if known:
                return events if back < _STORY else known
            if events and not nearest and back < _STORY:
                nearest = events
        return nearest

    def may_be_blamed(self, event: int) -> bool:
        """Say whether the event's own name leaves room for a drug as its cause."""
        mention = self.clause.items[event].event
        return mention is not None and self.knowledge.may_be_blamed(mention)

    def is_improving(self, event: int) -> bool:
        """Say whether a word before the event tells that it is going: "régression des lésions"."""
        first = self.clause.items[event].first
        return any(0 <= first - item.last <= CLOSE for _, item in self.clause.of("improving"))

    def treats_any(self, drugs: Sequence[int], event: int) -> bool:
        """Say whether one of the drugs is given for the event."""
        mention = self.clause.items[event].event
        return mention is not None and self._treat(drugs, mention)

    def _may_do(self, drugs: Sequence[int], event: EventMention) -> bool:
        return any(
            (drug := self.clause.items[d].drug) is not None and self.knowledge.reactions.holds(drug, event)
            for d in drugs
        )

    def _treat(self, drugs: Sequence[int], event: EventMention) -> bool:
        return any(
            (drug := self.clause.items[d].drug) is not None and self.knowledge.indications.holds(drug, event)
            for d in drugs
        )

    def relate(
        self,
        drugs: Sequence[int],
        events: Sequence[int] | Sequence[Item],
        link: Link,
        confidence: float,
        reason: str,
        cue: int | None = None,
        *,
        resolved: Link | None = None,
    ) -> Iterator[Relation]:
        """Yield the relation of every drug with every event, each as its own assertion turns it.

        Events told in an earlier sentence are given as items; the passage then begins there. ``resolved`` is the link
        of an event told to be over, where it is not ``link``: who "is responsible for the end of" a thing treats it.
        """
        if not drugs or not events:
            return
        clause = self.clause
        chosen = [clause.items[e] if isinstance(e, int) else e for e in events]
        cue_item = clause.items[self.at if cue is None else cue]
        here = [e for e in events if isinstance(e, int)]
        spans = [cue_item, *(clause.items[i] for i in (*drugs, *here))]
        doubtful = is_hedged(clause, spans)
        start = min([clause.sentence.start, *(item.what.start for item in chosen)])
        if link is Link.STATED and is_taken_back(clause, spans, cue_item):
            confidence *= _TAKEN_BACK
        for d in drugs:
            for item in chosen:
                drug, event = clause.items[d].drug, item.event
                turned = _turned(event, link, resolved or link) if event else None
                if drug is None or event is None or turned is None:
                    continue
                yield Relation(
                    drug=drug,
                    event=event,
                    link=turned,
                    rule=cue_item.cue.rule if cue_item.cue else "nom_de_l_evenement",
                    cue=cue_item.cue,
                    start=start,
                    end=clause.sentence.end,
                    confidence=confidence,
                    reason=reason,
                    certainty=_certainty(turned, doubtful=doubtful),
                )


def _passes_back_to_drug(item: Item) -> bool:
    # "le lithium, surdosé, rend compte de": an overdose is told of the drug, not instead of it.
    return item.category != "break" and (item.event is None or item.event.special)


def passes_to_drug(item: Item) -> bool:
    """Say whether a look for a drug after a cue may pass this item: not a harm, nor a turn of the sentence."""
    special = item.event is not None and item.event.special
    return special or item.category in _PAST_TO_DRUG


def passes_to_event(item: Item) -> bool:
    """Say whether a look for an event may pass this item."""
    return item.pointing or item.category not in _STOPS_LOOK_FOR_EVENT


def overlaps(a: Item, b: Item) -> bool:
    """Say whether two items share a token."""
    return a.first < b.last and b.first < a.last


def is_hedged(clause: Clause, spans: Sequence[Item]) -> bool:
    """Say whether a word of doubt stands among or next to the items."""
    if clause.categories.isdisjoint(_DOUBT):
        return False
    low, high = min(s.first for s in spans), max(s.last for s in spans)
    return any(low - _HEDGE_REACH <= item.first and item.last <= high + CLOSE for _, item in clause.of(*_DOUBT))


def is_taken_back(clause: Clause, spans: Sequence[Item], cue: Item) -> bool:
    """Say whether a suspicion is told as the first one only, and so not the last: "a d'abord été attribuée à"."""
    if "at_first" not in clause.categories:
        return False
    low, high = min(s.first for s in spans), max(s.last for s in spans)
    return any(
        low - _HEDGE_REACH <= item.first <= high + _HEDGE_REACH
        and (cue.category in ("event_drug", "culprit", "suspect") or _is_before_doubt(clause, item))
        for _, item in clause.of("at_first")
    )


def _is_before_doubt(clause: Clause, opening: Item) -> bool:
    return any(0 <= item.first - opening.last <= _HEDGE_REACH for _, item in clause.of("hedge", "suspect"))


def _is_told(event: EventMention | None) -> bool:
    return event is not None and event.assertion is Assertion.PRESENT and not event.generic


def _turned(event: EventMention, link: Link, resolved: Link) -> Link | None:
    """Give the link that remains once the event's assertion is heard; None where nothing is said of this patient."""
    if link is not Link.STATED:
        return link
    if event.assertion_rule.startswith(RESOLVED):
        return resolved
    if event.assertion is Assertion.NEGATED:
        return Link.DENIED
    if event.assertion is Assertion.HYPOTHETICAL and event.assertion_rule in _DOUBTS:
        return link
    if event.assertion in (Assertion.HYPOTHETICAL, Assertion.OTHER):
        return None
    return link


def _certainty(link: Link, *, doubtful: bool) -> Certainty | None:
    if link is not Link.STATED:
        return None
    return Certainty.HEDGED if doubtful else Certainty.ASSERTED

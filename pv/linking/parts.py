"""Signs of an attributed diagnosis: they are part of it, and no pairs of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pv.linking.relation import Relation
from pv.model import Assertion, EventMention, Link


def part_relations(
    relations: Iterable[Relation], events: Sequence[EventMention], components: Mapping[str, frozenset[str]]
) -> list[Relation]:
    """Give the relations of a culprit drug to the signs of the diagnosis it is held responsible for.

    ``components`` gives, for a diagnosis, the concepts that are signs of it.
    """
    found: list[Relation] = []
    seen: set[tuple[str, str]] = set()
    first = {e.concept: i for i, e in reversed([*enumerate(events)]) if e.assertion is Assertion.PRESENT}
    for relation in relations:
        signs = components.get(relation.event.concept, frozenset())
        if relation.link not in (Link.STATED, Link.TEMPORAL) or not signs:
            continue
        for event in (events[i] for i in sorted(first[sign] for sign in signs if sign in first)):
            key = (relation.drug.inn, event.concept)
            if key not in seen:
                seen.add(key)
                found.append(
                    Relation(
                        drug=relation.drug,
                        event=event,
                        link=Link.PART,
                        rule=f"part:{relation.event.concept}",
                        cue=relation.cue,
                        start=min(relation.start, event.start),
                        end=max(relation.end, event.end),
                        confidence=relation.confidence,
                        reason=f"signe de : {relation.event.label}",
                        current=relation.current,
                    )
                )
    return found

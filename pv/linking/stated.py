"""What the cues of one sentence state: each category of linking rules has one function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pv.lexicon.knowledge import Knowledge
from pv.linking import causes, culprits, others, stops
from pv.linking.clause import Clause
from pv.linking.look import Place
from pv.linking.relation import Relation

Rule = Callable[[Place], Iterator[Relation]]

# Rules by which a sentence may speak of the events of those before it.
_BACK: Mapping[str, tuple[Rule, ...]] = {
    "event_drug": (causes.event_drug,),
    "because": (causes.event_drug,),
    "culprit": (culprits.culprit,),
    "blamed": (culprits.blamed,),
    "blamed_maybe": (culprits.perhaps_blamed,),
    "suspect": (culprits.suspect,),
    "role": (culprits.role,),
    "role_hedged": (culprits.likely_role,),
    "toxicity": (causes.toxicity,),
    "on": (causes.toxicity,),
    "effects": (causes.effects,),
    "rechallenge_positive": (stops.rechallenge,),
    "deny_before": (others.deny_before,),
}
# Rules that join what one sentence names.
_WITHIN: Mapping[str, tuple[Rule, ...]] = {
    "event": (causes.named_within,),
    "open_participle": (causes.open_participle, causes.drug_induced),
    "cause_is": (culprits.cause_is,),
    "leads_to": (stops.stop_after_event,),
    "drug_event": (causes.drug_event,),
    "course_of": (causes.course_of,),
    "may_cause": (causes.may_cause,),
    "between": (culprits.between,),
    "nominal": (causes.nominal,),
    "post": (causes.post,),
    "under": (causes.under,),
    "occurred_under": (causes.occurred_under,),
    "weak_context": (causes.weak_context,),
    "iatrogenic": (causes.iatrogenic,),
    "time": (causes.day_of_cure, others.dated),
    "stop": (stops.stop, stops.better_without),
    "restart": (stops.relapse,),
    "replace": (stops.replaced,),
    "after": (others.after,),
    "during": (others.after,),
    "before": (others.before,),
    "patient_under": (others.patient_under,),
    "event_treated": (stops.stop_after_event, others.event_treated),
    "given": (others.given,),
    "purpose": (others.purpose,),
    "drug_for": (others.drug_for,),
    "not_cause": (others.not_cause,),
    "deny": (others.deny,),
}
_RULES = {**_BACK, **_WITHIN}
CATEGORIES = frozenset(_RULES)


def stated_relations(clause: Clause, previous: Sequence[Clause], knowledge: Knowledge) -> Iterator[Relation]:
    """Yield what the cues of one sentence state of its drugs; ``previous`` are the sentences that it may point back to.

    No rule joins an event with a drug of another sentence.
    """
    table = _RULES if "event" in clause.categories else _BACK
    for at, item in enumerate(clause.items):
        if rules := table.get(item.category):
            place = Place(clause, at, item, previous, knowledge)
            for rule in rules:
                yield from rule(place)

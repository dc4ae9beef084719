"""What the cues of one sentence state: each category of linking rules has one function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pv.lexicon.knowledge import Knowledge
from pv.linking import causes, culprits, others, stops
from pv.linking.clause import Clause
from pv.linking.look import Place
from pv.linking.relation import Relation

Rule = Callable[[Place], Iterator[Relation]]

_RULES: Mapping[str, tuple[Rule, ...]] = {
    "event": (causes.named_within,),
    "event_drug": (causes.event_drug,),
    "because": (causes.event_drug,),
    "open_participle": (causes.open_participle, causes.drug_induced),
    "cause_is": (culprits.cause_is,),
    "leads_to": (stops.stop_after_event,),
    "drug_event": (causes.drug_event,),
    "course_of": (causes.course_of,),
    "culprit": (culprits.culprit,),
    "blamed": (culprits.blamed,),
    "blamed_maybe": (culprits.perhaps_blamed,),
    "suspect": (culprits.suspect,),
    "role": (culprits.role,),
    "role_hedged": (culprits.likely_role,),
    "may_cause": (causes.may_cause,),
    "between": (culprits.between,),
    "toxicity": (causes.toxicity,),
    "on": (causes.toxicity,),
    "effects": (causes.effects,),
    "nominal": (causes.nominal,),
    "post": (causes.post,),
    "under": (causes.under,),
    "occurred_under": (causes.occurred_under,),
    "weak_context": (causes.weak_context,),
    "iatrogenic": (causes.iatrogenic,),
    "rechallenge_positive": (stops.rechallenge,),
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
    "deny_before": (others.deny_before,),
}
CATEGORIES = frozenset(_RULES)


def stated_relations(clause: Clause, previous: Sequence[Clause], knowledge: Knowledge) -> Iterator[Relation]:
    """Yield what the cues of one sentence state; ``previous`` are the sentences that "ce tableau" may point back to."""
    for at, item in enumerate(clause.items):
        if rules := _RULES.get(item.category):
            place = Place(clause, at, item, previous, knowledge)
            for rule in rules:
                yield from rule(place)

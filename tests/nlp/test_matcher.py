"""The matcher: every term is found however it is spelt, cues and titles beside them, the longest kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.lexicon.expansion import expand
from pv.lexicon.rules import ContextRule
from pv.lexicon.terms import DrugEntry, EventConcept, Term, fold_phrase
from pv.model import DrugKind
from pv.nlp.matcher import LexiconMatcher, Matches, blank_french, context_rules, longest
from pv.text.folding import strip_accents
from pv.text.tokens import tokenize

DRUG_PATTERNS = ["sunitinib", "5-FU", "anti-TNF", "acide acétylsalicylique", "vitamine B12", "médicament{|eux}"]
EVENT_PATTERNS = [
    "{syndrome de |}Lyell",
    "coagulation intravasculaire disséminée",
    "œdème de Quincke",
    "éruption(s) cutanée(s)",
    "nausées{| matinales}",
    "créée",
    "saignement à l'œil",
    "dose à 5,5 mg/m²",
]
DRUGS = [phrase for pattern in DRUG_PATTERNS for phrase in expand(pattern)]
EVENTS = [phrase for pattern in EVENT_PATTERNS for phrase in expand(pattern)]


def rule(name: str, category: str, *phrases: str, direction: str = "forward") -> ContextRule:
    return ContextRule(name, category, direction, tuple(map(fold_phrase, phrases)), 5, 2, frozenset(), "", {})


def drug(phrase: str) -> Term[DrugEntry]:
    return Term(fold_phrase(phrase), DrugEntry(phrase, DrugKind.SUBSTANCE, "", (), monitored=False))


def event(phrase: str, concept: str | None = None) -> Term[EventConcept]:
    return Term(fold_phrase(phrase), EventConcept(concept or phrase, phrase, "", "", important=False))


NLP = blank_french()
MATCHER = LexiconMatcher(
    NLP,
    drugs=[drug(p) for p in DRUGS],
    events=[*(event(p) for p in EVENTS), event("Nausée", "other")],
    assertion=[rule("pas_de", "negated", "pas de", "absence de")],
    linking=[rule("secondaire_a", "cause", "secondaire à", direction="bidirectional")],
    course=[rule("arret", "stop", "arrêt de")],
    titles=[(fold_phrase("Antécédents"), "antecedents")],
)
NLP.tokenizer.freeze()


def find(text: str) -> Matches:
    return MATCHER(NLP.make_doc(text))


def spans(text: str, matches: list) -> list[str]:
    tokens = tokenize(text)
    return [text[tokens[m.start][0] : tokens[m.end - 1][1]] for m in matches]


SPELLINGS = {
    "as written": str,
    "capitals": str.upper,
    "lower case": str.lower,
    "without accents": strip_accents,
    "hyphens": lambda t: re.sub(r"(?<=\w) (?=\w)", "-", t),
    "non-breaking hyphens": lambda t: t.replace("-", "\u2011"),
    "line breaks": lambda t: t.replace(" ", "\n"),
    "windows line breaks": lambda t: t.replace(" ", "\r\n"),
    "typographic apostrophes": lambda t: t.replace("'", "’"),
    "ligatures apart": lambda t: t.replace("œ", "oe").replace("Œ", "OE"),
}


@pytest.mark.parametrize("phrase", EVENTS)
@given(respell=st.lists(st.sampled_from(sorted(SPELLINGS)), max_size=3))
def test_a_term_is_found_however_it_is_spelt(phrase: str, respell: list[str]):
    spelt = phrase
    for name in respell:
        spelt = SPELLINGS[name](spelt)
    text = f"Survenue ce jour, {spelt} (contrôle)."
    assert spelt in spans(text, find(text).events)


@pytest.mark.parametrize("phrase", DRUGS)
@pytest.mark.parametrize("respell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_drug_is_found_however_it_is_spelt(phrase: str, respell):
    text = f"Prise de {respell(phrase)}."
    assert respell(phrase) in spans(text, find(text).drugs)


@pytest.mark.parametrize(
    "text", ["sunitinibe", "Lyellien", "hypernausées", "acide", "coagulation disséminée", "cutanée éruption", "12"]
)
def test_what_is_no_term(text: str):
    found = find(text)
    assert found.events == []
    assert found.drugs == []


def test_each_kind_goes_to_its_list():
    text = "Antécédents : pas de nausées. Lyell secondaire à sunitinib. Arrêt de 5FU."
    found = find(text)
    assert spans(text, found.drugs) == ["sunitinib", "5FU"]
    assert spans(text, longest(found.events)) == ["nausées", "Lyell"]
    assert [m.rule.id for m in (*found.assertion, *found.linking, *found.course)] == [
        "pas_de",
        "secondaire_a",
        "arret",
    ]
    assert found.titles == [(0, 1, "antecedents")]


def test_terms_that_share_a_phrase_come_together():
    (match,) = find("des nausées").events
    assert [t.entry.concept for t in match.terms] == ["nausées", "other"]


def test_matches_come_in_the_order_of_the_text_the_longer_first():
    text = "syndrome de Lyell, nausées matinales"
    assert spans(text, find(text).events) == ["syndrome de Lyell", "Lyell", "nausées matinales", "nausées"]


def test_a_rule_keeps_what_its_row_says():
    (first, second) = context_rules([rule("x", "negated", "pas de", "absence de")], "assertion")
    assert [first.literal, second.literal] == ["pas de", "absence de"]
    assert (first.category, first.direction, first.max_scope, first.max_targets) == ("NEGATED", "FORWARD", 5, 2)
    assert (first.metadata["id"], first.metadata["table"]) == ("x", "assertion")


@dataclass(frozen=True)
class Span:
    start: int
    end: int


@pytest.mark.parametrize(
    ("given_spans", "kept"),
    [
        ([], []),
        ([(0, 1), (0, 3)], [(0, 3)]),
        ([(0, 2), (1, 3)], [(0, 2)]),
        ([(1, 3), (0, 2)], [(0, 2)]),
        ([(0, 2), (1, 5), (4, 6)], [(1, 5)]),
        ([(3, 4), (0, 1)], [(0, 1), (3, 4)]),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
    ],
)
def test_longest(given_spans: list[tuple[int, int]], kept: list[tuple[int, int]]):
    assert longest([Span(*s) for s in given_spans]) == [Span(*k) for k in kept]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda t: Span(t[0], t[0] + t[1]))))
def test_longest_leaves_nothing_out_that_would_fit(found: list[Span]):
    kept = longest(found)
    taken = [i for k in kept for i in range(k.start, k.end)]
    assert len(taken) == len(set(taken))
    assert taken == sorted(taken)
    assert all(not set(taken).isdisjoint(range(s.start, s.end)) for s in found)

"""The matcher: every term is found however it is spelt, cues and titles beside them, the longest kept."""

from __future__ import annotations

import re

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from medspacy.common.medspacy_matcher import MedspacyMatcher
from medspacy.target_matcher import TargetRule
from spacy.tokens import Doc

from pv.lexicon.expansion import expand
from pv.lexicon.rules import ContextRule
from pv.lexicon.terms import DrugEntry, EventConcept, Term, fold_phrase
from pv.model import DrugKind
from pv.nlp.matcher import LexiconMatcher, Matches, context_rules, longest
from pv.text.folding import fold, strip_accents
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


MATCHER = LexiconMatcher(
    drugs=[drug(p) for p in DRUGS],
    events=[*(event(p) for p in EVENTS), event("Nausée", "other")],
    assertion=[rule("pas_de", "negated", "pas de", "absence de")],
    linking=[rule("secondaire_a", "cause", "secondaire à", direction="bidirectional")],
    course=[rule("arret", "stop", "arrêt de")],
    titles=[(fold_phrase("Antécédents"), "antecedents")],
)


def words_of(text: str) -> list[str]:
    return [fold(text[start:end]) for start, end in tokenize(text)]


def find(text: str) -> Matches:
    return MATCHER(words_of(text))


def spans(text: str, matches: list) -> list[str]:
    tokens = tokenize(text)
    return [text[tokens[start][0] : tokens[end - 1][1]] for start, end, _ in matches]


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
    assert [phrase.id for _, _, phrase in (*found.assertion, *found.linking, *found.course)] == [
        "pas_de",
        "secondaire_a",
        "arret",
    ]
    assert found.titles == [(0, 1, "antecedents")]


def test_terms_that_share_a_phrase_come_together():
    ((_, _, terms),) = find("des nausées").events
    assert [t.entry.concept for t in terms] == ["nausées", "other"]


def test_matches_come_in_the_order_of_the_text_the_shorter_first():
    text = "syndrome de Lyell, nausées matinales"
    assert spans(text, find(text).events) == ["syndrome de Lyell", "Lyell", "nausées", "nausées matinales"]


def test_a_phrase_that_goes_on_at_the_end_of_the_text_is_not_found():
    assert find("coagulation intravasculaire").events == []


def test_its_words_are_those_of_the_phrases():
    held = {word for phrase in (*DRUGS, *EVENTS) for word in fold_phrase(phrase)}
    assert held < MATCHER.words
    assert MATCHER.words - held == {"pas", "absence", "secondaire", "a", "arret", "de", "antecedent"} - held


@given(st.lists(st.sampled_from(sorted({*MATCHER.words, "autre"})), max_size=12))
def test_it_finds_what_medspacys_matcher_finds(words: list[str]):
    nlp = spacy.blank("xx")
    doc = Doc(nlp.vocab, words=words)
    matcher = MedspacyMatcher(nlp, prune=False)
    literals = {" ".join(fold_phrase(p)) for p in (*DRUGS, *EVENTS)}
    matcher.add([TargetRule(literal, "X", pattern=[{"ORTH": w} for w in literal.split()]) for literal in literals])
    found = MATCHER(words)
    own = sorted((start, end) for start, end, _ in (*found.drugs, *found.events))
    assert own == sorted((start, end) for _, start, end in matcher(doc))


def test_a_rule_keeps_what_its_row_says():
    (first, second) = context_rules([rule("x", "negated", "pas de", "absence de")], "assertion")
    assert [first.literal, second.literal] == ["pas de", "absence de"]
    assert (first.category, first.direction, first.max_scope, first.max_targets) == ("NEGATED", "FORWARD", 5, 2)
    assert (first.metadata["id"], first.metadata["table"]) == ("x", "assertion")


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
    assert longest([(*s, "") for s in given_spans]) == [(*k, "") for k in kept]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda t: (t[0], t[0] + t[1], ""))))
def test_longest_leaves_nothing_out_that_would_fit(found: list[tuple[int, int, str]]):
    kept = longest(found)
    taken = [i for start, end, _ in kept for i in range(start, end)]
    assert len(taken) == len(set(taken))
    assert taken == sorted(taken)
    assert all(not set(taken).isdisjoint(range(start, end)) for start, end, _ in found)

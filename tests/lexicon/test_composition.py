"""Composed event terms: each rule gives its example, labels meet the listed concepts, mistakes are named."""

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.composition import (
    COMPOSITION_COLUMNS,
    MOST_COMPOSED,
    ComposedTerm,
    Composition,
    Part,
    compose,
    concept_id,
    load_compositions,
    load_parts,
)
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import load_macros
from pv.lexicon.terms import fold_phrase

LEXICONS = lexicon_dir()
RULES = tuple(load_compositions(LEXICONS / "event_compositions.csv"))
PARTS = tuple(load_parts(LEXICONS / "event_parts.csv"))
GROUPS = {
    "sang", "cardiaque", "vasculaire", "respiratoire", "digestif", "hépatobiliaire", "rénal et urinaire", "peau",
    "système nerveux", "psychiatrique", "œil", "oreille", "endocrinien", "métabolisme", "musculosquelettique",
    "immunitaire", "infection", "général", "reproduction", "grossesse et périnatalité", "congénital", "examens",
    "tumeur", "blessure et intoxication", "situation particulière",
}  # fmt: skip


@pytest.fixture(scope="module")
def terms() -> tuple[ComposedTerm, ...]:
    return tuple(compose(RULES, PARTS, load_macros(LEXICONS / "macros.csv")))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_gives_its_example(rule: Composition, terms: tuple[ComposedTerm, ...]) -> None:
    own = {fold_phrase(term.phrase) for term in terms if term.rule == rule.id}
    assert fold_phrase(rule.example) in own


def test_the_phrases_are_few_distinct_and_whole(terms: tuple[ComposedTerm, ...]) -> None:
    words = [fold_phrase(term.phrase) for term in terms]
    assert len(set(words)) == len(words) <= MOST_COMPOSED
    assert not [t.phrase for t in terms if "' " in t.phrase or set("[]{}|") & set(t.phrase) or len(t.phrase) < 5]


def test_one_concept_has_one_label_and_a_known_group(terms: tuple[ComposedTerm, ...]) -> None:
    labels: dict[str, set[str]] = {}
    for term in terms:
        labels.setdefault(term.concept_id, set()).add(term.label)
    assert not {i: found for i, found in labels.items() if len(found) > 1}
    assert {term.group for term in terms} <= GROUPS


@pytest.mark.parametrize(
    ("phrase", "concept", "group"),
    [
        ("douleurs lombaires", "douleur_lombaire", "musculosquelettique"),
        ("saignements digestifs", "hemorragie_digestive", "digestif"),
        ("insuffisance rénale aiguë", "insuffisance_renale_aigue", "rénal et urinaire"),
        ("défaillance hépato-cellulaire aiguë", "insuffisance_hepatique_aigue", "hépatobiliaire"),
        ("rash maculo-papuleux", "eruption_maculopapuleuse", "peau"),
        ("augmentation marquée de la bilirubine", "hyperbilirubinemie", "hépatobiliaire"),
        ("chute des plaquettes", "thrombopenie", "sang"),
        ("neuropathie sensitivo-motrice", "neuropathie_sensitivo_motrice", "système nerveux"),
        ("cardiopathie toxique", "cardiopathie_toxique", "cardiaque"),
        ("toxicité hématologique", "toxicite_hematologique", "sang"),
        ("troubles de la déglutition", "trouble_de_la_deglutition", "digestif"),
        ("thrombose de la veine porte", "thrombose_de_la_veine_porte", "vasculaire"),
    ],
)
def test_a_phrase_names_its_concept(phrase: str, concept: str, group: str, terms: tuple[ComposedTerm, ...]) -> None:
    found = [(t.concept_id, t.group) for t in terms if fold_phrase(t.phrase) == fold_phrase(phrase)]
    assert found == [(concept, group)]


def test_a_rule_takes_label_code_group_and_importance_from_the_part() -> None:
    rule = Composition("r", "perte <de>[s:of]|[s] perdu", "perte [s]", "[s]", "[s]", "[s]", "x")
    parts = [Part("s", "du sel", "sel", "u sel", "E87.1", "métabolisme", important=True), Part("s", "d'eau", "eau")]
    assert list(compose([rule], parts, {"de": ("d",)})) == [
        ComposedTerm("perte du sel", "perte_du_sel", "perte du sel", "E87.1", "métabolisme", True, "r"),
        ComposedTerm("sel perdu", "perte_du_sel", "perte du sel", "E87.1", "métabolisme", True, "r"),
        ComposedTerm("eau perdu", "perte_d_eau", "perte d'eau", "", "", False, "r"),
    ]


def test_an_apostrophe_is_joined_to_its_noun() -> None:
    rule = Composition("r", "ulcère <de> [s]", "ulcère", "", "digestif", "no", "x")
    assert [t.phrase for t in compose([rule], [Part("s", "", "œil")], {"de": ("de l'",)})] == ["ulcère de l'œil"]


def test_the_first_rule_that_gives_a_phrase_counts() -> None:
    rules = [Composition(i, f"mal {p}", i, "", "général", "no", "x") for i, p in (("a", "Été"), ("b", "{ete|ici}"))]
    assert [(t.phrase, t.rule) for t in compose(rules, [], {})] == [("mal Été", "a"), ("mal ici", "b")]


@pytest.mark.parametrize(
    ("pattern", "label", "reason"),
    [
        ("mal [nulle_part]", "mal", "no set nulle_part"),
        ("mal", "mal [s]", "no set s in its pattern"),
        ("mal {de [s]", "mal", "not closed"),
        ("mal [s:of]", "mal", "gives no phrase"),
    ],
)
def test_a_broken_rule_is_refused(pattern: str, label: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(compose([Composition("r", pattern, label, "", "général", "no", "x")], [Part("s", "", "tête")], {}))


def test_too_many_phrases_are_refused() -> None:
    parts = [Part("s", "", f"site {i}") for i in range(MOST_COMPOSED + 1)]
    with pytest.raises(ValueError, match="list the concepts"):
        list(compose([Composition("r", "mal [s]", "mal", "", "général", "no", "x")], parts, {}))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["r,mal [s],mal,,général,peut-être,x,usage"], "t.csv:2: column important"),
        (["r,mal [s],mal,,général,no,x,usage"] * 2, "t.csv:3: rule r stands twice"),
        (["r,mal [s],mal,,général,no,,usage"], "t.csv:2: column example is empty"),
    ],
)
def test_a_mistake_in_the_table_is_named(tmp_path: Path, rows: list[str], reason: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text("\n".join([",".join(COMPOSITION_COLUMNS), *rows]) + "\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=reason):
        list(load_compositions(table))


def test_a_concept_id_is_its_label_without_accents_and_signs() -> None:
    assert concept_id("œdème de l'œil (côté droit)") == "oedeme_de_l_oeil_cote_droit"

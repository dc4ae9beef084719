"""Names that are drugs only in some contexts: the rules as data, and how they are weighed."""

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.paths import lexicon_dir
from pv.text.ambiguity import COLUMNS, WINDOW, AmbiguityRules, Rule, load, marked_name

RULES = load(lexicon_dir() / "drug_context.csv")


def decide(rules: AmbiguityRules, marked: str) -> bool:
    words, start, end = marked_name(marked)
    return rules.is_drug(" ".join(words[start:end]), words, start, end)


def says_drug(rule: Rule) -> bool:
    return rule.kind.value.startswith(("usually", "drug"))


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda r: r.id)
def test_each_rule_decides_its_example(rule: Rule) -> None:
    assert decide(RULES, rule.example) is says_drug(rule)


@pytest.mark.parametrize("rule", [r for r in RULES.rules if r.counter_example], ids=lambda r: r.id)
def test_each_rule_leaves_its_counter_example(rule: Rule) -> None:
    assert decide(RULES, rule.counter_example) is not says_drug(rule)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda r: r.id)
def test_an_example_marks_a_name_of_its_rule(rule: Rule) -> None:
    words, start, end = marked_name(rule.example)
    assert not rule.names or " ".join(words[start:end]) in rule.names


DRUGS = [
    "Elle est sous <calcium> et vitamine D depuis l'été.",
    "Un traitement par <fer> a été débuté.",
    "Arrêt du <potassium> à la sortie.",
    "<Potassium> 600 mg x 3 par jour.",
    "<Calcium> (1 g par jour) et alfacalcidol.",
    "<Zinc> per os pendant un mois.",
    "Introduction de l'<insuline> lente le soir.",
    "<Vitamine D> 100 000 UI tous les trois mois.",
    "Il prenait de la <vitamine B12> en injection.",
    "Allergie à l'<albumine> humaine.",
    "<IPP> au long cours pour un reflux.",
    "Traitée par <AZA> puis infliximab.",
    "Six bolus de <CTX> pour une néphropathie.",
    "3 cycles d'<EC> avant la chirurgie.",
    "Perfusion de <glucose> à 30 % en urgence.",
    "Relais par <héparine> le lendemain de la pose.",
    "Toxidermie au <zinc> retenue.",
    "Instauration de <dopamine> à 5 gamma/kg/min.",
]
NO_DRUGS = [
    "Le <calcium> est à 2,61 mmol/l.",
    "<Calcium> : 2,61 mmol/L.",
    "<Fer> sérique à 4 µmol/L.",
    "Carence en <fer> chez une femme réglée.",
    "<Potassium> 5,9 mmol/L ce matin.",
    "Dosage du <magnésium> demandé.",
    "<Vitamine D> à 11 ng/mL.",
    "Résistance à l'<insuline> documentée.",
    "Sous <oxygène> à 3 litres par minute.",
    "<Albumine> à 21 g/L.",
    "<Glucose> à jeun normal.",
    "Récepteurs de la <somatostatine> exprimés.",
    "Tube prélevé sur <héparine> de lithium.",
    "Raideur de l'<IPP> de l'index gauche.",
    "<EP> segmentaire droite au scanner.",
    "Le <cortisol> de 8 heures était effondré.",
    "Taux de <folates> normal.",
    "Auto-anticorps anti-<insuline> positifs.",
]


@pytest.mark.parametrize("marked", DRUGS)
def test_is_a_drug(marked: str) -> None:
    assert decide(RULES, marked)


@pytest.mark.parametrize("marked", NO_DRUGS)
def test_is_no_drug(marked: str) -> None:
    assert not decide(RULES, marked)


def test_a_cue_outside_the_window_counts_for_nothing() -> None:
    near = ["sou", *["mot"] * (WINDOW - 1), "per", "os", "calcium"]
    assert RULES.is_drug("calcium", near, len(near) - 1, len(near))
    far = ["per", "os", *["mot"] * WINDOW, "calcium"]
    assert not RULES.is_drug("calcium", far, len(far) - 1, len(far))


def test_a_name_without_rules_is_a_drug_only_by_a_cue() -> None:
    assert RULES.is_drug("mauve", ["infusion", "de", "mauve"], 2, 3)
    assert not RULES.is_drug("mauve", ["peau", "mauve"], 1, 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,calcium,drug_before,,sous <calcium>,,usage", "needs one"),
        ("a,calcium,usually,sous,sous <calcium>,,usage", "has none"),
        ("a,calcium,sometimes,sous,sous <calcium>,,usage", "is not one of"),
        ("a,*,never,,sous <calcium>,,usage", "for given names"),
        ("a,calcium,drug_before,sous,sous calcium,,usage", "marks one name"),
        ("a,calcium,drug_before,sous,sous c<alci>um,,usage", "whole words"),
        ("a,calcium,drug_before,un deux trois quatre cinq six sept,sous <calcium>,,usage", "one to"),
        ("a,calcium,usually,,sous <calcium>,,usage\na,fer,usually,,sous <fer>,,usage", "stands twice"),
    ],
)
def test_a_broken_row_is_refused_with_its_place(tmp_path: Path, row: str, reason: str) -> None:
    (tmp_path / "macros.csv").write_text("name,alternatives,source\n", encoding="utf-8")
    (tmp_path / "drug_context.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"drug_context\.csv:\d+: .*{reason}"):
        load(tmp_path / "drug_context.csv")

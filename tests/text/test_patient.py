"""Age and sex of the patient: a table of invented openings of reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import Row, read_table
from pv.text.patient import find_patient, load_patient_words

TABLE = lexicon_dir() / "patient_words.csv"
WORDS = load_patient_words(TABLE)
SEX_ROLES = {"F": "F", "M": "M", "patient F": "F", "hint F": "F", "hint M": "M"}

CASES = [
    # titles
    ("Madame N., 71 ans, consulte pour une toux.", 71, "F"),
    ("Mme N. 71 ans, consulte pour une toux.", 71, "F"),
    ("MME DURAND, 71 ANS, HOSPITALISEE POUR UNE TOUX.", 71, "F"),
    ("Mlle N., 19 ans, étudiante.", 19, "F"),
    ("Mademoiselle N. (19 ans) est vue ce jour.", 19, "F"),
    ("Monsieur R., 58 ans, est hospitalisé.", 58, "M"),
    ("Mr R., 58 ans, est hospitalisé.", 58, "M"),
    ("Mr. R., 58 ans, est vu ce jour.", 58, "M"),
    ("M. D., 45 ans, est vu ce jour.", 45, "M"),
    ("M. D., âgé de 45 ans.", 45, "M"),
    ("M.Dubois, 45 ans, est vu ce jour.", 45, "M"),
    # words for a person
    ("Une femme de 40 ans se présente aux urgences.", 40, "F"),
    ("Un homme de 40 ans se présente aux urgences.", 40, "M"),
    ("Une patiente de 64 ans.", 64, "F"),
    ("Un patient de 64 ans.", 64, "M"),
    ("Patient de 64ans.", 64, "M"),
    ("Une dame de 88 ans vivant en EHPAD.", 88, "F"),
    ("Jeune fille de 16 ans.", 16, "F"),
    ("Un adolescent de 15 ans.", 15, "M"),
    ("Une adolescente de 15 ans.", 15, "F"),
    ("Parturiente de 29 ans au terme de 38 SA.", 29, "F"),
    ("Le patient est une femme de 62 ans.", 62, "F"),
    ("Identité du patient : Mme K., 54 ans.", 54, "F"),
    ("Sexe : F. Âge : 33 ans.", 33, "F"),
    ("Sexe : M  Age : 33 ans", 33, "M"),
    # agreement alone
    ("Âgée de 50 ans, hypertendue.", 50, "F"),
    ("Hospitalisé pour une fièvre.", None, "M"),
    ("Hospitalisée 3 jours pour une fièvre.", None, "F"),
    # children
    ("Nourrisson de 7 mois de sexe masculin.", 0.58, "M"),
    ("Nourrisson de sexe féminin, âgé de 7 mois.", 0.58, "F"),
    ("Un nouveau-né de 12 jours, de sexe masculin.", 0.03, "M"),
    ("Une prématurée de 3 semaines, de sexe féminin.", 0.06, "F"),
    ("Une fille de 18 mois.", 1.5, "F"),
    ("Garçon de 2,5 ans.", 2.5, "M"),
    ("L'enfant K., 9 ans, est adressé pour une éruption.", 9, None),
    ("L'enfant K., âgé de 9 ans.", 9, "M"),
    ("Bébé de 4 mois.", 0.33, None),
    # relatives
    ("Le patient, accompagné de sa mère, est vu ce jour. Il a 30 ans.", 30, "M"),
    ("Accompagnée de son mari, 66 ans, la patiente, 61 ans, décrit une toux.", 61, "F"),
    ("Sa fille appelle. Monsieur R., 82 ans, est confus.", 82, "M"),
    ("Vit avec sa femme. Patient de 70 ans.", 70, "M"),
    ("Nouveau-né de sexe masculin, d'une mère de 28 ans, âgé de 12 jours.", 0.03, "M"),
    ("Nourrisson amené par sa mère, 34 ans. Sexe : M. Âge : 7 mois.", 0.58, "M"),
    ("Patient de 41 ans, père d'une fille de 8 ans.", 41, "M"),
    ("Père d'une petite fille de 8 ans, le patient a 41 ans.", 41, "M"),
    ("Le médecin adresse son patient, 60 ans.", 60, "M"),
    ("Le médecin adresse sa patiente, 60 ans.", 60, "F"),
    # colleagues
    ("Cher Monsieur, je vous remercie de m'avoir adressé Mme N., 71 ans.", 71, "F"),
    ("Chère Madame, j'ai vu Monsieur R., 58 ans.", 58, "M"),
    ("Madame, Monsieur,\nMonsieur R., 58 ans, a été vu.", 58, "M"),
    ("Madame le Docteur B., j'ai vu Monsieur R., 58 ans.", 58, "M"),
    ("Service du Dr M. Petit. Mme N., 71 ans.", 71, "F"),
    ("Service du Pr M. Petit. Patiente de 71 ans.", 71, "F"),
    # numbers that are not the patient's age
    ("Patient hospitalisé pendant 2 ans, âgé de 41 ans.", 41, "M"),
    ("Patiente, ménopausée à l'âge de 48 ans, 63 ans ce jour.", 63, "F"),
    ("Mme N. fume depuis 20 ans.", None, "F"),
    ("Mme N. est suivie depuis 3 mois.", None, "F"),
    ("Mme N. revient après 5 jours de fièvre.", None, "F"),
    ("Mme N., fièvre 3 jours, 71 ans.", 71, "F"),
    ("Homme suivi depuis plus de 10 ans, âgé de 55 ans.", 55, "M"),
    ("Monsieur R. est vu dans un hôpital vieux de 150 ans.", None, "M"),
    # nothing told
    ("Compte rendu de biologie : plaquettes 90 G/L.", None, None),
    ("Taille 1,70 m. Il pèse 70 kg.", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "age", "sex"), CASES, ids=[c[0][:50] for c in CASES])
def test_opening(text: str, age: float | None, sex: str | None):
    patient = find_patient(text, WORDS)
    assert (patient.age, patient.sex) == (age, sex)


@pytest.mark.parametrize("text", [c[0] for c in CASES if c[1] is not None])
def test_accents_and_case_do_not_matter_but_for_a_stop(text: str):
    expected = find_patient(text, WORDS)
    assert find_patient(text.replace("é", "e").replace("Â", "A"), WORDS) == expected
    if "M." not in text and "M.D" not in text:
        assert find_patient(text.upper(), WORDS).age == expected.age


def test_an_introduction_late_in_the_letter_gives_the_age():
    text = "Monsieur R. est adressé pour avis. " + "Le bilan est sans particularité. " * 10 + "Patient de 66 ans."
    assert find_patient(text, WORDS).age == 66


def test_only_the_top_is_read():
    assert find_patient("x " * 1_000 + "Madame N., 71 ans.", WORDS).sex is None


ROWS = list(read_table(TABLE, ("word", "tells", "example", "source")))


@pytest.mark.parametrize("row", [r for r in ROWS if r["tells"] in SEX_ROLES], ids=lambda r: r["word"])
def test_every_sex_word_is_found_in_its_example(row: Row):
    assert row["word"].lower() in row["example"].lower().replace(" : ", " ")
    assert find_patient(row["example"], WORDS).sex == SEX_ROLES[row["tells"]]


@pytest.mark.parametrize("row", [r for r in ROWS if r["tells"] == "not an age"], ids=lambda r: r["word"])
def test_a_number_after_such_a_word_is_no_age(row: Row):
    assert find_patient("Madame N. " + row["example"], WORDS).age is None


def test_an_unknown_role_is_refused_with_its_line(tmp_path: Path):
    table = tmp_path / "patient_words.csv"
    table.write_text("word,tells,example,source\nfemme,F,Une femme.,usage\nans,siècles,3 ans,usage\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"patient_words\.csv:3: column tells: 'siècles'"):
        load_patient_words(table)

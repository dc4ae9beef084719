"""What names a person is found, and what only looks like it stays: eponyms, drugs, values, dates of the course.

In a passage <…> marks what must be found; nothing else may be.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.lexicon.paths import lexicon_dir
from pv.text.identifier_tables import load_identifier_rules, plain
from pv.text.identifiers import check_identifier_rules, find_identifiers, unmarked, valid_nir

RULES = load_identifier_rules(lexicon_dir())

COLUMNS = ("example", "counter_example", "term", "terms", "label", "phrase", "pattern")

FOUND = {
    "title and two names": "Monsieur <Bastien> <ORVELLE> a été hospitalisé le 16/04/2019.",
    "short title": "J'ai revu M. <Kelbani> sous isoniazide.",
    "several doctors": "Avis de MM. <Durand> et <Petit>, des Drs <A>. <Roux> et <Lenoir>.",
    "bare title with an initial": "Vu par M <A>. <Roux> ce jour.",
    "title without a stop": "Ce jour M <KELBANI>, 39 ans, tousse.",
    "name repeated without its title": "Mme <Solveig> <TANCARVAL>. Nausées : <Tancarval> arrête le nivolumab.",
    "name first, then first name": "Mme <TANCARVAL> <Solveig>, 63 ans, sous SUTENT.",
    "initials": "Avis du Dr <J>.-<P>. <Roux> ce jour.",
    "hyphens and apostrophes": "Mlle <Anne>-<Lise> <N>'<Diaye> va mieux.",
    "particles stay": "Mme de la <Roncière> et M. Le <Goff> sont vus.",
    "typographic apostrophe and narrow blank": "Mme\u202f<Anne>\u00a0d’<Alembert> est sortie.",
    "accents and ligature": "Mme <Zoé> <Lœwenstein>-<Élie> est vue.",
    "doctor": "Avis du Pr <Quesnoy> et du docteur <Amaury> <Lebrun>.",
    "everything in capitals, comma": "MADAME <GEORGETTE> <FAUCILLON>, 87 ANS, VIT SEULE.",
    "everything in capitals, running": "MADAME <FAUCILLON> CHUTE SOUS ZOPICLONE.",
    "record head": "Nom : <DURAND>\nPrénom : <Paul>\nSexe : M",
    "head with two names": "Patient : <Jean> <DURAND>\nMotif : fièvre",
    "head with title": "Patiente : Mlle <Capucine> <VERNHET>, 24 ans",
    "newborn with a first name": "Nouveau-né : <Éloi>, né le <05/01/2020> à 38 SA + 4 j.",
    "maiden name": "Mme <Petit> née <Lambert> est enceinte.",
    "name before date of birth": "<Solveig> <TANCARVAL> née le <03/05/1960>.",
    "name and age": "<TANCARVAL> <Solveig>, 63 ans, nausées.",
    "birth in words": "Née le <3 mai 1960>, elle reçoit du sunitinib depuis le 4 mars 2019.",
    "birth by its abbreviation": "DDN : <03/05/60>, vue le 04/03/19.",
    "birth in brackets after the name": "M. <Bastien> <ORVELLE> (<14/08/1956>) tousse.",
    "birth with the place": "Né le <14.08.1956> à <Saint-Brieuc>.",
    "ISO birth": "Date de naissance : <1956-08-14>",
    "street, code and town": "Vit au <12 bis, rue des Lilas, 44000 Nantes> avec sa fille.",
    "street alone": "Chute devant le <3 place de la République>, ce jour.",
    "address after its head": "Adresse : <4 hameau du Bas, 29000 Quimper>\nMotif : chute",
    "town on its line": "M. <Orvelle>\n<44000 Nantes Cedex 2>\n",
    "telephone numbers": "Rappeler au <06 12 34 56 78>, au <02.40.11.22.33> ou au <+33 6 12 34 56 78>.",
    "short number after its head": "Tél : <02 40 11>",
    "e-mail": "Écrire à <anne.durand@exemple.fr>.",
    "register number": "NIR <2 84 05 78 006 084 90>.",
    "register number without its head": "Assurée <284057800608490>, sous SUTENT.",
    "register number of Corsica": "N° SS : <1 61 03 2A 123 456>.",
    "record number": "IPP : <8001234567>, NDA n° <190234567>.",
    "record number in groups": "IPP : <80 012 345 67>",
    "a name that is a word": "Mme <PETIT> tousse. Un petit œdème ; vue avec <Petit>. Petit œdème.",
}
KEPT = [
    "Une maladie de Crohn sous infliximab.",
    "Un syndrome de Lyell sous lamotrigine, un syndrome de Stevens-Johnson.",
    "Maladie de Basedow, thyroïdite de Hashimoto, score de Glasgow à 15.",
    "M. Parkinson sous lévodopa ; M. de Horton sous corticoïdes ; M. Waldenström.",
    "Signe de Babinski, œdème de Quincke, syndrome de Guillain-Barré, de Gougerot-Sjögren.",
    "Score de Child-Pugh B8, classification de Forrest, test de Coombs positif.",
    "Cher Monsieur, Chère Madame, Madame, Monsieur,",
    "Monsieur le Professeur, Madame la Directrice, Monsieur le Maire.",
    "Madame, Votre patiente sort ce jour.",
    "Le patient Parkinsonien est ralenti.",
    "Patient : Homme de 54 ans, hypertendu.",
    "Patient : Hypertendu, diabétique de type 2.",
    "Patiente sous Taxol et Herceptin depuis le 03/05/2019.",
    "Le 14/08/2019, plaquettes à 90 G/L ; né à terme ; née prématurément.",
    "Hospitalisé du 16/04/2019 au 25/04/2019, sorti le 3 mai 2019.",
    "IPP 40 mg le soir ; IPP : 20 mg x 2 ; IPP depuis 2015 ; IPP 12/03/2019.",
    "Vaccin COMIRNATY, lot n° 0612345678, lot ABC12345.",
    "GB 12500, plaquettes 45000, 12500 Plaquettes.\n12500 Plaquettes\n",
    "2e place du sunitinib, 3 cours de chimiothérapie, 1 route thérapeutique.",
    "Pose de 2 voies veineuses, 12 allées et venues, une cité.",
    "Dossier du 19/08/2020 arrivée 06h25, poste de travail.",
    "T2 N0 M0, stade M1, groupe M, sérum M.",
    "Tuberculose à M. tuberculosis, M. avium et M. Kansasii.",
    "INR 9,4 ; TP 62 % ; 1 140 UI/L ; 0,3 G/L ; TA 142/81 ; pH 7,32.",
    "Le 01.02.2019 et le 03.04.2019 ; 01/02/03/04.",
    "Le Dr et le Pr sont d'accord. PR allongé à 240 ms.",
    "POUMON DR OPAQUE, BRAS DR FROID.",
    "Code 284057800608491 : la clé est fausse.",
    "Anti-CCP et anti-M2 positifs, CA 15-3 @ 30.",
]


@pytest.mark.parametrize("passage", FOUND.values(), ids=FOUND.keys())
def test_what_names_a_person_is_found(passage: str):
    text, spans = unmarked(passage)
    assert spans
    assert [text[i.start : i.end] for i in find_identifiers(text, RULES)] == [text[a:b] for a, b in spans]
    assert [(i.start, i.end) for i in find_identifiers(text, RULES)] == spans


@pytest.mark.parametrize("passage", KEPT)
def test_what_only_looks_like_it_stays(passage: str):
    assert [passage[i.start : i.end] for i in find_identifiers(passage, RULES)] == []


def test_spans_of_drugs_and_events_stay_whatever_the_rules_say():
    text = "Mme Taxol, M. Roux."
    assert [text[i.start : i.end] for i in find_identifiers(text, RULES)] == ["Taxol", "Roux"]
    assert [text[i.start : i.end] for i in find_identifiers(text, RULES, keep=[(4, 9)])] == ["Roux"]


# Tables whose examples name people, invented ones.
NAMING = {"abbreviations.csv", "identifier_rules.csv", "identifier_words.csv", "patient_words.csv",
          "reporter_words.csv", "sections.csv", "time_patterns.csv"}  # fmt: skip


@pytest.mark.parametrize(
    "path", [p for p in sorted(lexicon_dir().glob("*.csv")) if p.name not in NAMING], ids=lambda p: p.stem
)
def test_no_name_of_a_drug_or_event_and_no_example_sentence_is_taken_for_a_person(path: Path):
    """33,000 names and sentences of clinical French, each as a line of its own."""
    with path.open(encoding="utf-8", newline="") as handle:
        cells = [row[c] for row in csv.DictReader(handle) for c in COLUMNS if row.get(c)]
    text = "\n".join(line for cell in cells for line in re.sub(r"[<>]|\|(?=\w+>)", "", cell).split("|"))
    assert [text[i.start : i.end] for i in find_identifiers(text, RULES)] == []


def test_kinds():
    text = "Mme Roux, née le 03/05/1960, 3 rue Basse, 06 12 34 56 78, a@b.fr, IPP 8001234567"
    kinds = [i.kind for i in find_identifiers(text, RULES)]
    assert kinds == ["name", "birth", "address", "phone", "email", "record"]


def test_every_rule_finds_its_example_and_no_more():
    check_identifier_rules(lexicon_dir())
    assert len({r.row["example"] for r in RULES.rules}) == len(RULES.rules)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("284057800608490", True),
        ("284057800608491", False),
        ("2 84 05 78 006 084 90", True),
        ("28405780060849", False),
        ("1 61 03 2A 123 456 33", 97 - 1610319123456 % 97 == 33),
        ("abc", False),
    ],
)
def test_key_of_the_national_register(number: str, valid: bool):
    assert valid_nir(number) is valid


@given(st.text(alphabet=st.sampled_from("éàÉŒœ’ \u00a0aZM.-\n0123456789@:,()née Dr Mme") | st.characters()))
def test_spans_lie_in_the_text_in_order_and_apart(text: str):
    found = find_identifiers(text, RULES)
    assert len(plain(text)) == len(text)
    ends = [0, *(i.end for i in found)]
    assert all(before <= i.start < i.end <= len(text) for before, i in zip(ends, found, strict=False))


def test_time_does_not_explode_with_the_text():
    # Patterns with several repetitions are where a regular expression may take for ever.
    for hard in (
        "Mme " + "A" * 20_000,
        "A. " * 5_000,
        "né " * 5_000,
        "1 " * 10_000,
        "Aa " * 10_000,
        "a@" + "b." * 9_000,
    ):
        find_identifiers(hard, RULES)

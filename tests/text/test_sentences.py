"""Sentences: a table of invented notes, ``‖`` where one sentence ends and the next begins."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from counted_text import Counted
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.errors import LexiconError
from pv.text import sentences as module
from pv.text.sentences import load_abbreviations, split_sentences

TABLE = Path(__file__).parents[2] / "lexicons" / "abbreviations.csv"
ABBREVIATIONS = load_abbreviations(TABLE)

CASES = {
    # stops
    "two sentences": "Patiente apyrétique. ‖Pas de toux.",
    "one sentence": "Patiente apyrétique.",
    "no final stop": "Patiente apyrétique",
    "lower case after a stop": "pas de fièvre. ‖pas de toux.",
    "digit after a stop": "Sortie le matin. ‖3 jours plus tard, rechute.",
    "question": "Embolie pulmonaire ? ‖Angioscanner demandé.",
    "question without space": "Embolie pulmonaire? ‖Angioscanner demandé.",
    "question goes on": "Origine infectieuse ? iatrogène plutôt.",
    "question in brackets": "Rash (viral ?) depuis hier.",
    "question before a comma": "Rash viral ?, prurit net.",
    "exclamation": "Ne plus prescrire ! ‖Allergie prouvée.",
    "question and exclamation": "Refus de soins ?! ‖Avis demandé.",
    "stop and quotation": "Elle dit « je vais mieux. » ‖Sortie prévue.",
    "stop and straight quotation": 'Elle dit "je vais mieux." ‖Sortie prévue.',
    "stop and bracket": "Arrêt du produit (voir plus haut.) ‖Sortie prévue.",
    "stop glued to a word": "Pas de fièvre.‖Le transit est normal.",
    "stop glued after a bracket": "Bonne tolérance (OMS).‖Poursuite prévue.",
    "stop glued to a unit": "Kardégic 75 mg.‖Arrêt demain.",
    "semicolon": "Hb 9 g/dl ; plaquettes normales ; créatinine stable.",
    "colon": "Conclusion : toxidermie probable.",
    "stop before a comma": "Sorti le 3., revu le 5.",
    "several spaces": "Sortie demain.   ‖Contrôle à un mois.",
    "no-break space": "Sortie demain.\u00a0‖Contrôle à un mois.",
    # ellipses
    "ellipsis goes on": "Nausées, vertiges... depuis hier.",
    "ellipsis ends": "Nausées, vertiges... ‖Le bilan est normal.",
    "ellipsis sign goes on": "Nausées, vertiges… depuis hier.",
    "ellipsis sign ends": "Nausées, vertiges… ‖Le bilan est normal.",
    "ellipsis in brackets": "Bilan (NFS, CRP...) sans anomalie.",
    "ellipsis for a cut": "Traitée par paclitaxel [...] puis docétaxel.",
    "ellipsis at the end": "Patient fatigué...",
    # numbers and dates
    "decimal with comma": "Créatinine à 8,5 mg/l. ‖Urée normale.",
    "decimal with stop": "Kaliémie à 2.9 mmol/l. ‖ECG normal.",
    "ends with a number": "Hémoglobine à 7. ‖Transfusion faite.",
    "ends with a decimal": "Hémoglobine à 7.5. ‖Transfusion faite.",
    "date with stops": "Vue le 12.03.2024 pour rash.",
    "date ends the sentence": "Vue le 12.03.2024. ‖Rash étendu.",
    "short date": "Vue le 12.03. ‖Rash étendu.",
    "spaced date": "Vue le 12. 03. 2024 pour rash.",
    "spaced date, two digits": "Vue le 12. 03. 24 pour rash.",
    "hour": "Vu à 8 h. du matin.",
    "temperature": "T° 38.5. ‖Frissons.",
    "version number": "Grade selon CTCAE v5.0. ‖Arrêt du produit.",
    "day of a cycle": "Fièvre à J8. ‖Aplasie à J10.",
    "ordinal": "La 2e cure. ‖La 3e cure.",
    "thousands": "Plaquettes à 12.000. ‖Purpura diffus.",
    # abbreviations
    "doctor": "Vue par le Dr. Roux hier. ‖Rien à signaler.",
    "professor": "Avis du Pr. Roux demandé.",
    "sir": "Nous avons revu M. Petit ce jour.",
    "two gentlemen": "MM. Petit et Roux sont prévenus.",
    "sir at the start": "M. Petit est sorti. ‖Il va bien.",
    "lady": "Courrier de Mme. Petit reçu.",
    "cf": "Rash diffus, cf. photographies. ‖Arrêt du produit.",
    "Cf at the start": "Cf. Courrier joint.",
    "that is": "Deux fois par jour, c.-à-d. matin et soir. ‖Bonne observance.",
    "that is, capital": "Deux fois par jour, c.-à-d. Matin et soir.",
    "for example": "Un AINS, p. ex. ibuprofène. ‖Arrêt conseillé.",
    "for example, brand": "Un AINS, p. ex. Advil, est à éviter.",
    "for example, glued": "Un AINS, p.ex. Advil, est à éviter.",
    "mg a day": "Prednisone 20 mg/j. pendant cinq jours.",
    "mg a day ends": "Prednisone 20 mg/j. ‖Sortie demain.",
    "etc goes on": "Nausées, vertiges, etc. depuis hier.",
    "etc ends": "Nausées, vertiges, etc. ‖Bilan demandé.",
    "et al": "Décrit par Roux et al. dans une série.",
    "page": "Voir p. 3 du dossier. ‖Merci.",
    "figure": "Voir fig. 2 ci-jointe.",
    "article": "Selon l'art. 12 du code.",
    "lower word in place of a number": "Scanner fig. ‖Normal.",
    "versus": "Placebo vs. Taxol dans cet essai.",
    "intravenous": "Morphine i.v. en continu.",
    "intravenous, spaced": "Morphine i. v. en continu.",
    "acronym with stops ends": "Adressé par le S.A.M.U. ‖Patient stable.",
    "acronym with stops goes on": "Une H.T.A. sévère est connue.",
    "species": "Hémocultures à E. coli sensibles. ‖Relais oral.",
    "species, staphylococcus": "Portage de S. aureus connu.",
    "month": "Opéré en sept. dernier.",
    "species unknown": "Candida spp. dans les selles.",
    "abbreviation in brackets": "Un antalgique (p. ex. du paracétamol) suffit.",
    "abbreviation after an elision": "Suite à l'hosp. de mars, rechute.",
    "anterior": "Hypokinésie de la paroi ant. du cœur.",
    "capitals are not an abbreviation": "Bilan de la PAN. ‖Biopsie faite.",
    "abbreviation at the end": "Sirop, 1 c. à s.",
    "word like an abbreviation": "Le patient va au lit. ‖Il dort.",
    "blank line after an abbreviation": "Prednisone 20 mg/j.\n\n‖pas de toux",
    # initials
    "initial after a title": "Vue par le Dr A. Roux hier.",
    "double initial": "Vue par le Dr J.-P. Roux hier.",
    "two initials": "Vue par Mme A. B. Roux hier.",
    "initial after par": "Opérée par A. Roux en mars.",
    "initial at the start": "A. Roux, 45 ans, consulte. ‖Rash diffus.",
    "not an initial": "Porteur d'une hépatite B. ‖Bilan stable.",
    "not an initial: vitamin": "Carence en vitamine K. ‖Apport prescrit.",
    "initials of a patient": "Patiente T.Z. vue ce jour.",
    # lists
    "hyphen list": "- HTA\n‖- diabète\n‖- asthme",
    "hyphen list, glued": "-HTA\n‖-diabète",
    "hyphen list after a colon": "Traitement :\n‖- Taxol\n‖- Herceptin",
    "bullet list": "• HTA\n‖• diabète",
    "dash list": "– HTA\n‖– diabète",
    "star list": "* HTA\n‖* diabète",
    "numbers with a bracket": "1) HTA\n‖2) diabète",
    "numbers with a stop": "1. HTA\n‖2. Diabète\n‖3. Asthme",
    "number with a stop, sentence": "1. HTA connue. ‖Bien équilibrée.\n‖2. Diabète.",
    "nested numbers": "1.1. HTA\n‖1.2. Diabète",
    "letters with a bracket": "a) HTA\n‖b) diabète",
    "numbers with a degree": "1°) HTA\n‖2°) diabète",
    "roman numbers": "I. Anamnèse\n‖II. Examen",
    "several sentences in an item": "- Toux. ‖Fièvre.\n‖- Rash.",
    "item goes on": "- Scanner thoracique : mise en évidence d'un aspect de\n  verre dépoli\n‖- ECG",
    "semicolon ends a line": "Hb 9 g/dl ;\n‖plaquettes 20 G/L ;\n‖créatinine stable",
    "open bullet": "o HTA\n‖o Diabète",
    "arrow": "→ arrêt du Taxol\n‖→ contrôle à J8",
    "list after a preposition": "Patiente traitée par\n‖- Taxol\n‖- Herceptin",
    "hyphen inside a line": "HTA - diabète - asthme",
    # headings
    "heading alone": "Examen clinique\n‖Abdomen souple.",
    "heading with a colon": "Évolution :\n‖favorable sous corticoïdes",
    "heading in capitals": "ANTECEDENTS\n‖HTA",
    "heading in capitals after prose": "Sortie le lendemain après une nuit de surveillance\n‖CONCLUSION GENERALE",
    "heading and text on a line": "Évolution : favorable. ‖Sortie le 3.",
    "heading before blank lines": "Conclusion\n\n‖Toxidermie au cotrimoxazole",
    "heading after a comma": "Traitée par Taxol,\n‖Évolution :\n‖favorable",
    # lines
    "statements": "Pas de fièvre\n‖Pas de toux\n‖Abdomen souple",
    "statements in lower case": "pas de fièvre\n‖pas de toux\n‖abdomen souple",
    "drugs": "Bisoprolol 5 mg matin\n‖Eliquis 5 mg matin et soir\n‖Tahor 20 mg",
    "windows lines": "Pas de fièvre\r\n‖Pas de toux\r\n\r\n‖Abdomen souple",
    "old mac lines": "Pas de fièvre\r‖Pas de toux",
    "blank line": "Pas de fièvre\n\n‖pas de toux",
    "blank line with spaces": "Pas de fièvre\n   \n‖pas de toux",
    "form feed": "Pas de fièvre\f‖Pas de toux",
    "long statements": "Auscultation cardiaque sans souffle ni frottement, mollets souples et indolores\n"
    "‖Abdomen souple, pas de défense\n‖Pas de déficit sensitivomoteur",
    "capital after a comma": "Pas d'anorexie, pas d'asthénie,\n‖Pas d'adénopathie palpée",
    "lower case after a comma": "Pas d'anorexie,\npas d'asthénie",
    "number and unit over a blank line": "potassium 3,8 mmol/l, calcium 2,6\n\nmmol/l, protéines 85 g/l",
    "preposition over a blank line": "Hospitalisation pour une suspicion de\n\ntoxidermie bulleuse",
    "wrapped prose": "Cette patiente de soixante ans a été hospitalisée en mars dernier\n"
    "pour une éruption fébrile survenue dix jours après le début d'un\n"
    "traitement par cotrimoxazole. ‖Le bilan retrouve une éosinophilie et\n"
    "une cytolyse hépatique. ‖Le traitement a été arrêté le jour même.",
    "wrapped before a capital": "Cette patiente de soixante ans a été hospitalisée après la prise de\n"
    "Bactrim et une éruption fébrile survenue dix jours plus tard ; elle\n"
    "Madame Roux, ainsi que sa fille, signale aussi une prise régulière\n"
    "Doliprane compris, sans nausée ni vomissement ni douleur abdominale\n"
    "associée depuis ce jour.",
    "wrapped after an article": "Traitée par du\nTaxol hebdomadaire",
    "wrapped after an apostrophe": "Prise d'\nEliquis le matin",
    "wrapped at a hyphen": "Sous anti-\nTNF depuis mars",
    "wrapped at a title": "Vue par le Dr\nRoux ce jour",
    "wrapped at a title with a stop": "Vue par le Dr.\nRoux ce jour",
    "wrapped in a bracket": "Sous chimiothérapie (\nTaxol) depuis mars",
    "wrapped before a closing bracket": "Sous chimiothérapie (Taxol\n) depuis mars",
    "wrapped number": "La créatinine est à\n85 µmol/l",
    "wrapped number with a stop": "Une hémoglobine stable à\n10. ‖Sortie ce jour.",
    "wrapped, then a paragraph": "Cette patiente de soixante ans a été hospitalisée en mars dernier\n"
    "pour une éruption fébrile\n\n‖elle va mieux",
    "wrapped, last line short": "Cette patiente de soixante ans a été hospitalisée en mars dernier\n"
    "pour une éruption fébrile survenue dix jours après le début d'un\ntraitement\n‖Pas de toux",
    "stop at the end of a line": "Patiente apyrétique.\n‖Pas de toux.",
    "stop at the end of a line, lower case": "Patiente apyrétique.\n‖pas de toux.",
    "semi-wrapped colon": "Le bilan retrouve :\n‖Hb 9 g/dl",
    # tables
    "table with tabs": "Hb\t9\tg/dl\n‖plaquettes\t20\tG/L\n‖créatinine\t85\tµmol/l",
    "table with bars": "| Hb | 9 |\n‖| plaquettes | 20 |",
    "table with spaces": "Hb          9      g/dl\n‖plaquettes  20     G/L",
    "results a line": "Hb = 9 g/dl\n‖plaquettes = 20 G/L\n‖CRP = 120",
    "results, number first": "12/03 : Hb 9\n‖13/03 : Hb 8",
    # edges
    "empty": "",
    "white space": " \n\t \n",
    "leading and trailing space": "  \n Pas de toux. \n\n",
    "only stops": "...",
    "only a bullet": "-",
    "letter closing": "Sortie le 3 mars.\n\n‖Bien confraternellement,\n\n‖Dr A. Roux",
}


def parse(marked: str) -> tuple[str, list[str]]:
    """Give the text without marks and the sentences that the marks part."""
    return marked.replace("‖", ""), [part.strip() for part in marked.split("‖") if part.strip()]


def test_table_is_large_and_marked():
    assert len(CASES) >= 120
    assert all(all(part.strip() for part in case.split("‖")) for case in CASES.values() if "‖" in case)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    text, expected = parse(CASES[name])
    assert [text[s.start : s.end] for s in split_sentences(text, ABBREVIATIONS)] == expected


ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{r['abbreviation']} {r['follows']}" for r in ROWS])
def test_each_row_keeps_its_example_whole(number):
    row = ROWS[number]
    example = row["example"].replace(" / ", "\n")
    key = row["abbreviation"]
    assert len(split_sentences(example, ABBREVIATIONS)) == 1
    without = replace(
        ABBREVIATIONS,
        parts={
            chunk: tuple(p for p in parts if p.before + chunk + "." + p.after != key or p.follows != row["follows"])
            for chunk, parts in ABBREVIATIONS.parts.items()
        },
        before_initial=ABBREVIATIONS.before_initial - ({key} if row["follows"] == "initial" else set()),
        before_line=ABBREVIATIONS.before_line - ({key} if row["follows"] == "line" else set()),
    )
    assert len(split_sentences(example, without)) > 1, "the row changes nothing"


def test_rows_are_unique_and_sourced():
    keys = [(r["abbreviation"], r["follows"]) for r in ROWS]
    assert len(set(keys)) == len(keys)
    assert all(r["source"] and r["example"] for r in ROWS)


@pytest.mark.parametrize("row", ["Dr,any,s,e", "Dr.,often,s,e", ",any,s,e", "Dr."])
def test_a_wrong_row_is_refused_with_its_line(tmp_path, row):
    path = tmp_path / "abbreviations.csv"
    path.write_text(f"abbreviation,follows,source,example\nPr.,name,s,e\n{row}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"abbreviations\.csv:3: "):
        load_abbreviations(path)


PIECES = st.sampled_from(
    [
        *" \n\t\r.!?…;:,()-•|1Aé'»",
        "\r\n",
        "\n\n",
        "Dr.",
        "p. ex.",
        "mg/j.",
        "12.03.",
        "J. ",
        "HTA",
        "fièvre ",
        "1) ",
        "de\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80))
def test_sentences_cover_the_text_in_order(text):
    found = split_sentences(text, ABBREVIATIONS)
    end = 0
    for sentence in found:
        assert sentence.start >= end
        assert not text[end : sentence.start].strip()
        passage = text[sentence.start : sentence.end]
        assert passage
        assert passage == passage.strip()
        end = sentence.end
    assert not text[end:].strip()


UNITS = [
    "Pas de fièvre.\n",
    "mot " * 12 + "\n",
    ".",
    "\r",
    " ",
    "|",
    "a   b",
    "J. ",
    "12. ",
    "\n\f",
    "\u2028x",
    ")",
    ". ) ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_looks_at_each_character_a_bounded_number_of_times(unit, monkeypatch):
    """The characters sliced, and those that chunks look back over, grow with the text and not with its square."""

    costs = []
    for size in (200, 2000):
        Counted.read = 0
        split_sentences(Counted(unit * size), ABBREVIATIONS)
        costs.append(Counted.read)
    assert costs[1] <= 12 * costs[0] + 100


def test_the_candidates_are_found_by_one_expression():
    assert len(list(module._CANDIDATE.finditer("A. B.\nC"))) == 3

"""Sections: a table of invented reports, ``⟦category⟧`` before each section, ``¦`` between heading and text."""

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from counted_text import Counted
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.lexicon.expansion import expand
from pv.text.folding import fold
from pv.text.sections import EXTENTS, resolve_sections
from pv.text.tokens import tokenize

TABLE = Path(__file__).parents[2] / "lexicons" / "sections.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
REACH = {row["category"]: row["extent"] for row in ROWS}

CASES = {
    # none
    "no heading": "⟦body⟧Patiente de 60 ans, sans antécédents. Traitement par Taxol.",
    "empty": "",
    "white space": "⟦body⟧  \n ",
    "title inside a sentence": "⟦body⟧On note des antécédents de diabète et une allergie à la pénicilline.",
    "title inside a sentence, after a comma": "⟦body⟧Sans fièvre, évolution favorable, conclusion rassurante.",
    "title at a sentence's start": "⟦body⟧Fièvre à 39. Traitement par Taxol arrêté.",
    "title opens a paragraph": "⟦body⟧Traitement par Taxol arrêté.\nPas de rechute.",
    "colon in a sentence": "⟦body⟧Le diagnostic retenu est le suivant : toxidermie.",
    "title and comma": "⟦body⟧Biologie, imagerie et ECG normaux ce jour.",
    # alone on the line
    "alone": "⟦body⟧Madame R.\n⟦antecedents⟧Antécédents\n¦HTA\n⟦conclusion⟧Conclusion\n¦Toxidermie",
    "alone with blank lines": "⟦antecedents⟧Antécédents\n\n¦HTA\n\n⟦conclusion⟧Conclusion\n\n¦Toxidermie",
    "alone with a colon": "⟦antecedents⟧Antécédents :\n¦HTA\n⟦examen_clinique⟧Examen clinique :\n¦Abdomen souple",
    "alone in capitals": "⟦antecedents⟧ANTECEDENTS\n¦HTA\n⟦examen_clinique⟧EXAMEN CLINIQUE\n¦Abdomen souple",
    "alone in lower case": "⟦antecedents⟧antécédents\n¦HTA\n⟦evolution⟧évolution\n¦favorable",
    "alone without accents": "⟦evolution⟧Evolution dans le service\n¦Apyrexie",
    "alone, windows lines": "⟦antecedents⟧Antécédents\r\n¦HTA\r\n⟦conclusion⟧Conclusion\r\n¦Toxidermie",
    "alone, marked bold": "⟦antecedents⟧**Antécédents**\n¦HTA\n⟦conclusion⟧**Conclusion :**\n¦Toxidermie",
    "alone, hash": "⟦antecedents⟧# Antécédents\n¦HTA\n⟦conclusion⟧## Conclusion\n¦Toxidermie",
    "alone, numbered": "⟦antecedents⟧1. Antécédents\n¦HTA\n⟦conclusion⟧2. Conclusion\n¦Toxidermie",
    "alone, bracket number": "⟦antecedents⟧1) Antécédents\n¦HTA\n⟦conclusion⟧2) Conclusion\n¦Toxidermie",
    "alone, roman number": "⟦antecedents⟧I - Antécédents\n¦HTA\n⟦conclusion⟧II - Conclusion\n¦Toxidermie",
    "alone, letter": "⟦antecedents⟧A/ Antécédents\n¦HTA\n⟦conclusion⟧B/ Conclusion\n¦Toxidermie",
    "alone, bullet": "⟦antecedents⟧• Antécédents :\n¦HTA\n⟦conclusion⟧• Conclusion :\n¦Toxidermie",
    "alone, indented": "⟦body⟧   ⟦antecedents⟧Antécédents\n¦   HTA\n⟦conclusion⟧   Conclusion\n¦   Toxidermie",
    "alone, at the end": "⟦body⟧Vue ce jour.\n⟦conclusion⟧Conclusion",
    "alone, first line": "⟦motif⟧Motif d'hospitalisation\n¦Fièvre",
    "blank before the first heading": "⟦body⟧\n\n⟦motif⟧Motif\n¦Fièvre",
    "long title": "⟦antecedents⟧Antécédents médicaux, chirurgicaux, familiaux, allergies\n¦HTA",
    "longest title wins": "⟦traitement_sortie⟧Traitement de sortie\n¦Bisoprolol",
    "joined titles": "⟦antecedents⟧ANTECEDENTS / ALLERGIES :\n¦HTA, pénicilline",
    "title over two lines is two lines": "⟦histoire_de_la_maladie⟧Histoire\n¦de la patiente",
    # at the start of the line
    "colon and text": "⟦motif⟧Motif : ¦fièvre\n⟦conclusion⟧Conclusion : ¦toxidermie",
    "colon without space": "⟦motif⟧Motif:¦fièvre\n⟦conclusion⟧Conclusion:¦toxidermie",
    "equals sign": "⟦allergies⟧Allergies = ¦aucune\n⟦conclusion⟧Conclusion = ¦toxidermie",
    "dash": "⟦motif⟧Motif - ¦fièvre\n⟦conclusion⟧Conclusion – ¦toxidermie",
    "bracket before the colon": "⟦biologie⟧Biologie (CHU) : ¦CRP 45",
    "date before the colon": "⟦biologie⟧Biologie du 12/03 : ¦CRP 45",
    "capitals and text": "⟦antecedents⟧ATCD ¦HTA, diabète\n⟦conclusion⟧CONCLUSION ¦toxidermie",
    "bare title and capital": "⟦motif⟧Motif ¦Fièvre\n⟦conclusion⟧Conclusion ¦Toxidermie au Bactrim",
    "bare long title, lower case": "⟦motif⟧Motif d'hospitalisation ¦fièvre\n\n⟦mode_de_vie⟧Mode de vie ¦vit seule",
    "title opens a line of prose": "⟦diagnostic⟧Diagnostic\n¦Toxidermie probable.\nPrise en charge urgente du patient.",
    "part of a longer title opens prose": "⟦body⟧À l'examen clinique, la patiente présentait un ictère.",
    "known title with more words": "⟦evolution⟧Évolution\n¦Apyrexie\n⟦examen_clinique⟧Examen du genou :\n¦Choc",
    "bare title opens a sentence": "⟦evolution⟧Évolution\n¦Apyrexie.\n⟦allergies⟧Allergie ¦à la pénicilline.\n"
    "⟦evolution⟧¦Sortie prévue le lendemain avec un relais par voie orale.",
    "emergency note": "⟦motif⟧Motif : ¦rash\n⟦antecedents⟧ATCD : ¦HTA\n⟦traitement⟧TTT : ¦Taxol\n"
    "⟦histoire_de_la_maladie⟧HDM : ¦rash depuis hier\n⟦conduite_a_tenir⟧CAT : ¦arrêt",
    # inside a line
    "inline": "⟦antecedents⟧ATCD : ¦HTA. ⟦allergies⟧Allergies : ¦aucune",
    "inline in lower case": "⟦antecedents⟧ATCD : ¦HTA. ⟦allergies⟧allergies : ¦aucune",
    "inline in capitals": "⟦motif⟧MOTIF : ¦rash ⟦allergies⟧ALLERGIES : ¦aucune",
    "inline after a comma": "⟦antecedents⟧ATCD : ¦HTA, ⟦allergies⟧Allergies : ¦aucune",
    "inline after a dash": "⟦antecedents⟧ATCD : ¦HTA - ⟦allergies⟧Allergies : ¦aucune",
    "inline after body": "⟦body⟧Homme de 60 ans. ⟦antecedents⟧Antécédents : ¦HTA. ⟦examen_clinique⟧Examen : ¦normal.",
    "inline without colon": "⟦antecedents⟧ATCD : ¦HTA. Allergies aucune",
    "inline, lower case after a word": "⟦body⟧Homme de 60 ans avec allergies : pénicilline",
    # how far a heading reaches
    "allergy hands back": "⟦histoire_de_la_maladie⟧Histoire de la maladie\n¦Fièvre.\n"
    "⟦allergies⟧Allergies : ¦pénicilline\n"
    "⟦histoire_de_la_maladie⟧¦Adressée aux urgences ce jour.",
    "allergy hands back to the body": "⟦allergies⟧Allergies : ¦pénicilline\n⟦body⟧¦Adressée aux urgences ce jour.",
    "allergy goes on in a wrapped line": "⟦allergies⟧Allergies : ¦pénicilline et produits de contraste\n"
    "iodés depuis 2015\n⟦body⟧¦Adressée aux urgences.",
    "allergy alone reaches on": "⟦allergies⟧Allergies\n¦Pénicilline\nIode\n⟦conclusion⟧Conclusion\n¦Rash",
    "family history hands back": "⟦antecedents⟧Antécédents :\n¦HTA\n"
    "⟦antecedents_familiaux⟧Familiaux : ¦AVC chez le père\n"
    "⟦antecedents⟧¦Diabète",
    "family history in a list": "⟦antecedents⟧Antécédents :\n⟦antecedents⟧- Médicaux : ¦HTA\n"
    "⟦antecedents_chirurgicaux⟧- Chirurgicaux : ¦appendicectomie\n⟦antecedents_familiaux⟧- Familiaux : ¦AVC\n"
    "⟦antecedents⟧¦- Transfusion en 2012",
    "history reaches over its paragraph": "⟦antecedents⟧Antécédents : ¦HTA\nDiabète\n\n"
    "⟦body⟧¦Cette patiente est adressée pour une éruption survenue hier.",
    "history reaches over a list": "⟦antecedents⟧Antécédents : ¦HTA\n\n- Diabète\n\n- AVC\n\n"
    "⟦body⟧¦Cette patiente est adressée pour une éruption survenue hier.",
    "history reaches over short statements": "⟦antecedents⟧Antécédents : ¦HTA\n\nDiabète de type 2\n\n"
    "⟦conclusion⟧Conclusion\n¦Rash",
    "long line": "⟦antecedents⟧ATCD : ¦HTA. Diabète. ⟦body⟧¦"
    + "Patiente adressée pour une éruption maculeuse fébrile diffuse. " * 5,
    "allergy inline in a long line": "⟦body⟧Homme de 60 ans. ⟦allergies⟧Allergies : ¦iode. ⟦body⟧¦"
    + "Patient adressé pour une éruption maculeuse fébrile très diffuse. " * 5,
    "section reaches on": "⟦histoire_de_la_maladie⟧HDM : ¦fièvre.\n\n"
    "Toux depuis trois jours, traitée par amoxicilline.\n\nRash hier.",
    # unknown titles
    "unknown with a colon": "⟦evolution⟧Évolution\n¦Apyrexie\n⟦other_heading⟧Sur le plan cutané :\n¦Rash",
    "unknown ends the history": "⟦antecedents⟧Antécédents :\n¦HTA\n⟦other_heading⟧Nouvelle venue :\n¦Rash",
    "unknown below capitals is a subtitle": "⟦antecedents⟧ANTECEDENTS :\n¦Cardiologiques :\nHTA\n"
    "⟦conclusion⟧CONCLUSION :\n¦Rash",
    "unknown in capitals with a colon": "⟦antecedents⟧ANTECEDENTS :\n¦HTA\n⟦other_heading⟧VENUE DU JOUR :\n¦Rash",
    "unknown in capitals": "⟦antecedents⟧ANTECEDENTS\n¦HTA\n\n⟦other_heading⟧VENUE DU JOUR\n¦Rash depuis hier",
    "drug in capitals is no heading": "⟦traitement_habituel⟧Traitement habituel\n¦CORDARONE\nKardégic 75 mg",
    "drugs below capitals": "⟦traitement_habituel⟧TRAITEMENT HABITUEL\n¦CORDARONE\nKARDEGIC",
    "sentence with a colon is no heading": "⟦evolution⟧Évolution\n¦"
    "Sous Taxol, le bilan de contrôle a retrouvé ce qui suit :\n- rash",
    "bulleted subtitle is no heading": "⟦antecedents⟧Antécédents\n¦- Cardiologie :\nHTA",
    "title with a number is no heading": "⟦antecedents⟧Antécédents\n¦Sous Taxol depuis 2012 :\nrash",
}

_MARK = re.compile(r"⟦([a-z_]+)⟧")


@cache
def titles():
    """Give the category of each title of the table, by its folded tokens, and the lengths in use for a first token."""
    found = {}
    for row in ROWS:
        for title in expand(row["titles"]):
            found.setdefault(folded(title), set()).add(row["category"])
    lengths = {}
    for key in found:
        lengths.setdefault(key[0], set()).add(len(key))
    return found, lengths


def folded(text):
    return tuple(fold(text[a:b]) for a, b in tokenize(text))


def candidates(text):
    """Give the tokens of the text and each title of the table found among them, as (first, end, category)."""
    found, lengths = titles()
    words = folded(text)
    return tokenize(text), [
        (i, i + n, category)
        for i, word in enumerate(words)
        for n in lengths.get(word, ())
        if i + n <= len(words)
        for category in found.get(words[i : i + n], ())
    ]


def sections(text):
    return resolve_sections(text, *candidates(text), REACH)


def parse(marked):
    """Give the text without marks and (category, heading or None where none is marked, passage) of each section."""
    start, *rest = _MARK.split(marked)
    assert not start, "each case begins with a mark"
    expected = []
    for category, passage in zip(rest[::2], rest[1::2], strict=True):
        heading, mark, body = passage.rpartition("¦")
        expected.append((category, heading.strip() if mark else None, (heading + body).strip()))
    return _MARK.sub("", marked).replace("¦", ""), expected


def test_table_is_large():
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    text, expected = parse(CASES[name])
    found = sections(text)
    assert [(s.category, text[s.start : s.end].strip()) for s in found] == [
        (category, passage) for category, _, passage in expected
    ] or (not text and [s.category for s in found] == ["body"])
    for section, (_, heading, _) in zip(found, expected, strict=False):
        if heading is not None:
            assert text[section.start : section.body_start].strip() == heading


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_each_row_gives_its_section_on_its_example(row):
    assert [s.category for s in sections(row["example"])] == [row["category"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_each_title_heads_a_section_in_the_ways_it_is_typed(row):
    for title in expand(row["titles"]):
        for text in (f"{title} :\nRas", f"{title.upper()}\nRas", f"{title}\n\nRas", f"Vue ce jour.\n{title} : ras"):
            assert sections(text)[-1].category == row["category"], text


def test_rows_are_whole_and_no_title_has_two_categories():
    assert len({r["id"] for r in ROWS}) == len(ROWS)
    assert len({r["category"] for r in ROWS}) == len(ROWS)
    assert all(all(r.values()) for r in ROWS)
    assert {r["extent"] for r in ROWS} <= set(EXTENTS)
    assert not {title: found for title, found in titles()[0].items() if len(found) > 1}


HEADINGS = ["Antécédents", "ATCD", "Allergies", "Mode de vie", "EXAMEN CLINIQUE", "Traitement de sortie", "Venue :"]
SIGNS = [" : ", "\n", "\n\n", "\r\n", ". ", ", ", " / ", "- ", "1) ", "  ", "**", "("]
WORDS = ["HTA", " fièvre", "VENUE DU JOUR", "x" * 70, "Fièvre depuis hier. " * 4]
PIECES = st.sampled_from([*HEADINGS, *SIGNS, *WORDS])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_each_character_lies_in_one_section(text):
    found = sections(text)
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert all(a.end == b.start for a, b in pairwise(found))
    assert all(s.start <= s.body_start <= s.end for s in found)
    assert all(s.start < s.end for s in found) or not text


@pytest.mark.parametrize(
    "unit", ["Antécédents : HTA\n", "ATCD : HTA. ", "Allergies : iode. ", "VENUE DU JOUR\n\n", "Antécédents, "]
)
def test_many_headings_cost_no_more_than_their_number(unit):
    """The characters that are sliced grow with the text and not with its square."""

    costs = []
    for size in (100, 1000):
        text = unit * size
        tokens, matches = candidates(text)
        Counted.read = 0
        resolve_sections(Counted(text), tokens, matches, REACH)
        costs.append(Counted.read)
    assert costs[1] <= 12 * costs[0] + 1000

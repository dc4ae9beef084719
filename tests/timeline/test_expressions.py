"""Time expressions: marked sentences, sentences without any, values, and properties of every result."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.errors import LexiconError
from pv.lexicon.times import SMALL_WORDS, load_times
from pv.text.tokens import split_text
from pv.timeline.expressions import _Reading, find_time_expressions
from pv.timeline.time_values import duration_days

LEXICONS = Path(__file__).parents[2] / "lexicons"
TABLES = load_times(LEXICONS)
MARK = re.compile(r"\[\[([^|\]]+)\|([a-z]+)\|([^|\]]*)\|([^|\]]*)\]\]")

# Each mark gives words, kind, value and anchor.
MARKED = """
Hospitalisée le [[12 mars 2024|date|2024-03-12|]] pour une fièvre.
Première injection le [[11/2/15|date|2015-02-11|]], bien tolérée.
Scanner du [[11.02.2015|date|2015-02-11|]] sans particularité.
Bilan du [[03-04-2021|date|2021-04-03|]] normal.
Prélèvement du [[2015-02-11|date|2015-02-11|]] stérile.
Message reçu le [[2022-05-06T08:30|date|2022-05-06|]].
Vue le [[mardi 3 juin 2014|date|2014-06-03|]] en consultation.
Le traitement débute le [[1er mars 2020|date|2020-03-01|]].
Le traitement débute le [[1 er avril 2020|date|2020-04-01|]].
Opérée le [[28 FÉVR. 2019|date|2019-02-28|]].
Une ordonnance du [[15 déc. 2018|date|2018-12-15|]].
Séjour du [[12|date|2024-03-12|]] au [[14 mars 2024|date|2024-03-14|]].
Séjour du [[10|date|2023-11-10|]] au [[12/11/2023|date|2023-11-12|]].
Séjour du [[10/11|date|2023-11-10|]] au [[12/12/2023|date|2023-12-12|]].
Entrée le [[02/01/2024|date|2024-01-02|]], éruption le [[12/03|date|2024-03-12|]].
Entrée le [[28/12/2023|date|2023-12-28|]], éruption le [[05/01|date|2024-01-05|]].
Toux le [[12/03|date|2021-03-12|]], guéri le [[02/06/2021|date|2021-06-02|]].
Éruption le [[12/03|date||]] sans fièvre.
Éruption en [[février|date||]] sans fièvre.
Diagnostic posé en [[mars 2013|date|2013-03|]], rechute en [[septembre|date|2013-09|]].
Diagnostic posé le [[4/5/2016|date|2016-05-04|]], rechute [[fin juin|date|2016-06|]].
Diagnostic posé en [[mai 2016|date|2016-05|]], rechute le [[7 juillet|date|2016-07-07|]].
Née le [[11/02/1950|date|1950-02-11|birth]], vue le [[12/03/2024|date|2024-03-12|]], puis le [[15/04|date|2024-04-15|]].
Née le [[11/02/48|date|1948-02-11|birth]], vue le [[12/03/2024|date|2024-03-12|]].
Date de naissance : [[3 août 1961|date|1961-08-03|birth]].
Contrôle en [[05/2023|date|2023-05|]].
De [[mars|date|2015-03|]] à [[juin 2015|date|2015-06|]], trois lignes de chimiothérapie.
Rechute en [[mars 15|date|2015-03|]] traitée par rituximab.
Rechute [[mi-mars|date||]] traitée par rituximab.
Arrêt du tabac en [[1992|date|1992|]].
Suivie depuis [[2005|date|2005|]] pour une polyarthrite.
Rechute [[début 2024|date|2024|]].
Rechute [[fin mars 2021|date|2021-03|]].
Rechute [[début février|date||]].
Rechute pendant l'[[été 2013|date|2013|]].
Asthme connu depuis l'an [[2000|date|2000|]].
Opérée en [[mille neuf cent quatre-vingt-douze|date|1992|]].
Opérée en [[deux mille quinze|date|2015|]].
Traitée de [[2015|date|2015|]] à [[2018|date|2018|]] par méthotrexate.
Cholécystectomie ([[2011|date|2011|]]), tabagisme.
[[2009|date|2009|]] : appendicectomie.
[[24/11|date||]] : fièvre à 39.
Transfusée dans [[les années 80|date||]].
Malaise vers [[10h30|date|T10:30|]].
Malaise [[à 8 heures du matin|date|T08:00|]].
Vu le lundi [[12/09|date||]] aux urgences.
La fièvre survient [[trois jours après|relative|P3D|event]] le repas.
La fièvre survient [[trois jours après la perfusion|relative|P3D|drug]] de rituximab.
La fièvre survient les [[trois jours suivants|relative|P3D|event]].
Malaise [[à 7 heures du soir|date|T19:00|]].
Le prurit apparaît [[deux heures plus tard|relative|PT2H|previous]].
Décès [[48 heures plus tard|relative|PT48H|previous]].
Le [[lendemain|relative|P1D|previous]], la fièvre persiste.
Le [[surlendemain|relative|P2D|previous]], la fièvre tombe.
[[La veille|relative|-P1D|previous]], il avait pris du paracétamol.
L'[[avant-veille|relative|-P2D|previous]], il avait dîné dehors.
Neutropénie à [[J15|relative|P14D|cycle]].
Neutropénie à [[J 15|relative|P14D|cycle]].
De [[J0|relative|P0D|cycle]] jusqu'à [[J15|relative|P15D|cycle]], rien à signaler.
Mucite [[J8 de la 2e cure|relative|P7D|cycle:2]].
Mucite [[J8 de la IIe cure|relative|P7D|cycle:2]].
Mucite à [[C2J1|relative|P0D|cycle:2]].
Mucite à [[C4 J8|relative|P7D|cycle:4]].
Mucite [[J8 C2|relative|P7D|cycle:2]].
Mucite [[J8 du troisième cycle|relative|P7D|cycle:3]].
Mucite [[au C3|relative||cycle:3]] de docétaxel.
Aplasie [[après la 3e cure|relative||cycle:3]].
Aplasie [[lors du quatrième cycle|relative||cycle:4]].
Aplasie [[après 3 cycles|relative||cycle]] de docétaxel.
Aplasie à [[J10 de la cure|relative|P9D|cycle]].
Réaction [[J4 du traitement|relative|P3D|drug]].
Fièvre à [[J2 post-opératoire|relative|P2D|operation]].
Fièvre à [[J11 d'hospitalisation|relative|P10D|admission]].
Ictère à [[J3 de vie|relative|P2D|birth]].
Dosage [[J-1|relative|-P1D|cycle]] de la cure suivante.
Dosage à [[J+3|relative|P3D|event]].
Dosage [[à H24|relative|PT24H|event]].
Décès à [[H3 de vie|relative|PT3H|birth]].
Rémission [[à M3|relative|P3M|event]].
Éruption au [[5e jour|relative|P4D|event]].
Éruption au [[5 ème jour|relative|P4D|event]].
Éruption au [[dixième jour|relative|P9D|event]].
Éruption au [[vingt et unième jour|relative|P20D|event]].
Éruption au [[10e jour de traitement|relative|P9D|drug]].
Éruption au [[8e jour de la 2e cure|relative|P7D|cycle:2]].
Éruption au [[8e jour de la cure|relative|P7D|cycle]].
Fièvre au [[14e jour post-opératoire|relative|P14D|operation]].
Fièvre au cours de la [[troisième semaine d'admission|relative|P2W|admission]].
Ictère au [[3e jour de vie|relative|P2D|birth]].
Saignement à la [[24e semaine d'aménorrhée|relative|P23W|pregnancy]].
Toux [[depuis un mois|relative|-P1M|document]].
Toux [[depuis plus d'un mois|relative|-P1M|document]].
Toux [[depuis deux mois et demi|relative|-P2M15D|document]].
Toux [[depuis quelques jours|relative||document]].
Toux [[depuis de nombreuses années|relative||document]].
Toux évoluant [[depuis trente et un jours|relative|-P31D|document]].
Infarctus [[il y a deux ans|relative|-P2Y|document]].
Infarctus [[il y a une dizaine d'années|relative|-P10Y|document]].
Le début [[remonte à trois semaines|relative|-P3W|document]].
Le début [[remonte à deux mois avant son admission|relative|-P2M|admission]].
La toux date de [[six mois avant son admission|relative|-P6M|admission]].
Vaccinée [[une semaine avant|relative|-P1W|event]] l'épisode.
Arrêt de l'aspirine [[cinq jours avant l'intervention|relative|-P5D|operation]].
Dosage [[2 jours avant le traitement|relative|-P2D|drug]].
Chute [[trois jours plus tôt|relative|-P3D|previous]].
Choc [[10 jours après son admission|relative|P10D|admission]].
Rejet [[six semaines après la greffe|relative|P6W|operation]].
Cytolyse [[après deux mois de traitement|relative|P2M|drug]].
Fièvre [[à 7 jours du C3|relative|P7D|cycle:3]] de docétaxel.
Fièvre [[dix jours après la cure|relative|P10D|cycle]].
Apnée [[à 3 minutes de vie|relative|PT3M|birth]].
Amélioration [[au bout de 5 jours|relative|P5D|event]].
Amélioration [[après 18,5 mois|relative|P18.5M|event]].
Rechute [[à 3 mois de|relative|P3M|event]] l'arrêt.
Contrôle prévu [[à 3 mois|relative|P3M|event]].
Éruption dans un [[délai de six jours|relative|P6D|event]].
Éruption [[dans les 48 heures|relative|PT48H|event]].
Consultation [[dans 3 mois|relative|P3M|document]].
Choc [[dans les suites immédiates|relative||event]] de la perfusion.
Choc [[au décours immédiat|relative||event]] de la perfusion.
Choc [[immédiatement après|relative|P0D|event]] la perfusion.
Choc [[peu après|relative||event]] la perfusion.
Fièvre [[le même jour|relative|P0D|previous]].
Fièvre [[le soir même|relative|P0D|previous]].
Vue [[ce jour|relative|P0D|document]] en consultation.
Chute [[hier|relative|-P1D|document]].
Chute [[avant-hier|relative|-P2D|document]].
Scanner [[demain|relative|P1D|document]].
Chimiothérapie prévue [[cette semaine|relative||document]].
Hémoculture positive ([[15/05|date||]]).
Séjour du [[10-11|date|2023-11-10|]] au [[13-11-2023|date|2023-11-13|]].
Opérée en [[mai 2005|date|2005-05|]]. Entrée le [[02/01/2024|date|2024-01-02|]], en [[mars|date|2024-03|]] rechute.
Séjour du [[28/12|date|2023-12-28|]] au [[05/01/2024|date|2024-01-05|]].
Séjour de [[novembre|date|2014-11|]] à [[janvier 2015|date|2015-01|]].
Urticaire [[dans les heures suivant|relative||event]] la prise.
Mucite, [[cycle 3, J8|relative|P7D|cycle:3]].
Lactates [[à H+6|relative|PT6H|event]].
Méthotrexate [[une fois par semaine|frequency|P7D|]].
Salbutamol [[3 à 4 fois par jour|frequency|PT8H|]].
Opérée en [[mai 2005|date|2005-05|]]. Entrée le [[02/01|date|2024-01-02|]], sortie le [[04/01/2024|date|2024-01-04|]].
[[C3|relative||cycle:3]] décalé pour neutropénie.
Scanner [[la semaine prochaine|relative||document]].
Rechute [[la semaine suivante|relative||previous]].
Rechute [[le mois dernier|relative||document]].
Asthénie au cours [[des derniers mois|relative||document]].
Réévaluation dans [[les prochaines semaines|relative||document]].
Le [[jour de l'intervention|relative|P0D|operation]], il va bien.
Le [[jour de l'admission|relative|P0D|admission]], il va bien.
Fièvre [[en post-opératoire|relative||operation]].
Les suites [[postopératoires|relative||operation]] sont simples.
Saignement [[en peropératoire|relative|P0D|operation]].
Bilan [[préopératoire|relative||operation]] normal.
Éclampsie [[en post-partum|relative||birth]].
Échographie [[à 28 SA|relative|P28W|pregnancy]].
Accouchement [[à 31 SA + 4 jours|relative|P221D|pregnancy]].
Échographie [[à 20 semaines d'aménorrhée|relative|P20W|pregnancy]].
Trastuzumab [[pendant 12 cycles|duration||]].
Traitée [[pendant 3 mois|duration|P3M|]].
Traitée [[durant deux ans|duration|P2Y|]].
Traitée [[pour 7 jours|duration|P7D|]].
Perte de dix kilos [[en 1 mois|duration|P1M|]].
Une [[cure de 10 jours|duration|P10D|]] d'amoxicilline.
Un [[recul de trois ans|duration|P3Y|]] sans récidive.
Avec [[deux ans d'évolution|duration|P2Y|]], la fonction baisse.
La crise a [[duré 15 minutes|duration|PT15M|]].
Un temps de saignement à peine allongé ([[16 min|duration|PT16M|]]).
Antibiotiques, [[2 à 3 jours|duration|P2D|]], puis arrêt.
Antibiotiques, [[une heure et demie|duration|PT1H30M|]] en tout.
Trastuzumab [[tous les 21 jours|frequency|P21D|]].
Paracétamol [[toutes les 8 heures|frequency|PT8H|]].
Dialyse [[chaque semaine|frequency|P1W|]].
Zopiclone [[tous les soirs|frequency|P1D|]].
Amoxicilline [[trois fois par jour|frequency|PT8H|]].
Dialyse [[2 fois par semaine|frequency|PT84H|]].
Prednisone [[un jour sur deux|frequency||]].
Une prise [[quotidienne|frequency|P1D|]] d'aspirine.
Une prise [[biquotidienne|frequency|PT12H|]] d'apixaban.
Paclitaxel [[hebdomadaire|frequency|P7D|]].
Injection [[mensuelle|frequency|P1M|]].
Injection [[bimestrielle|frequency|P2M|]].
Injection [[trimestrielle|frequency|P3M|]].
Injection [[semestrielle|frequency|P6M|]].
Mammographie [[annuelle|frequency|P1Y|]].
Vinorelbine 60 mg/m2 [[J1, J8|frequency||cycle]].
Vinorelbine [[J1 et J8|frequency||cycle]].
Pembrolizumab 200 mg [[J1=J21|frequency||cycle]].
"""

UNMARKED = """
Patiente âgée de 59 ans, sans antécédent.
Une femme de 59 ans, mariée.
Un patient fumeur de 62 ans.
Madame D., 81 ans, vit seule.
Patiente, 81 ans, vit seule.
Un nourrisson de 3 mois, eutrophe.
Acquisition de la marche à 14 mois d'âge.
Des patients âgés entre 20 et 40 ans.
Des patients âgés de 20 à 40 ans.
Puberté à l'âge de 12 ans.
Une hernie discale L5-S1.
Une sténose C5-C6 opérée.
Une tumeur classée T2N1M0.
Douleur évaluée à 6/10.
Un Glasgow à 14/15.
Tension artérielle à 120/80 mmHg.
Tension artérielle à 12/8.
Fracture du 1/3 moyen du fémur.
Les 2/3 distaux sont sains.
Hémoglobine à 11,2 g/dl.
Créatinine à 12.03 mg/l.
Paracétamol 1 g x 3/j.
Docétaxel 60 mg/m2 en perfusion.
Méthylprednisolone 1 mg/kg/jour.
Tabagisme à 40 paquets-années.
Tabagisme sevré, 20 paquets années.
Protéinurie des 24 heures à 2 g.
Protéinurie de 24h négative.
Dosage du C3 normal.
Dépôts de C3 au niveau mésangial.
Vitamine B12 normale.
CA 15-3 à 30 UI/ml.
Joindre le service au 01 02 03 04 05.
Joindre le service au 01.02.03.04.05.
Retentissement sur la vie quotidienne.
Aide pour les activités quotidiennes.
Hôpital de jour de médecine.
Mise à jour du dossier.
Une diurèse de 1950 ml.
Leucocytes à 2000, plaquettes normales.
Prescription de 2000 mg de ceftriaxone.
Virus H1N1 et hépatite B.
Il est décédé malgré la réanimation.
Fréquence cardiaque à 80 battements par minute.
Fréquence respiratoire à 22 cycles/mn.
Les transaminases sont à 6 fois la normale.
Nous nous voyons souvent et elle va mieux.
Le patient marche, mais lentement.
Il a été vu en urgence.
Permanence des soins 24h/24 et 7j/7.
Une mutation V600E du gène BRAF.
Groupe A, rhésus positif, INR à 2,5.
Ki67 à 18 %, 1/4 ganglions envahis.
"""


def cases(table: str) -> list[str]:
    """Give the lines of a table, each one case."""
    return [line for line in table.splitlines() if line]


def parse(marked: str) -> tuple[str, list[tuple[str, str, str, str, int]]]:
    """Give the plain sentence and (words, kind, value, anchor, start) of each mark; a broken mark is an error."""
    text, expected, at = "", [], 0
    for m in MARK.finditer(marked):
        text += marked[at : m.start()]
        expected.append((m[1], m[2], m[3], m[4], len(text)))
        text += m[1]
        at = m.end()
    text += marked[at:]
    if "[[" in text or "]]" in text or "|" in text:
        raise ValueError(f"broken mark: {marked}")
    return text, expected


def found(text: str, reference: str | None = None) -> list[tuple[str, str, str, str, int]]:
    got = find_time_expressions(split_text(text), TABLES, reference)
    return [(text[t.start : t.end], t.kind, t.value, t.anchor, t.start) for t in got]


def fired(text: str) -> set[str]:
    """Give the ids of all patterns that matched, those that only keep others away as well."""
    reading = _Reading(TABLES, *TABLES.codes.encode(split_text(text)))
    return {pattern.id for pattern, _ in TABLES.patterns.finditer(reading.codes)}


@pytest.mark.parametrize("marked", cases(MARKED))
def test_marked_sentence(marked: str) -> None:
    text, expected = parse(marked)
    assert expected, "a marked sentence marks something"
    assert found(text) == expected


@pytest.mark.parametrize("text", cases(UNMARKED))
def test_sentence_without_time(text: str) -> None:
    assert found(text) == []


def test_every_pattern_fires_on_its_example() -> None:
    silent = [p.id for p in TABLES.patterns.patterns if p.id not in fired(p.example)]
    assert silent == []


def test_every_pattern_fires_in_a_sentence() -> None:
    sentences = [parse(marked)[0] for marked in cases(MARKED)] + cases(UNMARKED)
    ids = set().union(*map(fired, sentences))
    assert [p.id for p in TABLES.patterns.patterns if p.id not in ids] == []


def test_no_class_or_piece_is_idle() -> None:
    """A class of words or a piece that no pattern names is dead data."""
    with (LEXICONS / "time_patterns.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with (LEXICONS / "time_words.csv").open(encoding="utf-8", newline="") as handle:
        classes = {row["class"] for row in csv.DictReader(handle)}
    named = {name for row in rows for name in re.findall(r"\{([^}]*)\}", row["pattern"])} | {SMALL_WORDS}
    pieces = {row["id"] for row in rows if row["kind"] in ("piece", "unit")}
    assert (classes | pieces) - named == set()


def test_table_is_large_enough() -> None:
    assert len(cases(MARKED)) >= 150
    assert len(cases(UNMARKED)) >= 40


def test_broken_mark_is_an_error() -> None:
    with pytest.raises(ValueError, match="broken mark"):
        parse("Vue [[hier|relative]].")


def test_reference_gives_the_year() -> None:
    assert found("Vue le 12/03.", "2022-04-01")[0][2] == "2022-03-12"
    assert found("Vue le 20/12.", "2022-01-05")[0][2] == "2021-12-20"
    assert found("Prochain rendez-vous le 12/03.", "2022-01-05")[0][2] == "2022-03-12"
    assert found("Vue le 12/03.", "sans date")[0][2] == ""


def test_nearest_date_before_wins_over_reference() -> None:
    assert found("Entrée le 02/02/2019, fièvre le 12/03.", "2022-04-01")[1][2] == "2019-03-12"


def test_several_years_after_give_none() -> None:
    assert found("Fièvre le 12/03. Scanners du 01/02/2019 et du 01/02/2020.")[0][2] == ""


def test_impossible_day_has_no_value() -> None:
    assert found("Vue le 31/02/2020.")[0][2] == ""


def test_date_broken_over_lines() -> None:
    assert found("Vue le 12\nmars\n2024 puis trois\njours plus\ntard.") == [
        ("12\nmars\n2024", "date", "2024-03-12", "", 7),
        ("trois\njours plus\ntard", "relative", "P3D", "previous", 25),
    ]


def test_empty_line_ends_an_expression() -> None:
    assert [f[0] for f in found("Toux depuis\n\ndeux mois")] == ["deux mois"]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("P3D", 3),
        ("-P2W", -14),
        ("P1M", 30),
        ("P1Y6M", 545),
        ("PT48H", 2),
        ("PT36H", 1.5),
        ("P18.5M", 555),
        ("", None),
        ("P", None),
        ("2015-02-11", None),
        ("T10:30", None),
    ],
)
def test_duration_days(value: str, days: float | None) -> None:
    assert duration_days(value) == days


_FRAGMENTS = [parse(m)[0] for m in cases(MARKED)] + cases(UNMARKED)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(_FRAGMENTS) | st.text(max_size=20) | st.sampled_from(["J", "1", "/", "mai", "C2", "-", "\n"])
    )
)
def test_spans_are_ordered_and_inside(parts: list[str]) -> None:
    text = " ".join(parts)
    times = find_time_expressions(split_text(text), TABLES)
    end = 0
    for t in times:
        assert end <= t.start < t.end <= len(text)
        assert text[t.start : t.end] == text[t.start : t.end].strip()
        end = t.end


@given(st.sampled_from(cases(MARKED)), st.text(alphabet="abc é\n.", max_size=30))
def test_text_before_moves_the_spans_only(marked: str, before: str) -> None:
    text = parse(marked)[0]
    shift = len(before) + 2
    moved = [(w, k, v, a, s + shift) for w, k, v, a, s in found(text)]
    assert found(f"{before}.\n{text}") == moved


def test_long_text_costs_in_proportion() -> None:
    """Count what is tried, not seconds: ten times the text has ten times the starts and the matches."""
    text = "\n\n".join(_FRAGMENTS) + "\n\n"
    once, tenfold = (_Reading(TABLES, *TABLES.codes.encode(split_text(text * n))).codes for n in (1, 10))
    starts = TABLES.patterns.starts
    assert len(starts.findall(tenfold)) == 10 * len(starts.findall(once))
    assert len(list(TABLES.patterns.finditer(tenfold))) == 10 * len(list(TABLES.patterns.finditer(once)))


@pytest.mark.parametrize("run", ["un ", "deux et ", "J1 ", "de la ", "1/", "12 à ", "C1 ", "environ ", "le 12 "])
def test_run_of_beginnings_ends_soon(run: str) -> None:
    """Backtracking over the ways to read such a run would never come back."""
    times = find_time_expressions(split_text(run * 3000), TABLES)
    assert all(t.end - t.start < 100 for t in times)


WORDS = "class,words,value,source\nunité_courte,jour,day,s\nnuméral,deux,2,s\n"
HEAD = "id,kind,anchor,value,pattern,example,source\n"


@pytest.mark.parametrize(
    ("words", "patterns", "message"),
    [
        (WORDS, "a,date,,date,{inconnu} jour,x,s\n", r"time_patterns.csv:2: .*unknown piece \{inconnu\}"),
        (WORDS, "a,date,,date,(le jour,x,s\n", r"time_patterns.csv:2: .*\) is missing"),
        (WORDS, "a,date,,date,le) jour,x,s\n", r"time_patterns.csv:2: .*a bracket too many"),
        (WORDS, "a,date,,date,jour?,x,s\n", r"time_patterns.csv:2: .*matches nothing at all"),
        (WORDS, "a,date,,demain,jour,x,s\n", r"time_patterns.csv:2: column value"),
        (WORDS, "a,heure,,date,jour,x,s\n", r"time_patterns.csv:2: column kind"),
        (WORDS, "a,relative,,P1D,jour,x,s\n", r"time_patterns.csv:2: column anchor"),
        (WORDS, "a,date,,date,jour,x,s\na,date,,date,deux,x,s\n", r"time_patterns.csv:3: the name a is taken"),
        (WORDS + "unité_courte,Jours,day,s\n", "", r"time_words.csv:4: .*stands twice"),
        (WORDS + "unité_courte,un jour,day,s\n", "", r"time_words.csv:4: .*not one word"),
        (WORDS + "aaaa,jour,day,s\n", "", r"time_words.csv:4: .*kind of number"),
    ],
)
def test_broken_table_names_place_and_reason(tmp_path: Path, words: str, patterns: str, message: str) -> None:
    (tmp_path / "time_words.csv").write_text(words, encoding="utf-8")
    (tmp_path / "time_patterns.csv").write_text(HEAD + patterns, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_times(tmp_path)

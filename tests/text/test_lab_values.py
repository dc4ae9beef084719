"""Laboratory values: a table of invented snippets, each with what must be read from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.lexicon.labs import load_labs
from pv.text.lab_values import LabValue, find_lab_values
from pv.text.tokens import tokenize

TABLES = load_labs(Path(__file__).parents[2] / "lexicons")


def find(text: str, sex: str | None = None, age: float | None = None) -> list[LabValue]:
    return find_lab_values(text, tokenize(text), TABLES, sex, age)


# The marked span ([..]), analyte, value in the canonical unit, unit, direction, CTCAE grade.
ABNORMAL = [
    ("On note [2000 plaquettes] ce matin.", "plaquettes", 2, "G/L", "low", 4),
    ("[plaquettes à 35 000/mm3]", "plaquettes", 35, "G/L", "low", 3),
    ("NFS : [Plq 120G/L]", "plaquettes", 120, "G/L", "low", 1),
    ("[plaquettes : 45 G/L]", "plaquettes", 45, "G/L", "low", 3),
    ("[plaquettes à 18.000/mm³]", "plaquettes", 18, "G/L", "low", 4),
    ("[plaquettes 62 x 10^9/L]", "plaquettes", 62, "G/L", "low", 2),
    ("[plaquettes 62.10^9/L]", "plaquettes", 62, "G/L", "low", 2),
    ("[plaquettes 62 10*9/L]", "plaquettes", 62, "G/L", "low", 2),
    ("[plaquettes 41 giga/l]", "plaquettes", 41, "G/L", "low", 3),
    ("[plaquettes 41 10³/µL]", "plaquettes", 41, "G/L", "low", 3),
    ("[plaquettes 41 x1000/mm3]", "plaquettes", 41, "G/L", "low", 3),
    ("[40 000 plaquettes/mm3]", "plaquettes", 40, "G/L", "low", 3),
    ("il restait [99 000 plaquettes]", "plaquettes", 99, "G/L", "low", 1),
    ("[plaquettes au nadir à 12 G/L] à J14", "plaquettes", 12, "G/L", "low", 4),
    ("[plaquettes < 50 G/L]", "plaquettes", 50, "G/L", "low", 3),
    ("[plaquettes à 710 G/L]", "plaquettes", 710, "G/L", "high", None),
    ("[thrombopénie à 35 000/mm3]", "plaquettes", 35, "G/L", "low", 3),
    ("[Plaquettes\n22 G/L]", "plaquettes", 22, "G/L", "low", 4),
    ("[Plaquettes (G/L) : 45]", "plaquettes", 45, "G/L", "low", 3),
    ("[Hb 8,3 g/dl]", "hemoglobine", 8.3, "g/dL", "low", 2),
    ("[hémoglobine à 9g/dL]", "hemoglobine", 9, "g/dL", "low", 2),
    ("un taux d'[hémoglobine de 9 g/dL]", "hemoglobine", 9, "g/dL", "low", 2),
    ("[HÉMOGLOBINE : 72 g/L]", "hemoglobine", 7.2, "g/dL", "low", 3),
    ("[Hb (g/dL) : 8,3]", "hemoglobine", 8.3, "g/dL", "low", 2),
    ("[Hb à 7]", "hemoglobine", 7, "g/dL", "low", 3),
    ("[Hb 8,3] contre 12 la veille", "hemoglobine", 8.3, "g/dL", "low", 2),
    ("[Hb passée de 12 à 8,5 g/dl]", "hemoglobine", 8.5, "g/dL", "low", 2),
    ("[Hb 12 -> 8,5 g/dl]", "hemoglobine", 8.5, "g/dL", "low", 2),
    ("[hémoglobine le 12/03 à 7,9 g/dL]", "hemoglobine", 7.9, "g/dL", "low", 3),
    ("[hémoglobine à 9,1 g/L] (sic)", "hemoglobine", 9.1, "g/dL", "low", 2),
    ("[anémie à 6,8 g/dL]", "hemoglobine", 6.8, "g/dL", "low", 3),
    ("[Hb 19,5 g/dl]", "hemoglobine", 19.5, "g/dL", "high", 1),
    ("[hématocrite à 24 %]", "hematocrite", 24, "%", "low", None),
    ("[VGM 67 fl]", "vgm", 67, "fL", "low", None),
    ("[VGM à 118]", "vgm", 118, "fL", "high", None),
    ("[PNN à 400]", "neutrophiles", 0.4, "G/L", "low", 4),
    ("[PNN à 0,8]", "neutrophiles", 0.8, "G/L", "low", 3),
    ("[neutrophiles 0,4 G/L]", "neutrophiles", 0.4, "G/L", "low", 4),
    ("dont [0,4 G/L de PNN]", "neutrophiles", 0.4, "G/L", "low", 4),
    ("[700 polynucléaires neutrophiles]", "neutrophiles", 0.7, "G/L", "low", 3),
    ("[neutropénie à 1,2 G/L]", "neutrophiles", 1.2, "G/L", "low", 2),
    ("[GB 1500/mm3]", "leucocytes", 1.5, "G/L", "low", 3),
    ("[leucocytes à 25,000/mm3]", "leucocytes", 25, "G/L", "high", None),
    ("[hyperleucocytose à 18 000/mm3]", "leucocytes", 18, "G/L", "high", None),
    ("[lymphocytes 0,3 G/L]", "lymphocytes", 0.3, "G/L", "low", 3),
    ("[éosinophiles à 2500/mm3]", "eosinophiles", 2.5, "G/L", "high", 1),
    ("[éosinophilie à 1,8 G/L]", "eosinophiles", 1.8, "G/L", "high", 1),
    ("[réticulocytes 8 G/L]", "reticulocytes", 8, "G/L", "low", None),
    ("un [INR >8]", "inr", 8, "ratio", "high", 3),
    ("[INR à 8]", "inr", 8, "ratio", "high", 3),
    ("[INR supérieur à 10]", "inr", 10, "ratio", "high", 3),
    ("[TP 35 %]", "tp", 35, "%", "low", None),
    ("[TCA 55 sec]", "tca", 55, "s", "high", 1),
    ("[TCA ratio 2,1]", "tca_ratio", 2.1, "ratio", "high", 2),
    ("[TCA à 2,1]", "tca_ratio", 2.1, "ratio", "high", 2),
    ("[fibrinogène 0,17 g/l]", "fibrinogene", 0.17, "g/L", "low", 4),
    ("[fibrinogène à 1,4 g/L]", "fibrinogene", 1.4, "g/L", "low", 2),
    ("[D-dimères à 2500 ng/ml]", "d_dimeres", 2500, "ng/mL", "high", None),
    ("[créatinine à 185 µmol/L]", "creatinine", 185, "µmol/L", "high", 2),
    ("[créatinine de 1,85]", "creatinine", 163.54, "µmol/L", "high", 2),
    ("[créatininémie 25 mg/L]", "creatinine", 221, "µmol/L", "high", 2),
    ("[créat 640umol/L]", "creatinine", 640, "µmol/L", "high", 4),
    ("[créatinine passée de 80 à 350 µmol/L]", "creatinine", 350, "µmol/L", "high", 3),
    ("[clairance 30 ml/min]", "dfg", 30, "mL/min", "low", 2),
    ("[DFG à 28]", "dfg", 28, "mL/min", "low", 3),
    ("[DFG 12 ml/min/1,73m2]", "dfg", 12, "mL/min", "low", 4),
    ("[urée 25 mmol/L]", "uree", 25, "mmol/L", "high", None),
    ("[urée : 1,5 g/L]", "uree", 24.975, "mmol/L", "high", None),
    ("[calcium corrigé de 13,9 mg/dl]", "calcium", 3.46805, "mmol/L", "high", 4),
    ("[calcémie 3,2 mmol/l]", "calcium", 3.2, "mmol/L", "high", 3),
    ("[hypocalcémie à 1,6 mmol/L]", "calcium", 1.6, "mmol/L", "low", 3),
    ("[K+ 6,2]", "potassium", 6.2, "mmol/L", "high", 3),
    ("[kaliémie à 2,3 mmol/L]", "potassium", 2.3, "mmol/L", "low", 4),
    ("[K 3,2mmol/L]", "potassium", 3.2, "mmol/L", "low", 1),
    ("[Na 121]", "sodium", 121, "mmol/L", "low", 3),
    ("[natrémie à 118]", "sodium", 118, "mmol/L", "low", 4),
    ("[hypernatrémie à 158 mEq/l]", "sodium", 158, "mmol/L", "high", 3),
    ("[magnésémie 0,35 mmol/L]", "magnesium", 0.35, "mmol/L", "low", 3),
    ("[phosphorémie à 0,4 mmol/L]", "phosphore", 0.4, "mmol/L", "low", None),
    ("[glycémie à 0,4 g/L]", "glycemie", 2.2204, "mmol/L", "low", 2),
    ("[glycémie capillaire 22 mmol/l]", "glycemie", 22, "mmol/L", "high", None),
    ("[ASAT 7 fois la normale]", "asat", 7, "xN", "high", 3),
    ("[ALAT à 5N]", "alat", 5, "xN", "high", 2),
    ("[ALAT 25 x N]", "alat", 25, "xN", "high", 4),
    ("[transaminases à 10 N]", "transaminases", 10, "xN", "high", 3),
    ("[transaminases x5]", "transaminases", 5, "xN", "high", 2),
    ("[cytolyse à 20N]", "transaminases", 20, "xN", "high", 3),
    ("[GGT 320 UI/L]", "ggt", 320, "UI/L", "high", 3),
    ("[PAL 480 UI/L]", "pal", 480, "UI/L", "high", 2),
    ("[bilirubine totale 80 µmol/L]", "bilirubine", 80, "µmol/L", "high", 3),
    ("[CPK à 12 000]", "cpk", 12000, "UI/L", "high", 4),
    ("[CPK à 12.000 UI/L]", "cpk", 12000, "UI/L", "high", 4),
    ("[créatine kinase (CK) à 640 UI/L]", "cpk", 640, "UI/L", "high", 2),
    ("[CPK élevée à 800 UI/L]", "cpk", 800, "UI/L", "high", 2),
    ("[lipase 3N]", "lipase", 3, "xN", "high", 2),
    ("[lipasémie à 900 UI/L]", "lipase", 900, "UI/L", "high", 3),
    ("[LDH 1450 UI/L]", "ldh", 1450, "UI/L", "high", 1),
    ("[troponine à 2,4 µg/L]", "troponine", 2400, "ng/L", "high", None),
    ("[CRP 82] (N<5)", "crp", 82, "mg/L", "high", None),
    ("[CRP à 154 mg/L]", "crp", 154, "mg/L", "high", None),
    ("[CRP à J3 à 120 mg/L]", "crp", 120, "mg/L", "high", None),
    ("[ferritine à 4500 µg/L]", "ferritine", 4500, "ng/mL", "high", None),
    ("[lactates 7 mmol/L]", "lactates", 7, "mmol/L", "high", None),
    ("[pH 7,12]", "ph", 7.12, "", "low", 3),
    ("[bicarbonates à 9 mmol/L]", "bicarbonates", 9, "mmol/L", "low", None),
    ("[uricémie à 620 µmol/L]", "acide_urique", 620, "µmol/L", "high", None),
    ("[TSH 35 mUI/L]", "tsh", 35, "mUI/L", "high", None),
    ("[TSH inférieure à 0,01 µUI/mL]", "tsh", 0.01, "mUI/L", "low", None),
    ("[albumine 22 g/L]", "albumine", 22, "g/L", "low", 2),
    ("[protéinurie 3 g/24h]", "proteinurie", 3, "g/24h", "high", 2),
    ("[protéinurie à 4 g/L]", "proteinurie_concentration", 4, "g/L", "high", None),
    ("[QTc 520 ms]", "qtc", 520, "ms", "high", 3),
    ("[FEVG à 35 %]", "fevg", 35, "%", "low", 3),
    ("[saturation à 82 %]", "saturation", 82, "%", "low", None),
    ("[température 39,5 °C]", "temperature", 39.5, "°C", "high", 2),
    ("pâle, [38,6°C], asthénique", "temperature", 38.6, "°C", "high", 1),
    ("[fièvre à 39]", "temperature", 39, "°C", "high", 1),
    ("[fièvre à 39-40]", "temperature", 40, "°C", "high", 2),
    ("[TA 80/40]", "pression_systolique", 80, "mmHg", "low", None),
    ("[TA à 8/5]", "pression_systolique", 80, "mmHg", "low", None),
    ("[TA 185/95 mmHg]", "pression_systolique", 185, "mmHg", "high", 3),
    ("[TA 130/105]", "pression_systolique", 130, "mmHg", "high", 3),
    ("[FC 150/min]", "frequence_cardiaque", 150, "/min", "high", None),
    ("[bradycardie à 38 bpm]", "frequence_cardiaque", 38, "/min", "low", None),
    ("[haptoglobine effondrée]", "haptoglobine", None, "g/L", "low", None),
    ("[haptoglobine était indosable]", "haptoglobine", None, "g/L", "low", None),
    ("[CPK très augmentées]", "cpk", None, "UI/L", "high", None),
    ("[troponine positive]", "troponine", None, "ng/L", "high", None),
]


@pytest.mark.parametrize(
    ("marked", "analyte", "value", "unit", "direction", "grade"), ABNORMAL, ids=[case[0] for case in ABNORMAL]
)
def test_abnormal_value(marked, analyte, value, unit, direction, grade) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    found = find(text)
    assert [(v.analyte, v.value, v.unit, v.direction, v.grade) for v in found] == [
        (analyte, value, unit, direction, grade)
    ]
    assert text[found[0].start : found[0].end] == text[start:end]
    assert found[0].concept
    assert found[0].grade_source == ("CTCAE v5" if grade else "")


# Values within the reference bounds, or within the range that the text gives: read, but no event.
NORMAL = [
    "plaquettes 234 G/L",
    "plaquettes normales à 194 000/mm3",
    "plaquettes > 100 G/L",
    "Hb 14,3 g/dl",
    "PNN 3,2 G/L",
    "leucocytes 7 980/mm3",
    "K 4,2 mmol/L",
    "K 5,3 mmol/L (3,5-5,5)",
    "Na+ 139",
    "créatinine 72 µmol/L",
    "créatinine 9 mg/L",
    "CRP 3 mg/L",
    "CRP < 5 mg/L",
    "CRP 8 (normale < 10)",
    "CRP à 8 mg/L (N : 0-10)",
    "INR 1,02",
    "TP 92 %",
    "TCA 32 s",
    "ASAT 26 UI/L",
    "bilirubine totale 9 µmol/L",
    "lipasémie normale",
    "TSH normale",
    "troponine négative",
    "TA 12/7",
    "FC 72 bpm",
    "T° 36,8",
    "SpO2 98 %",
    "FEVG 60 %",
    "pH 7,40",
    "glycémie 0,95 g/L",
    "calcémie à 94 mg/L",
]


@pytest.mark.parametrize("text", NORMAL)
def test_normal_value_makes_no_event(text: str) -> None:
    found = find(text)
    assert [(v.direction, v.concept, v.grade) for v in found] == [("normal", "", None)]


# Numbers beside a name that are not its value: doses, ages, dates, names of other things.
NOTHING = [
    "héparine 5000 UI",
    "aspirine 75 mg par jour",
    "calcium 500 mg x 2",
    "potassium 600 mg matin et soir",
    "magnésium 2 comprimés",
    "fer 80 mg",
    "vitamine D 100 000 UI",
    "albumine 20 g en perfusion",
    "patiente de 67 ans",
    "le 12/03/2015",
    "toxicité de grade 2",
    "complément C3",
    "Ki67 20 %",
    "K 12 lignes",
    "carcinome K3",
    "CA 125 à 80",
    "Na en salle 3",
    "TP de physique le 12 mars",
    "TP 3 séances",
    "2 plaquettes de comprimés",
    "transfusion de plaquettes",
    "chute de l'hémoglobine de 3 g/dL",
    "perte de 3 g/dL d'hémoglobine",
    "fièvre pendant 3 jours",
    "fièvre à J3",
    "fièvre depuis 38 heures",
    "PNN 80 %",
    "CRP le 12/03/2015",
    "TSH à 3 mois",
    "HbA1c 8 %",
    "créatinine\n\n150 mg de prednisone",
    "hémoglobine. 9 jours plus tard",
    "contrôle de la TA. 3 jours",
    "IgG positives",
    "maintenir un INR entre 2 et 3",
]


@pytest.mark.parametrize("text", NOTHING)
def test_number_that_is_no_value(text: str) -> None:
    assert find(text) == []


def test_pair_of_names_shares_the_unit() -> None:
    text = "ASAT/ALAT 250/340 UI/L"
    assert [(v.analyte, v.value, text[v.start : v.end]) for v in find(text)] == [
        ("asat", 250, text),
        ("alat", 340, text),
    ]
    assert [(v.analyte, v.value) for v in find("ASAT et ALAT à 5N")] == [("asat", 5), ("alat", 5)]
    assert [(v.analyte, v.value) for v in find("Na/K 128/5,9 mmol/L")] == [("sodium", 128), ("potassium", 5.9)]


def test_list_of_values_gives_each() -> None:
    text = "plaquettes à 120 G/L puis 45 G/L"
    assert [(v.value, text[v.start : v.end]) for v in find(text)] == [(120, "plaquettes à 120 G/L"), (45, "45 G/L")]


def test_line_of_results_is_read_item_by_item() -> None:
    text = "Na 121 mmol/L, K 6,2 mmol/L, créatinine 310 µmol/L, Hb 7,1 g/dL, 12 000 plaquettes, PNN 0,3 G/L, CRP 210"
    analytes = [v.analyte for v in find(text)]
    assert analytes == ["sodium", "potassium", "creatinine", "hemoglobine", "plaquettes", "neutrophiles", "crp"]


def test_grade_in_the_text_wins() -> None:
    value = find("Hb 9,8 g/dL (grade 3)")[0]
    assert (value.grade, value.grade_source) == (3, "text")
    value = find("plaquettes 60 G/L (150-400), grade 1")[0]
    assert (value.grade, value.grade_source) == (1, "text")


def test_range_in_the_text_wins() -> None:
    assert find("ALAT 52 UI/L (N < 60)")[0].direction == "normal"
    assert find("ALAT 52 UI/L (N < 40)")[0].direction == "high"
    assert find("ALAT 52 UI/L (normale entre 10 et 60)")[0].direction == "normal"
    assert find("calcémie 2,5 mmol/L (2,0 à 2,4)")[0].direction == "high"
    assert find("plaquettes (150-400) : 145 G/L")[0].direction == "low"


def test_bounds_follow_sex_and_age() -> None:
    assert find("Hb 12,4 g/dL", sex="M")[0].direction == "low"
    assert find("Hb 12,4 g/dL", sex="F")[0].direction == "normal"
    assert find("Hb 12,4 g/dL")[0].direction == "normal"
    assert find("créatinine 90 µmol/L", sex="F", age=50)[0].direction == "high"
    assert find("créatinine 90 µmol/L", sex="M", age=50)[0].direction == "normal"
    assert find("créatinine 60 µmol/L", age=3)[0].direction == "high"
    assert find("FC 140/min", age=0.5)[0].direction == "normal"


def test_comparator_is_kept() -> None:
    assert [find(t)[0].comparator for t in ("INR > 8", "TSH < 0,05 mUI/L", "INR à 8")] == [">", "<", ""]


def test_long_text_is_linear_and_offsets_hold() -> None:
    item = "Hb 8,3 g/dl, 2000 plaquettes. "
    text = item * 500
    found = find(text)
    assert len(found) == 1000
    assert all(text[v.start : v.end] in ("Hb 8,3 g/dl", "2000 plaquettes") for v in found)


def test_folded_tokens_may_be_given() -> None:
    text = "Kaliémie à 6,8 mmol/L"
    assert find_lab_values(text, tokenize(text), TABLES, folded=["kaliemie", "a", "6,8", "mmol", "/", "l"]) == find(
        text
    )

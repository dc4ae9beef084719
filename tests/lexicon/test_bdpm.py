"""The importer of the BDPM, on small downloads made up for the purpose."""

import csv
from pathlib import Path

import pytest

from pv.errors import LexiconError, OutputError
from pv.lexicon.bdpm import DrugRow, import_bdpm, write_table
from pv.lexicon.bdpm_brands import BrandWords, name_part
from pv.lexicon.bdpm_names import Namer, natural
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.terms import load_drug_terms

Products = list[tuple[str, str, str, str, str]]
Parts = list[tuple[str, str, str, str, str]]

# CIS, name, procedure, marketing, monitoring
PRODUCTS: Products = [
    ("1", "NEPHROSAN 12,5 mg, gélule", "Procédure centralisée", "Commercialisée", "Oui"),
    ("2", "NEPHROSAN L.P. 25 mg, gélule à libération prolongée", "Procédure centralisée", "Commercialisée", "Non"),
    ("3", "PARACETAMOL BIOGARAN 1 g, comprimé", "Procédure nationale", "Commercialisée", "Non"),
    ("4", "AMOXICILLINE/ACIDE CLAVULANIQUE SANDOZ 1 g/125 mg, poudre", "Procédure nationale", "Commercialisée", "Non"),
    ("5", "VIDEX 200 mg, gélule", "Procédure nationale", "Non commercialisée", "Non"),
    ("6", "ARNIGRANULE BOIRON 5CH, granules", "Enreg homéo (Proc. Nat.)", "Commercialisée", "Non"),
    ("7", "TRIVACCIN, suspension injectable", "Procédure nationale", "Commercialisée", "Non"),
    ("8", "MAG 2 100 mg, comprimé", "Procédure nationale", "Commercialisée", "Non"),
    ("9", "CHLORURE DE SODIUM LAVOISIER 0,9 %, solution", "Procédure nationale", "Commercialisée", "Non"),
    ("10", "LASTOPRIL BREEZHALER ENFANTS, poudre", "Procédure nationale", "Commercialisée", "Non"),
]
# CIS, code, denomination, dose, nature
PARTS: Parts = [
    ("1", "a", "SUNITINIB (MALATE DE)", "12,5 mg", "SA"),
    ("1", "b", "SUNITINIB", "12,5 mg", "FT"),
    ("2", "a", "MALATE DE SUNITINIB", "25 mg", "SA"),
    ("3", "c", "PARACÉTAMOL", "1 g", "SA"),
    ("4", "d", "AMOXICILLINE TRIHYDRATÉE", "1 g", "SA"),
    ("4", "e", "CLAVULANATE DE POTASSIUM", "125 mg", "SA"),
    ("5", "f", "DIDANOSINE", "200 mg", "SA"),
    ("6", "g", "ARNICA MONTANA POUR PRÉPARATIONS HOMÉOPATHIQUES", "5CH", "SA"),
    ("7", "h", "VIRUS POLIOMYÉLITIQUE SOUCHE MEF-1 DE TYPE 2 INACTIVÉ", "8 U", "SA"),
    ("7", "i", "ANATOXINE TÉTANIQUE", "20 UI", "SA"),
    ("7", "j", "ANATOXINE DIPHTÉRIQUE", "30 UI", "SA"),
    ("8", "k", "CARBONATE DE MAGNÉSIUM LOURD", "100 mg", "SA"),
    ("9", "l", "SODIUM (CHLORURE DE)", "0,9 g", "SA"),
    ("10", "m", "FUMARATE DE FORMOTÉROL DIHYDRATÉ", "12 µg", "SA"),
]
ATC = [("1", "L01EX01"), ("2", "L01EX01"), ("3", "N02BE01")]


def download(folder: Path, products: Products, parts: Parts, encoding: str = "cp1252") -> Path:
    folder.mkdir()
    rows = [(c, n, "forme", "orale", "Autorisation active", p, m, "", "", "", " LABO", w) for c, n, p, m, w in products]
    _write(folder / "CIS_bdpm.txt", rows, encoding)
    lines = [(c, "élément", code, name, dose, "un", nature, "1") for c, code, name, dose, nature in parts]
    _write(folder / "CIS_COMPO_bdpm.txt", lines, encoding)
    return folder


def _write(path: Path, rows: list[tuple[str, ...]], encoding: str) -> None:
    path.write_bytes("".join("\t".join(row) + "\r\n" for row in rows).encode(encoding))


@pytest.fixture
def newest(tmp_path: Path) -> Path:
    folder = download(tmp_path / "2026-05", PRODUCTS, PARTS)
    _write(folder / "CIS_MITM.txt", [(cis, code, "nom", "lien") for cis, code in ATC], "cp1252")
    return folder


def by_term(rows: list[DrugRow]) -> dict[str, DrugRow]:
    return {row.term: row for row in rows}


@pytest.mark.parametrize(
    ("term", "inn", "atc", "status", "monitored"),
    [
        ("sunitinib", "sunitinib", "L01EX01", "marketed", "no"),
        ("nephrosan", "sunitinib", "L01EX01", "marketed", "yes"),
        ("paracétamol", "paracétamol", "N02BE01", "marketed", "no"),
        ("amoxicilline", "amoxicilline", "", "marketed", "no"),
        ("acide clavulanique/amoxicilline", "acide clavulanique/amoxicilline", "", "marketed", "no"),
        ("amoxicilline acide clavulanique", "acide clavulanique/amoxicilline", "", "marketed", "no"),
        ("clavulanate", "acide clavulanique", "", "marketed", "no"),
        ("didanosine", "didanosine", "", "withdrawn", "no"),
        ("trivaccin", "vaccin diphtérie-tétanos-poliomyélite", "", "marketed", "no"),
        ("chlorure de sodium", "chlorure de sodium", "", "marketed", "no"),
        ("carbonate de magnésium", "carbonate de magnésium", "", "marketed", "no"),
        ("formotérol", "formotérol", "", "marketed", "no"),
        ("lastopril", "formotérol", "", "marketed", "no"),
    ],
)
def test_row(newest: Path, term: str, inn: str, atc: str, status: str, monitored: str) -> None:
    row = by_term(import_bdpm([newest]))[term]
    assert (row.inn, row.atc, row.status, row.monitored) == (inn, atc, status, monitored)


@pytest.mark.parametrize("word", ["biogaran", "sandoz", "lavoisier", "arnica", "breezhaler", "gélule", "nephrosan lp"])
def test_no_row_names_a_laboratory_a_form_or_a_homeopathic_stock(newest: Path, word: str) -> None:
    assert not [row for row in import_bdpm([newest]) if word in row.term]


def test_a_salt_that_holds_its_substance_needs_no_row(newest: Path) -> None:
    assert "malate de sunitinib" not in by_term(import_bdpm([newest]))


def test_a_combination_lists_its_substances(newest: Path) -> None:
    rows = by_term(import_bdpm([newest]))
    assert rows["acide clavulanique/amoxicilline"].substances == "acide clavulanique/amoxicilline"
    assert rows["sunitinib"].substances == ""


def test_names_that_are_other_words_ask_for_their_spelling_or_a_context(newest: Path) -> None:
    rows = by_term(import_bdpm([newest]))
    assert rows["=videx|=Videx|=VIDEX"].match == ""
    assert rows["MAG"].match == "case drug_context"


def test_a_product_gone_from_the_newest_download_is_withdrawn(tmp_path: Path, newest: Path) -> None:
    gone = ("90", "ANTIGOUTTE 100 mg, comprimé", "Procédure nationale", "Commercialisée", "Oui")
    older = download(tmp_path / "2016-12", [gone], [("90", "z", "BENZBROMARONE", "100 mg", "SA")], "utf-8-sig")
    row = by_term(import_bdpm([newest, older]))["antigoutte"]
    assert (row.inn, row.status, row.monitored) == ("benzbromarone", "withdrawn", "no")


def test_both_encodings_are_read_alike(tmp_path: Path) -> None:
    ansi = download(tmp_path / "ansi", PRODUCTS, PARTS, "cp1252")
    utf8 = download(tmp_path / "utf8", PRODUCTS, PARTS, "utf-8")
    assert import_bdpm([ansi]) == import_bdpm([utf8])


def test_codes_that_disagree_are_left_out(newest: Path) -> None:
    _write(newest / "CIS_MITM.txt", [("1", "L01EX01", "", ""), ("2", "L01XE04", "", "")], "cp1252")
    assert by_term(import_bdpm([newest]))["nephrosan"].atc == ""


def test_the_table_is_read_by_the_loader_and_the_same_each_time(tmp_path: Path, newest: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    write_table(import_bdpm([newest]), first)
    write_table(import_bdpm([newest]), second)
    assert first.read_bytes() == second.read_bytes()
    assert {t.entry.inn for t in load_drug_terms(first, {})} >= {"sunitinib", "didanosine"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LexiconError, match="CIS_COMPO_bdpm"):
        import_bdpm([tmp_path / "empty"])


def test_a_file_of_another_shape_is_refused_with_its_line(newest: Path) -> None:
    with (newest / "CIS_COMPO_bdpm.txt").open("a", encoding="cp1252") as out:
        out.write("1;2;3\r\n")
    with pytest.raises(LexiconError, match=f"CIS_COMPO_bdpm.txt:{len(PARTS) + 1}: "):
        import_bdpm([newest])


def test_a_table_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_table([], tmp_path / "missing" / "drugs.csv")


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("TIMOLOL (MALÉATE DE)", "maléate de timolol"),
        ("ATROPINE (SULFATE D')", "sulfate d'atropine"),
        ("ASCORBIQUE (ACIDE)", "acide ascorbique"),
        ("LIERRE GRIMPANT (FEUILLE DE) (EXTRAIT SEC DE)", "extrait sec de feuille de lierre grimpant"),
        ("ARTICHAUT (FEUILLE D'), EXTRAIT MOU DE", "extrait mou de feuille d'artichaut"),
        ("IODURE (131I) DE SODIUM", "iodure de sodium"),
    ],
)
def test_natural_order(name: str, spoken: str) -> None:
    assert natural(name) == spoken


@pytest.mark.parametrize(
    ("name", "inn"),
    [
        ("CHLORHYDRATE DE TRAMADOL", "tramadol"),
        ("PÉRINDOPRIL TERT-BUTYLAMINE", "périndopril"),
        ("CODÉINE (PHOSPHATE DE) HÉMIHYDRATÉ", "codéine"),
        ("PHOSPHATE SODIQUE DE DEXAMÉTHASONE", "dexaméthasone"),
        ("HÉMIFUMARATE DE BISOPROLOL", "bisoprolol"),
        ("CANDÉSARTAN CILEXÉTIL", "candésartan"),
        ("L-ARGININE", "arginine"),
        ("VALPROATE DE SODIUM", "acide valproïque"),
        ("FOLINATE DE CALCIUM", "folinate de calcium"),
        ("CHLORURE DE MAGNÉSIUM HEXAHYDRATÉ", "chlorure de magnésium"),
        ("CHOLÉCALCIFÉROL (CONCENTRAT DE), FORME PULVÉRULENTE", "colécalciférol"),
        ("MYCOPHÉNOLATE MOFÉTIL", "mycophénolate mofétil"),
        ("INSULINE GLARGINE", "insuline glargine"),
        ("IMMUNOGLOBULINE HUMAINE NORMALE (PLASMATIQUE)", "immunoglobuline humaine normale"),
        ("VIRUS DE LA GRIPPE FRAGMENTÉ, INACTIVÉ, SOUCHE B/PHUKET/3073/2013", "vaccin grippal"),
        ("CARBOXYMALTOSE FERRIQUE", "carboxymaltose ferrique"),
    ],
)
def test_inn_of_a_name(name: str, inn: str) -> None:
    assert Namer(lexicon_dir()).inn(name) == inn


@pytest.mark.parametrize(
    ("denomination", "stem"),
    [
        ("LOVENOX 4 000 UI anti-Xa/0,4 ml, solution injectable", "lovenox"),
        ("DI-ANTALVIC, gélule", "di-antalvic"),
        ("DOLIPRANELIQUIZ 300 mg SANS SUCRE, suspension", "dolipraneliquiz"),
        ("ATECTURA BREEZHALER 125 microgrammes/127,5 microgrammes, poudre", "atectura"),
        ("NEUROSYL L.P. 37,5 mg, gélule", "neurosyl"),
        ("VITAMINE B12 GERDA 1000 microgrammes, solution", "vitamine b12"),
        ("PREVENAR 13, suspension injectable", "prevenar"),
    ],
)
def test_stem_of_a_denomination(denomination: str, stem: str) -> None:
    assert BrandWords(lexicon_dir() / "bdpm_words.csv").strip(name_part(denomination)) == stem


def test_the_shipped_table_is_sorted_and_knows_the_market() -> None:
    with (lexicon_dir() / "drugs_bdpm.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [r["term"] for r in rows] == sorted(r["term"] for r in rows)
    inns = {r["term"]: r["inn"] for r in rows}
    assert inns["sutent"] == "sunitinib"
    assert inns["keytruda"] == "pembrolizumab"
    assert inns["augmentin"] == "acide clavulanique/amoxicilline"
    assert inns["lovenox"] == "énoxaparine"

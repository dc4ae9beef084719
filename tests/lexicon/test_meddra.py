"""Reading of a MedDRA distribution and the mapping of events to it; every MedDRA term here is invented."""

import io
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.meddra import COLUMNS, LowLevelTerm, load_meddra_map, map_events, read_distribution, write_map
from pv.lexicon.terms import EventConcept, Term, fold_phrase

LLTS = (
    ("101", "Fièvre de lune", "100", "Y"),
    ("102", "Fièvre des lunes", "100", "N"),
    ("100", "Accès lunaire", "100", "Y"),
    ("201", "Nez de verre", "200", "N"),
    ("301", "Œdème d'étoile", "300", "Y"),
    ("302", "Oedeme d’étoile", "400", "Y"),
)
PTS = (("100", "Accès lunaire"), ("200", "Nez vitreux"), ("300", "Œdème stellaire"), ("400", "Autre œdème"))
PLACES = (
    ("100", "Lunes", "Astres", "Cieux", "N"),
    ("100", "Accès", "Crises", "Nerfs", "Y"),
    ("200", "Nez", "Visage", "Tête", "N"),
    ("300", "Étoiles", "Astres", "Cieux", "Y"),
    ("400", "Étoiles", "Astres", "Cieux", "Y"),
)


def files(encoding: str = "utf-8") -> dict[str, bytes]:
    texts = {
        "meddra_release.asc": "99.1$French$$$$\n",
        "llt.asc": "".join(f"{code}${name}${pt}$$$$$$${current}$$\n" for code, name, pt, current in LLTS),
        "pt.asc": "".join(f"{code}${name}$$900$$$$$$$$\n" for code, name in PTS),
        "mdhier.asc": "".join(
            f"{pt}$1$2$3${dict(PTS)[pt]}${hlt}${hlgt}${soc}$XX$$900${primary}$\n"
            for pt, hlt, hlgt, soc, primary in PLACES
        ),
    }
    return {name: text.encode(encoding) for name, text in texts.items()}


def write(folder: Path, contents: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def event(concept: str, *phrases: str) -> list[Term[EventConcept]]:
    entry = EventConcept(concept, phrases[0], "", "ciel", important=False)
    return [
        Term(fold_phrase(p), entry, p.removeprefix("=") if p.startswith("=") else None)
        for p in phrases
    ]  # fmt: skip


def test_a_distribution_is_read_with_its_primary_paths(tmp_path: Path):
    meddra = read_distribution(write(tmp_path, files()))
    assert (meddra.version, meddra.language) == ("99.1", "French")
    assert meddra.llts[fold_phrase("accès lunaire")] == LowLevelTerm("100", "Accès lunaire", "100", current=True)
    place = meddra.hierarchy["100"]
    assert (place.pt, place.hlt, place.hlgt, place.soc) == ("Accès lunaire", "Accès", "Crises", "Nerfs")
    assert meddra.hierarchy["200"].soc == "Tête"


def test_files_may_lie_below_in_capitals_and_in_windows_1252(tmp_path: Path):
    texts = {name.upper(): content.replace(b"\n", b"\r\n") for name, content in files("cp1252").items()}
    texts["LLT.ASC"] = texts["LLT.ASC"].replace("’".encode("cp1252"), b"'")
    write(tmp_path / "MedAscii", {name.replace(".ASC", ".asc"): text for name, text in texts.items()})
    assert read_distribution(tmp_path).llts.keys() == read_distribution(write(tmp_path / "other", files())).llts.keys()


def test_events_map_by_label_then_by_term_word_for_word(tmp_path: Path):
    meddra = read_distribution(write(tmp_path, files()))
    mapped = map_events(
        [
            *event("lune", "accès lunaires", "fièvre de lune"),
            *event("nez", "nez cassant", "nez de cristal", "nez de verre"),
            *event("etoile", "oedème d'étoile"),
            *event("sigle", "soleil", "=Nez de verre"),
            *event("rien", "nez"),
        ],
        meddra,
    )
    assert [(r.concept, r.llt_code, r.llt, r.pt_code, r.pt, r.soc, r.version) for r in mapped.rows] == [
        ("etoile", "301", "Œdème d'étoile", "300", "Œdème stellaire", "Cieux", "99.1"),
        ("lune", "100", "Accès lunaire", "100", "Accès lunaire", "Nerfs", "99.1"),
        ("nez", "201", "Nez de verre", "200", "Nez vitreux", "Tête", "99.1"),
    ]
    assert mapped.by_label == 2
    assert mapped.missed == ("nez", "soleil")


def test_of_terms_with_the_same_words_a_current_one_counts(tmp_path: Path):
    contents = files()
    contents["llt.asc"] = b"102$Lune noire$100$$$$$$$N$$\n103$Lunes noires$100$$$$$$$Y$$\n"
    assert read_distribution(write(tmp_path, contents)).llts[fold_phrase("lune noire")].code == "103"


def test_the_table_comes_back_as_it_was_written(tmp_path: Path):
    meddra = read_distribution(write(tmp_path, files()))
    rows = map_events([*event("lune", "accès lunaire"), *event("nez", "nez de verre")], meddra).rows
    out = io.StringIO()
    write_map(rows, out)
    assert out.getvalue().splitlines()[0] == "concept,llt_code,llt,pt_code,pt,hlt,hlgt,soc,version"
    (tmp_path / "meddra.csv").write_text(out.getvalue(), encoding="utf-8")
    assert load_meddra_map(tmp_path / "meddra.csv") == {row.concept: row for row in rows}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("llt.asc", None, "no llt.asc in it; give the folder of a MedDRA distribution's .asc files"),
        ("llt.asc", b"101$Lune$999$$$$$$$Y$$\n", "llt.asc:1: the PT '999' is not in pt.asc"),
        ("mdhier.asc", b"\n100$1$2$3$Lune$\n", "mdhier.asc:2: 6 fields, the first not empty, at least 12 expected"),
        ("pt.asc", b"$Lune$\n", "pt.asc:1: 3 fields, the first not empty, at least 2 expected"),
    ],
)
def test_a_broken_distribution_is_refused(tmp_path: Path, file: str, content: bytes | None, message: str):
    contents = files()
    del contents[file]
    write(tmp_path, contents if content is None else contents | {file: content})
    with pytest.raises(LexiconError, match=message.replace(".", r"\.")):
        read_distribution(tmp_path)


def test_a_term_without_a_place_is_refused(tmp_path: Path):
    contents = files()
    contents["mdhier.asc"] = b"300$1$2$3$X$a$b$c$d$$900$Y$\n"
    with pytest.raises(LexiconError, match=r"the PT 100 of llt\.asc is not in it"):
        map_events(event("lune", "accès lunaire"), read_distribution(write(tmp_path, contents)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["lune,1,Lune,2,Lune,a,b,Cieux,99.1"] * 2, "meddra.csv:3: the concept lune stands twice"),
        (["lune,1,Lune,,Lune,a,b,Cieux,99.1"], "meddra.csv:2: column pt_code is empty"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, rows: list[str], message: str):
    path = tmp_path / "meddra.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_meddra_map(path)

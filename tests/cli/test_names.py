"""What a user's name stands for, on small tables, and that the real tables resolve the names of the seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pv.lexicon.fingerprint import lexicon_hash
from pv.lexicon.names import DrugName, EventName, resolve_drug, resolve_event, similar_drugs, similar_events
from pv.lexicon.paths import data_dir, lexicon_dir, migration_dir

DRUGS = """term,inn,kind,atc,substances,status,monitored,match,source
sunitinib|Sutent,sunitinib,substance,L01EX01,,,,,x
5-FU|fluoro(-)uracile,fluorouracile,substance,L01BC02,,,,,x
AINS|anti{-|}inflammatoire{|s} non stéroïdien(s),class:ains,class,M01A,,,,case,x
=ART,diacéréine,substance,M01AX21,,,,,x
"doublé, avec virgule",comaine,substance,,,,,,x
"""
EVENTS = """id,label,terms,cim10,group,important,kind,match,source
civd,coagulation intravasculaire disséminée,CIVD|coagulopathie <de> consommation,D65,sang,yes,event,,x
oedeme,œdème,gonflement {des|d'une} cheville(s)|{hyper|hypo}hydrose,R60,x,no,event,,x
"""
MACROS = "name,alternatives,source\nde,de|du|des|de la|de l'|d',x\n"


@pytest.fixture
def lexicons(tmp_path: Path) -> Path:
    for name, content in (("drugs.csv", DRUGS), ("events.csv", EVENTS), ("macros.csv", MACROS)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "inns", "prefixes"),
    [
        ("sunitinib", ("sunitinib",), ()),
        ("SUTENT", ("sunitinib",), ()),
        ("5FU", ("fluorouracile",), ()),
        ("fluorouracile", ("fluorouracile",), ()),
        ("ains", ("class:ains",), ("M01A",)),
        ("class:ains", ("class:ains",), ("M01A",)),
        ("anti-inflammatoires non stéroïdiens", ("class:ains",), ("M01A",)),
        ("ART", ("diacéréine",), ()),
        ("Double, avec virgule", ("comaine",), ()),
        ("l01ex", (), ("L01EX",)),
        ("M", (), ("M",)),
        ("m", (), ()),
        ("sunit", (), ()),
        ("", (), ()),
        ("L01EX011", (), ()),
    ],
)
def test_drug_names(lexicons: Path, asked: str, inns: tuple[str, ...], prefixes: tuple[str, ...]):
    found = resolve_drug(asked, lexicons)
    assert found == DrugName(asked, inns, prefixes)
    assert found.known == bool(inns or prefixes)


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("CIVD", "coagulation intravasculaire disséminée"),
        ("civd", "coagulation intravasculaire disséminée"),
        ("coagulopathie de consommation", "coagulation intravasculaire disséminée"),
        ("oedeme", "œdème"),
        ("Œdèmes", "œdème"),
        ("gonflement d'une cheville", "œdème"),
        ("hypohydrose", "œdème"),
    ],
)
def test_event_names(lexicons: Path, asked: str, label: str):
    assert resolve_event(asked, lexicons).labels == (label,)


def test_event_codes(lexicons: Path):
    assert resolve_event("d69.6", lexicons) == EventName("d69.6", cim10_prefixes=("D696",))
    assert not resolve_event("D6", lexicons).known


def test_nearest_names(lexicons: Path):
    assert similar_drugs("sunitinbi", ["sunitinoïde"], lexicons)[:2] == ["sunitinib", "sunitinoïde"]
    assert similar_events("oedemme", folder=lexicons) == ["œdème"]
    assert similar_drugs("zzzz", folder=lexicons) == []


def test_names_of_the_real_tables():
    assert resolve_drug("Sutent").inns == ("sunitinib",)
    assert resolve_drug("taxol").inns == ("paclitaxel",)
    assert "M01A" in resolve_drug("AINS").atc_prefixes
    assert resolve_event("CIVD").labels == ("coagulation intravasculaire disséminée",)


def test_fingerprint_changes_with_any_table(lexicons: Path):
    before = lexicon_hash(lexicons)
    (lexicons / "SOURCES.md").write_text("note", encoding="utf-8")
    assert lexicon_hash(lexicons) == before
    (lexicons / "events.csv").write_text(EVENTS + "\n", encoding="utf-8")
    after = lexicon_hash(lexicons)
    (lexicons / "events.csv").rename(lexicons / "other.csv")
    assert len({before, after, lexicon_hash(lexicons)}) == 3


def test_data_of_a_checkout_and_of_a_wheel(tmp_path: Path):
    package = tmp_path / "site-packages" / "pv"
    (package.parent / "db").mkdir(parents=True)
    assert data_dir("db", package) == package.parent / "db"
    (package / "_data" / "db").mkdir(parents=True)
    assert data_dir("db", package) == package / "_data" / "db"
    assert (lexicon_dir() / "macros.csv").is_file()
    assert (migration_dir() / "env.py").is_file()

"""The terms of drugs and events: what a row gives, and which rows are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.terms import (
    DRUG_COLUMNS,
    EVENT_COLUMNS,
    EventConcept,
    Term,
    fold_phrase,
    load_composed_terms,
    load_drug_terms,
    load_event_terms,
)
from pv.model import DrugKind

MACROS = {"de": ("de", "du")}
DRUG = {"term": "aspirine", "inn": "acide acétylsalicylique", "kind": "substance", "source": "test"}
EVENT = {"id": "rash", "label": "éruption cutanée", "group": "peau", "kind": "event", "source": "test"}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def call(columns: tuple[str, ...], *rows: dict[str, str]) -> Path:
        lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
        path = tmp_path / "termes.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return call


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("Anti-TNF", ("anti", "tnf")),
        ("l'œdème de Quincke", ("l", "oedeme", "de", "quincke")),
        ("5-FU", ("5", "fu")),
        ("nausées", ("nause",)),
        ("mg/m²", ("mg", "/", "m", "2")),
        (" ", ()),
    ],
)
def test_fold_phrase(phrase: str, words: tuple[str, ...]):
    assert fold_phrase(phrase) == words


def test_a_drug_row(write: Write):
    row = DRUG | {"term": "aspirine|acide <de> test", "atc": "B01AC06", "monitored": "yes"}
    terms = list(load_drug_terms(write(DRUG_COLUMNS, row), MACROS))
    assert [t.words for t in terms] == [("aspirine",), ("acide", "de", "test"), ("acide", "du", "test")]
    assert {t.exact for t in terms} == {None}
    entry = terms[0].entry
    assert (entry.inn, entry.kind, entry.atc) == ("acide acétylsalicylique", DrugKind.SUBSTANCE, "B01AC06")
    assert entry.monitored
    assert not entry.by_context
    assert entry.substances == ()


def test_a_protocol_has_its_substances(write: Write):
    row = DRUG | {"term": "ABVD", "inn": "protocol:abvd", "kind": "protocol", "substances": "doxorubicine/bléomycine"}
    (term,) = load_drug_terms(write(DRUG_COLUMNS, row), MACROS)
    assert term.entry.substances == ("doxorubicine", "bléomycine")


@pytest.mark.parametrize(
    ("match", "exact", "by_context"),
    [
        ("", None, False),
        ("case", "Fer", False),
        ("drug_context", None, True),
        ("case drug_context", "Fer", True),
    ],
)
def test_how_a_drug_is_matched(write: Write, match: str, exact: str | None, by_context: bool):
    (term,) = load_drug_terms(write(DRUG_COLUMNS, DRUG | {"term": "Fer", "match": match}), MACROS)
    assert (term.exact, term.entry.by_context) == (exact, by_context)


def test_an_equals_sign_asks_for_the_spelling_of_one_phrase(write: Write):
    terms = list(load_drug_terms(write(DRUG_COLUMNS, DRUG | {"term": "=MTX|méthotrexate"}), MACROS))
    assert [(t.words, t.exact) for t in terms] == [(("mtx",), "MTX"), (("methotrexate",), None)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "brand"}, "column kind: 'brand' is not one of substance, class, protocol"),
        ({"inn": "class:ains"}, "column inn: 'class:ains' does not go with kind substance"),
        ({"kind": "class"}, "column inn: 'acide acétylsalicylique' does not go with kind class"),
        ({"match": "exact"}, "column match: 'exact' is not one of"),
        ({"monitored": "oui"}, "column monitored: 'oui' is not one of"),
        ({"term": "a|="}, "column term: '' holds no word"),
        ({"term": "{a"}, "column term: a '{' is not closed"),
        ({"term": "<rien>"}, "column term: unknown macro <rien>"),
        ({"source": ""}, "column source is empty"),
    ],
)
def test_a_wrong_drug_row_is_refused(write: Write, change: dict[str, str], message: str):
    path = write(DRUG_COLUMNS, DRUG, DRUG | change)
    with pytest.raises(LexiconError) as refused:
        list(load_drug_terms(path, MACROS))
    assert str(refused.value).startswith(f"termes.csv:3: {message}")


def test_an_event_row(write: Write):
    row = EVENT | {"terms": "rash|=RCM", "cim10": "R21", "important": "no"}
    terms = list(load_event_terms(write(EVENT_COLUMNS, row), MACROS))
    assert [(t.words, t.exact) for t in terms] == [(("eruption", "cutane"), None), (("rash",), None), (("rcm",), "RCM")]
    assert {t.entry for t in terms} == {EventConcept("rash", "éruption cutanée", "R21", "peau", important=False)}


@pytest.mark.parametrize(
    ("kind", "special", "generic"), [("event", False, False), ("special", True, False), ("generic", False, True)]
)
def test_the_kinds_of_events(write: Write, kind: str, special: bool, generic: bool):
    (term,) = load_event_terms(write(EVENT_COLUMNS, EVENT | {"kind": kind}), MACROS)
    assert (term.entry.special, term.entry.generic) == (special, generic)


def test_a_row_of_abbreviations_keeps_its_label_free(write: Write):
    terms = list(load_event_terms(write(EVENT_COLUMNS, EVENT | {"terms": "EC", "match": "case"}), MACROS))
    assert [t.exact for t in terms] == [None, "EC"]


@pytest.mark.parametrize("change", [{"label": ""}, {"group": ""}, {"kind": "drug"}, {"important": "x"}, {"terms": "="}])
def test_a_wrong_event_row_is_refused(write: Write, change: dict[str, str]):
    with pytest.raises(LexiconError, match=r"^termes\.csv:2: column "):
        list(load_event_terms(write(EVENT_COLUMNS, EVENT | change), MACROS))


@pytest.fixture
def compositions(tmp_path: Path) -> Path:
    (tmp_path / "event_compositions.csv").write_text(
        "id,pattern,label,cim10,group,important,example,source\n"
        "pain,{douleur|algie} [site],douleur [site],[site],[site],no,douleur dorsale,usage\n",
        encoding="utf-8",
    )
    (tmp_path / "event_parts.csv").write_text(
        "set,label,phrase,of,cim10,group,important,source\nsite,dorsale,dorsale|du dos,,M54.6,os,no,CIM-10\n",
        encoding="utf-8",
    )
    return tmp_path


def test_composed_terms(compositions: Path):
    terms = list(load_composed_terms(compositions, MACROS, {}))
    assert {" ".join(t.words) for t in terms} == {"douleur dorsale", "douleur du dos", "algie dorsale", "algie du dos"}
    assert {t.entry.label for t in terms} == {"douleur dorsale"}
    assert {t.entry.cim10 for t in terms} == {"M54.6"}


def test_a_composed_label_that_is_listed_stands_for_the_listed_concept(compositions: Path):
    listed = EventConcept("dorsalgie", "dorsalgie", "M54.9", "os", important=False)
    terms: list[Term[EventConcept]] = list(
        load_composed_terms(compositions, MACROS, {fold_phrase("douleur dorsale"): listed})
    )
    assert {t.entry for t in terms} == {listed}


def test_a_composition_with_an_unknown_slot_is_refused(compositions: Path):
    path = compositions / "event_compositions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("[site]", "[lieu]"), encoding="utf-8")
    with pytest.raises(LexiconError, match=r"^event_compositions\.csv: "):
        list(load_composed_terms(compositions, MACROS, {}))

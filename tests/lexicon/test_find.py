"""What a word is to a small set of tables, and why."""

from pathlib import Path

import pytest
from test_check import HEADERS

from pv.lexicon.find import MOST_RULES, Answer, find
from pv.lexicon.labs import COLUMNS

LAB = dict.fromkeys(COLUMNS["labs.csv"], "") | {
    "id": "rouge", "label": "rouge", "names": "globules rouges|=GR", "low_event": "spots", "high_event": "itch",
    "source": "norme",
}  # fmt: skip
RULES = [f"rule{i},after,forward,,,,dans les {i} jours,dans les {i} jours,usage" for i in range(MOST_RULES + 5)]
TABLES = {
    "macros.csv": ["de,de|d',usage"],
    "drugs.csv": [
        "maxidol|MXD,maxidol,substance,N02AX01,,withdrawn,,,retrait 2009",
        "nulidol,nulidol,substance,,,,yes,drug_context,usage",
        "EP,protocol:ep,protocol,,maxidol/nulidol,,,case,essai",
    ],
    "drugs_bdpm.csv": [
        "maxidol,maxidolium,substance,,,marketed,no,,BDPM",
        "zonifloxine,zonifloxine,substance,J01MA09,,marketed,yes,,BDPM",
    ],
    "events.csv": [
        "spots,taches,plaque{|s} rouge{|s},L98.9,peau,no,event,,usage",
        "itch,prurit,=EP|démangeaison,L29.9,peau,yes,event,,CTCAE",
        "misuse,mésusage,usage détourné,,situation particulière,no,special,,BPPV",
    ],
    "event_compositions.csv": ["ache,{mal|maux} [site],douleur [site],[site],[site],no,mal de nez,usage"],
    "event_parts.csv": ["site,du nez,de nez,,J34.8,respiratoire,no,usage"],
    "linking_rules.csv": ["cause,event_drug,forward,,,,causé(e) par,Prurit causé par maxidol.,usage", *RULES],
    "sections.csv": ["s.bilan,bilan,line,bilan{| sanguin},usage,Bilan : normal"],
    "labs.csv": [",".join(LAB.values())],
}
HEADER = HEADERS | {"labs.csv": ",".join(COLUMNS["labs.csv"])}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in TABLES.items():
        (tmp_path / name).write_text("".join(f"{row}\n" for row in [HEADER[name], *rows]), encoding="utf-8")
    return tmp_path


def lines(answer: Answer) -> list[str]:
    return [f"{m.kind}: {m.says} | {m.term} | {m.file}:{m.line}" for m in answer.meanings]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            "Maxidol",
            [
                "drug: maxidol, substance, N02AX01, withdrawn, source retrait 2009 | maxidol | drugs.csv:2",
                (
                    "drug: maxidolium, substance, no ATC, marketed, source BDPM, hidden by drugs.csv:2 | "
                    "maxidol | drugs_bdpm.csv:2"
                ),
            ],
        ),
        (
            "nulidol",
            [
                (
                    "drug: nulidol, substance, no ATC, additional monitoring, only where the words around say so, "
                    "source usage | nulidol | drugs.csv:3"
                ),
            ],
        ),
        (
            "ep",
            [
                "drug: protocol:ep, protocol, maxidol + nulidol, no ATC, source essai | EP (as spelt) | drugs.csv:4",
                "event: prurit, CIM-10 L29.9, peau, medically important, source CTCAE | EP (as spelt) | events.csv:3",
            ],
        ),
        ("plaques\nrouges", ["event: taches, CIM-10 L98.9, peau, source usage | plaque rouge | events.csv:2"]),
        ("mesusage", ["event: mésusage, situation particulière, special, source BPPV | mésusage | events.csv:4"]),
        (
            "maux de nez",
            ["event: douleur du nez, composed by rule ache, source usage | maux de nez | event_compositions.csv:2"],
        ),
        (
            "GR",
            ["laboratory value: rouge, low value: spots, high value: itch, source norme | GR (as spelt) | labs.csv:2"],
        ),
        ("Bilan", ["section title: s.bilan: bilan, source usage | bilan | sections.csv:2"]),
        ("causée par", ["linking rule: cause: event_drug, source usage | causé par | linking_rules.csv:2"]),
        (
            "zoniflaxine",
            ["misspelling: one edit from zonifloxine, zonifloxine | zonifloxine | drugs_bdpm.csv:3"],
        ),
    ],
)
def test_each_kind_of_meaning(folder: Path, asked: str, expected: list[str]):
    answer = find(asked, folder)
    assert lines(answer) == expected
    assert not answer.nearest


def test_rules_that_hold_a_word_are_told_up_to_a_number(folder: Path):
    found = find("jours", folder).meanings
    assert [m.says.split(":")[0] for m in found] == [f"rule{i}" for i in range(MOST_RULES)]


def test_a_correct_word_is_no_misspelling(folder: Path):
    assert find("zonifloxine", folder).meanings[0].kind == "drug"
    (folder / "not_misspellings.csv").write_text("term,why,source\nzoniflaxine,verbe,usage\n", encoding="utf-8")
    assert not find("zoniflaxine", folder).meanings


def test_an_unknown_word_gets_the_nearest_names(folder: Path):
    assert find("nullidole", folder) == Answer((), ("nulidol",))
    assert find("xyzzy", folder) == Answer((), ())
    assert find(" - ", folder) == Answer((), ())

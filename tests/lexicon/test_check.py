"""Each kind of mistake in a table gets its message, with file and line, and sound tables get none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pv.lexicon.check import check
from pv.lexicon.lexicon import SECTION_COLUMNS
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.rules import RULE_COLUMNS
from pv.lexicon.terms import DRUG_COLUMNS, EVENT_COLUMNS

HEADERS = {
    "drugs.csv": ",".join(DRUG_COLUMNS),
    "drugs_bdpm.csv": ",".join(DRUG_COLUMNS),
    "events.csv": ",".join(EVENT_COLUMNS),
    "linking_rules.csv": ",".join(RULE_COLUMNS),
    "assertion_rules.csv": ",".join(RULE_COLUMNS),
    "sections.csv": ",".join(SECTION_COLUMNS),
    "event_compositions.csv": "id,pattern,label,cim10,group,important,example,source",
    "event_parts.csv": "set,label,phrase,of,cim10,group,important,source",
    "known_reactions.csv": "atc,concepts,groups,source",
    "indications.csv": "atc,concepts,groups,source",
    "event_components.csv": "diagnosis,signs,source",
    "macros.csv": "name,alternatives,source",
    "salts.csv": "word,position,source",
    "abbreviations.csv": "abbreviation,follows,source,example",
    "nobody.csv": "word",
}
SPOTS = "spots,taches,plaques rouges,L98.9,peau,no,event,,usage"
ITCH = "itch,prurit,démangeaison,L29.9,peau,no,event,,usage"
MAX = "maxidol,maxidol,substance,N02AX01,,,,,usage"
NUL = "nulidol,nulidol,substance,,,,,,usage"
CAUSE = "cause,event_drug,forward,,,,causé par,Prurit causé par maxidol.,usage"


@pytest.fixture
def messages(tmp_path: Path) -> Callable[..., list[str]]:
    """Write the rows below each table's header, check the folder, and give what is said of these tables."""

    def call(**tables: str | list[str]) -> list[str]:
        for name, rows in tables.items():
            lines = [rows] if isinstance(rows, str) else rows
            path = tmp_path / f"{name}.csv"
            path.write_text("".join(f"{line}\n" for line in [HEADERS[path.name], *lines]), encoding="utf-8")
        return [str(p) for p in check(tmp_path) if Path(p.file).stem in tables]

    return call


def test_sound_tables_have_no_message(messages):
    assert not messages(
        events=[SPOTS, ITCH, "skin_pain,douleur de la peau,=DP,,peau,no,special,,usage"],
        drugs=[MAX, NUL, "MAXNUL,protocol:maxnul,protocol,,maxidol/nulidol,,,case,usage"],
        drugs_bdpm=[
            "maxidol,maxidol,substance,N02AX01,,marketed,no,,BDPM",
            "zidol,zidol,substance,,,withdrawn,no,,BDPM",
        ],
        linking_rules=CAUSE,
        known_reactions="N02AX N02AX01,spots itch,peau,usage",
        event_components="spots,itch,usage",
    )


MISTAKES = {
    "a row of another width": (
        {"events": [SPOTS, "itch,prurit"]},
        "events.csv:3: 2 cells instead of 9",
    ),
    "a value that is none of those allowed": (
        {"events": [SPOTS.replace(",event,", ",evnt,")]},
        "events.csv:2: column kind: 'evnt' is not one of event, special, generic",
    ),
    "a phrase of two events": (
        {"events": [SPOTS, ITCH.replace("démangeaison", "Plaque rouge")]},
        "events.csv:3: 'Plaque rouge' is itch and spots in line 2",
    ),
    "a phrase of one drug in two rows": (
        {"drugs": [MAX, "Maxidol,maxidol,substance,,,,,,usage"]},
        "drugs.csv:3: 'Maxidol' is maxidol also, as line 2 says",
    ),
    "a phrase of two drugs": (
        {"drugs": [MAX, "mega|maxidol,nulidol,substance,,,,,,usage"]},
        "drugs.csv:3: 'maxidol' is nulidol and maxidol in line 2",
    ),
    "an alternative that adds nothing": (
        {"events": SPOTS.replace("plaques rouges", "plaques rouges|{plaque|plaques} rouges")},
        "events.csv:2: column terms: '{plaque|plaques} rouges' is named already in this row",
    ),
    "an event that is a drug": (
        {"events": ITCH.replace("démangeaison", "maxidol"), "drugs": MAX},
        "events.csv:2: 'maxidol' is an event and the drug maxidol in drugs.csv:2",
    ),
    "a composed event that is a drug": (
        {
            "events": SPOTS,
            "drugs": ["mal de nez,nulidol,substance,,,,,,usage", MAX],
            "event_compositions": "ache,mal [site],douleur [site],,peau,no,mal de nez,usage",
            "event_parts": "site,du nez,de nez,,,peau,no,usage",
        },
        "event_compositions.csv:2: 'mal de nez' is an event and the drug nulidol in drugs.csv:2",
    ),
    "a term without a word": (
        {"drugs": "''|maxidol,maxidol,substance,,,,,,usage"},
        "drugs.csv:2: \"''\" holds no word",
    ),
    "a spelling that ends outside a word": (
        {"drugs": "=max',maxidol,substance,,,,,,usage"},
        'drugs.csv:2: the spelling "max\'" begins or ends outside a word and can never match',
    ),
    "a term over the end of a sentence": (
        {"events": SPOTS.replace("plaques rouges", "plaques. Rouges")},
        "events.csv:2: 'plaques. Rouges' is cut by the end of a sentence and can never match",
    ),
    "a broken notation": (
        {"events": SPOTS.replace("plaques rouges", "{plaques rouges")},
        "events.csv:2: column terms: a '{' is not closed",
    ),
    "no source": (
        {"events": [SPOTS.removesuffix("usage")]},
        "events.csv:2: column source is empty",
    ),
    "no example": (
        {"linking_rules": CAUSE.replace("Prurit causé par maxidol.", "")},
        "linking_rules.csv:2: column example is empty",
    ),
    "an example of something else": (
        {"linking_rules": CAUSE.replace("causé par maxidol", "dû au maxidol")},
        "linking_rules.csv:2: rule cause: its example 'Prurit dû au maxidol.' holds none of its phrases",
    ),
    "a phrase of two rules": (
        {"linking_rules": [CAUSE, CAUSE.replace("cause,event_drug", "hence,drug_event")]},
        "linking_rules.csv:3: column pattern: every phrase is held by an earlier row, so that this one can never match",
    ),
    "an unknown category": (
        {"linking_rules": CAUSE.replace("event_drug", "nonsense")},
        "column category: 'nonsense' is not one of",
    ),
    "a title of two sections": (
        {"sections": [f"s.{c},{c},line,Bilan,usage,Bilan : normal" for c in ("labs", "plan")]},
        "sections.csv:3: 'Bilan' is s.plan and s.labs in line 2",
    ),
    "an ATC code of the wrong shape": (
        {"drugs": MAX.replace("N02AX01", "N02AX01 N2")},
        "drugs.csv:2: column atc: 'N2' has not the shape of an ATC code, such as B01 or C07AB02",
    ),
    "a CIM-10 code of the wrong shape": (
        {"events": SPOTS.replace("L98.9", "L989")},
        "events.csv:2: column cim10: 'L989' has not the shape of a CIM-10 code, such as D69 or D69.6",
    ),
    "an unknown concept": (
        {"events": SPOTS, "known_reactions": "N02,spots itch,,usage"},
        "known_reactions.csv:2: column concepts: no event has the id 'itch'",
    ),
    "an unknown organ class": (
        {"events": SPOTS, "indications": "N02,spots,os,usage"},
        "indications.csv:2: column groups: no event of events.csv has the group 'os'",
    ),
    "a protocol of an unknown drug": (
        {"drugs": [MAX, "MAXNUL,protocol:maxnul,protocol,,maxidol/nulidol,,,case,usage"]},
        "drugs.csv:3: column substances: no row of a drug table has the INN 'nulidol'",
    ),
    "an INN in capitals": (
        {"drugs": MAX.replace("maxidol,maxidol", "maxidol,Maxidol")},
        "drugs.csv:2: column inn: 'Maxidol' is not in lower case",
    ),
    "an unknown status": (
        {"drugs": "maxidol,maxidol,substance,,,sold,,,usage"},
        "drugs.csv:2: column status: 'sold' is not one of (empty), marketed, withdrawn",
    ),
    "a concept id with an accent": (
        {"events": SPOTS.replace("spots", "tâches")},
        "events.csv:2: column id: 'tâches' is not made of plain lower-case letters, digits and joints",
    ),
    "an id that stands twice": (
        {"events": [SPOTS, ITCH.replace("itch", "spots")]},
        "events.csv:3: the id spots stands already in line 2",
    ),
    "a row that stands twice": (
        {"salts": ["sodique,after,usage", "sodique,after,usage"]},
        "salts.csv:3: the row stands already in line 2",
    ),
    "an imported row out of order": (
        {"drugs_bdpm": ["zidol,zidol,substance,,,withdrawn,no,,BDPM", "azidol,azidol,substance,,,withdrawn,no,,BDPM"]},
        "drugs_bdpm.csv:3: 'azidol' stands after 'zidol'; the importer writes this table, in order",
    ),
    "stray white space": (
        {"events": SPOTS.replace("plaques rouges", "plaques  rouges ")},
        "events.csv:2: column terms: stray white space in 'plaques  rouges '",
    ),
    "an accent apart from its letter": (
        {"events": ITCH.replace("démangeaison", "de\u0301mangeaison")},
        "events.csv:2: column terms: 'de\u0301mangeaison' has an accent apart from its letter; retype it",
    ),
    "a macro that nobody defined": (
        {"events": SPOTS.replace("plaques rouges", "plaques <ou> rouges"), "macros": "de,de|d',usage"},
        "events.csv:2: column terms: unknown macro <ou>",
    ),
    "a composition of parts that are not there": (
        {"event_compositions": "ache,mal [site],douleur [site],,peau,no,mal,usage", "event_parts": []},
        "event_compositions.csv:2: rule ache: no set site in its pattern or among the parts",
    ),
    "a table that nothing reads": (
        {"nobody": "mot"},
        "nobody.csv:1: no loader reads this table; remove it, or add its loader to the check",
    ),
}


@pytest.mark.parametrize(("tables", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_its_place(messages, tables: dict[str, str | list[str]], expected: str):
    assert any(expected in message for message in messages(**tables)), messages(**tables)


def test_everything_is_told_at_once_and_once(messages):
    found = messages(
        events=[SPOTS.replace("L98.9", "L989"), ITCH.removesuffix("usage")],
        drugs=[MAX.replace("N02AX01", "N2"), NUL.replace(",usage", ",")],
    )
    assert found == [
        "drugs.csv:2: column atc: 'N2' has not the shape of an ATC code, such as B01 or C07AB02",
        "drugs.csv:3: column source is empty",
        "events.csv:2: column cim10: 'L989' has not the shape of a CIM-10 code, such as D69 or D69.6",
        "events.csv:3: column source is empty",
    ]


def test_spelling_parts_a_term_from_another_of_the_same_letters(messages):
    assert not messages(
        events=[SPOTS.replace("plaques rouges", "=PR"), ITCH.replace("démangeaison", "=Pr")],
        drugs="PRR,maxidol,substance,,,,,case,usage",
    )


def test_a_term_that_is_cut_with_one_joint_may_be_whole_with_another(messages):
    events = SPOTS.replace("plaques rouges", "manque{ |-}vit. D")
    assert messages(events=events) == [
        "events.csv:2: 'manque vit. D' is cut by the end of a sentence and can never match"
    ]
    assert not messages(events=events, abbreviations="vit.,any,usage,Carence en vit. D.")


def test_a_drug_told_by_context_may_share_an_event_s_letters(messages):
    assert not messages(
        events=ITCH.replace("démangeaison", "=PR"), drugs="PR,maxidol,substance,,,,,case drug_context,usage"
    )


def test_assertion_rules_of_different_directions_may_share_a_phrase(messages):
    assert not messages(
        assertion_rules=[
            "no,negated,forward,,,,sans,Venue sans <fièvre|negated>.,usage",
            "end,terminate:negated,backward,,,,sans,Venue sans <fièvre|negated>.,usage",
        ]
    )


def test_a_missing_table_is_a_problem(tmp_path: Path):
    assert "drugs.csv:1: cannot be read (No such file or directory); is the installation complete?" in map(
        str, check(tmp_path)
    )


def test_a_table_in_another_encoding_is_a_problem(tmp_path: Path):
    (tmp_path / "events.csv").write_bytes(f"{HEADERS['events.csv']}\n{ITCH}\n".encode("cp1252"))
    assert any(p.file == "events.csv" and "utf-8" in p.reason.lower() for p in check(tmp_path))


def test_the_events_that_ship_are_sound():
    assert not [str(p) for p in check(lexicon_dir()) if p.file == "events.csv"]


def test_the_origin_of_every_table_is_told():
    told = (lexicon_dir() / "SOURCES.md").read_text(encoding="utf-8")
    assert not [path.name for path in lexicon_dir().glob("*.csv") if f"`{path.name}`" not in told]

"""``pv show`` and the reasons that it shares with ``pv detect --explain``: what is told, marked, chosen and refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from conftest import Result
from fakes import FakeDetector

from pv.causality.explanation import told_delay
from pv.cli.explanation import explain, marked
from pv.model import ActionTaken, Assertion, Challenge, Link, Outcome, Pair, Seriousness
from pv.sources.document import opaque_key
from pv.store.database import Database
from pv.store.details import find_reports

Pv = Callable[..., Result]
Write = Callable[..., Path]

TEXT = (
    "pair: sunitinib > thrombopénie stated days=10 dechallenge=positive\n"
    "pair: sunitinib > hématurie part\n"
    "pair: prednisone > thrombopénie treats\n"
    "pair: sunitinib > vertige temporal confidence=0.2\n"
)


@pytest.fixture
def filled(pv: Pv, write: Write) -> Pv:
    write("a.txt", TEXT)
    folder = write("sub/b.txt", "pair: paclitaxel > fièvre denied\n")
    assert pv("scan", folder, "--source", "letters").code == 0
    return pv


def keys(pv: Pv) -> dict[tuple[str, str], str]:
    rows = json.loads(pv("show", "a.txt", "--all", "--format", "json").out)
    return {(r["drug"], r["event"]): r["pair"] for r in rows}


def test_report(filled: Pv):
    lines = filled("show", "a.txt").out.splitlines()
    assert lines[0] == "a.txt: 3 of 4 pairs"
    assert lines[1].endswith(f"version 1, key {opaque_key('letters', 'a.txt')}; patient: 65, F")
    assert lines[2] == "detector 1.2.3, lexicons abababababab"
    assert lines[-1] == "--all shows the doubtful pairs too"
    titles = [line.split("  (")[0] for line in lines if line.endswith(")") and not line.startswith(" ")]
    assert titles == ["sunitinib - thrombopénie", "sunitinib - hématurie", "prednisone - thrombopénie"]
    assert "  stated, asserted, current" in lines
    assert "  rule fake.rule, confidence 0.9" in lines
    assert "  « pair: [drug: sunitinib] [cue: >] [event: thrombopénie] stated days=10 dechallenge=positive »" in lines
    assert "  days to onset: 10" in lines
    assert "    the fake says so" in lines


def test_report_by_its_opaque_key_and_in_a_folder(filled: Pv):
    by_name = filled("show", "sub/b.txt")
    assert by_name.out.startswith("sub/b.txt: 1 of 1 pairs\n")
    assert filled("show", opaque_key("letters", "sub/b.txt")) == by_name


def test_all_shows_doubtful_pairs(filled: Pv):
    out = filled("show", "a.txt", "--all").out
    assert out.startswith("a.txt: 4 of 4 pairs\n")
    assert "sunitinib - vertige" in out
    assert "--all" not in out


def test_pair_by_its_key_even_where_doubtful(filled: Pv):
    out = filled("show", keys(filled)["sunitinib", "vertige"]).out
    assert out.startswith("a.txt: 1 of 4 pairs\n")
    assert "sunitinib - vertige" in out
    assert "thrombopénie" not in out


def test_keys_are_those_of_the_other_commands(filled: Pv):
    rows = json.loads(filled("events", "sunitinib", "--pairs", "--all", "--format", "json").out)
    known = keys(filled)
    assert {r["pair"] for r in rows} == {key for (drug, _), key in known.items() if drug == "sunitinib"}


def test_causality_weighs_the_other_pairs_of_the_report(filled: Pv):
    lines = filled("show", keys(filled)["sunitinib", "thrombopénie"]).out.splitlines()
    # The thrombocytopenia was treated, so that its recovery shows nothing of the drug: C1 and no more than possible.
    (french,) = [line for line in lines if "méthode française" in line]
    (who,) = [line for line in lines if "OMS-UMC" in line]
    assert french.startswith("    méthode française, chronologie : C1 (")
    assert "score sémiologique (S)" in french
    assert who.startswith("    OMS-UMC : possible au plus (")
    assert "à l'évaluateur" in who
    assert any("évolution non concluante" in line and "prednisone" in line for line in lines)


def test_no_causality_where_no_suspicion(filled: Pv):
    for asked in ("sub/b.txt", keys(filled)["prednisone", "thrombopénie"], keys(filled)["sunitinib", "hématurie"]):
        out = filled("show", asked).out
        assert "the fake says so" in out
        assert "méthode française" not in out


def test_sign_names_its_diagnosis(filled: Pv, detector: FakeDetector, write: Write, monkeypatch: pytest.MonkeyPatch):
    detect = detector.detect

    def with_diagnosis(text: str, report_id: str | None = None) -> object:
        found = detect(text, report_id)
        order = [replace(p, part_of="purpura" if p.link is Link.PART else None) for p in found.pairs]
        return replace(found, pairs=tuple(order))

    monkeypatch.setattr(detector, "detect", with_diagnosis)
    text = (
        "pair: sunitinib > ecchymose part\n"
        "pair: paclitaxel > fièvre stated\n"
        "pair: sunitinib > purpura stated\n"
        "pair: paclitaxel > ecchymose part\n"
    )
    filled("scan", write("c.txt", text), "--source", "letters")
    lines = filled("show", "c.txt").out.splitlines()
    titles = [line.split("  (")[0] for line in lines if line.endswith(")") and not line.startswith(" ")]
    # The sign of paclitaxel has no diagnosis in the report: it stands where the text has it.
    assert titles == [
        "paclitaxel - fièvre",
        "sunitinib - purpura",
        "sunitinib - ecchymose",
        "paclitaxel - ecchymose",
    ]
    assert lines.count("  part of purpura, current") == 2


COLUMNS = (
    "pair,report,received,patient_age,patient_sex,drug,drug_kind,atc,event,cim10,link,certainty,current,part_of,"
    "assertions,confidence,start,onset,days_to_onset,action_taken,outcome,dechallenge,rechallenge,serious,"
    "seriousness_criterion,grade,dose,route,indication,alternatives,evidence,cue,rule,reasons,french_delay,"
    "french_evolution,french_readministration,french_score,who_umc,causality_note,missing,detector_version,lexicon_version"
)


def test_columns_are_the_interface(filled: Pv):
    out = filled("show", "a.txt", "--format", "csv").out
    assert out.splitlines()[0] == COLUMNS
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [r["event"] for r in rows] == ["thrombopénie", "hématurie", "thrombopénie"]
    assert (rows[0]["french_score"], rows[0]["who_umc"]) == ("C1", "possible")
    assert (rows[1]["french_score"], rows[1]["causality_note"]) == ("", "")


def test_what_is_still_to_ask_for(filled: Pv):
    line = "  still to ask for: reporter, outcome (no valid case report without reporter)"
    assert line in filled("show", keys(filled)["sunitinib", "thrombopénie"]).out.splitlines()
    # A treatment is no suspicion: nothing of it is missing.
    assert "still to ask for" not in filled("show", keys(filled)["prednisone", "thrombopénie"]).out


def test_a_complete_case_asks_for_nothing(
    filled: Pv, detector: FakeDetector, write: Write, monkeypatch: pytest.MonkeyPatch
):
    plain = FakeDetector().detect(TEXT, "c.txt")
    pairs = tuple(replace(p, outcome=Outcome.RECOVERED) for p in plain.pairs)
    found = replace(plain, pairs=pairs, reporter=True)
    monkeypatch.setattr(detector, "detect", lambda *_: found)
    assert filled("scan", write("c.txt", TEXT), "--source", "others").code == 0
    assert "still to ask for" not in filled("show", "c.txt").out
    assert {r["missing"] == [] for r in json.loads(filled("show", "c.txt", "--format", "json").out)} == {True}


def test_json(filled: Pv):
    row = json.loads(filled("show", "a.txt", "--format", "json").out)[0]
    assert ",".join(row) == COLUMNS
    assert row["reasons"] == ["the fake says so"]
    assert (row["serious"], row["days_to_onset"], row["grade"]) == (False, 10, None)
    assert row["french_evolution"] == "non-conclusive"
    assert "évaluateur" in row["causality_note"]


def test_nothing_answers(filled: Pv):
    result = filled("show", "z.txt")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("pv: no report or pair 'z.txt' in the database")


def test_only_the_latest_text_is_shown(filled: Pv, write: Write):
    known = keys(filled)
    filled("scan", write("a.txt", "pair: sunitinib > hématurie stated\n"), "--source", "letters")
    assert filled("show", "a.txt").out.startswith("a.txt: 1 of 1 pairs\n")
    kept = filled("show", known["sunitinib", "hématurie"]).out
    assert "version 2" in kept
    assert "  stated, asserted, current" in kept
    gone = filled("show", known["sunitinib", "thrombopénie"])
    assert gone.code == 1
    assert "is withdrawn: the latest text of its report does not bear it" in gone.err


def test_a_name_in_two_sources_shows_both(filled: Pv, write: Write):
    filled("scan", write("a.txt", TEXT), "--source", "others")
    out = filled("show", "a.txt").out
    assert out.count("a.txt: 3 of 4 pairs") == 2
    assert opaque_key("others", "a.txt") in out


def test_stored_pair_is_the_one_detected(
    store: Database, scan: Callable[..., object], write: Write, detector: FakeDetector, monkeypatch: pytest.MonkeyPatch
):
    whole = {"rechallenge": Challenge.NEGATIVE, "serious": True, "seriousness": Seriousness.DISABILITY, "grade": 3,
             "action_taken": ActionTaken.REDUCED, "outcome": Outcome.SEQUELAE, "dose": "50 mg/j", "route": "per os",
             "indication": "cancer du rein", "alternatives": ("une leucémie",), "current": False}  # fmt: skip
    first, *others = FakeDetector().detect(TEXT, "a.txt").pairs
    found = replace(FakeDetector().detect(TEXT, "a.txt"), pairs=(replace(first, **whole), *others))
    monkeypatch.setattr(detector, "detect", lambda *_: found)
    scan(write("a.txt", TEXT))
    detected = {(p.drug, p.event): p for p in found.pairs}
    with store.session() as session:
        (report,) = find_reports(session, "a.txt")
    assert {(s.pair.drug, s.pair.event): s.pair for s in report.pairs} == detected


def test_no_colour_in_a_pipe(filled: Pv):
    assert "\x1b" not in filled("show", "a.txt", "--all").out


def passage(text: str, drug: str, event: str, **more: object) -> Pair:
    """A pair whose passage begins 100 characters into the report; each mention is the first of its words."""
    spans = {name: (100 + text.index(word), 100 + text.index(word) + len(word)) for name, word in
             (("drug", drug), ("event", event))}  # fmt: skip
    pair = Pair(
        drug=drug,
        event=event,
        drug_spans=((3, 3 + len(drug)), spans["drug"]),
        event_spans=(spans["event"], (900, 910)),
        link=Link.STATED,
        rule="r",
        evidence_start=100,
        evidence_end=100 + len(text),
        evidence=text,
        assertions=(Assertion.PRESENT,),
    )
    return replace(pair, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("Toux due au\n  ramipril.", "due au", "[event: Toux] [cue: due au] [drug: ramipril]."),
        ("Toux sous ramipril", "absent", "[event: Toux] sous [drug: ramipril]"),
        ("Toux sous ramipril", "", "[event: Toux] sous [drug: ramipril]"),
        # The word, not the same letters within another.
        ("asa : Toux a ramipril", "a", "asa : [event: Toux] [cue: a] [drug: ramipril]"),
        ("ramipril : \x1b[2JToux", ":", "[drug: ramipril] [cue: :] [2J[event: Toux]"),
    ],
)
def test_marks(text: str, cue: str, expected: str):
    shown = marked(passage(text, "ramipril", "Toux", cue=cue))
    assert click.unstyle(shown) == expected
    assert shown.count("\x1b[0m") == expected.count("]")


def test_the_word_inside_a_mention_is_not_the_cue():
    shown = click.unstyle(
        marked(passage("Toux au long cours liée au ramipril", "ramipril", "Toux au long cours", cue="au"))
    )
    assert shown == "[event: Toux au long cours] liée [cue: au] [drug: ramipril]"


@pytest.mark.parametrize(
    ("text", "days", "hours"),
    [
        ("Malaise 30 minutes après l'injection d'iohexol", 0, 0.5),
        ("Malaise 2 heures après la perfusion d'iohexol", 0, 2.0),
        ("Malaise pendant la perfusion d'iohexol de 30 minutes", 0, None),
        ("Malaise 3 jours après l'injection d'iohexol", 3, None),
        ("Malaise 30 minutes après l'injection d'iohexol", 12, None),
        ("Malaise 30 minutes après l'injection d'iohexol", None, None),
    ],
)
def test_delay_in_hours(text: str, days: int | None, hours: float | None):
    told = told_delay(passage(text, "iohexol", "Malaise", latency_days=days))
    assert (told.hours if told else None) == hours


def test_immediate_reaction_to_an_injection_is_proposed_as_very_suggestive():
    text = "Malaise dix minutes après l'injection d'iohexol"
    lines = list(explain(passage(text, "iohexol", "Malaise", latency_days=0, dechallenge=Challenge.POSITIVE), ()))
    assert lines[0].startswith("méthode française, chronologie : C3 (proposition")
    assert lines[1].startswith("  délai très suggestif : ")


def test_detect_explains_in_the_same_words(filled: Pv):
    detected = filled("detect", "reports/a.txt", "--explain").out
    assert "sunitinib - thrombopénie:\n  the fake says so\n  méthode française, chronologie : C1 (" in detected
    shown = filled("show", keys(filled)["sunitinib", "thrombopénie"]).out
    told = shown.split("  reasons:\n")[1]
    assert "".join(f"{line[2:]}\n" for line in told.splitlines()) in detected

"""``pv signals`` as users script it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LEXICON, Result
from fakes import FakeDetector
from offers import find_documents
from test_meddra_shown import write_table

from pv.batch.detector import Versioned, Versions
from pv.batch.limits import Limits
from pv.batch.scan import Scan
from pv.batch.workers import Inline
from pv.cli.signal_tables import COLUMNS
from pv.settings import Settings
from pv.signals.signal import DISCLAIMER
from pv.store.database import open_database

Pv = Callable[..., Result]

HEADER = (
    "drug,atc,event,cim10,n,expected,n_drug,n_event,total,prr,prr025,prr975,ror,ror025,ror975,chi2,ic,ic025,ic975,"
    "ebgm,eb05,eb95,zero,recent,rising,rules,unjudged,new,newly_met"
)

HEADING = """\
disproportionate reporting: 100 cases with at least one counted pair (the universe), 4 combinations, 4 with n >= 3
counted: distinct cases (patient or else report, drug, event) of stated and temporal pairs of latest versions
without pairs of the patient's past; confidence >= 0.5; received up to TIME UTC
level: inn, event; background: this database
EBGM not scored: the table has 4 combinations, a prior needs at least 50
rule evans: PRR >= 2, chi-square (Yates) >= 4, n >= 3
rule umc: IC025 > 0
new and newly met since: no earlier run of this question; rising: at least 3 new cases in the last 12 months
""".splitlines()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 cases of sunitinib and thrombopénie, 5 of it and fièvre, 10 of thrombopénie elsewhere, 60 of neither."""
    cells = (("sunitinib", "thrombopénie", 25), ("sunitinib", "fièvre", 5), ("paclitaxel", "thrombopénie", 10),
             ("paclitaxel", "fièvre", 60))  # fmt: skip
    folder = tmp_path_factory.mktemp("reports")
    for drug, event, n in cells:
        for i in range(n):
            text = f"pair: {drug} > {event} stated\n"
            (folder / f"{drug[:2]}{event[:2]}{i}.txt").write_text(text, encoding="utf-8")
    (folder / "doubtful.txt").write_text("pair: sunitinib > vertige stated confidence=0.2\n", encoding="utf-8")
    path = tmp_path_factory.mktemp("template") / "pv.sqlite"
    database = open_database(Settings(f"sqlite:///{path}"), write=True, create=True)
    workers = Inline(lambda: Versioned(FakeDetector(), "1.2.3", LEXICON))
    Scan(database, workers, Versions("1.2.3", LEXICON), Limits(max_bytes=10_000)).run(find_documents([folder], "test"))
    database.close()
    return path


@pytest.fixture
def filled(pv: Pv, template: Path, tmp_path: Path) -> Pv:
    """Run ``pv`` where the database of the template lies."""
    (tmp_path / "db").mkdir()
    shutil.copy(template, tmp_path / "db" / "pv.sqlite")
    return pv


def lines(result: Result) -> list[str]:
    """Give the lines of the output with every time of day as a word."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME UTC", result.out).splitlines()


def test_table_tells_what_was_counted_and_what_it_does_not_mean(filled: Pv):
    result = filled("signals")
    assert (result.code, result.err) == (0, "")
    shown = lines(result)
    assert shown[:8] == HEADING
    assert " ".join(shown[8:12]) == DISCLAIMER
    assert [re.split(r"\s{2,}", row) for row in shown[12:15]] == [
        ["drug", "event", "n", "expected", "PRR", "ROR", "chi2", "IC", "EBGM", "rules", "flags"],
        ["sunitinib", "thrombopénie", "25", "10.50", "5.83 (3.22 to 10.58)", "30.00 (9.31 to 96.71)", "41.0",
         "1.21 (0.59 to 1.72)", "evans|umc", "rising"],
        ["paclitaxel", "fièvre", "60", "45.50", "5.14 (2.30 to 11.51)", "30.00 (9.31 to 96.71)", "41.0",
         "0.40 (0.01 to 0.74)", "evans|umc", "rising"],
    ]  # fmt: skip


def test_csv_columns_and_notes_on_standard_error(filled: Pv):
    result = filled("signals", "--format", "csv", "--rule", "umc", "--no-keep")
    assert result.code == 0
    assert result.out.splitlines()[0] == HEADER == ",".join(COLUMNS)
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert [
        (r["drug"], r["atc"], r["event"], r["cim10"], r["n"], r["n_drug"], r["n_event"], r["total"]) for r in rows
    ] == [
        ("sunitinib", "L01EX01", "thrombopénie", "D69.6", "25", "30", "35", "100"),
        ("paclitaxel", "L01CD01", "fièvre", "", "60", "70", "65", "100"),
    ]
    assert (rows[0]["prr"], rows[0]["ebgm"], rows[0]["rules"], rows[0]["new"]) == ("5.83333", "", "evans|umc", "")
    assert result.err.startswith("pv: disproportionate reporting: 100 cases")
    assert "pv: shown: 2 that meet umc\n" in result.err


def test_json_holds_the_run_with_its_rows(filled: Pv):
    result = filled("signals", "--format", "json", "--min-n", 26)
    found = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert (found["total"], found["combinations"], found["prior"], found["left_out"]) == (100, 4, None, [0, 0, 0])
    assert found["question"] | {"threshold": 0.5, "min_n": 26} == found["question"]
    assert found["rules"] == {"evans": "PRR >= 2, chi-square (Yates) >= 4, n >= 3", "umc": "IC025 > 0"}
    assert found["disclaimer"] == DISCLAIMER
    (row,) = found["signals"]
    assert tuple(row) == COLUMNS
    assert (row["n"], row["zero"], row["rules"], row["rising"], row["new"]) == (60, [], ["evans", "umc"], True, None)


def kept(tmp_path: Path) -> tuple[int, int]:
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as db:
        return tuple(db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("signal_runs", "signal_figures"))  # type: ignore[return-value]


def test_figures_are_kept_and_compared(filled: Pv, write: Callable[..., Path], tmp_path: Path):
    assert filled("signals", "--no-keep").code == 0
    assert kept(tmp_path) == (0, 0)
    filled("signals")
    assert kept(tmp_path) == (1, 4)
    for i in range(3):
        folder = write(f"new{i}.txt", "pair: sunitinib > hématome stated\n")
    assert filled("scan", folder).code == 0
    found = json.loads(filled("signals", "--format", "json").out)
    assert found["previous"] is not None
    assert {(r["event"], r["new"]) for r in found["signals"] if r["drug"] == "sunitinib"} == {
        ("thrombopénie", False),
        ("fièvre", False),
        ("hématome", True),
    }
    assert kept(tmp_path) == (2, 9)


def test_while_another_process_writes_one_can_look(filled: Pv, tmp_path: Path):
    with sqlite3.connect(tmp_path / "db" / "pv.sqlite") as other:
        other.execute("BEGIN IMMEDIATE")
        locked = filled("signals")
        assert (locked.code, locked.out) == (1, "")
        assert locked.err.endswith("then try again; or look without keeping the figures: --no-keep\n")
        assert filled("signals", "--no-keep").code == 0


def test_json_without_a_signal_is_json(filled: Pv):
    assert json.loads(filled("signals", "--until", "2001-01-01", "--format", "json").out)["signals"] == []


def test_options_change_what_is_counted(filled: Pv):
    everything = json.loads(filled("signals", "--all", "--min-n", 1, "--format", "json").out)
    assert ("vertige", 1) in {(r["event"], r["n"]) for r in everything["signals"]}
    by_class = json.loads(filled("signals", "--drug-level", "atc2", "--format", "json").out)
    assert {(r["drug"], r["event"], r["n"], r["zero"] == ["c", "d"]) for r in by_class["signals"]} == {
        ("L01", "thrombopénie", 35, True),
        ("L01", "fièvre", 65, True),
    }
    nothing = filled("signals", "--until", "2001-01-01")
    assert nothing.out.endswith("nothing to show\n")
    assert nothing.out.startswith("disproportionate reporting: 0 cases")


def test_ema_rule_needs_the_list_of_important_events(filled: Pv, tmp_path: Path):
    refused = filled("signals", "--rule", "ema")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "pv: --rule ema needs your list of important medical events: give --ime FILE\n"
    (tmp_path / "ime.csv").write_text("pt\nThrombopenie\n", encoding="utf-8")
    found = json.loads(filled("signals", "--rule", "ema", "--ime", "ime.csv", "--format", "json").out)
    assert [(r["drug"], r["event"], r["rules"]) for r in found["signals"]] == [
        ("sunitinib", "thrombopénie", ["evans", "ema", "umc"])
    ]


def test_rule_on_ebgm_without_a_prior_says_so(filled: Pv):
    result = filled("signals", "--rule", "mgps")
    assert result.code == 0
    assert result.err == (
        "pv: mgps cannot be judged: EBGM is not scored (the table has 4 combinations, a prior needs at least 50)\n"
    )
    assert result.out.endswith("nothing to show\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--event-level", "pt"), "--event-level pt needs MedDRA: see `pv lexicon import-meddra`"),
        (("--since", "2026-01-02", "--until", "2026-01-01"), "--until lies before --since"),
        (("--event-level", "soc", "--ime", "ime.csv"), "--ime lists terms, not groups: no --event-level soc with it"),
        (("--background", "none.csv"), "none.csv cannot be read: No such file or directory"),
        (("--db", "none.sqlite"), "there is no database at none.sqlite; run `pv scan PATH` to make one, or give --db"),
    ],
)
def test_what_cannot_be_done_says_why(filled: Pv, options: tuple[str, ...], message: str):
    assert filled("signals", *options) == Result(1, "", f"pv: {message}\n")


def test_background_of_the_user(filled: Pv, tmp_path: Path):
    (tmp_path / "other.csv").write_text(
        "drug,event,n,n_drug,n_event,total\nother,Thrombopénie,50,1000,50,1000\n", encoding="utf-8"
    )
    found = json.loads(filled("signals", "--background", "other.csv", "--format", "json").out)
    assert {(r["drug"], r["n"], r["total"]) for r in found["signals"]} == {
        ("sunitinib", 25, 1030),
        ("paclitaxel", 10, 1070),
    }
    assert found["left_out"] == [0, 0, 2]
    assert (
        "left out because the background does not know their event: 2 combinations"
        in filled("signals", "--background", "other.csv").out
    )


def test_terms_of_meddra_where_the_user_has_them(filled: Pv, tmp_path: Path):
    table = write_table(tmp_path / "meddra.csv")
    result = filled("signals", "--meddra", table, "--format", "csv")
    assert result.out.splitlines()[0] == HEADER + ",llt,pt,hlt,hlgt,soc,meddra_version"
    row = next(r for r in csv.DictReader(io.StringIO(result.out)) if r["event"] == "thrombopénie")
    assert (row["pt"], row["soc"]) == ("Sang de lune", "Astres du sang")
    heading = next(x for x in lines(filled("signals", "--meddra", table)) if x.startswith("drug "))
    assert re.split(r"\s{2,}", heading)[:3] == ["drug", "event", "pt"]
    by_soc = json.loads(filled("signals", "--meddra", table, "--event-level", "soc", "--format", "json").out)
    assert {(r["drug"], r["event"]) for r in by_soc["signals"]} == {
        ("sunitinib", "Astres du sang"),
        ("paclitaxel", "Astres du sang"),
    }

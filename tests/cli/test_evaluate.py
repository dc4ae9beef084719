"""``pv evaluate``: the figures of the annotated reports' own scorer, and what it tells of texts that do not fit."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LEXICON, Result

from pv.batch.detector import Versioned
from pv.cli import common
from pv.detect import Detector

Pv = Callable[..., Result]
Write = Callable[..., Path]

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "eval" / "score.py"
EXAMPLES = ROOT / "examples"
FOUND = "pair: sunitinib > thrombopénie stated\n"


@pytest.fixture
def annotate(tmp_path: Path) -> Callable[..., Path]:
    """Write the gold file of a report whose text is FOUND, and give the folder of gold files."""

    def call(report: str, link: str = "stated", event: tuple[int, int] = (18, 30), text: str = FOUND) -> Path:
        folder = tmp_path / "gold"
        folder.mkdir(exist_ok=True)
        record = {
            "report": report,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "drugs": [{"id": "D1", "inn": "sunitinib", "kind": "substance", "spans": [[6, 15]]}],
            "events": [{"id": "E1", "label": "thrombopénie", "spans": [[*event, "present"]]}],
            "pairs": [{"drug": "D1", "event": "E1", "link": link, "certainty": "asserted", "current": True,
                       "serious": False, "evidence": "x"}],
        }  # fmt: skip
        (folder / f"{Path(report).stem}.json").write_text(json.dumps(record), encoding="utf-8")
        return folder

    return call


def test_figures(pv: Pv, write: Write, annotate: Callable[..., Path]):
    write("sub/a.txt", FOUND)
    write("unannotated.txt", "pair: paclitaxel > fièvre stated\n")
    gold = annotate("sub/a.txt")
    result = pv("evaluate", gold, "reports")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0].split() == ["reports", "1"]
    assert "pairs_stated           precision 1.0, recall 1.0, f1 1.0, tp 1, fp 0, fn 0, f1_90 1.0-1.0" in lines
    assert any(line.startswith("  serious ") and "accuracy 1.0, n 1" in line for line in lines)


def test_report_is_found_by_the_end_of_its_path(pv: Pv, write: Write, annotate: Callable[..., Path]):
    write("sub/a.txt", FOUND)
    measures = json.loads(pv("evaluate", annotate("a.txt"), "reports", "--json").out)
    assert (measures["absent"], measures["pairs_stated"]["tp"]) == (0, 1)


def test_errors(pv: Pv, write: Write, annotate: Callable[..., Path]):
    write("a.txt", FOUND)
    write("b.txt", FOUND)
    annotate("a.txt", event=(0, 3))
    gold = annotate("b.txt", event=(0, 3))
    out = pv("evaluate", gold, "reports", "--errors", "1").out
    assert out.endswith(
        "--- false reportable pairs: 2\n"
        "    a.txt  stated  sunitinib - thrombopénie  (6-15, 18-30)\n"
        "--- missed reportable pairs: 2\n"
        "    a.txt  stated  sunitinib - thrombopénie  (6-15, 0-3)\n"
    )
    errors = json.loads(pv("evaluate", gold, "reports", "--errors", "5", "--json").out)["errors"]
    assert [[wrong["report"] for wrong in errors[kind]] for kind in ("false", "missed")] == [["a.txt", "b.txt"]] * 2
    assert "errors" not in json.loads(pv("evaluate", gold, "reports", "--json").out)


def test_doubtful_pairs_count_with_all_only(pv: Pv, write: Write, annotate: Callable[..., Path]):
    text = FOUND.replace("\n", " confidence=0.2\n")
    write("a.txt", text)
    gold = annotate("a.txt", text=text)
    for options, hits in (((), 0), (("--all",), 1)):
        measures = json.loads(pv("evaluate", gold, "reports", "--json", *options).out)
        assert measures["pairs_stated"]["tp"] == hits


def test_text_that_was_not_the_annotated_one(pv: Pv, write: Write, annotate: Callable[..., Path]):
    write("a.txt", FOUND)
    result = pv("evaluate", annotate("a.txt", text="another"), "reports")
    assert result.code == 0
    assert "not the text that was annotated (sha256)" in result.err
    assert "a.txt" not in result.err


def test_missing_and_failing_reports(pv: Pv, write: Write, annotate: Callable[..., Path]):
    write("a.txt", FOUND)
    write("b.txt", "raise Madame Martin")
    for name in ("a.txt", "b.txt", "c.txt"):
        gold = annotate(name)
    result = pv("evaluate", gold, "reports", "--json")
    assert result.code == 3
    assert json.loads(result.out)["absent"] == 2
    assert "pv: 2 of 3 annotated reports have no text read: all missed\n" in result.err
    assert "Martin" not in result.err


def test_nothing_to_score(pv: Pv, write: Write, annotate: Callable[..., Path], tmp_path: Path):
    write("a.txt", FOUND)
    result = pv("evaluate", annotate("z.txt"), "reports")
    assert (result.code, result.out) == (1, "")
    assert "no report of TEXTS could be scored" in result.err
    (tmp_path / "empty").mkdir()
    for arguments in (("empty", "reports"), ("nothere", "reports"), ("gold", "nothere")):
        refused = pv("evaluate", *arguments)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("pv: ")


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the annotated reports' own scorer is not beside this repository")
def test_agrees_with_the_scorer_of_the_annotated_reports(
    pv: Pv, real_detector: Detector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(common, "load_detector", lambda: Versioned(real_detector, "1.2.3", LEXICON))
    gold, texts = EXAMPLES / "gold", EXAMPLES / "reports"
    lines = tmp_path / "predictions.jsonl"
    lines.write_text(pv("detect", texts, "--format", "jsonl").out, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(REFERENCE), str(gold), str(lines), "--json"],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    expected = json.loads(done.stdout)
    assert json.loads(pv("evaluate", gold, texts, "--json").out) == expected
    assert expected["pairs_reportable"]["tp"] > 0
    told = pv("evaluate", gold, texts, "--errors", "1000").out
    for kind, number in (("false", "fp"), ("missed", "fn")):
        assert f"--- {kind} reportable pairs: {expected['pairs_reportable'][number]}\n" in told

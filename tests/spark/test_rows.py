"""What the cluster job makes of a report, without a cluster: rows, failures as rows, nothing of a text in an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeDetector

from pv.errors import ClusterError
from pv.model import Detection
from pv.spark import worker
from pv.spark.rows import COLUMNS, SCHEMA, Made, schema
from pv.spark.worker import Task, detect_frames, load_detector, report_rows
from pv.store.rows import pair_key

MADE = Made("wards", "1", "ab" * 32)
TASK = Task(MADE, max_bytes=1000, lexicons="tables")
TEXT = "pair: sunitinib > thrombopénie stated days=3 certainty=hedged dechallenge=positive\n"
CLUSTER = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")


def rows(report: str | None, text: str | bytes | None) -> list[dict[str, object]]:
    data = text.encode() if isinstance(text, str) else text
    return report_rows(TASK, FakeDetector().detect, report, data)


def test_a_pair_is_a_row_with_what_the_listing_shows():
    text = TEXT + "pair: paclitaxel > fièvre treats\n" + TEXT.replace("stated", "denied")
    first, second = rows("a", text)
    assert [first[c] for c in ("report", "position", "status", "reason")] == ["a", 0, "pair", None]
    assert [first[c] for c in ("drug", "atc", "event", "cim10", "link", "certainty", "days_to_onset")] == [
        "sunitinib", "L01EX01", "thrombopénie", "D69.6", "stated", "hedged", 3,
    ]  # fmt: skip
    assert (first["evidence"], first["drug_spans"], first["reasons"]) == (TEXT.strip(), "[[6, 15]]", "the fake says so")
    pair = FakeDetector().detect(TEXT).pairs[0]
    assert first["pair"] == pair_key("wards", "a", pair)
    assert (second["position"], second["link"], second["patient_sex"]) == (1, "treats", "F")
    assert {tuple(r) for r in (first, second)} == {COLUMNS}


@pytest.mark.parametrize(
    ("report", "text", "status", "reason"),
    [
        ("a", "rien à signaler", "none", None),
        ("a", None, "failed", "empty: no text in it"),
        ("a", " \n", "failed", "empty: no text in it"),
        ("a", "x" * 1001, "failed", "1,001 bytes, more than the 1,000 allowed; see --max-megabytes"),
        ("a", "raise Madame Martin", "failed", "the detector stopped at it (RuntimeError)"),
        (None, "texte", "failed", "no id in this row"),
    ],
)
def test_no_report_disappears(report: str | None, text: str | None, status: str, reason: str | None):
    (row,) = rows(report, text)
    assert (row["report"], row["position"], row["status"], row["reason"]) == (report or "", 0, status, reason)
    assert (row["pair"], row["lexicon_version"]) == (None, "ab" * 32)


def test_a_report_that_takes_too_long_is_a_row():
    def forever(_text: str, _report: str) -> Detection:
        while True:
            pass

    hurried = replace(TASK, timeout=0.02)
    (row,) = report_rows(hurried, forever, "a", b"texte")
    assert row["reason"] == "took longer than the 0.02 seconds allowed; see --timeout"
    assert rows("a", "texte")[0]["status"] == "none"


def test_bytes_in_another_encoding_are_read():
    (row,) = rows("a", "pair: sunitinib > hépatite stated".encode("cp1252"))
    assert row["event"] == "hépatite"


def test_zero_characters_stay_out_of_the_rows():
    (row,) = rows("a", "pair: sunitinib > fièvre\0x stated")
    assert row["evidence"] == "pair: sunitinib > fièvre\ufffdx stated"


def test_frames_keep_their_types_where_all_is_missing(monkeypatch: pytest.MonkeyPatch):
    pandas = pytest.importorskip("pandas")
    calls: list[Path] = []

    def load(folder: Path, *versions: str) -> object:
        calls.append(folder)
        return FakeDetector().detect

    monkeypatch.setattr(worker, "load_detector", load)
    monkeypatch.setattr(worker, "shipped_folder", lambda name: Path("shipped", name))
    day = pandas.Timestamp("2024-01-05")
    given = [
        pandas.DataFrame({"report": ["a", "b"], "text": [TEXT.encode(), b"rien"], "received": [day, None]}),
        pandas.DataFrame({"report": ["c"], "text": [None], "received": [None]}),
        pandas.DataFrame({"report": [], "text": [], "received": []}),
    ]
    frames = list(detect_frames(TASK, iter(given)))
    assert calls == [Path("shipped", "tables")]
    assert [list(f["status"]) for f in frames] == [["pair", "none"], ["failed"], []]
    assert list(frames[0]["received"]) == [day, None]
    kinds = {str(frames[i].dtypes[name]) for i in (0, 1, 2) for name, kind, _ in SCHEMA if kind == "int"}
    assert kinds == {"Int32"}
    assert all(tuple(f.columns) == COLUMNS for f in frames)


def test_an_executor_with_another_release_or_other_tables_stops_the_job(tmp_path: Path):
    with pytest.raises(ClusterError, match=r"an executor has pv .*, the driver 0.0.0; give the job one environment"):
        load_detector(tmp_path, "0.0.0", "x")
    (tmp_path / "drugs.csv").write_text("id\n", encoding="utf-8")
    from pv.detect import DETECTOR_VERSION

    with pytest.raises(ClusterError, match="not those of the driver"):
        load_detector(tmp_path, DETECTOR_VERSION, "x")


def test_the_columns_are_documented():
    for name, kind, meaning in SCHEMA:
        assert f"| `{name}` | {kind} | {meaning} |" in CLUSTER
    assert schema().startswith("report string, position int, status string")

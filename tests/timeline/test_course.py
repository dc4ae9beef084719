"""The layout of a report: each sentence with its section and what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from shared_detector import real_detector

from pv.timeline.course import passages_of

REPORTS = sorted((Path(__file__).parents[2] / "examples" / "reports").glob("*.txt"))


@pytest.mark.parametrize("report", REPORTS[::6], ids=lambda path: path.stem)
def test_each_sentence_has_its_own_section_and_what_begins_in_it(report: Path):
    reading = real_detector()._reader.read(report.read_bytes().decode("utf-8"))
    passages = passages_of(reading)
    assert [p.section for p in passages] == [reading.section_at(s.start).category for s in reading.sentences]
    for found, row in (
        (reading.drugs, [(p, d) for p in passages for d in p.drugs]),
        (reading.events, [(p, e) for p in passages for e in p.events]),
        (reading.course, [(p, c) for p in passages for c in p.cues]),
        (reading.times, [(p, t) for p in passages for t in p.times]),
    ):
        assert [spot.what for _, spot in row] == list(found)
        assert all(p.index == reading.sentence_index(spot.what.start) for p, spot in row)
        assert all(p.first <= spot.first < p.last for p, spot in row)

"""Work in proportion to the text: the lines of the program that run for a long report are counted, not timed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from shared_detector import real_detector

import pv
from pv.lexicon.paths import lexicon_dir
from pv.text.sentences import load_abbreviations, split_sentences

PACKAGE = str(Path(pv.__file__).parent)
REPORTS = sorted((Path(__file__).parents[1] / "examples" / "reports").glob("*.txt"))
TEXTS = {path.stem: path.read_bytes().decode("utf-8") + "\n\n" for path in REPORTS}
TIMES = 10
# By how much more than the text the work may grow: what is looked up by halving grows a little faster than the text,
# what compares everything with everything else as many times faster as the text is longer.
READING, DETECTION = 1.1, 1.2
# Different reports in one have pairs that none of them has alone, of a drug of one with an event of another.
WITH_NEW_PAIRS = 1.7
# A function that runs fewer lines than this in a short text says nothing by how they grow.
FEW = 200


def lines_run(work: Callable[[str], Any], text: str) -> Counter[str]:
    """Give how many lines of each function of the program run when it works on a text; each turn of a loop counts."""
    counts: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            counts[f"{frame.f_code.co_filename.removeprefix(PACKAGE)}:{frame.f_code.co_qualname}"] += 1
        return count

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        return count if frame.f_code.co_filename.startswith(PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return counts


def grown(work: Callable[[str], Any], texts: list[str]) -> dict[str, float]:
    """Give how much more each function has to do for texts in one than for each alone, and ``all`` of them together."""
    work("".join(texts))  # what is remembered of a word is worked out once, and not counted
    apart = sum((lines_run(work, text) for text in texts), Counter[str]())
    together = lines_run(work, "".join(texts))
    own = {name: lines / max(apart[name], FEW) for name, lines in together.items()}
    return own | {"all": together.total() / apart.total()}


def test_reading_many_reports_in_one_costs_what_they_cost_apart():
    growth = grown(real_detector()._reader.read, list(TEXTS.values())[::2])
    assert growth["all"] < READING
    # Which section a mention stands in is looked up by halving.
    assert [name for name, by in growth.items() if by > 1.5 and "section" not in name] == []


def test_linking_many_reports_in_one_costs_little_more_than_the_pairs_that_this_makes():
    assert grown(real_detector().detect, list(TEXTS.values())[::2])["all"] < WITH_NEW_PAIRS


@pytest.mark.parametrize("name", list(TEXTS)[::8])
def test_a_report_ten_times_as_long_costs_about_ten_times_as_much(name: str):
    assert grown(real_detector().detect, [TEXTS[name]] * TIMES)["all"] < DETECTION


def test_work_that_grows_faster_than_the_text_is_seen():
    abbreviations = load_abbreviations(lexicon_dir() / "abbreviations.csv")

    def once_for_each_piece(text: str) -> None:
        for _ in range(0, len(text), 500):
            split_sentences(text, abbreviations)

    growth = grown(once_for_each_piece, [next(iter(TEXTS.values()))] * TIMES)
    assert growth["all"] > DETECTION
    assert max(growth.values()) > DETECTION

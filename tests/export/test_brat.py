"""BRAT stand-off: every line can be read back, and every mention's words stand where its offsets say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from plain_pairs import plain_pair

from pv.export.brat import CONFIGURATION, Annotated, annotation_lines
from pv.model import Assertion, Certainty, DrugKind, DrugMention, EventMention, Link

TEXT = "Toux\r\nsèche due au ramipril 5 mg ; fièvre absente.\n"


def drug(start: int, end: int, **more: object) -> DrugMention:
    return DrugMention(start, end, "ramipril", DrugKind.SUBSTANCE, "C09AA05", **more)  # type: ignore[arg-type]


def event(start: int, end: int, label: str = "toux", **more: object) -> EventMention:
    return EventMention(start, end, label, label, "R05", **more)  # type: ignore[arg-type]


def lines(text: str, drugs: Sequence[DrugMention], events: Sequence[EventMention], pairs=()) -> list[str]:
    return list(annotation_lines(Annotated("a", text, drugs, events, pairs)))


def test_the_whole_annotation():
    toux, fever = event(0, 11, severity="mild"), event(35, 41, "fièvre", assertion=Assertion.NEGATED, grade=2)
    pair = plain_pair(
        Link.STATED,
        "ramipril",
        "toux",
        drug_spans=((19, 27),),
        event_spans=((0, 11),),
        certainty=Certainty.HEDGED,
        confidence=0.9,
    )
    assert lines(TEXT, [drug(19, 27, misspelt=True)], [toux, fever], [("ab12", pair)]) == [
        "T1\tEvent 0 4;6 11\tToux sèche",
        "A1\tAssertion T1 present",
        "A2\tSeverity T1 mild",
        "#1\tAnnotatorNotes T1\ttoux; CIM-10 R05",
        "T2\tDrug 19 27\tramipril",
        "#2\tAnnotatorNotes T2\tramipril; ATC C09AA05; misspelt",
        "T3\tEvent 35 41\tfièvre",
        "A3\tAssertion T3 negated",
        "A4\tGrade T3 2",
        "#3\tAnnotatorNotes T3\tfièvre; CIM-10 R05",
        "R1\tStated Arg1:T2 Arg2:T1",
        "#4\tAnnotatorNotes R1\thedged; rule r; confidence 0.9; pair ab12",
    ]


def test_a_relation_joins_the_nearest_mentions():
    text = "toux ramipril . . . toux"
    pair = plain_pair(Link.TREATS, "ramipril", "toux", drug_spans=((5, 13),), event_spans=((20, 24), (0, 4), (90, 94)))
    found = lines(text, [drug(5, 13)], [event(0, 4), event(20, 24)], [("k", pair)])
    assert "R1\tTreats Arg1:T2 Arg2:T1" in found


def test_a_pair_without_mentions_is_no_relation():
    pair = plain_pair(Link.STATED, "ramipril", "toux", drug_spans=((50, 58),), event_spans=((0, 4),))
    assert not [line for line in lines(TEXT, [drug(19, 27)], [event(0, 4)], [("k", pair)]) if line.startswith("R")]


def test_the_configuration_names_all_that_is_written():
    for name in ("Drug", "Event", "Stated", "Temporal", "Part", "Denied", "Treats"):
        assert re.search(rf"^{name}\b", CONFIGURATION, re.MULTILINE), name
    for value in Assertion:
        assert re.search(rf"^Assertion\t.*\b{value}\b", CONFIGURATION, re.MULTILINE), value


@given(st.text("ab é\r\n\t😀;", max_size=30), st.data())
def test_words_stand_where_the_offsets_say(text: str, data: st.DataObject):
    place = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=4))
    # A mention is never made of line ends alone.
    events = [event(a, b) for a, b in spans if text[a:b].strip()]
    found = [line.split("\t", 2) for line in lines(text, [], events) if line.startswith("T")]
    assert len(found) == len(events)
    for _, places, words in found:
        cut = [tuple(map(int, part.split())) for part in places.removeprefix("Event ").split(";")]
        assert " ".join(text[a:b] for a, b in cut) == words
        assert not {"\r", "\n"} & set(words)

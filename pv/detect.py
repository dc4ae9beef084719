"""The detector: a report's text in, a Detection out. The one door to reading, time line and linking."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pv import __version__
from pv.lexicon.lexicon import load_lexicon
from pv.linking.linker import Linker
from pv.model import Assertion, Detection, TimeExpression
from pv.nlp.reader import Reader
from pv.text.tokens import split_text
from pv.timeline.expressions import find_time_expressions

DETECTOR_VERSION = __version__


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep Python from looking for garbage where none is made: a fifth of the time of loading, a tenth of detecting."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Detector:
    """Reads reports and links drugs to events. Building one takes seconds; it then serves any number of reports.

    ``lexicons`` is the folder of the tables, by default those that come with the program. Raises LexiconError for a
    table that is wrong.
    """

    def __init__(self, lexicons: Path | None = None) -> None:
        with _without_collection():
            self._lexicon = load_lexicon(lexicons)
            self._reader = Reader(self._lexicon)
            self._linker = Linker(self._lexicon)
        # What was loaded stays, and need not be looked through again.
        gc.freeze()

    def detect(self, text: str, report_id: str | None = None) -> Detection:
        """Give the drugs, events and pairs of one report; offsets count characters of the text given."""
        with _without_collection():
            return self._detect(text, report_id)

    def _detect(self, text: str, report_id: str | None) -> Detection:
        reading = self._reader.read(text)
        return Detection(
            report_id=report_id,
            drugs=tuple(reading.drugs),
            events=tuple(reading.events),
            pairs=tuple(self._linker.link(reading)),
            patient=reading.patient,
            reporter=reading.reporter,
        )

    def detect_many(self, texts: Iterable[tuple[str, str]]) -> Iterator[Detection]:
        """Yield the detection of each (report id, text), in order."""
        for report_id, text in texts:
            yield self.detect(text, report_id)

    def assertions(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Assertion]:
        """Say what the text asserts of each span of characters, one assertion a span, in the order given."""
        return [decision.assertion for decision in self._reader.assertions(text, spans)]

    def time_expressions(self, text: str) -> list[TimeExpression]:
        """Give the time expressions of a text."""
        return list(find_time_expressions(split_text(text), self._lexicon.times))

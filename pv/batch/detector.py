"""What the batch needs of a detector, and detection in which one bad report never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pv.errors import InputError
from pv.model import Detection


class Detects(Protocol):
    """What the batch needs of a detector."""

    def detect(self, text: str, report_id: str | None = None) -> Detection:
        """Give all that is found in one text."""
        ...

    def detect_many(self, texts: Iterable[tuple[str, str]]) -> Iterable[Detection]:
        """Give the detections of many (id, text), in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Versions:
    """What makes rows: the version of the detector, and the hash of the lexicons; known before either is loaded."""

    detector: str
    lexicon: str


@dataclass(frozen=True, slots=True)
class Versioned:
    """A detector with the versions that its rows will carry."""

    detector: Detects
    version: str
    lexicon_hash: str


Load: TypeAlias = Callable[[], Versioned]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a report was not taken, in words that hold nothing of it."""

    reason: str


def detect_each(detector: Detects, texts: Sequence[tuple[str, str]]) -> list[Detection | Exception]:
    """Give the detection of each text, or what it raised: one bad report never stops the others."""
    try:
        return [*detector.detect_many(texts)]
    except Exception:  # noqa: BLE001 - whatever a report does to the detector, find out which one it was
        return [_detect_one(detector, report_id, text) for report_id, text in texts]


def _detect_one(detector: Detects, report_id: str | None, text: str) -> Detection | Exception:
    try:
        return detector.detect(text, report_id)
    except Exception as error:  # noqa: BLE001 - quarantined with the type of its error
        return error


def detect_or_refuse(detector: Detects, report_id: str, text: str) -> Detection | Refusal:
    """Give the detection of one text, or the reason why there is none."""
    found = _detect_one(detector, report_id, text)
    return Refusal(reason(found)) if isinstance(found, Exception) else found


def reason(error: Exception) -> str:
    """Give the class of an error: its message may quote the report."""
    return str(error) if isinstance(error, InputError) else f"the detector stopped at it ({type(error).__name__})"

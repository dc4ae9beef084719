"""A detector for tests of the worker processes: some texts take for ever, or end the process that reads them."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from fakes import FakeDetector

from pv.batch.detector import Versioned, Versions
from pv.errors import LexiconError
from pv.model import Detection

VERSIONS = Versions("1.2.3", "ab" * 32)


class OddDetector(FakeDetector):
    """``never`` takes for ever, ``die`` ends the process, ``die unless FILE`` does so the first time only."""

    def detect(self, text: str, report_id: str | None = None) -> Detection:
        if "never" in text:
            while True:
                signal.pause()
        if found := re.search(r"^die(?: unless (.+))?$", text, re.MULTILINE):
            marker = Path(found[1]) if found[1] else None
            if not (marker and marker.exists()):
                if marker:
                    marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().detect(text, report_id)


def load() -> Versioned:
    return Versioned(OddDetector(), VERSIONS.detector, VERSIONS.lexicon)


def load_nothing() -> Versioned:
    raise LexiconError("drugs.csv:3: broken")


def load_badly() -> Versioned:
    raise RuntimeError("quoting Madame Martin")


def load_and_die() -> Versioned:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("dead")

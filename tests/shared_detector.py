"""The real detector, built once for all tests of a run: it takes seconds."""

from __future__ import annotations

from functools import cache

from pv.detect import Detector


@cache
def real_detector() -> Detector:
    return Detector()

"""The detector of this installation and its versions, under a name by which a worker process finds them."""

from __future__ import annotations

from pv import __version__
from pv.batch.detector import Versioned, Versions
from pv.lexicon.fingerprint import lexicon_hash


def current_versions() -> Versions:
    """Give the versions that rows made now will carry, without loading the detector."""
    return Versions(__version__, lexicon_hash())


def load_detector() -> Versioned:
    """Build the detector; takes seconds."""
    from pv.detect import DETECTOR_VERSION, Detector

    return Versioned(Detector(), DETECTOR_VERSION, lexicon_hash())

"""One program in a process of its own: loads, then reads a corpus each time it is told to.

usage: python bench_worker.py PROGRAM CORPORA.json

CORPORA.json holds lists of texts by name, and ``terms``, the event terms that the peers look for. Each line on standard
input names a corpus; the answer is one JSON object a line: first what loading cost, then the seconds of each reading.
All seconds are those of the processor, so that what else the machine does counts as little as it can. The programs
share nothing but this file, which needs no package but the program's own.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Read = Callable[[str], object]
Corpora = dict[str, list[str]]


def pv(_: Corpora) -> Read:
    """Read with the whole detection, pairs included."""
    from pv.detect import Detector

    return Detector().detect


def pv_with_terms(times: int) -> Callable[[Corpora], Read]:
    """Read with so many times the terms: the others are made of two words of the tables, and seldom met."""

    def load(_: Corpora) -> Read:
        from dataclasses import replace

        from pv.detect import Detector
        from pv.nlp.reader import Reader

        detector = Detector()
        lexicon, rng = detector._lexicon, random.Random(0)  # noqa: SLF001
        words = sorted({word for term in (*lexicon.drugs, *lexicon.events) for word in term.words})
        for table in ("drugs", "events"):
            own = getattr(lexicon, table)
            known = {term.words for term in own}
            while len(known) < times * len(own):
                known.add((rng.choice(words), rng.choice(words)))
            more = sorted(known - {term.words for term in own})
            lexicon = replace(lexicon, **{table: (*own, *(replace(own[0], words=w, exact=None) for w in more))})
        detector._reader = Reader(lexicon)  # noqa: SLF001
        return detector.detect

    return load


def edsnlp(corpora: Corpora) -> Read:
    """Read with EDS-NLP's rules: drugs, terms, and what its qualifiers and dates say of them."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer")
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.drugs")
    nlp.add_pipe("eds.matcher", config={"terms": {"event": corpora["terms"]}, "attr": "NORM"})
    for pipe in ("negation", "hypothesis", "family", "history", "dates"):
        nlp.add_pipe(f"eds.{pipe}")
    read: Read = nlp
    return read


def medspacy(corpora: Corpora) -> Read:
    """Read with medSpaCy's French pipeline as it comes, but for the log that it writes of each token."""
    import medspacy
    from loguru import logger
    from medspacy.target_matcher import TargetRule

    logger.remove()
    nlp = medspacy.load(language_code="fr")
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(term, "EVENT") for term in corpora["terms"]])
    read: Read = nlp
    return read


def tokenizer(_: Corpora) -> Read:
    """Read with spaCy's French tokenizer alone."""
    import spacy

    read: Read = spacy.blank("fr").tokenizer
    return read


PROGRAMS: dict[str, tuple[Callable[[Corpora], Read], tuple[str, ...]]] = {
    "pv": (pv, ("pv", "spacy", "medspacy")),
    "pv-3x": (pv_with_terms(3), ()),
    "pv-10x": (pv_with_terms(10), ()),
    "edsnlp": (edsnlp, ("edsnlp", "spacy")),
    "medspacy": (medspacy, ("medspacy", "spacy")),
    "tokenizer": (tokenizer, ("spacy",)),
}


def peak_memory() -> float:
    """Give the most memory that the process has held so far, in MB (Linux counts in kB, macOS in bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def seconds(read: Read, texts: list[str]) -> float:
    """Give the processor's seconds of reading all texts, each result kept until the end as a program would."""
    start = time.process_time()
    results = [read(text) for text in texts]
    taken = time.process_time() - start
    del results
    return taken


def main() -> None:
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a program prints is no answer
    name, corpora = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    load, packages = PROGRAMS[name]
    read = load(corpora)
    read(corpora["first"][0])
    first: dict[str, Any] = {
        "load": time.process_time(),  # since the process was started
        "memory": peak_memory(),
        "python": sys.version.split()[0],
        "versions": {package: version(package) for package in packages},
    }
    print(json.dumps(first), file=answers, flush=True)
    for line in sys.stdin:
        corpus, _, cold = line.strip().partition(" ")
        reading = load(corpora) if cold else read
        print(json.dumps({"seconds": seconds(reading, corpora[corpus])}), file=answers, flush=True)


if __name__ == "__main__":
    main()

"""The words of the product: what makes a pair reportable, and the values that the database and the CSV hold."""

from __future__ import annotations

import ast
import dataclasses
import sys
from pathlib import Path

import pytest

from pv import model
from pv.model import Assertion, Challenge, Detection, Link, Pair, Patient

OCCURRED = {Assertion.PRESENT, Assertion.HISTORICAL}


def pair(link: Link, *assertions: Assertion) -> Pair:
    return Pair("a", "b", ((0, 1),), ((2, 3),), link, "rule", 0, 3, "a b", assertions=assertions)


@pytest.mark.parametrize("assertion", Assertion)
@pytest.mark.parametrize("link", Link)
def test_reportable(link: Link, assertion: Assertion):
    expected = link in {Link.STATED, Link.TEMPORAL} and assertion in OCCURRED
    assert pair(link, assertion).reportable is expected


@pytest.mark.parametrize(
    ("assertions", "reportable"),
    [
        ((), False),
        ((Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.OTHER), False),
        ((Assertion.NEGATED, Assertion.PRESENT), True),
        ((Assertion.HYPOTHETICAL, Assertion.HISTORICAL), True),
    ],
)
def test_one_mention_that_occurred_is_enough(assertions: tuple[Assertion, ...], reportable: bool):
    assert pair(Link.STATED, *assertions).reportable is reportable


def test_values_that_others_read():
    assert [a.value for a in Assertion] == ["present", "negated", "hypothetical", "historical", "other"]
    assert [k.value for k in Link] == ["stated", "temporal", "part", "denied", "treats"]
    assert [c.value for c in model.Certainty] == ["asserted", "hedged"]
    assert [k.value for k in model.DrugKind] == ["substance", "class", "protocol"]
    assert [c.value for c in Challenge] == ["positive", "negative", "none"]


DATACLASSES = [c for c in vars(model).values() if dataclasses.is_dataclass(c)]


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda c: c.__name__)
def test_values_cannot_be_changed(kind: type):
    assert kind.__dataclass_params__.frozen
    assert "__dict__" not in dir(kind)


def test_an_empty_detection():
    detection = Detection(None)
    assert (detection.drugs, detection.events, detection.pairs) == ((), (), ())
    assert detection.patient == Patient(age=None, sex=None)


def test_only_the_standard_library_is_imported():
    tree = ast.parse(Path(model.__file__).read_text(encoding="utf-8"))
    names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert names
    assert {n.split(".")[0] for n in names} <= sys.stdlib_module_names

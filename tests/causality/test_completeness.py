"""What a case report still lacks: a table of what is told, one gap a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plain_pairs import plain_pair

from pv.causality.completeness import MINIMUM, Gap, Told, gaps, told_by, valid
from pv.model import Assertion, DrugKind, Link, Outcome, Patient

WHOLE = Told(
    reporter=True,
    patient_age=71,
    patient_sex="F",
    assertions=("present",),
    start="2024-01-05",
    onset="2024-02",
    outcome="recovered",
)

CASES = [
    ("all told", {}, ()),
    ("no reporter", {"reporter": False}, (Gap.REPORTER,)),
    ("nobody looked for one", {"reporter": None}, (Gap.REPORTER,)),
    ("age is enough", {"patient_sex": None}, ()),
    ("a new-born's age is one", {"patient_age": 0.0, "patient_sex": None}, ()),
    ("sex is enough", {"patient_age": None}, ()),
    ("the source's identity is enough", {"patient_age": None, "patient_sex": None, "patient_key": True}, ()),
    ("no patient", {"patient_age": None, "patient_sex": None}, (Gap.PATIENT,)),
    ("a class", {"drug_kind": "class"}, (Gap.DRUG,)),
    ("a protocol names its drugs", {"drug_kind": "protocol"}, ()),
    ("a generic word", {"generic": True}, (Gap.REACTION,)),
    ("an exposure without harm", {"special": True}, (Gap.REACTION,)),
    ("feared only", {"assertions": ("hypothetical", "negated")}, (Gap.REACTION,)),
    ("once feared, once there", {"assertions": ("hypothetical", "historical")}, ()),
    ("no start", {"start": None}, (Gap.START,)),
    ("no onset", {"onset": ""}, (Gap.ONSET,)),
    ("no outcome", {"outcome": None}, (Gap.OUTCOME,)),
]


@pytest.mark.parametrize(("told", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_gaps(told: dict[str, object], expected: tuple[Gap, ...]):
    assert gaps(replace(WHOLE, **told)) == expected  # type: ignore[arg-type]


def test_gaps_come_in_the_order_of_asking():
    assert gaps(Told(drug_kind="class")) == tuple(Gap)


@pytest.mark.parametrize("gap", Gap)
def test_only_four_things_make_a_report_invalid(gap: Gap):
    assert valid((gap,)) is (gap not in MINIMUM)
    assert {Gap.REPORTER, Gap.PATIENT, Gap.DRUG, Gap.REACTION} == MINIMUM


def test_a_detected_pair_tells_what_its_fields_hold():
    pair = plain_pair(
        Link.STATED,
        "class:ains",
        "ulcère",
        drug_kind=DrugKind.CLASS,
        start="2024",
        outcome=Outcome.FATAL,
        assertions=(Assertion.HISTORICAL,),
    )
    assert gaps(told_by(pair, Patient(None, "M"), reporter=True)) == (Gap.DRUG, Gap.ONSET)
    assert gaps(told_by(pair, Patient(), reporter=False, generic=True)) == (
        Gap.REPORTER, Gap.PATIENT, Gap.DRUG, Gap.REACTION, Gap.ONSET,
    )  # fmt: skip

"""The rules of use: each threshold met exactly and missed by little, and what cannot be judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pv.signals.rules import RULES, Facts, Lists, judge, judgeable
from pv.signals.signal import Signal

PLAIN = Signal("d", "e", 5, 100, 100, 10_000, 1.0, prr=2.0, ror=2.0, ror025=1.01, chi2=4.0, ic025=0.01, ebgm=2.5,
               eb05=2.0)  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_met_at_the_threshold(name: str):
    assert RULES[name].met(Facts(PLAIN, important=True)) is True


@pytest.mark.parametrize(
    ("name", "less"),
    [
        ("evans", {"prr": 1.999}),
        ("evans", {"chi2": 3.999}),
        ("evans", {"n": 2}),
        ("ema", {"ror025": 1.0}),
        ("ema", {"n": 4}),
        ("umc", {"ic025": 0.0}),
        ("mgps", {"eb05": 1.999}),
        ("mhra", {"eb05": 1.799}),
        ("mhra", {"ebgm": 2.499}),
        ("mhra", {"n": 2}),
    ],
)
def test_missed_below_it(name: str, less: dict[str, float]):
    assert RULES[name].met(Facts(replace(PLAIN, **less), important=True)) is False  # type: ignore[arg-type]


def test_ema_needs_fewer_cases_under_additional_monitoring():
    three = replace(PLAIN, n=3)
    assert RULES["ema"].met(Facts(three, important=True, monitored=True)) is True
    assert RULES["ema"].met(Facts(three, important=True)) is False
    assert RULES["ema"].met(Facts(PLAIN, important=False)) is False


@pytest.mark.parametrize(
    ("name", "lacking"), [("evans", "chi2"), ("ema", "ror025"), ("umc", "ic025"), ("mgps", "eb05"), ("mhra", "eb05")]
)
def test_not_judged_without_the_value(name: str, lacking: str):
    assert RULES[name].met(Facts(replace(PLAIN, **{lacking: None}), important=True)) is None  # type: ignore[arg-type]


def test_a_ratio_without_a_case_elsewhere_is_above_every_threshold():
    assert RULES["evans"].met(Facts(replace(PLAIN, prr=None, zero=("c",)))) is True


def test_rules_that_can_be_judged():
    assert set(judgeable(Lists(), scored=False)) == {"evans", "umc"}
    assert set(judgeable(Lists(frozenset()), scored=True)) == set(RULES)


def test_met_and_unjudged_by_name():
    facts = Facts(replace(PLAIN, ror025=None, eb05=1.9), important=True)
    assert judge(facts, RULES) == (("evans", "umc", "mhra"), ("ema",))


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({}, ()),
        ({"new": True, "newly_met": ("umc",), "recent": 3}, ("new", "rising")),
        ({"new": False, "newly_met": ("umc", "mgps"), "recent": 2}, ("newly umc, mgps",)),
        ({"zero": ("b", "c")}, ("zero cell b, c",)),
    ],
)
def test_flags(more: dict[str, object], flags: tuple[str, ...]):
    assert replace(PLAIN, **more).flags == flags  # type: ignore[arg-type]

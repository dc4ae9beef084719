"""PRR, ROR, chi-square and IC against published worked examples, to the digits published."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import rows_of
from scipy.stats import gamma

from pv.signals.measures import Estimates, Tables, chi_square, information_component, prr, ror

# Each: the table's four cells, then PRR and ROR with their limits, chi-square with Yates' correction, expected, IC with
# its limits; None where undefined. The first four: the R package pvda 0.0.4, data sets drug_event_df and tiny_dataset;
# then openEBGM 0.9.1 (CAERS) and PhViD 1.0.8; the last three are
# edges. Computed from these data sets in full precision.
TABLES = {
    "Drug_Z/Event_1": (
        (88, 63, 280, 569),
        (1.7670766319772941, 1.497465592663034, 2.0852297632609904),
        (2.838548752834467, 1.9929166893418893, 4.042998418001532),
        34.19815738793855, 55.568,
        (0.6584998468064873, 0.3411770838748434, 0.9439959429522597),
    ),
    "Drug_Z/Event_2": (
        (75, 76, 272, 577),
        (1.5503262563303466, 1.284508201899274, 1.8711530977485666),
        (2.0934113777089784, 1.4751059504547879, 2.9708857150025603),
        16.818031197767965, 52.397,
        (0.5132907407723633, 0.16814416022112968, 0.8211134302704456),
    ),
    "tiny Drug_A/Event_1": (
        (4, 15, 3, 88),
        (6.385964912280701, 1.5544828280712732, 26.234157833366865),
        (7.822222222222222, 1.588900625674554, 38.509117250709544),
        5.60355331944499, 1.209090909090909,
        (1.3966958632893347, -0.3400616237797573, 2.476426129266436),
    ),
    "tiny Drug_A/Event_2": (
        (1, 18, 1, 90),
        (4.789473684210526, 0.3131901311929591, 73.24323433937386),
        (5.0, 0.2987381497240342, 83.68532784679255),
        0.08512199301672986, 0.34545454545454546,
        (0.8271634031377844, -2.970063865223563, 2.4669209242604477),
    ),
    "REUMOFAN PLUS/WEIGHT INCREASED": (
        (16, 28, 15, 3297),
        (80.2909090909091, 42.39899830739173, 152.04675440459025),
        (125.6, 56.62874460604618, 278.5751319360112),
        573.2619229562708, 0.4064362336114422,
        (4.18611668207378, 3.3931888020456666, 4.80634989478789),
    ),
    "HYDROXYCUT REGULAR RRC/EMOTIONAL DISTRESS": (
        (19, 51, 24, 3262),
        (37.16309523809524, 21.369540809624517, 64.62916821561801),
        (50.63562091503268, 26.108955445660953, 98.20255393928448),
        357.42804460352363, 0.8969010727056019,
        (3.8031723648798237, 3.0818022066023927, 4.378734426650837),
    ),
    "REUMOFAN PLUS/IMMOBILE": (
        (6, 38, 0, 3312),
        None,
        None,
        379.2619475689187, 0.07866507747318235,
        (3.489639233161723, 2.113650267095958, 4.41771678952666),
    ),
    "HYDROXYCUT HARDCORE/CARDIO-RESP DISTRESS": (
        (8, 23, 25, 3300),
        (34.32258064516129, 16.81925179002192, 70.0411383841983),
        (45.91304347826087, 18.749946754954525, 112.42738920736659),
        173.121374588037, 0.30482717520858166,
        (3.4007119171811957, 2.232434000636529, 4.229296149943837),
    ),
    "HYDROXYCUT REGULAR RRC/INJURY": (
        (11, 59, 16, 3270),
        (32.27321428571428, 15.548836488946312, 66.98638583485517),
        (38.103813559322035, 16.95603349646496, 85.62737317464428),
        180.5171130503739, 0.5631704410011918,
        (3.4351890565765313, 2.4586514029752324, 4.162422998988099),
    ),
    "1-PHENYLALANINE/HEART RATE INCREASED": (
        (1, 0, 120, 3235),
        (27.958333333333332, 23.45361823043355, 33.328264965253005),
        None,
        6.195081119325988, 0.03605482717520858,
        (1.4845100299094973, -2.3127172384518504, 3.1242675510321605),
    ),
    "PhViD D_169/AE_701": (
        (267, 3514, 111, 1192595),
        (758.7784870297434, 609.5223478891729, 944.5835651030662),
        (816.3558507283607, 652.6485352955303, 1021.1267458321216),
        59130.803593434255, 1.1945119336858654,
        (7.302525284178143, 7.124224702666547, 7.470315088593493),
    ),
    "no joint case": (
        (0, 10, 5, 985),
        None,
        None,
        0.0, 0.05,
        (-0.13750352374993496, -10.129391339556797, 2.1913002575862386),
    ),
    "only joint cases": (
        (3, 0, 0, 997),
        None,
        None,
        693.6088550953206, 0.009,
        (2.781617360643996, 0.7311740048020781, 3.975412914473208),
    ),
    "plain": (
        (25, 75, 100, 9800),
        (24.749999999999996, 16.732081849536666, 36.61005877860694),
        (32.666666666666664, 19.93966993403821, 53.516989731584694),
        442.34752589182966, 1.25,
        (3.8650704199138914, 3.2440948972890267, 4.37486048174691),
    ),
}  # fmt: skip


def one(cells: tuple[float, ...]) -> Tables:
    a, b, c, d = cells
    return Tables.of(a, a + b, a + c, a + b + c + d)


def shown(estimates: Estimates) -> tuple[float, float, float] | None:
    values = tuple(float(x[0]) for x in (estimates.value, estimates.low, estimates.high))
    if any(map(math.isnan, values)):
        assert all(map(math.isnan, values))
        return None
    return values


def near(values: tuple[float, float, float] | None) -> object:
    return None if values is None else pytest.approx(values, rel=1e-9)


@pytest.mark.parametrize("name", TABLES)
def test_full_precision(name: str):
    cells, expected_prr, expected_ror, chi2, expected, ic = TABLES[name]
    table = one(cells)
    assert shown(prr(table)) == near(expected_prr)
    assert shown(ror(table)) == near(expected_ror)
    assert float(chi_square(table)[0]) == pytest.approx(chi2, rel=1e-9)
    assert float(table.expected[0]) == pytest.approx(expected, rel=1e-12)
    assert shown(information_component(table.a, table.expected)) == near(ic)


def test_vignette_of_pvda():
    """Three significant digits, as printed in the vignette Disproportionality_analysis of pvda 0.0.4."""
    found = shown(prr(one((10, 990, 200, 9800))))
    assert found is not None
    assert [f"{x:.3g}" for x in found] == ["0.5", "0.266", "0.94"]
    found = shown(ror(one((10, 20, 200, 10_000))))
    assert found is not None
    assert [f"{x:.3g}" for x in found] == ["25", "11.6", "54.1"]
    found = shown(information_component(10, 5))
    assert found is not None
    assert [f"{x:.3g}" for x in found] == ["0.933", "-0.0973", "1.69"]


def test_ic_of_one_expected_one():
    """Tests 1 to 3 of pvda 0.0.4: log2 of the quantiles of a gamma(1.5, 1.5), and 0."""
    low, high = (math.log2(gamma.ppf(q, 1.5, scale=1 / 1.5)) for q in (0.025, 0.975))
    assert shown(information_component(1, 1)) == pytest.approx((0.0, low, high), rel=1e-9)


# Drug, event, n, n_drug, n_event, E, RR = n/E and PRR, two decimals: openEBGM 0.9.1, vignette 02, 17 reports.
@pytest.mark.parametrize(
    ("n", "n_drug", "n_event", "expected", "ratio", "proportional"),
    [
        (5, 9, 9, 4.7647, 1.05, 1.11),
        (4, 9, 8, 4.2353, 0.94, 0.89),
        (3, 7, 9, 3.7059, 0.81, 0.71),
        (4, 7, 8, 3.2941, 1.21, 1.43),
        (1, 1, 9, 0.5294, 1.89, 2.00),
    ],
)
def test_toy_of_openebgm(n: int, n_drug: int, n_event: int, expected: float, ratio: float, proportional: float):
    table = Tables.of(n, n_drug, n_event, 17)
    assert float(table.expected[0]) == pytest.approx(expected, abs=5e-5)
    assert float((table.a / table.expected)[0]) == pytest.approx(ratio, abs=5e-3)
    assert float(prr(table).value[0]) == pytest.approx(proportional, abs=5e-3)


COLUMNS = ("prr", "prr_lo", "prr_hi", "ror", "ror_lo", "ror_hi", "chi2_yates", "ic", "ic025", "ic975")


@pytest.mark.parametrize(
    ("name", "count"), [("pvda_drug_event_df_expected.csv", 1306), ("openEBGM_caers_expected.csv", 17189)]
)
def test_whole_data_sets(name: str, count: int):
    rows = rows_of(name)
    assert len(rows) == count
    table = Tables.of(*(np.array([float(r[c]) for r in rows]) for c in ("a", "n_drug", "n_event", "N")))
    ratio, odds, ic = prr(table), ror(table), information_component(table.a, table.expected)
    found = (ratio.value, ratio.low, ratio.high, odds.value, odds.low, odds.high, chi_square(table),
             ic.value, ic.low, ic.high)  # fmt: skip
    for column, values in zip(COLUMNS, found, strict=True):
        published = np.array([float(r[column] or "nan") for r in rows])
        defined = np.isfinite(published)
        assert np.array_equal(defined, np.isfinite(values)), column
        np.testing.assert_allclose(values[defined], published[defined], rtol=1e-9, atol=1e-9, err_msg=column)


CELL = st.integers(0, 10**7)


@given(st.tuples(CELL, CELL, CELL, CELL).filter(any))
def test_never_an_infinity(cells: tuple[int, int, int, int]):
    table = one(cells)
    ratio, odds = prr(table), ror(table)
    ic = information_component(table.a, table.expected)
    for values in (ratio, odds):
        assert shown(values) is None or values.low[0] <= values.value[0] <= values.high[0]
        assert not np.isinf([values.value, values.low, values.high]).any()
    assert (shown(odds) is None) == (0 in cells)
    assert np.isfinite([ic.value, ic.low, ic.high]).all()
    chi2 = float(chi_square(table)[0])
    assert math.isnan(chi2) or 0 <= chi2 < math.inf


@given(st.tuples(*[st.integers(1, 10**6)] * 4))
def test_the_odds_ratio_of_the_transposed_table_is_the_same(cells: tuple[int, int, int, int]):
    a, b, c, d = cells
    assert shown(ror(one(cells))) == near(shown(ror(one((a, c, b, d)))))


@pytest.mark.parametrize("counts", [(3, 2, 5, 10), (3, 5, 2, 10), (1, 8, 8, 10), (-1, 5, 5, 10), (1, 2, 2, math.nan)])
def test_impossible_counts_are_refused(counts: tuple[float, ...]):
    with pytest.raises(ValueError, match="do not fit"):
        Tables.of(*counts)

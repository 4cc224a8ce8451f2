import csv
from datetime import date
from decimal import Decimal

import pytest

from trunghoa.parameters import Parameters, blend, gwp_set
from trunghoa.quantities import CH4_BIOGENIC, CH4_FOSSIL, GasError, ParameterError, canonical_gas

DAY = date(2026, 1, 1)
SETS = ("SAR", "AR4", "AR5", "AR6")


@pytest.fixture(scope="module")
def parameters():
    return Parameters.load()


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", SETS)
def test_published_potentials_are_as_in_the_assessment_reports(parameters, cases, name):
    gwps = gwp_set(parameters, name, as_of=DAY)
    given = [row for row in rows_of(cases / "inventory" / "gwp100.csv") if row[name]]
    assert len(given) >= 14
    for row in given:
        gas = canonical_gas(row["gas"])
        assert gwps.of(gas) == Decimal(row[name]), gas
        assert (gas in gwps.unverified) == ("memory" in row["note"]), gas


def test_the_eighteen_hfcs_of_annex_f_are_exact(parameters, cases):
    kigali = gwp_set(parameters, "KIGALI_ANNEX_F", as_of=DAY)
    given = rows_of(cases / "methane_hfc" / "annexF_hfc.csv")
    listed = {gas: value for gas, value in kigali.values.items() if value}
    assert listed == {row["substance"]: Decimal(row["gwp_annexF_kigali"]) for row in given}
    assert len(listed) == 18
    assert not kigali.unverified


def test_reports_and_annex_f_agree_where_they_are_compared(parameters, cases):
    for name in ("AR4", "AR5", "AR6"):
        gwps = gwp_set(parameters, name, as_of=DAY)
        for row in rows_of(cases / "methane_hfc" / "annexF_hfc.csv"):
            published = row[f"gwp_{name.lower()}_pkg"]
            if published:
                assert gwps.of(row["substance"]) == Decimal(published)
                assert row["substance"] not in gwps.unverified
            else:
                assert row["substance"] in gwps.unverified


def test_the_twenty_seven_blends_are_exact(parameters, cases):
    kigali = gwp_set(parameters, "KIGALI_ANNEX_F", as_of=DAY)
    given = rows_of(cases / "methane_hfc" / "blends_annexF.csv")
    assert len(given) == 27
    for row in given:
        found = blend(parameters, row["blend"], as_of=DAY)
        parts = dict(part.rsplit("=", 1) for part in row["composition_mass"].split(", "))
        assert found.fractions == {
            canonical_gas(gas): Decimal(share.rstrip("%")) / 100 for gas, share in parts.items()
        }
        assert sum(found.fractions.values()) == 1
        assert found.gwp(kigali) == Decimal(row["annexF_gwp_exact_HFC_components_only"]), row["blend"]


@pytest.mark.parametrize("typed", ["R-449A", "r449a", "R-449 A", "HFC-449A"])
def test_a_blend_is_found_by_any_spelling(parameters, typed):
    assert blend(parameters, typed, as_of=DAY).gwp(
        gwp_set(parameters, "KIGALI_ANNEX_F", as_of=DAY)
    ) == Decimal("1396.035")


def test_methane_stands_apart_by_origin_where_the_report_says_so(parameters):
    ar5, ar6 = (gwp_set(parameters, name, as_of=DAY) for name in ("AR5", "AR6"))
    assert (ar5.of(CH4_FOSSIL), ar5.of(CH4_BIOGENIC), ar5.of("CH4")) == (30, 28, 28)
    assert (ar6.of(CH4_FOSSIL), ar6.of(CH4_BIOGENIC)) == (Decimal("29.8"), 27)
    assert {CH4_FOSSIL, CH4_BIOGENIC} <= ar5.unverified & ar6.unverified
    for name, value in (("SAR", 21), ("AR4", 25)):
        older = gwp_set(parameters, name, as_of=DAY)
        assert older.of(CH4_FOSSIL) == older.of(CH4_BIOGENIC) == value


def test_annex_f_counts_only_what_it_controls_and_nothing_unknown(parameters):
    kigali = gwp_set(parameters, "KIGALI_ANNEX_F", as_of=DAY)
    assert kigali.of("HFO-1234yf") == kigali.of("R-600a") == kigali.of("R-744") == 0
    with pytest.raises(GasError, match="HCFC-22"):
        kigali.of("HCFC-22")


def test_unknown_sets_and_blends_are_refused(parameters):
    with pytest.raises(ParameterError, match="Known: AR4, AR5, AR6, KIGALI_ANNEX_F, SAR"):
        gwp_set(parameters, "AR7", as_of=DAY)
    with pytest.raises(ParameterError, match="No blend “R-499Z”"):
        blend(parameters, "R-499Z", as_of=DAY)

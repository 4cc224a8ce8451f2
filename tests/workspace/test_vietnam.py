"""What the example workspace says, against the known answers and the rules of honesty."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from trunghoa.quantities import PlaceError, PlaceKey, Quality, Status, sort_key
from trunghoa.workspace.rows import CommitmentKind, ReportKind

REUSED = {"15": ("Yên Bái", "Lào Cai"), "24": ("Bắc Giang", "Bắc Ninh"), "44": ("Quảng Bình", "Quảng Trị"),
          "52": ("Bình Định", "Gia Lai"), "80": ("Long An", "Tây Ninh"), "82": ("Tiền Giang", "Đồng Tháp"),
          "91": ("Kiên Giang", "An Giang")}  # fmt: skip
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_has_a_source_and_says_how_far_it_was_checked(vietnam):
    rows = [row for table in vietnam.tables.values() for row in table]
    assert len(rows) > 400
    assert all(row.source.strip() for row in rows)
    assert all(isinstance(row.quality, Quality) for row in rows)


def test_what_is_from_memory_or_assumed_is_never_called_verified(vietnam):
    for table in vietnam.tables.values():
        for row in table:
            if "memory" in row.source.lower():
                assert row.quality is not Quality.VERIFIED, row
            if "assumed" in row.source or "illustrative" in row.source:
                assert row.quality is Quality.ILLUSTRATIVE, row
    assert {row.quality for row in vietnam.tables["landfills"]} == {Quality.UNVERIFIED}
    assert {row.quality for row in vietnam.tables["landfill_deposits"]} == {Quality.ILLUSTRATIVE}
    assert {row.quality for row in vietnam.projects} == {Quality.ILLUSTRATIVE}


def test_a_landfills_quality_is_that_of_its_worst_row(vietnam):
    quality = {record.row.slug: record.quality for record in vietnam.landfills}
    assert quality["nam-son"] is Quality.ILLUSTRATIVE
    assert quality["go-cat"] is Quality.UNVERIFIED


def test_places_are_as_known(vietnam, cases):
    ours = {(row.era, row.code): row for row in vietnam.places if row.era != "country"}
    given = rows_of(cases / "portal" / "places.csv")
    assert len(given) == len(ours) == 97
    assert Counter(era for era, _ in ours) == {"2008": 63, "2025": 34}
    for row in given:
        place = ours[row["era"], row["code"]]
        assert (place.name_vi, place.kind.value, place.iso3166_2) == (
            row["name_vi"], row["kind"], row["iso3166_2"],
        )  # fmt: skip
        assert [d.isoformat() if d else "" for d in (place.valid_from, place.valid_to)] == [
            row["valid_from"], row["valid_to"],
        ]  # fmt: skip
        successor = f"{row['successor_era']}:{row['successor_code']}" if row["successor_code"] else ""
        assert str(place.successor or "") == successor
        assert place.name_ja
        assert place.name_ja == row["name_ja"] or not row["name_ja"]
        assert (place.name_ja_quality is Quality.VERIFIED) == bool(row["name_ja"])


def test_a_code_names_the_unit_of_its_day(vietnam, cases):
    given = rows_of(cases / "portal" / "place_on_date_cases.csv")
    assert len(given) == 6
    for row in given:
        expected, day = row["expected_name_vi_or_empty_if_no_unit"], date.fromisoformat(row["on"])
        if expected:
            assert vietnam.gazetteer.lookup(row["code"], day).name("vi") == expected
        else:
            with pytest.raises(PlaceError):
                vietnam.gazetteer.lookup(row["code"], day)


def test_seven_codes_name_another_unit_since_the_merger(vietnam):
    units = {code: [] for code in {row.code for row in vietnam.places if row.era == "2025"}}
    changed = {}
    for code in units:
        old, new = (vietnam.gazetteer.lookup(code, day).name("vi") for day in (BEFORE, AFTER))
        if old != new and code != "46":  # Thừa Thiên Huế and Huế are one unit, renamed
            changed[code] = (old, new)
    assert changed == REUSED


def test_sixty_three_units_roll_up_to_thirty_four(vietnam):
    amounts = {row.place: Decimal(row.code) for row in vietnam.places if row.era == "2008"}
    rolled = vietnam.gazetteer.roll_up(amounts, AFTER)
    assert (len(amounts), len(rolled)) == (63, 34)
    assert sum(rolled.values()) == sum(amounts.values())
    assert rolled[PlaceKey("2025", "79")] == 74 + 77 + 79
    sources = Counter(row.successor for row in vietnam.places if row.successor)
    assert sum(1 for n in sources.values() if n == 1) == 11


def test_places_are_found_without_accents_and_sorted_as_in_a_dictionary(vietnam):
    found = vietnam.gazetteer.find("ba ria vung tau", BEFORE)
    assert [p.name("en") for p in found] == ["Ba Ria - Vung Tau"]
    assert [p.name("vi") for p in vietnam.gazetteer.find("ホーチミン", AFTER)] == ["Hồ Chí Minh"]
    names = sorted((row.name_vi for row in vietnam.places if row.era == "2025"), key=sort_key)
    assert names[:2] == ["An Giang", "Bắc Ninh"]
    assert names.index("Điện Biên") == names.index("Đắk Lắk") + 1 == names.index("Đà Nẵng") + 2
    assert names.index("Đà Nẵng") > names.index("Cần Thơ")


def test_systems_come_in_the_order_of_their_numbers(vietnam):
    assert [s.code for s in vietnam.systems] == [f"S{n}" for n in range(1, 11)]


def test_the_environment_ministry_passes_into_its_successor(vietnam):
    by_code = {o.code: o for o in vietnam.organisations}
    old, new = by_code["monre"], by_code["mae"]
    assert (old.valid_to, old.successor, new.valid_from) == (date(2025, 2, 28), "mae", date(2025, 3, 1))
    assert old.quality is new.quality is Quality.UNVERIFIED


def figures_of(vietnam, report, kind):
    stated = next(s for s in vietnam.reports if s.row.code == report)
    return {f.category: f for f in stated.figures if f.kind == kind}


def test_national_totals_are_as_reported(vietnam, cases):
    given = rows_of(cases / "inventory" / "vn_national_totals.csv")
    assert len(given) == 4
    for row in given:
        sectors = figures_of(vietnam, row["report"].lower(), "inventory.sector_emissions")
        totals = figures_of(vietnam, row["report"].lower(), "inventory.total_emissions")
        for sector in ("energy", "ippu", "agriculture", "lulucf", "waste"):
            assert sectors[sector].amount == Decimal(row[sector])
            assert sectors[sector].period.code() == row["year"]
        assert sectors["lulucf"].amount < 0
        for name in ("without_lulucf", "with_lulucf"):
            assert totals[name].amount == Decimal(row[f"total_{name}_reported"])
        assert {f.gwp_set for f in (*sectors.values(), *totals.values())} == {row["method"].split("/")[1]}
        assert {f.status for f in (*sectors.values(), *totals.values())} == {Status.REPORTED}


def test_the_printed_total_of_2016_is_kept_with_its_note(vietnam):
    sectors = figures_of(vietnam, "bur3", "inventory.sector_emissions")
    total = figures_of(vietnam, "bur3", "inventory.total_emissions")["with_lulucf"]
    assert sum(f.amount for f in sectors.values()) == Decimal("316734.95")
    assert total.amount == Decimal("316734.96")
    assert "add up to 316734.95" in total.source


def test_inventories_after_different_guidelines_are_not_one_series(vietnam):
    inventories = [s for s in vietnam.reports if s.row.kind is ReportKind.INVENTORY]
    methods = {s.row.code: {f.method for f in s.figures} for s in inventories}
    assert methods["bur1"] == methods["bur2"] == methods["nc3"] == {"IPCC 1996"}
    assert methods["bur3"] == {"IPCC 2006 and 2019 Refinement"}
    assert all("must not be joined" in s.row.note for s in inventories)


def test_the_targets_of_decision_896_are_as_published(vietnam, cases):
    given = [r for r in rows_of(cases / "pathways" / "vietnam_targets.csv") if "Decision 896" in r["source"]]
    stated = next(s for s in vietnam.reports if s.row.code == "decision-896")
    names = {"industrial processes": "ippu", "LULUCF": "lulucf"}
    assert {(f.category, f.period.code(), f.amount) for f in stated.figures} == {
        (names.get(r["sector"], r["sector"]), r["year"], Decimal(r["value"])) for r in given
    }
    assert len(given) == 10
    assert {f.status for f in stated.figures} == {Status.PLANNED}


def test_the_sixteen_commitments_of_january_2024_are_all_there(vietnam, cases):
    given = {row["ref"]: row for row in rows_of(cases / "portal" / "jwg3_2024_commitments.csv")}
    ours = {c.ref: c for c in vietnam.commitments}
    assert ours.keys() == given.keys()
    assert len(ours) == 16
    for ref, row in given.items():
        c = ours[ref]
        assert [c.system, c.also_system, c.side.value, c.state.value, c.kind.value] == [
            row["system"], row["also_system"], row["side_responsible"], row["state"], row["kind"],
        ]  # fmt: skip
        assert [c.recorded_on.isoformat(), c.due.isoformat() if c.due else ""] == [
            row["recorded_on"],
            row["due"],
        ]
        assert len({c.title_vi, c.title_ja, c.title_en}) == 3
    assert Counter(c.kind for c in ours.values())[CommitmentKind.FOCUS] == 3


def test_pairs_keep_their_historic_place_and_two_are_unverified(vietnam, cases):
    given = rows_of(cases / "portal" / "c2c_pairs.csv")
    partners = {o.code: o for o in vietnam.organisations}
    iso = {row.place: row.iso3166_2 for row in vietnam.places}
    assert [(iso[p.place], partners[p.partner].name_ja) for p in vietnam.pairs] == [
        (row["iso3166_2"], row["partner_ja"]) for row in given
    ]
    doubtful = [p for p in vietnam.pairs if p.quality is Quality.UNVERIFIED]
    assert [str(p.place) for p in doubtful] == ["2008:94", "2008:01"]
    assert vietnam.gazetteer.successor_on(PlaceKey("2008", "94"), AFTER).name("vi") == "Cần Thơ"


def test_the_composition_that_adds_up_to_more_than_one_is_noticed(vietnam):
    assert "The shares of VN-2006 add up to 1.001; they are scaled to 1." in str(vietnam.notices[0])
    assert not any("SEA-2019" in str(n) for n in vietnam.notices)

import unicodedata
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.quantities import Gazetteer, Place, PlaceError, PlaceKey, search_key, sort_key

OLD, NEW = PlaceKey("2008", "44"), PlaceKey("2025", "44")
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def a_unit(era, code, name, *, successor="", parent=None):
    first, last = (date(2008, 8, 1), BEFORE) if era == "2008" else (AFTER, None)
    follows = PlaceKey("2025", successor) if successor else None
    return Place(PlaceKey(era, code), "province", {"vi": name}, first, last, parent, follows)


@pytest.fixture
def gazetteer():
    site = Place(PlaceKey("site", "bai-rac"), "site", {"vi": "Bãi rác"}, parent=OLD)
    return Gazetteer.of(
        [
            a_unit("2008", "44", "Quảng Bình", successor="44"),
            a_unit("2008", "45", "Quảng Trị", successor="44"),
            a_unit("2025", "44", "Quảng Trị"),
            site,
        ]
    )


def test_a_code_names_the_unit_of_its_day(gazetteer):
    assert gazetteer.lookup("44", BEFORE).names["vi"] == "Quảng Bình"
    assert gazetteer.lookup("44", AFTER).names["vi"] == "Quảng Trị"


@pytest.mark.parametrize(
    ("code", "day"), [("45", AFTER), ("44", date(2008, 7, 31)), ("99", AFTER), ("bai-rac", AFTER)]
)
def test_a_code_that_named_nothing_on_a_day_is_refused(gazetteer, code, day):
    with pytest.raises(PlaceError, match=f"No unit had the code {code} on {day}"):
        gazetteer.lookup(code, day)


def test_a_name_is_found_on_its_day_whatever_its_form(gazetteer):
    for typed in ("Quảng Bình", "quang binh", "QUANG-BINH", unicodedata.normalize("NFD", "Quảng Bình")):
        assert [p.key for p in gazetteer.find(typed, BEFORE)] == [OLD]
        assert gazetteer.find(typed, AFTER) == []


def test_a_site_counts_for_its_unit_of_the_day(gazetteer):
    site = PlaceKey("site", "bai-rac")
    assert gazetteer.unit_on(site, BEFORE).key == OLD
    assert gazetteer.unit_on(site, AFTER).key == NEW


def test_there_is_no_way_back_before_a_unit_began(gazetteer):
    with pytest.raises(PlaceError, match="no successor that exists"):
        gazetteer.successor_on(NEW, BEFORE)


HANOI = a_unit("2025", "01", "Hà Nội")


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([HANOI, HANOI], "stands twice"),
        ([a_unit("2008", "01", "Hà Nội", successor="09")], "successor 2025:09"),
        ([a_unit("2025", "01", "Hà Nội", parent=PlaceKey("country", "VN"))], "parent country:VN"),
        (
            [HANOI, Place(PlaceKey("2030", "01"), "province", {"vi": "x"}, date(2030, 1, 1))],
            "both bear the code 01",
        ),
        ([Place(PlaceKey("2025", "01"), "province", {"vi": "x"}, AFTER, BEFORE)], "before it begins"),
        (
            [
                Place(PlaceKey("2008", c), "province", {"vi": c}, None, BEFORE, None, PlaceKey("2008", other))
                for c, other in (("01", "02"), ("02", "01"))
            ],
            "succeeds itself",
        ),
    ],
)
def test_a_gazetteer_that_contradicts_itself_is_refused(places, message):
    with pytest.raises(PlaceError, match=message):
        Gazetteer.of(places)


def test_keys_read_back():
    assert PlaceKey.parse(str(NEW)) == NEW
    for text in ("44", ":44", "2025:", ""):
        with pytest.raises(PlaceError, match="is not a place key"):
            PlaceKey.parse(text)


names = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạ ằỗợ-"), max_size=12)


@given(names)
def test_search_and_order_do_not_depend_on_the_unicode_form(name):
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, name)
        assert search_key(other) == search_key(name)
        assert sort_key(other) == sort_key(name)


def test_search_folds_accents_and_not_kana():
    assert search_key("Bà Rịa - Vũng Tàu") == "ba ria vung tau"
    assert search_key("Đắk Lắk") == "dak lak"
    assert search_key("カマウ") != search_key("ガマウ")
    assert search_key("ﾊﾉｲ") == search_key("ハノイ")


def test_names_are_ordered_as_a_vietnamese_dictionary_does():
    ordered = ["An Giang", "Bà Rịa", "Cà Mau", "Cần Thơ", "Da", "Đà Nẵng", "Đắk Lắk", "Hà Nam", "Hà Nội",
               "Hà Tĩnh", "Hải Dương", "Tây Ninh", "Thái Bình", "Yên Bái"]  # fmt: skip
    assert sorted(set(ordered), key=sort_key) == ordered
    assert sorted(["má", "mạ", "mà", "ma", "mả", "mã"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sort_key("\u0301") == ((), ())


@given(st.data())
def test_roll_up_loses_nothing(data):
    units = [a_unit("2008", f"{i:02}", f"u{i}", successor=f"{i % 34:02}") for i in range(63)]
    gazetteer = Gazetteer.of([*units, *(a_unit("2025", f"{i:02}", f"n{i}") for i in range(34))])
    amount = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
    amounts = data.draw(st.dictionaries(st.sampled_from([u.key for u in units]), amount))
    rolled = gazetteer.roll_up(amounts, AFTER)
    assert sum(map(Fraction, rolled.values())) == sum(map(Fraction, amounts.values()))
    assert gazetteer.roll_up(amounts, BEFORE) == amounts
    assert Counter(k.era for k in rolled) == Counter({"2025": len(rolled)} if rolled else {})
    assert all(isinstance(v, Decimal) for v in rolled.values())

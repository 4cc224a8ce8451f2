from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trunghoa.quantities import InputError, format_number, from_float, parse_number

LANGUAGES = ("vi", "ja", "en")


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18),
    st.integers(0, 12),
)
@example(Decimal("123456789012345678.123456789012"), 12)
def test_what_is_written_is_read_back_in_three_languages(value, decimals):
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=Context(prec=60))
    for lang in LANGUAGES:
        assert parse_number(format_number(value, lang, decimals), lang=lang) == rounded


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_plain_text_of_a_number_reads_back_exactly(value):
    assert parse_number(str(value)) == value


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("98.300", "vi", "98300"),
        ("0,6592", "vi", "0.6592"),
        ("1.234,5", "vi", "1234.5"),
        ("1.234.567,89", "vi", "1234567.89"),
        ("−39.491,24", "vi", "-39491.24"),
        ("1,234.5", "en", "1234.5"),
        ("1,234", "ja", "1234"),
        ("0.5", "ja", "0.5"),
        (" 12 ", "", "12"),
        ("+1e3", "", "1000"),
        (".5", "", "0.5"),
        ("-0.1", "", "-0.1"),
    ],
)
def test_it_reads_what_people_write(text, lang, value):
    assert parse_number(text, lang=lang) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "lang", "message"),
    [
        ("", "", "empty"),
        ("   ", "", "empty"),
        ("n/a", "", "not a number"),
        ("NaN", "", "not a finite number"),
        ("-inf", "", "not a finite number"),
        ("Infinity", "vi", "not a finite number"),
        ("1e999", "", "too large"),
        ("1e301", "", "too large"),
        ("1,234.5", "", "could mark decimals or thousands"),
        ("1.234,5", "", "could mark decimals or thousands"),
        ("1,5", "en", "could mark decimals or thousands"),
        ("12,34", "en", "could mark decimals or thousands"),
        ("9.45", "vi", "could mark decimals or thousands"),
        ("1234.567", "vi", "could mark decimals or thousands"),
        ("0.123", "vi", "could mark decimals or thousands"),
        ("１２３", "", "full-width"),
        ("١٢", "", "not a number"),
        ("1_000", "", "not a number"),
        ("12 %", "", "not a number"),
        ("1\u00a0234", "", "not a number"),
        ("=1+1", "", "not a number"),
        ("0x10", "", "not a number"),
        ("--5", "", "not a number"),
        ("5.", "x", None),
    ],
)
def test_it_refuses_what_it_would_have_to_guess(text, lang, message):
    if message is None:
        with pytest.raises(KeyError):
            parse_number(text, lang=lang)
        return
    with pytest.raises(InputError, match=message) as caught:
        parse_number(text, lang=lang)
    assert caught.value.problems[0].value == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("1e400"), True])
def test_it_refuses_numbers_that_are_none(value):
    with pytest.raises(InputError):
        parse_number(value)


def test_it_takes_the_floats_of_numpy():
    assert parse_number(np.float64(0.1)) == Decimal("0.1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333"),
        (1e15, "1000000000000000"),
        (-0.0, "0"),
        (2.5e-7, "2.5E-7"),
    ],
)
def test_a_float_becomes_twelve_digits(value, expected):
    assert str(from_float(value)) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (Decimal("8184.95"), 1, "8.185,0", "8,185.0"),
        (Decimal("-39491.24"), 2, "−39.491,24", "−39,491.24"),
        (Decimal("-0.4"), 0, "0", "0"),
        (Decimal("2.5"), 0, "3", "3"),
        (Decimal("1e300"), 0, "1" + ".000" * 100, "1" + ",000" * 100),
        (7, 0, "7", "7"),
    ],
)
def test_numbers_are_grouped_as_each_language_does(value, decimals, vi, en):
    assert format_number(value, "vi", decimals) == vi
    assert format_number(value, "en", decimals) == format_number(value, "ja", decimals) == en

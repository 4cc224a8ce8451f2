"""Reading numbers people write, without guessing, and writing them as three languages do."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from .errors import N_, InputError, Problem

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_MINUS = "\u2212"

# decimal mark, grouping mark; Japanese and English write numbers alike
MARKS = {"vi": (",", "."), "ja": (".", ","), "en": (".", ",")}

TWELVE_DIGITS = Context(prec=12)
_WIDE = Context(prec=400)  # wide enough for every number parse_number lets in


def _refuse(text: str, message: str, hint: str, limit: str = "") -> InputError:
    return InputError(Problem(message=message, hint=hint, value=text, limit=limit))


def parse_number(text: str | int | float | Decimal, *, lang: str = "") -> Decimal:
    """Read a number exactly.

    Without ``lang`` the text is a data file's: a decimal point and no grouping. With ``vi``, ``ja`` or
    ``en`` grouping marks of that language are understood, in groups of three only.

    Raises
    ------
    InputError
        for an empty cell, text, NaN, infinity, a magnitude over 1e300, full-width digits, or a comma
        or point that could be either a decimal mark or a grouping mark.
    """
    if isinstance(text, bool):
        raise _refuse(str(text), N_("“%(value)s” is not a number."), N_("Write digits."))
    if isinstance(text, Decimal | int | float):
        value = Decimal(repr(float(text))) if isinstance(text, float) else Decimal(text)
        return _bounded(value, str(text))
    raw = text.strip()
    if not raw:
        raise _refuse(text, N_("The cell is empty."), N_("Write a number; 0 if it is zero."))
    if any("\uff01" <= char <= "\uff5e" for char in raw):
        raise _refuse(
            text,
            N_("“%(value)s” is written with full-width characters."),
            N_("Type it again with half-width digits."),
        )
    return _bounded(_read(text, raw.replace(_MINUS, "-"), lang), text)


def _read(text: str, raw: str, lang: str) -> Decimal:
    mark, group = MARKS[lang] if lang else (".", ",")
    if lang and re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(\{group}\d{{3}})+(\{mark}\d+)?", raw):
        raw = raw.replace(group, "")
    if group in raw and any(char.isdigit() for char in raw):
        raise _refuse(
            text,
            N_("“%(value)s” has a “%(limit)s” that could mark decimals or thousands."),
            N_("Write the number without grouping."),
            group,
        )
    raw = raw.replace(mark, ".")
    if raw.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise _refuse(
            text, N_("“%(value)s” is not a finite number."), N_("Leave out the row or give the value.")
        )
    if not raw.isascii() or not _PLAIN.fullmatch(raw):
        raise _refuse(
            text, N_("“%(value)s” is not a number."), N_("Write digits with at most one decimal mark.")
        )
    return Decimal(raw)


def _bounded(value: Decimal, text: str) -> Decimal:
    if not value.is_finite():
        raise _refuse(
            text, N_("“%(value)s” is not a finite number."), N_("Leave out the row or give the value.")
        )
    if value and value.adjusted() > 300:
        raise _refuse(text, N_("“%(value)s” is too large (limit %(limit)s)."), N_("Check the unit."), "1e300")
    return value


def from_float(value: float) -> Decimal:
    """Turn a kernel's float into the Decimal a Figure carries: 12 significant digits.

    Twelve digits are far more than any factor supports and few enough to be the same on every machine.
    """
    rounded = TWELVE_DIGITS.create_decimal(repr(float(value)))
    return rounded.normalize(TWELVE_DIGITS) + 0 if rounded.is_finite() else rounded


def format_number(value: Decimal | int | float, lang: str, decimals: int = 0) -> str:
    """Write a number with grouping and decimal mark of ``vi``, ``ja`` or ``en``."""
    exact = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    mark, group = MARKS[lang]
    text = f"{rounded.copy_abs():,f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    return (_MINUS if rounded < 0 else "") + text

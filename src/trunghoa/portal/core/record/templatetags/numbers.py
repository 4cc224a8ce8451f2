"""Numbers as people read them. Nothing else formats a number in a template."""

from datetime import date
from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from trunghoa.quantities import Period, format_number
from trunghoa.quantities.errors import Problem

from ..models import Figure, Place

register = template.Library()

# How units are written for people; the figure keeps the plain symbol.
UNIT_TEXT = {
    "tCO2e": "tCO₂e",
    "ktCO2e": "ktCO₂e",
    "MtCO2e": "MtCO₂e",
    "USD/tCO2e": "USD/tCO₂e",
    "VND/tCO2e": "VND/tCO₂e",
    "m3": "m³",
    "m2": "m²",
    "km2": "km²",
    "tCO2e/MWh": "tCO₂e/MWh",
    "kgCO2e/kWh": "kgCO₂e/kWh",
    "kg/m3": "kg/m³",
    "m3/t": "m³/t",
    "1": "",
}
GAS_TEXT = {"CH4": "CH₄", "CO2": "CO₂", "N2O": "N₂O", "CH4_biogenic": "CH₄", "CH4_fossil": "CH₄"}
QUALITY_TEXT = {"unverified": _("unverified"), "illustrative": _("illustrative"), "verified": _("verified")}
STATUS_TEXT = {
    "projected": _("projected"),
    "planned": _("planned (ex-ante)"),
    "reported": _("reported"),
    "verified": _("verified"),
    "issued": _("issued"),
    "adjusted": _("adjusted (Article 6)"),
}


def language() -> str:
    return (get_language() or "vi")[:2]


def decimals_for(value: Decimal | float) -> int:
    """Decimals that leave about four significant digits, so that a table reads at a glance."""
    size = abs(Decimal(str(value)))
    if size == 0 or size >= 1000:
        return 0
    if size >= 100:
        return 1
    if size >= 1:
        return 2
    return min(3 - size.adjusted(), 8)


@register.filter
def number(value: Decimal | float | int | None, decimals: int | None = None) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, int) and decimals is None:
        decimals = 0
    return format_number(value, language(), decimals_for(value) if decimals is None else int(decimals))


@register.filter
def unit(symbol: str) -> str:
    return UNIT_TEXT.get(symbol, symbol)


@register.filter
def gas(name: str) -> str:
    return GAS_TEXT.get(name, name)


@register.filter
def quality(name: str) -> str:
    return str(QUALITY_TEXT.get(name, name))


@register.filter
def status(name: str) -> str:
    return str(STATUS_TEXT.get(name, name))


@register.filter
def period(value: Period) -> str:
    return value.label(language())


@register.filter
def day(value: date | None) -> str:
    """A date as officials of the reader's language write it."""
    return date_format(value, "SHORT_DATE_FORMAT") if value is not None else "–"


@register.filter
def name(thing: Place | None) -> str:
    """The name of anything that has one in three languages."""
    return thing.name(language()) if thing is not None else ""


@register.filter
def problem(value: Problem) -> str:
    """What is wrong and what to do, in the reader's language."""
    text = gettext(value.message) % value.params
    hint = gettext(value.hint) % value.params if value.hint else ""
    return f"{text} {hint}".strip()


def mark(quality_name: str) -> SafeString:
    """The visible mark of a number that is not verified."""
    if quality_name == "verified":
        return SafeString("")
    return format_html('<span class="mark mark-{}">{}</span>', quality_name, QUALITY_TEXT[quality_name])


@register.simple_tag
def figure(row: Figure | None, decimals: int | None = None, show_unit: bool = True) -> SafeString:
    """A figure as a number that opens its provenance."""
    if row is None:
        return format_html('<span class="missing">{}</span>', gettext("not there yet"))
    text = number(row.amount, decimals)
    unit_text = f"\u00a0{unit(row.unit)}" if show_unit and unit(row.unit) else ""
    return format_html(
        '<a class="figure" href="{}"><data value="{}">{}</data>{}</a>{}',
        reverse("record:figure", args=[row.pk]),
        f"{row.amount:f}",
        text,
        unit_text,
        mark(row.quality),
    )


@register.simple_tag
def quality_mark(quality_name: str) -> SafeString:
    return mark(quality_name)

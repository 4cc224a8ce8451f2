"""A certificate as tagged PDF/UA in the reader's language, with the address at which it is checked."""

from __future__ import annotations

import io
from functools import cache
from importlib import resources
from typing import Any

import qrcode
from django.conf import settings
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from trunghoa.portal.core.publication import fonts, pdf
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.templatetags import numbers

from ..certificates import Certificate, Line
from ..models import Order


def title(order: Order) -> str:
    if order.kind == Order.Kind.USE:
        return _("Certificate of the use of credits")
    return _("Certificate of the cancellation of credits")


def headline(found: Certificate) -> str:
    said = {"units": numbers.number(found.units)}
    if found.order.kind == Order.Kind.USE:
        return _("%(units)s credits (t) were used and cannot be used again.") % said
    return _("%(units)s credits (t) were cancelled and cannot be used.") % said


def notes(found: Certificate) -> list[str]:
    """What keeps a certificate from being an official statement."""
    said = [_("This is a demonstration, and no certificate of any government.")] if settings.DEMO else []
    labels = dict(Quality.choices)
    said += [
        _("The record of the project %(project)s is %(quality)s: this is not an official statement.")
        % {"project": project, "quality": labels[Quality(project.quality)]}
        for project in found.projects
        if project.quality != Quality.VERIFIED
    ]
    return said


def facts(found: Certificate) -> list[tuple[str, str]]:
    """What is certified, in words, in the order in which it is read."""
    order, lang = found.order, numbers.language()
    account = order.source
    rows = [
        (_("Number of the certificate"), found.number),
        (_("Beneficiary"), order.beneficiary or (account.name(lang) if account else "")),
        (_("Purpose"), str(order.target.get_kind_display()) if order.target else ""),
        (_("Account"), account.label(lang) if account else ""),
        (_("Year of use"), str(order.year or "")),
        (_("Reason"), order.reason),
        (_("Entered in the ledger on"), numbers.day(found.day)),
        (_("Registry"), str(order.get_side_display())),
        (_("Transactions"), "\n".join(f"{row.pk} sha256:{row.sha256}" for row in found.transactions)),
        (_("Seals"), "\n".join(f"{seal.number} sha256:{seal.root}" for seal in found.seals)),
    ]
    return [(label, value) for label, value in rows if value]


def columns() -> list[str]:
    return [_("Serial"), _("Project"), _("Vintage and GWP values"), _("Credits (t)")]


def cells(line: Line) -> list[str]:
    return [line.serial, project_of(line), vintage_of(line), numbers.number(line.units)]


def project_of(line: Line) -> str:
    return f"{line.project} {line.project.title(numbers.language())}" if line.project else _("not stated")


def vintage_of(line: Line) -> str:
    """With the GWP values: no tonne of CO2 equivalent stands without them."""
    return f"{line.vintage or _('not stated')}, {line.gwp_set or _('GWP set not stated')}"


def made(found: Certificate, address: str, platform: str) -> bytes:
    """The PDF; the same entries and the same address give the same bytes."""
    day = found.day
    document = {
        "lang": numbers.language(),
        "platform": platform,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "title": title(found.order),
        "number": found.number,
        "headline": headline(found),
        "notes": [*found.faults, *notes(found)],
        "facts": facts(found),
        "caption": _("Units"),
        "columns": columns(),
        "rows": [cells(line) for line in found.lines],
        "qr-alt": address,
        "check": _("Whether this certificate still holds is said by the ledger itself, at this address:"),
        "address": address,
    }
    return pdf.compile_pdf({**_printable(document), "qr": drawn(address)}, template())


def drawn(address: str) -> str:
    """The address for the camera of a telephone, as SVG."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(out)
    return out.getvalue().decode()


@cache
def template() -> bytes:
    return resources.files(__package__).joinpath("certificate.typ").read_bytes()


def _printable(value: Any) -> Any:
    match value:
        case str():
            return "\n".join(map(fonts.printable, value.splitlines()))
        case dict():
            return {key: _printable(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
    return value

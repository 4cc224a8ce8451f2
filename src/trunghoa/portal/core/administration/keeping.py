"""An organisation on which anything rests is never deleted: it is closed, and its successor carries on."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.templatetags.numbers import number
from trunghoa.quantities.errors import N_

# What can rest on an organisation, by the name of the relation.
RESTS = {
    "people": N_("people: %(count)s"),
    "sites": N_("sites: %(count)s"),
    "documents": N_("documents: %(count)s"),
    "report_set": N_("reports: %(count)s"),
    "invitations": N_("invitations: %(count)s"),
    "tokens": N_("API tokens: %(count)s"),
    "predecessors": N_("predecessors: %(count)s"),
}


def resting(organisation: Organisation) -> list[str]:
    """What rests on the organisation, each with its count."""
    found = []
    figures = Figure.objects.filter(place__operator=organisation) | Figure.objects.filter(
        report__organisation=organisation
    )
    if count := figures.count():
        found.append(_("figures: %(count)s") % {"count": number(count)})
    others = 0
    for relation in Organisation._meta.related_objects:
        name = relation.get_accessor_name() or ""
        rows = relation.field.model._default_manager.filter(**{relation.field.name: organisation})
        count = rows.count()
        text = RESTS.get(name)
        if count and text:
            found.append(_(text) % {"count": number(count)})
        elif count:
            others += count
    if others:
        found.append(_("other records: %(count)s") % {"count": number(others)})
    return found


def delete(organisation: Organisation) -> list[str]:
    """Delete what nothing rests on; else say what does, and change nothing."""
    with transaction.atomic():
        if found := resting(organisation):
            return found
        try:
            organisation.delete()
        except ProtectedError:
            return [_("other records: %(count)s") % {"count": number(1)}]
    return []

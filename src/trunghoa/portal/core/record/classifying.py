"""Who may read a document, changed later: fewer readers by its owner, more only by an officer."""

from django.db import transaction

from trunghoa.portal.core.accounts.models import User
from trunghoa.quantities import N_

from .access import Reader
from .evidence import Forbidden
from .intake import refuse
from .models import Document, Registered, Registration

OPENNESS = ["officers", "organisation", "public"]


def key(said: Registered) -> str:
    """What the form calls it: a document's first registration, or a further one by its number."""
    return str(said.pk) if isinstance(said, Registration) else "first"


def choices(user: Reader, said: Registered) -> list[tuple[str, str]]:
    """The classifications this person may give it, besides the one it has."""
    if not user.is_authenticated:
        return []
    return [
        (code, str(label))
        for code, label in Registered.Classification.choices
        if code != said.classification and _may(user, said, code)
    ]


def _may(user: User, said: Registered, code: str) -> bool:
    opens = OPENNESS.index(code) > OPENNESS.index(said.classification)
    return user.has_perm("record.loosen_document" if opens else "record.tighten_document", said)


@transaction.atomic
def classify(said: Registered, code: str, by: User) -> None:
    """Give a document other readers.

    Raises
    ------
    Forbidden : others than officers open it to more readers, or others than its owner to fewer
    """
    model = Registration if isinstance(said, Registration) else Document
    held = model.objects.select_for_update().get(pk=said.pk)
    if held.classification == code:
        return
    if not _may(by, held, code):
        raise refuse(
            N_("Only an officer opens a document to more readers; its organisation may close it to some."),
            N_("Ask an officer."),
            kind=Forbidden,
        )
    held.classification = code
    held.save(update_fields=["classification"])

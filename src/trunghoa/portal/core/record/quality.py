"""How far a value was checked, as a choice of a form and a column of a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Quality(models.TextChoices):
    """The same three words as :class:`trunghoa.quantities.Quality`, in the reader's language."""

    VERIFIED = "verified", _("verified")
    UNVERIFIED = "unverified", _("unverified")
    ILLUSTRATIVE = "illustrative", _("illustrative")

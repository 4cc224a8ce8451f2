"""Fields that several models of this room share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.quality import Quality


class Backed(models.Model):
    """Where it comes from, how far that was checked, and what was known elsewhere when it was loaded."""

    source = models.TextField(_("Source"), blank=True)
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.VERIFIED)
    known_state = models.CharField(max_length=30, blank=True, editable=False)
    known_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Titled(models.Model):
    """A title given in any of the languages."""

    title_vi = models.CharField(_("Title (Vietnamese)"), max_length=400, blank=True)
    title_ja = models.CharField(_("Title (Japanese)"), max_length=400, blank=True)
    title_en = models.CharField(_("Title (English)"), max_length=400, blank=True)

    class Meta:
        abstract = True

    def title(self, lang: str) -> str:
        found = (getattr(self, f"title_{code}") for code in (lang, "vi", "en", "ja"))
        return next((text for text in found if text), "")

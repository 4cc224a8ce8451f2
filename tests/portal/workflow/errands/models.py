"""Something that is moved: an errand of an organisation, which both sides agree on."""

from django.db import models
from django.urls import reverse

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.workflow.models import Moving


class Errand(Moving):
    title = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True, blank=True)
    hidden = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    holder = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    keeper = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        app_label = "errands"

    def get_absolute_url(self):
        return reverse("errand", args=[self.pk])

    def label(self, lang):
        return f"{self.title} [{lang}]"

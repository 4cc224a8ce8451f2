"""Drawings kept by what they show, and which of them stand on a page."""

from django.db import models


class Drawing(models.Model):
    """A finished drawing under the sha256 of its chart, words, language and look."""

    key = models.CharField(max_length=64, primary_key=True)
    svg = models.TextField()
    made_on = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key[:12]


class StandingView(models.Model):
    """The drawing that a page shows under a name until the figures change."""

    name = models.CharField(max_length=160)
    lang = models.CharField(max_length=5)
    drawing = models.ForeignKey(Drawing, on_delete=models.CASCADE, related_name="views")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "lang"], name="one_drawing_per_view")]

    def __str__(self) -> str:
        return f"{self.name} ({self.lang})"

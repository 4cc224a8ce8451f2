"""Drawings kept by what they show."""

from django.db import models


class Drawing(models.Model):
    """A finished drawing under the sha256 of its chart, words, language and look."""

    key = models.CharField(max_length=64, primary_key=True)
    svg = models.TextField()
    made_on = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key[:12]

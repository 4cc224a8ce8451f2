"""Forms 3.1 to 3.15, filled from the record: what each holds, on the page and as files."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from ..models import Issuance, Methodology, Project
from .declared import BY_NUMBER, BY_SLUG, PAPERS, Paper

__all__ = ["BY_NUMBER", "BY_SLUG", "PAPERS", "Paper", "address", "kind_of", "offered"]

KINDS = {Project: "project", Issuance: "issuance", Methodology: "methodology"}


def kind_of(obj: Any) -> str:
    return KINDS.get(type(obj), "")


def address(obj: Any, paper: Paper) -> str:
    """Where a form about this object stands."""
    match paper.about, obj:
        case "project", Project():
            return reverse("registry:project_form", args=[obj.code, paper.slug])
        case "issuance", Issuance():
            return reverse("registry:issuance_form", args=[obj.project.code, obj.number, paper.slug])
        case "project", Issuance():
            return reverse("registry:project_form", args=[obj.project.code, paper.slug])
        case "methodology", Methodology():
            return reverse("registry:methodology_form", args=[obj.pk, paper.slug])
    return ""


def offered(obj: Any) -> list[tuple[str, str, str]]:
    """Number, title and address of every form about this object."""
    return [(p.number, p.title, address(obj, p)) for p in PAPERS if p.about == kind_of(obj)]

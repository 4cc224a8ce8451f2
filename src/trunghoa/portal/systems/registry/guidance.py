"""Guidance on each step: what a state means, what comes next, who does it, by when, what goes wrong."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow import machine as machines

from . import papers
from .tasks import dated

LANGUAGES = ("vi", "ja", "en")
TEXTS = ("means", "next", "wrong")


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, Any]]:
    """By machine and state: texts in three languages, forms, and the dated rule of the step."""
    return tomllib.loads(dated.guidance_file().read_text(encoding="utf-8"))


def of(obj: Any) -> dict[str, Any]:
    """The guidance on the state an object is in, in the reader's language."""
    machine = machines.of(obj)
    found = texts().get(machine.name, {}).get(obj.state)
    if found is None:
        return {}
    said = found[numbers.language()] if numbers.language() in found else found["vi"]
    who = [
        _(t.who_text)
        for t in machine.transitions
        if obj.state in t.sources and not t.automatic and not t.aside
    ]
    if told := found.get("who"):
        who = [_(told)]
    context = {
        **{name: said[name] for name in TEXTS},
        "who": list(dict.fromkeys(who)),
        "forms": _forms(obj, found),
    }
    if item := found.get("days"):
        rule = dated.parameters().get("jcm_cycle", as_of=days.today("VN"), item=item)
        context |= {"days": int(rule.value), "source": rule.source, "quality": rule.quality.value}
    return context


def _forms(obj: Any, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    listed = [papers.BY_NUMBER[number] for number in found.get("forms", ())]
    return [(p.number, p.title, papers.address(obj, p)) for p in listed]

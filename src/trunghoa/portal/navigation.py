"""What stands at the top of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from trunghoa.portal.core.publication import sections

LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)


def context(request: HttpRequest) -> dict[str, Any]:
    """Navigation and the language switch; asks the database nothing."""
    path = request.get_full_path()
    match = request.resolver_match
    return {
        "navigation": [
            {
                "label": gettext(s.label) if s.label else s.system,
                "url": s.url_name,
                "current": bool(match and match.namespace == s.url_name.rpartition(":")[0]),
            }
            for s in sections.all_sections()
        ],
        "languages": [
            {"code": code, "name": name, "url": in_language(path, code), "current": code == get_language()}
            for code, name in settings.LANGUAGES
        ],
        "demo": settings.DEMO,
    }


def in_language(path: str, code: str) -> str:
    """The same address in another language; finding the view anew for each would cost more than the page."""
    _, first, *rest = path.split("/", 2)
    if first not in LANGUAGES:
        return path
    return "/".join(["", code, *rest])

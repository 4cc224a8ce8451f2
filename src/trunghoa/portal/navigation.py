"""What stands at the top of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, gettext

from trunghoa.portal.core.publication import sections


def context(request: HttpRequest) -> dict[str, Any]:
    """Navigation and the language switch; asks the database nothing."""
    path = request.get_full_path()
    match = request.resolver_match
    return {
        "navigation": [
            {
                "label": gettext(s.label) if s.label else s.system,
                "url": s.url_name,
                "current": bool(match and match.namespace == s.url_name.partition(":")[0]),
            }
            for s in sections.all_sections()
        ],
        "languages": [
            {"code": code, "name": name, "url": translate_url(path, code), "current": code == get_language()}
            for code, name in settings.LANGUAGES
        ],
        "demo": settings.DEMO,
    }

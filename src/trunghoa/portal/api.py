"""The API: sign-in required, every refusal declared, text in its own letters."""

import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import django_auth

from trunghoa import __version__
from trunghoa.portal.core.accounts.bearer import TokenAuth, TokenThrottle
from trunghoa.portal.core.record.api import router as record
from trunghoa.portal.core.record.document_api import router as documents


class PlainJson(BaseRenderer):
    """JSON that keeps Vietnamese and Japanese as they are written."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return json.dumps(data, ensure_ascii=False, cls=NinjaJSONEncoder, separators=(",", ":")).encode()


api = NinjaAPI(
    title="Trung hòa",
    version=__version__,
    description="Figures of the Viet Nam – Japan cooperation, each with its provenance.",
    # The token first: a program that sends one must not be asked for a form's token.
    auth=[TokenAuth(), django_auth],
    throttle=[TokenThrottle()],
    renderer=PlainJson(),
    urls_namespace="api",
    docs_url=None,  # the stock page loads its scripts from elsewhere; the reference stands in the docs
)
api.add_router("", record)
api.add_router("", documents)
for room in settings.ROOMS:
    if find_spec(f"trunghoa.portal.systems.{room}.api"):
        api.add_router(f"/{room}", import_module(f"trunghoa.portal.systems.{room}.api").router)

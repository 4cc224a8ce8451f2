"""The portal with the plain Django page of landfill_list.py beside its own pages, for the load to be put on both."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trunghoa.portal.settings")

from trunghoa.portal.wsgi import application  # noqa: E402

import landfill_list  # noqa: E402, I001
from django.urls import path  # noqa: E402
from trunghoa.portal import urls  # noqa: E402

urls.urlpatterns.append(path("plain/", landfill_list.plain_view()))

__all__ = ["application"]

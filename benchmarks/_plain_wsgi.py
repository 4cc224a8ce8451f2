"""The portal, and beside its own pages the plain Django page of landfill_list.py, for the load on both."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trunghoa.portal.settings")

# isort: off
from trunghoa.portal.wsgi import application

import landfill_list
from django.urls import path
from trunghoa.portal import urls

# isort: on

urls.urlpatterns.append(path("plain/", landfill_list.plain_view()))

__all__ = ["application"]

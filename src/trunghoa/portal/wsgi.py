"""The WSGI application granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trunghoa.portal.settings")
application = get_wsgi_application()
# Pages are found before the first visitor comes; what then stands for good is not searched for rubbish again.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()

"""WSGI entry point."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landguard.settings")
application = get_wsgi_application()

from desk.navigation import write_navigation  # noqa: E402  # models need the applications

write_navigation()

# What is loaded now stays: the collector need not look at it again at every tenth page.
gc.collect()
gc.freeze()

"""The product's settings with two peers beside it; for `list_pages.py` alone."""

from __future__ import annotations

from landguard.settings import *  # noqa: F403
from landguard.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = list(dict.fromkeys([*PRODUCT, "django.contrib.admin"]))
ROOT_URLCONF = "list_peers"

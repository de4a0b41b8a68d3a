from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class UiConfig(AppConfig):
    """Components, template tags, htmx and list paging. No models: nothing is stored here."""

    name = "ui"
    verbose_name = "界面"


class LandGuardStaticFilesConfig(StaticFilesConfig):
    """Collects what browsers load. Source maps stay: the manifest resolves them."""

    ignore_patterns = [
        "CVS",
        ".*",
        "*~",
        "*.esm*",
        "*.rtl.*",
        "*-grid.*",
        "*-reboot.*",
        "*-utilities.*",
        # Builds that no page loads; compressing them would take minutes.
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.min.js*",
        "bootstrap.bundle.js*",
        "echarts.js*",
        "echarts.min.js",
        "echarts.simple*",
        "echarts.common.js*",
        "redoc",
        "tom-select.base*",
        "tom-select.popular*",
        "tom-select.complete.js*",
    ]

from __future__ import annotations

from django.apps import AppConfig


class OfficefilesConfig(AppConfig):
    name = "officefiles"
    verbose_name = "办公文件"

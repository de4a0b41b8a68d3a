"""The composition root: settings, addresses, Celery, WSGI. No business code."""

from landguard.celery import app as celery_app

__all__ = ["celery_app"]

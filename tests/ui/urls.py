"""The product's addresses plus the gallery, which the product mounts in DEBUG alone."""

from __future__ import annotations

from django.urls import include, path

from landguard.urls import urlpatterns as product

urlpatterns = [*product, path("ui/", include("ui.urls"))]

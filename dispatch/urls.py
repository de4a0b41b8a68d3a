from __future__ import annotations

from django.urls import path

from dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("ledgers/", views.ledgers, name="ledgers"),
    path("ledgers/freeze/", views.freeze, name="freeze"),
    path("ledgers/request/", views.request_ledger, name="request"),
    path("ledgers/<int:pk>/", views.ledger, name="ledger"),
    path("ledgers/<int:pk>/file/", views.ledger_file, name="ledger-file"),
]

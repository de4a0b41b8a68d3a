"""Addresses of schemes and their money."""

from __future__ import annotations

from django.urls import path

from quotas.views import proposals, what_if
from quotas.views.verbs import routes

urlpatterns = [
    path("quota/applications/<int:pk>/propose/", proposals.proposal_new, name="proposal-new"),
    path("quota/proposals/<int:pk>/", proposals.proposal_page, name="proposal"),
    path("quota/proposals/<int:pk>/word/", proposals.proposal_word, name="proposal-word"),
    *routes("quota/proposals/<int:pk>/", proposals.PROPOSAL_VERBS),
    *routes("quota/payments/<int:pk>/", proposals.PAYMENT_VERBS),
    path("quota/what-if/", what_if.what_if, name="what-if"),
    path("quota/settlement/", proposals.settlement, name="settlement"),
    path("quota/settlement/export/", proposals.settlement_export, name="settlement-export"),
]

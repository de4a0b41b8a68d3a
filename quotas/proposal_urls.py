"""Addresses of schemes and their money."""

from __future__ import annotations

from django.urls import path

from quotas.views import proposals, what_if

urlpatterns = [
    path("quota/applications/<int:pk>/propose/", proposals.proposal_new, name="proposal-new"),
    path("quota/proposals/<int:pk>/", proposals.proposal_page, name="proposal"),
    path("quota/proposals/<int:pk>/commit/", proposals.proposal_commit, name="proposal-commit"),
    path("quota/proposals/<int:pk>/approve/", proposals.proposal_approve, name="proposal-approve"),
    path("quota/proposals/<int:pk>/refuse/", proposals.proposal_refuse, name="proposal-refuse"),
    path("quota/proposals/<int:pk>/agree/", proposals.proposal_agree, name="proposal-agree"),
    path("quota/proposals/<int:pk>/pay/", proposals.proposal_pay, name="proposal-pay"),
    path("quota/proposals/<int:pk>/hook-up/", proposals.proposal_hook_up, name="proposal-hook-up"),
    path("quota/proposals/<int:pk>/word/", proposals.proposal_word, name="proposal-word"),
    path("quota/payments/<int:pk>/strike/", proposals.payment_strike, name="payment-strike"),
    path("quota/what-if/", what_if.what_if, name="what-if"),
    path("quota/settlement/", proposals.settlement, name="settlement"),
    path("quota/settlement/export/", proposals.settlement_export, name="settlement-export"),
]

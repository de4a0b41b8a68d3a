"""Addresses of the year's list, its quota and the guarantee plan."""

from __future__ import annotations

from django.urls import path

from projects.views import annual, annual_plan, annual_quota, maturity

urlpatterns = [
    path("annual/", annual.annual_list, name="annual-list"),
    path("annual/export/", annual.annual_export, name="annual-export"),
    path("annual/draft/", annual.annual_draft, name="annual-draft"),
    path("annual/difference/", annual.annual_difference, name="annual-difference"),
    path("annual/quota/", annual_quota.quota_page, name="annual-quota"),
    path("annual/quota/enter/", annual_quota.quota_enter, name="annual-quota-enter"),
    path("settings/maturity/", maturity.maturity, name="maturity"),
    path("annual/plan/", annual_plan.plan_page, name="plan"),
    path("annual/plan/word/", annual_plan.plan_word, name="plan-word"),
    path("annual/plan/draft/", annual_plan.plan_draft, name="plan-draft"),
    path("annual/plan/publish/", annual_plan.plan_publish, name="plan-publish"),
    path("annual/plan/difference/", annual_plan.plan_difference, name="plan-difference"),
    path("annual/plan/missing/", annual_plan.plan_missing, name="plan-missing"),
    path("projects/<int:pk>/plan/", annual_plan.item_add, name="plan-item-add"),
    path("annual/plan/items/<int:pk>/", annual_plan.item_edit, name="plan-item"),
    path("annual/plan/items/<int:pk>/close/", annual_plan.item_close, name="plan-item-close"),
    path("projects/<int:pk>/course/", annual_quota.course, name="course"),
]

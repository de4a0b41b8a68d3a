"""The API: every app's viewsets under /api/v1/, its description and its browser page."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from accounts import api as accounts
from accounts import security_api as account_security
from approvals import api as approvals
from approvals import check_api as set_checks
from approvals import document_api as documents
from approvals import expropriation_api as expropriations
from approvals import fee_api as fees
from approvals import gate_api as approval_gates
from approvals import land_register_api as land_registers
from approvals import library_api as library
from approvals import matter_api as matters
from approvals import occasion_api as occasions
from approvals import own_term_api as own_terms
from approvals import pause_api as pauses
from approvals import setting_api as handling_settings
from approvals import skip_api as skips
from approvals import statistics_api as statistics
from approvals import supply_api as supplies
from approvals import thrift_api as thrifts
from approvals import training_api as trainings
from consultations import api as consultations
from deadlines import api as deadlines
from deadlines import api_calendar as calendar
from deadlines import api_settings as clock_settings
from desk import api_audit, leaving_views
from desk import api_confirming as confirming
from desk import api_figures as figures
from desk import api_papers as project_papers
from desk import api_plans as plans
from desk import api_posts as posts
from desk import api_preparation as preparation
from desk import api_screening as screening
from desk import api_task_list as task_lists
from desk import back_schedule_api as back_schedules
from desk import both_sides_api as both_sides
from desk import seven_api as seven
from desk import whose_days_api as whose_days
from desk import year_turn_api as year_turn
from dispatch import api as dispatch
from dispatch import api_appraisal as appraisals
from dispatch import api_circulars as dispatch_circulars
from dispatch import api_ladder as dispatch_ladder
from dispatch import api_league as leagues
from dispatch import api_packages as dispatch_packages
from dispatch import api_rounds as dispatch_rounds
from dispatch import api_targets as targets
from duties import api as duties
from duties import supervision_api as supervision
from jobs import api as jobs
from notifications import api as notifications
from onboarding import api as onboarding
from opinions import api as opinions
from opinions import api_settings as opinion_settings
from papers import api as papers
from projects import api as projects
from projects import api_annual as annual
from projects import api_bulk, api_exports, api_land, api_map_shares, api_rules, api_saved_views, api_siting
from projects import api_collecting as collecting
from projects import api_dossier as dossier
from projects import api_people as people
from projects import api_whereabouts as whereabouts
from quotas import api_applications as quota_applications
from quotas import api_ledger as quota_ledgers
from quotas import api_proposals as quota_proposals
from quotas import api_settings as quota_settings
from quotas import api_standing as quota_standing
from quotas import api_supply as quota_supply
from quotas import api_trials as quota_trials
from upkeep import api as upkeep

router = DefaultRouter()
# No pictures of the address in other formats: every answer is JSON.
router.include_format_suffixes = False
for app in (
    projects,
    api_land,
    api_siting,
    api_map_shares,
    api_rules,
    api_saved_views,
    api_exports,
    api_bulk,
    confirming,
    screening,
    annual,
    preparation,
    task_lists,
    dossier,
    whereabouts,
    collecting,
    project_papers,
    quota_applications,
    quota_proposals,
    duties,
    supervision,
    opinions,
    opinion_settings,
    approvals,
    consultations,
    approval_gates,
    pauses,
    occasions,
    matters,
    library,
    set_checks,
    handling_settings,
    documents,
    expropriations,
    supplies,
    statistics,
    thrifts,
    fees,
    own_terms,
    skips,
    land_registers,
    trainings,
    figures,
    plans,
    seven,
    year_turn,
    both_sides,
    onboarding,
    quota_ledgers,
    quota_standing,
    quota_supply,
    quota_settings,
    quota_trials,
    back_schedules,
    whose_days,
    deadlines,
    calendar,
    clock_settings,
    people,
    posts,
    dispatch,
    dispatch_rounds,
    targets,
    dispatch_packages,
    dispatch_ladder,
    dispatch_circulars,
    appraisals,
    leagues,
    notifications,
    papers,
    jobs,
    api_audit,
    leaving_views,
    upkeep,
    accounts,
    account_security,
):
    app.register(router)

docs = SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html")

urlpatterns = [
    path("v1/auth/token/", accounts.TokenView.as_view(), name="api-token"),
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]

"""Pages that combine apps."""

from __future__ import annotations

from django.urls import include, path

from desk import (
    both_sides_views,
    confirm_views,
    decomposition_views,
    dossier_paper_views,
    dossier_views,
    handbook_views,
    leader_views,
    leaving_views,
    list_leaving_views,
    plan_use_views,
    preparation_views,
    seven_views,
    task_list_views,
    trail_views,
    views,
    year_turn_views,
)
from projects.views import exports

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("both-sides/", both_sides_views.sides, name="both-sides"),
    path("seven/", seven_views.seven, name="seven"),
    path("settings/seven/", seven_views.conditions, name="seven-conditions"),
    path("leader/", leader_views.leader, name="leader"),
    path("search/", views.search, name="search"),
    path("projects/<int:pk>/", dossier_views.dossier, name="dossier"),
    path("projects/<int:pk>/papers/", dossier_paper_views.add_paper, name="dossier-papers"),
    path("projects/<int:pk>/steps/", dossier_views.generate_steps, name="dossier-steps"),
    path("projects/<int:pk>/leave/", list_leaving_views.leave_list, name="leave-list"),
    path("projects/<int:pk>/level/", confirm_views.level, name="confirm-level"),
    path("projects/<int:pk>/track/", confirm_views.track, name="confirm-track"),
    path("preparation/", preparation_views.preparation_page, name="preparation"),
    path("preparation/export/", preparation_views.preparation_export, name="preparation-export"),
    path("projects/<int:pk>/tasks/", decomposition_views.decomposition_page, name="decomposition"),
    path("projects/<int:pk>/tasks/word/", decomposition_views.decomposition_word, name="decomposition-word"),
    path("task-list/", task_list_views.page, name="task-list"),
    path("task-list/export/", task_list_views.export, name="task-list-export"),
    path("annual/use/", plan_use_views.plan_use_page, name="plan-use"),
    path("", include("desk.plan_urls")),
    path("obligations/", views.deadline_list, name="deadlines"),
    path("obligations/export/", exports.export, {"list_name": "deadlines"}, name="deadlines-export"),
    path("users/<int:pk>/leave/", leaving_views.user_leave, name="user-leave"),
    path("audit/", views.audit_log, name="audit"),
    path("audit/export/", trail_views.export, name="audit-export"),
    path("settings/trail/", trail_views.rule, name="trail-rule"),
    path("posts/", include("desk.posts_urls")),
    path("calculator/", views.calculator, name="calculator"),
    path("year-turn/", year_turn_views.page, name="year-turn"),
    path("year-turn/<slug:verb>/", year_turn_views.act, name="year-turn-act"),
    path("help/", handbook_views.contents, name="help"),
    path("help/new/", handbook_views.news, name="whats-new"),
    path("help/<slug:slug>/", handbook_views.manual, name="manual"),
    path("screening/", include("desk.screening_urls")),
]

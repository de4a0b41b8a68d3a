"""Pages about time to come and time that went: back-schedule, board, month, whose days."""

from __future__ import annotations

from django.urls import path

from desk import back_schedule_views, step_board_views, whose_days_views

urlpatterns = [
    path("projects/<int:pk>/back-schedule/", back_schedule_views.back_schedule, name="back-schedule"),
    path(
        "projects/<int:pk>/back-schedule/export/",
        back_schedule_views.back_schedule_export,
        name="back-schedule-export",
    ),
    path(
        "projects/<int:pk>/back-schedule/document/",
        back_schedule_views.back_schedule_document,
        name="back-schedule-document",
    ),
    path("board/", step_board_views.step_board, name="step-board"),
    path("board/month/", step_board_views.step_month, name="step-month"),
    path("board/urge/", step_board_views.urge, name="urge"),
    path("whose-days/", whose_days_views.whose_days_page, name="whose-days"),
    path("whose-days/steps/", whose_days_views.whose_days_rows, name="whose-days-rows"),
    path("whose-days/export/", whose_days_views.whose_days_export, name="whose-days-export"),
]

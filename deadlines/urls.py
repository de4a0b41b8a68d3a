"""The sheet behind a date, and the working-day calendar."""

from __future__ import annotations

from django.urls import path

from deadlines import calendar_views, setting_views, views

app_name = "deadlines"

urlpatterns = [
    path("deadlines/<int:pk>/", views.sheet, name="sheet"),
    path("settings/deadlines/", setting_views.settings_page, name="settings"),
    path("settings/lamps/", setting_views.lamps, name="settings-lamps"),
    path("settings/reminders/", setting_views.reminders, name="settings-reminders"),
    path("settings/pause-kinds/", setting_views.pause_kinds, name="settings-pause-kinds"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/notice/", calendar_views.calendar_notice, name="calendar-notice"),
    path("calendar/revisions/<int:pk>/", calendar_views.calendar_revision, name="calendar-revision"),
]

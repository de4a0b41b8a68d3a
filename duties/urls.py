"""Problems, tasks and what keeps them moving."""

from __future__ import annotations

from django.urls import path

from duties import book_views, problem_views, setting_views, supervision_views, task_views

app_name = "duties"

urlpatterns = [
    path("problems/", problem_views.problem_list, name="problems"),
    path("problems/new/", problem_views.raise_page, name="problem-new"),
    path("problems/<int:pk>/", problem_views.problem_page, name="problem"),
    path("problems/<int:pk>/<slug:verb>/", problem_views.act, name="problem-act"),
    path("tasks/", task_views.task_list, name="tasks"),
    path("tasks/new/", task_views.issue, name="task-new"),
    path("tasks/lists/", task_views.lists, name="lists"),
    path("tasks/books/", book_views.book_list, name="books"),
    path("tasks/books/new/", book_views.upload, name="book-new"),
    path("tasks/books/<int:pk>/", book_views.book_page, name="book"),
    path("tasks/books/<int:pk>/confirm/", book_views.confirm, name="book-confirm"),
    path("tasks/books/<int:pk>/undo/", book_views.undo, name="book-undo"),
    path("tasks/<int:pk>/", task_views.task_page, name="task"),
    path("tasks/<int:pk>/<slug:verb>/", task_views.act, name="task-act"),
    path("supervision/", supervision_views.letter_list, name="letters"),
    path("supervision/new/", supervision_views.urge, name="urge"),
    path("supervision/<int:pk>/", supervision_views.letter_page, name="letter"),
    path("supervision/<int:pk>/word/", supervision_views.letter_word, name="letter-word"),
    path("supervision/<int:pk>/reply/", supervision_views.letter_reply, name="letter-reply"),
    path("supervision/<int:pk>/withdraw/", supervision_views.letter_withdraw, name="letter-withdraw"),
    path("visits/", supervision_views.visit_list, name="visits"),
    path("visits/new/", supervision_views.visit_new, name="visit-new"),
    path("inspections/", supervision_views.inspection_list, name="inspections"),
    path("inspections/new/", supervision_views.inspection_new, name="inspection-new"),
    path("inspections/<int:pk>/", supervision_views.inspection_page, name="inspection"),
    path("inspections/<int:pk>/findings/new/", supervision_views.finding_new, name="finding-new"),
    path("inspections/<int:pk>/conclude/", supervision_views.inspection_conclude, name="inspection-conclude"),
    path("duty-letters/", supervision_views.duty_letter_list, name="duty-letters"),
    path("duty-letters/new/", supervision_views.duty_letter_new, name="duty-letter-new"),
    path("settings/duties/", setting_views.settings_page, name="settings"),
    path("settings/duties/numbers/", setting_views.numbers_edit, name="numbers-edit"),
    path("settings/duties/kinds/new/", setting_views.kind_new, name="kind-new"),
    path("settings/duties/kinds/<slug:code>/", setting_views.kind_edit, name="kind-edit"),
]

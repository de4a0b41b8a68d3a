"""Problems, tasks and what keeps them moving."""

from __future__ import annotations

from django.urls import path

from duties import problem_views, task_views

app_name = "duties"

urlpatterns = [
    path("problems/", problem_views.problem_list, name="problems"),
    path("problems/new/", problem_views.raise_page, name="problem-new"),
    path("problems/<int:pk>/", problem_views.problem_page, name="problem"),
    path("problems/<int:pk>/<slug:verb>/", problem_views.act, name="problem-act"),
    path("tasks/", task_views.task_list, name="tasks"),
    path("tasks/new/", task_views.issue, name="task-new"),
    path("tasks/<int:pk>/", task_views.task_page, name="task"),
    path("tasks/<int:pk>/<slug:verb>/", task_views.act, name="task-act"),
]

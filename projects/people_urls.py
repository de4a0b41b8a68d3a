"""Addresses of the order of projects and of who answers for them; included by projects.urls."""

from __future__ import annotations

from django.urls import path

from projects.views import liaisons, list_kinds, matrix, people, queue, rule_sets

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/circular/", queue.circular, name="queue-circular"),
    path("queue/<int:pk>/class/", queue.confirm_class, name="queue-class"),
    path("queue/<int:pk>/flags/", queue.flags, name="queue-flags"),
    path("queue/<int:pk>/jump/", queue.jump, name="queue-jump"),
    path("queue/<int:pk>/jump/end/", queue.end_jump, name="queue-jump-end"),
    path("gaps/", people.gaps, name="gaps"),
    path("projects/<int:pk>/people/<str:kind>/", people.assign, name="assign"),
    path("links/<int:pk>/end/", people.end_link, name="link-end"),
    path("contacts/", people.contacts, name="contacts"),
    path("contacts/<str:code>/<str:duty>/", people.contact, name="contact"),
    path("task-forces/", people.task_forces, name="task-forces"),
    path("task-forces/new/", people.task_force_edit, name="task-force-create"),
    path("task-forces/<int:pk>/", people.task_force, name="task-force"),
    path("task-forces/<int:pk>/edit/", people.task_force_edit, name="task-force-edit"),
    path("task-forces/<int:pk>/members/new/", people.member_add, name="member-add"),
    path("task-forces/members/<int:pk>/leave/", people.member_leave, name="member-leave"),
    path("task-forces/<int:pk>/book/", people.task_book, name="task-book"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/upload/", matrix.upload, name="matrix-upload"),
    path("matrix/drafts/<int:pk>/", matrix.preview, name="matrix-draft"),
    path("matrix/drafts/<int:pk>/confirm/", matrix.confirm, name="matrix-confirm"),
    path("matrix/drafts/<int:pk>/discard/", matrix.discard, name="matrix-discard"),
    path("matrix/<int:pk>/", matrix.area_edit, name="matrix-area"),
    path("liaisons/", liaisons.register, name="liaisons"),
    path("liaisons/call/", liaisons.call, name="liaison-call"),
    path("liaisons/<int:pk>/", liaisons.name, name="liaison-name"),
    path("rules/lists/", list_kinds.list_kinds, name="list-kinds"),
    path("rules/lists/new/", list_kinds.list_kind_new, name="list-kind-new"),
    path("rules/lists/<slug:code>/", list_kinds.list_kind_edit, name="list-kind-edit"),
    path("rules/criteria/", rule_sets.criteria, name="criteria"),
    path("rules/criteria/new/", rule_sets.criteria_revise, name="criteria-revise"),
    path("rules/brackets/", rule_sets.brackets, name="brackets"),
    path("rules/brackets/new/", rule_sets.brackets_revise, name="brackets-revise"),
]

"""Rounds of opinions: the department's pages, the office's pages, and the links without an account."""

from __future__ import annotations

from django.urls import path

from opinions import link_views, round_views, setting_views, views

app_name = "opinions"

urlpatterns = [
    path("opinions/", views.request_list, name="list"),
    path("opinions/export/", views.export, name="export"),
    path("opinions/record/", views.record, name="record"),
    path("opinions/<int:pk>/", views.request_page, name="request"),
    path("opinions/<int:pk>/receive/", views.receive, name="receive"),
    path("opinions/<int:pk>/answer/", views.answer, name="answer"),
    path("opinions/<int:pk>/delegate/", views.delegate, name="delegate"),
    path("opinions/<int:pk>/supply/", views.supply, name="supply"),
    path("opinions/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("opinions/<int:pk>/materials/<int:paper>/", views.material, name="material"),
    path("opinions/<int:pk>/link/", link_views.make, name="link"),
    path("opinions/links/<int:pk>/revoke/", link_views.revoke, name="link-revoke"),
    path("opinions/rounds/", round_views.round_list, name="rounds"),
    path("opinions/rounds/new/<int:project>/", round_views.new, name="round-new"),
    path("opinions/rounds/<int:pk>/", round_views.docket, name="round"),
    path("opinions/rounds/<int:pk>/word/", round_views.word, name="round-word"),
    path("opinions/rounds/<int:pk>/edit/", round_views.edit, name="round-edit"),
    path("opinions/rounds/<int:pk>/send/", round_views.send, name="round-send"),
    path("opinions/rounds/<int:pk>/withdraw/", round_views.withdraw, name="round-withdraw"),
    path("opinions/rounds/<int:pk>/redo/", round_views.redo, name="round-redo"),
    path("opinions/rounds/<int:pk>/materials/", round_views.add_material, name="round-material"),
    path("settings/opinions/", setting_views.kinds, name="kinds"),
    path("settings/opinions/rules/", setting_views.rules, name="rules"),
    path("settings/opinions/rules/<int:pk>/end/", setting_views.end_rule, name="rule-end"),
    path("settings/opinions/<slug:code>/", setting_views.revise, name="kind-edit"),
    path("reply/<int:pk>/<str:token>/", link_views.reply, name="reply"),
]

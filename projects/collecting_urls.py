"""Windows, gathering, duplicates, pushes and early contact; mounted by projects.urls."""

from __future__ import annotations

from django.urls import path

from projects.views import contacts, duplicates, gathering, pushes, windows

urlpatterns = [
    path("windows/", windows.window_list, name="windows"),
    path("windows/new/", windows.window_new, name="window-new"),
    path("windows/year/", windows.plan_year, name="windows-plan-year"),
    path("windows/late/", windows.late, name="window-late"),
    path("windows/templates/", windows.waves, name="window-templates"),
    path("windows/<int:pk>/", windows.window, name="window"),
    path("windows/<int:pk>/extend/", windows.extend, name="window-extend"),
    path("windows/<int:pk>/close/", windows.close, name="window-close"),
    path("windows/<int:pk>/cancel/", windows.cancel, name="window-cancel"),
    path("windows/<int:pk>/nothing/", windows.nothing, name="window-nothing"),
    path("gathering/", gathering.gathering_list, name="gathering"),
    path("gathering/pass/", gathering.pass_on, name="gathering-pass"),
    path("gathering/<int:pk>/return/", gathering.send_back, name="gathering-return"),
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("duplicates/find/", duplicates.find, name="duplicates-find"),
    path("duplicates/settings/", duplicates.settings, name="duplicate-settings"),
    path("duplicates/<int:pk>/", duplicates.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/merge/", duplicates.merge, name="duplicate-merge"),
    path("duplicates/<int:pk>/dismiss/", duplicates.dismiss, name="duplicate-dismiss"),
    path("pushes/", pushes.push_list, name="pushes"),
    path("pushes/new/", pushes.unpushed, name="unpushed"),
    path("pushes/receive/", pushes.receive, name="push-receive"),
    path("pushes/rules/", pushes.rules, name="push-rules"),
    path("pushes/rules/<int:pk>/end/", pushes.end_rule, name="push-rule-end"),
    path("pushes/<int:pk>/withdraw/", pushes.withdraw, name="push-withdraw"),
    path("projects/<int:pk>/push/", pushes.push_to, name="push-to"),
    path("pre-contacts/", contacts.contact_list, name="pre-contacts"),
    path("pre-contacts/template/", contacts.letter_template, name="letter-template"),
    path("pre-contacts/<int:pk>/write/", contacts.write_letter, name="pre-contact-write"),
    path("pre-contacts/<int:pk>/letter/", contacts.letter, name="pre-contact-letter"),
    path("pre-contacts/<int:pk>/document/", contacts.document, name="pre-contact-document"),
    path("pre-contacts/<int:pk>/receipt/", contacts.note_receipt, name="pre-contact-receipt"),
    path("projects/<int:pk>/pre-contact/", contacts.assign, name="pre-contact-assign"),
]

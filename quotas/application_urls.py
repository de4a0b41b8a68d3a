"""Addresses of applications and what is set for them."""

from __future__ import annotations

from django.urls import path

from quotas.views import application_settings, applications
from quotas.views.verbs import routes

urlpatterns = [
    path("quota/applications/", applications.application_list, name="applications"),
    path("quota/applications/export/", applications.application_export, name="application-export"),
    path("quota/applications/new/", applications.application_new, name="application-new"),
    path("quota/applications/<int:pk>/", applications.application_page, name="application"),
    path("quota/applications/<int:pk>/edit/", applications.application_edit, name="application-edit"),
    path("quota/applications/<int:pk>/attach/", applications.application_attach, name="application-attach"),
    path("quota/applications/<int:pk>/submit/", applications.application_submit, name="application-submit"),
    path("quota/applications/<int:pk>/review/", applications.application_review, name="application-review"),
    *routes("quota/applications/<int:pk>/", applications.APPLICATION_VERBS),
    *routes("quota/opinions/<int:pk>/", applications.OPINION_VERBS),
    path("settings/quota-materials/", application_settings.checklist, name="checklist"),
    path("settings/quota-review/", application_settings.review_setting, name="review-setting"),
]

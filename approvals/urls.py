"""Pages of the step catalogue and of one step."""

from __future__ import annotations

from django.urls import include, path

from approvals import (
    catalogue_views,
    check_views,
    consult_views,
    document_views,
    expropriation_views,
    fee_views,
    flow_views,
    land_register_views,
    library_views,
    matter_views,
    occasion_views,
    pause_views,
    set_quality_views,
    setting_views,
    skip_views,
    statistics_views,
    supply_views,
    thrift_views,
    training_views,
    views,
)
from approvals.register_views import pages_of
from approvals.rules import Desk, Verb

app_name = "approvals"

urlpatterns = [
    path("settings/handling/", setting_views.handling_setting, name="handling-setting"),
    path("documents/", document_views.document_index, name="documents"),
    path("documents/export/", document_views.document_sheet, name="documents-export"),
    path("documents/terms/", document_views.terms, name="document-terms"),
    path("documents/statistics/", statistics_views.statistics, name="statistics"),
    path("documents/statistics/export/", statistics_views.statistics_export, name="statistics-export"),
    path("documents/year/", document_views.figures, name="year-figures"),
    path("documents/<int:pk>/", document_views.document, name="document"),
    path("documents/<int:pk>/edit/", document_views.document_edit, name="document-edit"),
    path("documents/<int:pk>/revoke/", document_views.document_revoke, name="document-revoke"),
    path("documents/<int:pk>/restore/", document_views.document_restore, name="document-restore"),
    path("projects/<int:pk>/documents/new/", document_views.document_new, name="document-new"),
    path("expropriations/rates/", expropriation_views.rates, name="compensation-rates"),
    *pages_of(expropriation_views.REGISTER),
    *pages_of(supply_views.REGISTER),
    path("fees/totals/", fee_views.totals, name="fee-totals"),
    *pages_of(fee_views.REGISTER),
    path("settings/fees/", fee_views.kinds, name="fee-kinds"),
    *pages_of(thrift_views.REGISTER),
    path("settings/land-standards/", thrift_views.standards, name="land-standards"),
    path("settings/skip-rules/", skip_views.skip_rules, name="skip-rules"),
    path("settings/skip-rules/<int:pk>/end/", skip_views.skip_rule_end, name="skip-rule-end"),
    path("settings/idle-land/", supply_views.idle_settings, name="idle-settings"),
    *(
        pattern
        for desk in Desk
        for pattern in (
            path(f"{desk}/", matter_views.index, {"desk": desk}, name=desk.value),
            path(f"{desk}/export/", matter_views.sheet, {"desk": desk}, name=f"{desk}-export"),
            path(
                f"projects/<int:pk>/{desk}/new/",
                matter_views.raise_of_project,
                {"desk": desk},
                name=f"project-{desk}-new",
            ),
        )
    ),
    path("questions/new/", matter_views.raise_one, {"desk": Desk.QUESTIONS}, name="questions-new"),
    path("upward/new/", matter_views.raise_one, {"desk": Desk.UPWARD}, name="upward-new"),
    path("matters/<int:pk>/", matter_views.matter, name="matter"),
    path("matters/<int:pk>/answer/", matter_views.answer, name="matter-answer"),
    path("matters/<int:pk>/publish/", matter_views.publish, name="matter-publish"),
    path("settings/matter-terms/", matter_views.terms, name="matter-terms"),
    path("batches/", document_views.batch_index, name="batches"),
    path("batches/new/", document_views.batch_new, name="batch-new"),
    path("batches/<int:pk>/", document_views.batch, name="batch"),
    path("batches/<int:pk>/edit/", document_views.batch_edit, name="batch-edit"),
    path("batches/<int:pk>/join/", document_views.batch_join, name="batch-join"),
    path("batches/<int:pk>/documents/new/", document_views.batch_document_new, name="batch-document-new"),
    path("catalogue/", catalogue_views.catalogue, name="catalogue"),
    path("catalogue/flow/", flow_views.track_flow, name="flow"),
    path("projects/<int:pk>/flow/", flow_views.project_flow, name="project-flow"),
    path("catalogue/<slug:code>/", catalogue_views.step_type, name="step-type"),
    path("catalogue/<slug:code>/edit/", catalogue_views.revise, name="step-type-edit"),
    path("pauses/", pause_views.pause_list, name="pauses"),
    path("pauses/export/", pause_views.pause_export, name="pauses-export"),
    path("pauses/<int:pk>/", pause_views.pause, name="pause"),
    path("pauses/<int:pk>/plan/", pause_views.pause_plan, name="pause-plan"),
    path("pauses/<int:pk>/proof/", pause_views.pause_proof, name="pause-proof"),
    path("library/", library_views.library, name="library"),
    path("library/export/", library_views.library_export, name="library-export"),
    path("library/new/", library_views.library_add, name="library-add"),
    path("library/<int:pk>/", library_views.library_item, name="library-item"),
    path("library/<int:pk>/follow-up/", training_views.library_follow_up, name="library-follow-up"),
    *land_register_views.pages(),
    path("trainings/", training_views.trainings, name="trainings"),
    path("trainings/export/", training_views.training_export, name="training-export"),
    path("trainings/new/", training_views.training_new, name="training-new"),
    path("trainings/<int:pk>/", training_views.training, name="training"),
    path("trainings/<int:pk>/edit/", training_views.training_edit, name="training-edit"),
    path("library/<int:pk>/renew/", library_views.library_renew, name="library-renew"),
    path("library/<int:pk>/retire/", library_views.library_retire, name="library-retire"),
    path("library/versions/<int:pk>/file/", library_views.library_file, name="library-file"),
    path("set-quality/", set_quality_views.set_quality, name="set-quality"),
    path("set-quality/steps/", set_quality_views.set_quality_rows, name="set-quality-rows"),
    path("set-quality/export/", set_quality_views.set_quality_export, name="set-quality-export"),
    path("set-checks/<int:pk>/", check_views.set_check, name="set-check"),
    path("set-checks/items/<int:pk>/settle/", check_views.settle, name="set-check-settle"),
    path("steps/<int:pk>/check/", check_views.check_step, name="step-check"),
    path("", include("approvals.gate_urls")),
    path("steps/<int:pk>/", views.step, name="step"),
    path("steps/<int:pk>/occasions/new/", occasion_views.occasion_new, name="occasion-new"),
    path("occasions/<int:pk>/end/", occasion_views.occasion_end, name="occasion-end"),
    path("steps/<int:pk>/consult/", consult_views.consult, name="step-consult"),
    path("steps/<int:pk>/what-if/", views.what_if, name="step-what-if"),
    *(
        path(f"steps/<int:pk>/{verb.value}/", views.act, {"verb": verb}, name=f"step-{verb.value}")
        for verb in Verb
    ),
]

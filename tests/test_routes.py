"""Every address, every role: what may be opened and done, as one table; and strangers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Organisation, User
from tests.factories import OrganisationFactory, UserFactory, organisation
from tests.world import FROZEN_TIME, Scene, World, scene_for_module

ROLES = ("anonymous", "county", "section", "dispatch", "department", "leader", "sysadmin")

# Name, method, row it names (a field of tests.world.World, =code, - for none), status for each of
# ROLES. The county, the rows' owner, is 都匀市. Bodies are empty: 400, 422 and 409 mean that the role
# may do it, if the body says how.
TABLE = """
healthz                      get    -            200 200 200 200 200 200 200
readyz                       get    -            200 200 200 200 200 200 200
account_login                get    -            200 302 302 302 302 302 302
account_login                post   -            200 302 302 302 302 302 302
account_factor               get    -            302 302 302 302 302 302 302
account_factor               post   -            302 302 302 302 302 302 302
account_logout               get    -            302 200 200 200 200 200 200
account_logout               post   -            302 302 302 302 302 302 302
account_change_password      get    -            302 200 200 200 200 200 200
account_change_password      post   -            302 200 200 200 200 200 200
account_set_password         get    -            302 302 302 302 302 302 302
account_set_password         post   -            302 302 302 302 302 302 302
account_reauthenticate       get    -            302 200 200 200 200 200 200
account_reauthenticate       post   -            302 200 200 200 200 200 200
account_inactive             get    -            200 200 200 200 200 200 200
api-token                    get    -            401 401 401 401 401 401 401
api-token                    post   -            400 400 400 400 400 400 400
project-list                 get    -            401 200 200 200 200 200 200
duty-task-list               get    -            401 200 200 200 200 200 200
duty-task-list               post   -            401 400 400 400 403 403 403
duty-task-detail             get    duty_task    401 200 200 200 404 200 200
duty-task-record             get    duty_task    401 200 200 200 404 200 200
duty-task-act                post   duty_task+report 401 400 400 400 404 403 403
duty-problem-list            get    -            401 200 200 200 200 200 200
duty-problem-list            post   -            401 400 400 400 400 403 403
duty-problem-detail          get    duty_problem 401 200 200 200 404 200 200
duty-problem-record          get    duty_problem 401 200 200 200 404 200 200
duty-problem-act             post   duty_problem+resolve 401 403 400 400 404 403 403
problem-kind-list            get    -            401 200 200 200 200 200 200
problem-kind-list            post   -            401 403 403 400 403 403 400
duty-setting-list            get    -            401 200 200 200 200 200 200
duty-setting-list            post   -            401 403 403 400 403 403 400
task-book-list               get    -            401 200 200 200 200 200 200
task-book-list               post   -            401 400 400 400 403 403 403
task-book-detail             get    task_book    401 200 200 200 404 200 200
task-book-confirm            post   task_book    401 409 409 409 404 403 403
task-book-undo               post   task_book    401 400 400 400 404 403 403
supervision-letter-list      get    -            401 200 200 200 200 200 200
supervision-letter-list      post   -            401 403 403 400 403 403 403
supervision-letter-detail    get    duty_letter  401 200 200 200 404 200 200
supervision-letter-reply     post   duty_letter  401 400 400 400 404 403 403
supervision-letter-withdraw  post   duty_letter  401 403 403 400 404 403 403
visit-list                   get    -            401 200 200 200 200 200 200
visit-list                   post   -            401 400 400 400 403 403 403
visit-leaders                get    -            401 200 200 200 200 200 200
inspection-list              get    -            401 200 200 200 200 200 200
inspection-list              post   -            401 400 400 400 403 403 403
inspection-detail            get    inspection   401 200 200 200 404 200 200
inspection-findings          get    inspection   401 200 200 200 404 200 200
inspection-findings          post   inspection   401 400 400 400 404 403 403
inspection-conclude          post   inspection   401 400 400 400 404 403 403
duty-letter-list             get    -            401 200 200 200 200 200 200
duty-letter-list             post   -            401 400 403 400 403 403 403
opinion-request-list         get    -            401 200 200 200 200 200 200
opinion-request-record       get    -            401 200 200 200 200 200 200
opinion-request-detail       get    opinion_request      401 200 200 200 404 200 200
opinion-request-receive      post   opinion_request      401 400 400 400 404 403 403
opinion-request-answer       post   opinion_request      401 400 400 400 404 403 403
opinion-request-delegate     post   opinion_request      401 403 403 403 404 403 403
opinion-request-supply       post   opinion_request      401 400 400 400 404 403 403
opinion-request-withdraw     post   opinion_request      401 400 400 400 404 403 403
opinion-round-list           get    -            401 200 200 200 200 200 200
opinion-round-list           post   -            401 400 400 400 403 403 403
opinion-round-detail         get    opinion_round 401 200 200 200 404 200 200
opinion-round-change         post   opinion_draft 401 400 400 400 404 403 403
opinion-round-send           post   opinion_draft 401 409 200 200 404 403 403
opinion-round-withdraw       post   opinion_round 401 400 400 400 404 403 403
opinion-round-redo           post   opinion_round 401 400 400 400 404 403 403
opinion-kind-list            get    -            401 200 200 200 200 200 200
opinion-kind-list            post   -            401 403 403 400 403 403 400
opinion-rule-list            get    -            401 200 200 200 200 200 200
opinion-rule-list            post   -            401 403 403 400 403 403 400
opinion-rule-end             post   opinion_rule 401 403 403 400 403 403 400
project-detail               get    project      401 200 200 200 404 200 200
land-detail                  get    project      401 200 200 200 404 200 200
land-detail                  patch  project      401 400 400 400 404 400 400
land-shares                  put    project      401 400 400 400 404 400 400
approval-rule-list           get    -            401 200 200 200 200 200 200
approval-rule-list           post   -            401 403 403 400 403 403 400
approval-rule-end            post   =guizhou-batch 401 403 403 400 403 403 400
list-kind-list               get    -            401 200 200 200 200 200 200
list-kind-list               post   -            401 403 403 400 403 403 400
list-kind-detail             put    =PROVINCIAL  401 403 403 400 403 403 400
maturity-criterion-list      get    -            401 200 200 200 200 200 200
maturity-criterion-list      post   -            401 403 403 400 403 403 400
confirmation-detail          get    project      401 200 200 200 404 200 200
confirmation-level           post   project      401 403 400 400 404 403 403
confirmation-track           post   project      401 403 400 400 404 403 403
project-entry-list           post   -            401 400 400 400 400 400 400
project-entry-detail         patch  project      401 400 400 400 404 400 400
siting-detail                get    project      401 200 200 200 404 200 200
siting-act                   post   project+begin 401 400 400 400 404 403 403
map-share-list               get    -            401 200 200 200 200 200 200
map-share-detail             get    share        401 200 200 200 404 200 200
boundary-setting-list        get    -            401 200 200 200 200 200 200
boundary-setting-list        post   -            401 403 403 400 403 403 400
siting-item-list             get    -            401 200 200 200 200 200 200
siting-item-list             post   -            401 403 403 400 403 403 400
siting-item-end              post   =pbf-line    401 403 403 400 403 403 400
siting-setting-list          get    -            401 200 200 200 200 200 200
siting-setting-list          post   -            401 403 403 400 403 403 400
submission-list              get    -            401 200 200 200 200 200 200
submission-detail            get    submission   401 200 200 200 404 200 200
submission-undo              post   submission   401 200 403 200 404 403 403
import-list                  post   -            401 400 400 400 400 400 400
import-detail                get    draft        401 200 404 404 404 404 404
import-detail                delete draft        401 204 404 404 404 404 404
import-confirm               post   draft        401 201 404 404 404 404 404
import-choose                post   draft        401 400 404 404 404 404 404
import-headings              post   draft        401 400 404 404 404 404 404
saved-view-list              get    -            401 200 200 200 200 200 200
saved-view-list              post   -            401 400 400 400 400 400 400
saved-view-detail            get    view         401 200 404 404 404 404 404
saved-view-detail            delete view         401 204 404 404 404 404 404
saved-view-open-with         post   -            401 400 400 400 400 400 400
list-column-list             get    -            401 200 200 200 200 200 200
list-export-list             get    -            401 200 200 200 200 200 200
list-export-list             post   -            401 400 400 400 400 400 400
list-export-detail           get    export       401 200 404 404 404 404 404
list-export-file             get    export       401 200 404 404 404 404 404
export-setting-list          get    -            401 200 200 200 200 200 200
export-setting-list          post   -            401 403 403 400 403 403 400
bulk-action-list             get    -            401 200 200 200 200 200 200
bulk-run-list                get    -            401 200 200 200 200 200 200
bulk-run-list                post   -            401 400 400 400 400 400 400
bulk-run-detail              get    bulk_run     401 200 404 404 404 404 404
bulk-run-results             get    bulk_run     401 200 404 404 404 404 404
list-download-list           get    -            401 200 200 200 200 200 200
list-download-list           post   -            401 201 403 201 409 403 403
list-download-detail         get    download     401 200 200 200 404 200 200
list-download-file           get    download     401 200 200 200 404 200 200
screening-list               get    -            401 403 200 200 403 403 403
screening-adopt              post   submitted    401 403 400 400 403 403 403
screening-merge              post   submitted    401 403 400 400 403 403 403
screening-send-back          post   submitted    401 403 400 400 403 403 403
annual-list-list             get    -            401 200 200 200 200 200 200
annual-list-state            get    -            401 200 200 200 200 200 200
annual-list-versions         get    -            401 200 200 200 200 200 200
annual-list-difference       get    -            401 400 400 400 400 400 400
annual-list-publish          post   -            401 403 403 400 403 403 403
plan-quota-list              get    -            401 200 200 200 200 200 200
plan-quota-list              post   -            401 403 403 400 403 403 403
plan-item-list               get    -            401 200 200 200 200 200 200
plan-item-list               post   -            401 403 400 400 403 403 403
plan-item-detail             get    plan_item    401 200 200 200 404 200 200
plan-item-change             post   plan_item    401 403 400 400 404 403 403
plan-item-solve              post   plan_item    401 400 400 400 404 403 403
plan-item-strike             post   plan_item    401 403 400 400 404 403 403
preparation-list             get    -            401 200 200 200 200 200 200
step-list                    get    -            401 200 200 200 200 200 200
step-detail                  get    step         401 200 200 200 404 200 200
step-what-if                 get    step         401 400 400 400 404 400 400
step-receive                 post   step         401 400 400 400 404 403 403
step-notify                  post   step         401 400 400 400 404 403 403
step-reissue                 post   step         401 400 400 400 404 403 403
step-except                  post   step         401 400 400 400 404 403 403
step-accept                  post   step         401 400 400 400 404 403 403
step-assign                  post   step         401 400 400 400 404 403 403
step-decide                  post   step         401 400 400 400 404 403 403
step-extend                  post   step         401 400 400 400 404 403 403
step-not-involved            post   step         401 403 409 409 404 403 403
step-pause                   post   step         401 400 400 400 404 403 403
step-reject                  post   step         401 400 400 400 404 403 403
step-reopen                  post   step         401 403 409 409 404 403 403
step-resume                  post   step         401 400 400 400 404 403 403
step-return                  post   step         401 400 400 400 404 403 403
step-supply                  post   step         401 400 400 400 404 403 403
step-withdraw                post   step         401 400 400 400 404 403 403
training-list                get    -            401 200 200 200 200 200 200
training-list                post   -            401 403 400 400 403 403 400
training-detail              get    training     401 200 200 200 200 200 200
training-detail              put    training     401 403 400 400 403 403 400
library-list                 get    -            401 200 200 200 200 200 200
library-list                 post   -            401 403 400 400 403 403 400
library-detail               get    guide        401 200 200 200 200 200 200
library-follow-up            post   guide        401 400 400 400 403 403 403
library-renew                post   guide        401 403 400 400 403 403 400
library-retire               post   guide        401 403 400 400 403 403 400
library-file                 get    guide_version 401 200 200 200 200 200 200
set-check-list               get    -            401 200 200 200 200 200 200
set-check-list               post   -            401 400 400 400 403 403 403
set-check-detail             get    set_check    401 200 200 200 404 200 200
set-check-settle             post   set_check    401 400 400 400 404 403 403
set-quality-list             get    -            401 200 200 200 200 200 200
set-quality-figures          get    -            401 200 200 200 200 200 200
occasion-list                get    -            401 200 200 200 200 200 200
occasion-list                post   -            401 400 400 400 403 403 403
occasion-detail              get    occasion     401 200 200 200 404 200 200
occasion-end                 post   occasion     401 400 400 400 404 403 403
matter-list                  get    -            401 200 200 200 200 200 200
matter-list                  post   -            401 400 400 400 400 403 403
matter-detail                get    matter       401 200 200 200 404 200 200
matter-answer                post   matter       401 403 400 400 404 403 403
matter-publish               post   matter       401 403 409 409 404 403 403
matter-term-list             get    -            401 200 200 200 200 200 200
matter-term-list             post   -            401 403 403 400 403 403 400
thrift-list                  get    -            401 200 200 200 200 200 200
thrift-list                  post   -            401 400 400 400 403 403 403
thrift-detail                get    thrift       401 200 200 200 404 200 200
thrift-deed                  post   thrift+edit  401 400 400 400 404 403 403
own-term-list                get    -            401 200 200 200 200 200 200
own-term-list                post   -            401 400 403 400 403 403 403
own-term-end                 post   own_term     401 400 403 404 403 403 403
skip-rule-list               get    -            401 200 200 200 200 200 200
skip-rule-list               post   -            401 403 403 400 403 403 400
skip-rule-end                post   skip_rule    401 403 403 400 403 403 400
land-standard-list           get    -            401 200 200 200 200 200 200
land-standard-list           post   -            401 403 403 400 403 403 400
task-row-list                get    -            401 200 200 200 200 200 200
pause-list                   get    -            401 200 200 200 200 200 200
pause-detail                 get    pause        401 200 200 200 404 200 200
pause-figures                get    -            401 200 200 200 200 200 200
pause-plan                   post   pause        401 400 400 400 404 403 403
pause-proof                  post   pause        401 400 400 400 404 403 403
handling-setting-list        get    -            401 200 200 200 200 200 200
handling-setting-list        post   -            401 403 403 400 403 403 400
lamp-setting-list            get    -            401 200 200 200 200 200 200
lamp-setting-list            post   -            401 403 403 400 403 403 400
reminder-setting-list        get    -            401 200 200 200 200 200 200
reminder-setting-list        post   -            401 403 403 400 403 403 400
pause-kind-list              get    -            401 200 200 200 200 200 200
pause-kind-list              post   -            401 403 403 400 403 403 400
document-list                get    -            401 200 200 200 200 200 200
document-list                post   -            401 400 400 400 403 403 403
document-sums                get    -            401 200 200 200 200 200 200
document-detail              get    document     401 200 200 200 404 200 200
document-detail              put    document     401 400 400 400 404 403 403
document-revoke              post   document     401 400 400 400 404 403 403
document-restore             post   document     401 400 400 400 404 403 403
document-term-list           get    -            401 200 200 200 200 200 200
document-term-list           post   -            401 403 403 400 403 403 400
batch-list                   get    -            401 200 200 200 200 200 200
batch-list                   post   -            401 400 400 400 403 403 403
batch-detail                 get    batch        401 200 200 200 404 200 200
batch-detail                 put    batch        401 400 400 400 404 403 403
batch-join                   post   batch        401 400 400 400 404 403 403
expropriation-list           get    -            401 200 200 200 200 200 200
expropriation-list           post   -            401 400 400 400 403 403 403
expropriation-detail         get    expropriation 401 200 200 200 404 200 200
expropriation-deed           post   expropriation+act 401 400 400 400 404 403 403
compensation-rate-list       get    -            401 200 200 200 200 200 200
compensation-rate-list       post   -            401 400 400 400 403 403 403
supply-list                  get    -            401 200 200 200 200 200 200
supply-list                  post   -            401 400 400 400 403 403 403
supply-detail                get    supply       401 200 200 200 404 200 200
supply-deed                  post   supply+patrol 401 400 400 400 404 403 403
idle-setting-list            get    -            401 200 200 200 200 200 200
idle-setting-list            post   -            401 403 403 400 403 403 400
year-figures-list            get    -            401 200 200 200 200 200 200
closed-gate-list             get    -            401 200 200 200 200 200 200
gates-of-step-detail         get    step         401 200 200 200 404 200 200
gates-of-step-override       post   step         401 403 403 400 404 403 403
gate-statement-list          get    -            401 200 200 200 200 200 200
gate-statement-list          post   -            401 400 400 400 403 403 403
gate-rule-list               get    -            401 200 200 200 200 200 200
gate-rule-list               post   -            401 403 403 400 403 403 400
stock-target-list            get    -            401 200 200 200 200 200 200
stock-target-list            post   -            401 403 403 400 403 403 400
violation-case-list          get    -            401 200 200 200 200 200 200
violation-case-list          post   -            401 400 400 400 403 403 403
violation-case-detail        get    violation    401 200 200 200 404 200 200
violation-case-file          post   violation    401 400 400 400 404 403 403
violation-case-decide        post   violation    401 400 400 400 404 403 403
violation-case-close         post   violation    401 403 400 400 404 403 403
step-type-list               get    -            401 200 200 200 200 200 200
step-type-flow               get    -            401 200 200 200 200 200 200
step-type-detail             get    =A01         401 200 200 200 200 200 200
step-type-revise             post   =A01         401 403 403 400 403 403 400
deadline-list                get    -            401 200 200 200 200 200 200
deadline-detail              get    deadline     401 200 200 200 404 200 200
deadline-sheet               get    deadline     401 200 200 200 404 200 200
calendar-day-list            get    -            401 200 200 200 200 200 200
calendar-day-detail          get    =2026-02-14  401 200 200 200 200 200 200
calendar-year-list           get    -            401 200 200 200 200 200 200
calendar-year-list           post   -            401 403 403 400 403 403 400
calendar-year-detail         get    =2026        401 200 200 200 200 200 200
round-list                   get    -            401 200 200 200 403 200 200
round-freeze                 post   -            401 403 403 400 403 403 403
round-detail                 get    round        401 200 200 200 403 200 200
round-reopen                 post   round        401 403 403 400 403 403 403
package-list                 get    -            401 200 200 200 403 200 200
package-list                 post   -            401 400 400 400 403 400 400
package-detail               get    package      401 200 200 200 403 200 200
package-download             get    package      401 200 200 200 403 200 200
ladder-list                  get    -            401 200 200 200 200 200 200
ladder-list                  post   -            401 403 403 400 403 403 400
reminder-list                get    -            401 200 200 200 200 200 200
absence-list                 get    -            401 200 200 200 200 200 200
absence-list                 post   -            401 400 400 400 400 400 400
channel-own                  get    -            401 200 200 200 200 200 200
channel-own                  put    -            401 200 200 200 200 200 200
circular-list                get    -            401 200 200 200 200 200 200
circular-list                post   -            401 403 403 400 403 403 403
circular-detail              get    circular     401 200 200 200 404 200 200
circular-approve             post   circular     401 403 403 400 403 403 403
circular-issue               post   circular     401 403 403 400 403 403 403
round-report-list            get    -            401 200 200 200 200 200 200
round-report-detail          get    report       401 200 200 200 404 200 200
round-report-confirm         post   report       401 409 403 409 404 403 403
round-difference-list        get    -            401 200 200 200 403 200 200
round-rule-list              get    -            401 200 200 200 200 200 200
round-rule-list              post   -            401 403 403 400 403 403 400
round-rule-duties            post   -            401 403 403 400 403 403 400
ledger-list                  get    -            401 200 200 200 403 200 200
ledger-list                  post   -            401 400 400 400 403 400 400
ledger-detail                get    ledger       401 200 200 200 403 200 200
ledger-file                  get    ledger       401 200 200 200 403 200 200
project-paper-list           post   -            401 400 400 400 400 403 403
comment-list                 get    -            401 200 200 200 200 200 200
comment-list                 post   -            401 400 400 400 400 400 403
comment-detail               get    comment      401 200 200 200 404 200 200
comment-withdraw             post   comment      401 409 409 409 404 409 403
verification-list            get    -            401 200 200 200 200 200 200
verification-list            post   -            401 400 400 400 403 403 403
follow-list                  get    -            401 200 200 200 200 200 200
follow-list                  post   -            401 400 400 400 400 400 400
follow-detail                delete follow       401 204 404 404 404 404 404
staleness-list               get    -            401 200 200 200 200 200 200
staleness-list               post   -            401 403 403 400 403 403 400
paper-list                   get    -            401 200 200 200 200 200 200
paper-detail                 get    paper        401 200 200 200 404 200 200
paper-file                   get    paper        401 200 200 200 404 200 200
paper-replace                post   paper        401 400 400 400 404 403 403
paper-withdraw               post   paper        401 409 409 409 404 403 403
message-list                 get    -            401 200 200 200 200 200 200
message-read-all             post   -            401 400 400 400 400 400 400
message-detail               get    message      401 200 404 404 404 404 404
message-read                 post   message      401 200 404 404 404 404 404
unsent-mail-list             get    -            401 403 403 200 403 403 200
unsent-mail-detail           get    delivery     401 403 403 200 403 403 200
unsent-mail-resend           post   delivery     401 403 403 204 403 403 204
job-list                     get    -            401 200 200 200 200 200 200
job-detail                   get    job          401 200 200 200 404 200 200
job-cancel                   post   job          401 403 403 200 404 403 200
job-retry                    post   job          401 403 403 409 404 403 409
organisation-list            get    -            401 200 200 200 200 200 200
organisation-detail          get    =522701      401 200 200 200 200 200 200
user-list                    get    -            401 403 403 403 403 403 200
user-list                    post   -            401 403 403 403 403 403 400
user-detail                  get    user         401 403 403 403 403 403 200
user-detail                  put    user         401 403 403 403 403 403 400
user-deactivate              post   user         401 403 403 403 403 403 409
user-reactivate              post   user         401 403 403 403 403 403 200
user-reset-password          post   user         401 403 403 403 403 403 200
user-grant-role              post   user         401 403 403 403 403 403 403
user-unlock                  post   user         401 403 403 403 403 403 403
user-reset-factor            post   user         401 403 403 403 403 403 403
user-invite                  post   user         401 403 403 403 403 403 409
back-schedule-detail         get    project      401 200 200 200 404 200 200
whose-days-list              get    -            401 200 200 200 403 200 200
whose-days-figures           get    -            401 200 200 200 403 200 200
api-root                     get    -            401 200 200 200 200 200 200
api-schema                   get    -            401 200 200 200 200 200 200
api-docs                     get    -            401 200 200 200 200 200 200
desk:home                    get    -            302 200 200 200 200 200 200
desk:leader                  get    -            302 200 200 200 403 200 200
desk:both-sides              get    -            302 200 200 200 403 200 200
overview-list                get    -            401 200 200 200 403 200 200
leader-list                  get    -            401 200 200 200 403 200 200
my-work-list                 get    -            401 200 200 200 200 200 200
obligation-list              get    -            401 200 200 200 200 200 200
plan-use-list                get    -            401 200 200 200 200 200 200
limit-list                   get    -            401 400 400 400 400 400 400
decomposition-detail         get    project      401 200 200 200 404 200 200
both-sides-list              get    -            401 200 200 200 403 200 200
desk:seven                   get    -            302 200 200 200 403 200 200
seven-list                   get    -            401 200 200 200 403 200 200
desk:seven-conditions        get    -            302 200 200 200 403 200 200
desk:seven-conditions        post   -            302 403 403 422 403 403 422
seven-condition-list         get    -            401 200 200 200 403 200 200
seven-condition-list         post   -            401 403 403 400 403 403 400
desk:overview                get    -            302 200 200 200 403 200 200
desk:search                  get    -            302 200 200 200 200 200 200
desk:dossier                 get    project      302 200 200 200 404 200 200
desk:dossier-steps           post   project      302 403 302 302 404 403 403
desk:deadlines               get    -            302 200 200 200 200 200 200
desk:deadlines-export        get    -            302 200 200 200 200 200 200
desk:deadlines-export        post   -            302 302 302 302 302 302 302
desk:back-schedule           get    project      302 200 200 200 404 200 200
desk:back-schedule-export    get    project      302 200 200 200 404 200 200
desk:back-schedule-document  get    project      302 200 200 200 404 200 200
desk:step-board              get    -            302 200 200 200 200 200 200
desk:step-month              get    -            302 200 200 200 200 200 200
desk:urge                    post   -            302 403 403 302 403 403 403
desk:whose-days              get    -            302 200 200 200 403 200 200
desk:whose-days-rows         get    -            302 200 200 200 403 200 200
desk:whose-days-export       get    -            302 200 200 200 403 200 200
desk:audit                   get    -            302 403 403 200 403 403 403
upkeep:health                get    -            302 403 403 403 403 403 200
upkeep:setting               get    -            302 403 403 403 403 403 200
upkeep:setting               post   -            302 403 403 403 403 403 422
desk:year-turn               get    -            302 200 200 200 403 200 200
desk:year-turn-act           post   =carry-over  302 403 403 302 403 403 403
year-turn-list               get    -            401 200 200 200 403 200 200
year-turn-act                post   =archive     401 403 403 400 403 403 403
desk:help                    get    -            302 200 200 200 200 200 200
desk:whats-new               get    -            302 200 200 200 200 200 200
desk:manual                  get    =county      302 200 200 200 200 200 200
upkeep:maintenance           get    -            302 403 403 403 403 403 200
upkeep:maintenance           post   -            302 403 403 403 403 403 422
upkeep:maintenance-withdraw  post   maintenance  302 403 403 403 403 403 302
maintenance-list             get    -            401 200 200 200 200 200 200
maintenance-list             post   -            401 403 403 403 403 403 400
maintenance-withdraw         post   maintenance  401 403 403 403 403 403 200
upkeep-run-list              get    -            401 403 403 403 403 403 200
upkeep-run-health            get    -            401 403 403 403 403 403 200
upkeep-setting-list          get    -            401 403 403 403 403 403 200
upkeep-setting-list          post   -            401 403 403 403 403 403 400
desk:audit-export            get    -            302 403 403 200 403 403 403
desk:trail-rule              get    -            302 403 403 200 403 403 403
desk:trail-rule              post   -            302 403 403 403 403 403 403
audit-entry-list             get    -            401 403 403 200 403 403 403
trail-rule-list              get    -            401 403 403 200 403 403 403
trail-rule-list              post   -            401 403 403 403 403 403 403
desk:calculator              get    -            302 200 200 200 200 200 200
desk:screening               get    -            302 403 200 200 403 403 403
desk:screening-adopt         post   -            302 403 422 422 403 403 403
desk:screening-return        post   submitted    302 403 422 422 403 403 403
desk:screening-merge         post   submitted    302 403 422 422 403 403 403
projects:annual-list         get    -            302 200 200 200 200 200 200
projects:annual-export       get    -            302 200 200 200 200 200 200
projects:annual-difference   get    -            302 200 200 200 200 200 200
projects:annual-draft        get    -            302 403 200 200 403 403 403
projects:annual-draft        post   -            302 403 403 422 403 403 403
projects:annual-quota        get    -            302 200 200 200 200 200 200
projects:annual-quota-enter  get    -            302 403 403 200 403 403 403
projects:annual-quota-enter  post   -            302 403 403 422 403 403 403
projects:plan                get    -            302 200 200 200 200 200 200
projects:queue-circular      get    -            302 200 200 200 200 200 200
projects:plan-word           get    -            302 200 200 200 200 200 200
projects:plan-difference     get    -            302 200 200 200 200 200 200
projects:plan-missing        get    -            302 200 200 200 200 200 200
projects:plan-draft          post   -            302 403 422 422 403 403 403
projects:plan-publish        post   -            302 403 403 422 403 403 403
projects:plan-item-add       get    project      302 403 200 200 404 403 403
projects:plan-item-add       post   project      302 403 422 422 404 403 403
projects:plan-item           get    plan_item    302 403 200 200 404 403 403
projects:plan-item           post   plan_item    302 403 422 422 404 403 403
projects:plan-item-close     get    plan_item    302 200 200 200 404 403 403
projects:plan-item-close     post   plan_item    302 422 422 422 404 403 403
projects:course              get    project      302 200 200 200 404 403 403
projects:course              post   project      302 302 302 302 404 403 403
desk:leave-list              get    project      302 403 200 200 404 403 403
desk:leave-list              post   project      302 403 422 422 404 403 403
desk:preparation             get    -            302 200 200 200 200 200 200
desk:preparation-export      get    -            302 200 200 200 200 200 200
desk:decomposition           get    project      302 200 200 200 404 200 200
desk:decomposition-word      get    project      302 200 200 200 404 200 200
desk:plan-use                get    -            302 200 200 200 200 200 200
projects:maturity            get    -            302 200 200 200 200 200 200
projects:maturity            post   -            302 403 403 422 403 403 422
projects:list                get    -            302 200 200 200 200 200 200
projects:counts              get    -            302 302 302 302 302 302 302
projects:totals              get    -            302 302 302 302 302 302 302
projects:export              get    -            302 200 200 200 200 200 200
projects:export              post   -            302 302 302 302 302 302 302
projects:export-setting      get    -            302 200 200 200 200 200 200
projects:export-setting      post   -            302 403 403 422 403 403 422
projects:export-file         get    export       302 200 404 404 404 404 404
projects:bulk                get    -            302 404 404 404 404 404 404
projects:bulk                post   -            302 404 404 404 404 404 404
projects:bulk-run            get    bulk_run     302 200 404 404 404 404 404
projects:view-save           post   =projects    302 302 302 302 302 302 302
projects:view-default        post   =projects    302 302 302 302 302 302 302
projects:density             post   =projects    302 302 302 302 302 302 302
projects:view-delete         post   view         302 302 404 404 404 404 404
projects:edit                get    project      302 200 200 200 404 403 403
projects:edit                post   project      302 422 422 422 404 403 403
projects:new                 get    -            302 200 403 200 200 403 403
projects:new                 post   -            302 422 403 422 422 403 403
projects:land                get    project      302 200 200 200 404 403 403
projects:land                post   project      302 422 422 422 404 403 403
projects:land-split          get    project      302 403 200 200 404 403 403
projects:land-split          post   project      302 403 422 422 404 403 403
projects:level-rules         get    -            302 200 200 200 200 200 200
projects:level-rule-add      get    -            302 403 403 200 403 403 200
projects:level-rule-add      post   -            302 403 403 422 403 403 422
projects:level-rule          get    =guizhou-batch 302 403 403 200 403 403 200
projects:level-rule          post   =guizhou-batch 302 403 403 422 403 403 422
projects:level-rule-end      post   =guizhou-batch 302 403 403 422 403 403 422
projects:siting-rules        get    -            302 200 200 200 200 200 200
projects:siting-rule-add     get    -            302 403 403 200 403 403 200
projects:siting-rule-add     post   -            302 403 403 422 403 403 422
projects:siting-setting      get    -            302 403 403 200 403 403 200
projects:siting-setting      post   -            302 403 403 422 403 403 422
projects:boundary-setting    get    -            302 403 403 200 403 403 200
projects:boundary-setting    post   -            302 403 403 422 403 403 422
projects:map-shares          get    -            302 200 200 200 200 200 200
projects:map-shares-export   get    -            302 200 200 200 200 200 200
projects:siting-rule         get    =pbf-line    302 403 403 200 403 403 200
projects:siting-rule         post   =pbf-line    302 403 403 422 403 403 422
projects:siting-rule-end     post   =pbf-line    302 403 403 422 403 403 422
projects:site-begin           get    project      302 200 200 200 404 403 403
projects:site-begin           post   project      302 422 422 422 404 403 403
projects:site-argue           get    project      302 200 200 200 404 403 403
projects:site-argue           post   project      302 422 422 422 404 403 403
projects:site-boundary        get    project      302 200 200 200 404 403 403
projects:site-boundary        post   project      302 422 422 422 404 403 403
projects:site-share           get    project      302 200 200 200 404 403 403
projects:site-share           post   project      302 422 422 422 404 403 403
projects:site-check           get    project      302 200 200 200 404 403 403
projects:site-check           post   project      302 422 422 422 404 403 403
projects:site-rung            get    project      302 200 200 200 404 403 403
projects:site-rung            post   project      302 422 422 422 404 403 403
projects:site-mark            get    project      302 200 200 200 404 403 403
projects:site-mark            post   project      302 422 422 422 404 403 403
projects:site-adjust          get    project      302 200 200 200 404 403 403
projects:site-adjust          post   project      302 422 422 422 404 403 403
projects:site-withdraw-rung   get    project      302 200 200 200 404 403 403
projects:site-withdraw-rung   post   project      302 422 422 422 404 403 403
projects:site-decide          get    project      302 403 200 200 404 403 403
projects:site-decide          post   project      302 403 422 422 404 403 403
projects:site-scheme          get    project      302 403 200 200 404 403 403
projects:site-scheme          post   project      302 403 422 422 404 403 403
projects:site-standard        get    project      302 403 200 200 404 403 403
projects:site-standard        post   project      302 403 422 422 404 403 403
projects:site-move-adjustment get    project      302 403 200 200 404 403 403
projects:site-move-adjustment post   project      302 403 422 422 404 403 403
projects:site-fields          get    project      302 403 200 200 404 403 403
projects:site-fields          post   project      302 403 302 302 404 403 403
desk:confirm-level           get    project      302 403 200 200 404 403 403
desk:confirm-level           post   project      302 403 422 422 404 403 403
desk:confirm-track           get    project      302 403 200 200 404 403 403
desk:confirm-track           post   project      302 403 422 422 404 403 403
projects:submissions         get    -            302 200 200 200 200 200 200
projects:submission          get    submission   302 200 200 200 404 200 200
projects:submission-file     get    submission   302 200 200 200 404 200 200
projects:undo                post   submission   302 302 403 302 404 403 403
projects:template            get    -            302 200 403 200 200 403 403
projects:upload              get    -            302 200 403 200 200 403 403
projects:upload              post   -            302 422 403 422 422 403 403
projects:preview             get    draft        302 200 404 404 404 404 404
projects:marked              get    draft        302 200 404 404 404 404 404
projects:confirm             post   draft        302 302 403 404 404 403 403
projects:discard             post   draft        302 302 403 404 404 403 403
projects:take                post   -            302 302 403 302 302 403 403
projects:downloads           get    -            302 200 200 200 200 200 200
projects:download-file       get    download     302 200 200 200 404 200 200
projects:choose              post   draft        302 302 403 404 404 403 403
projects:headings            post   draft        302 302 403 404 404 403 403
projects:look-again          post   draft        302 302 403 404 404 403 403
duties:problems              get    -            302 200 200 200 200 200 200
duties:problem-new           get    -            302 200 200 200 200 403 403
duties:problem-new           post   -            302 422 422 422 422 403 403
duties:problem               get    duty_problem 302 200 200 200 404 200 200
duties:problem-act           get    duty_problem+resolve 302 403 200 200 404 403 403
duties:problem-act           post   duty_problem+resolve 302 403 422 422 404 403 403
duties:tasks                 get    -            302 200 200 200 200 200 200
duties:task-new              get    -            302 200 200 200 403 403 403
duties:task-new              post   -            302 422 422 422 403 403 403
duties:task                  get    duty_task    302 200 200 200 404 200 200
duties:task-act              get    duty_task+accept 302 200 200 200 404 403 403
duties:task-act              post   duty_task+accept 302 302 422 422 404 403 403
duties:lists                 get    -            302 200 200 200 200 200 200
duties:books                 get    -            302 200 200 200 200 200 200
duties:book-new              get    -            302 200 200 200 403 403 403
duties:book-new              post   -            302 422 422 422 403 403 403
duties:book                  get    task_book    302 200 200 200 404 200 200
duties:book-confirm          post   task_book    302 422 422 422 404 403 403
duties:book-undo             get    task_book    302 200 200 200 404 403 403
duties:book-undo             post   task_book    302 422 422 422 404 403 403
duties:letters               get    -            302 200 200 200 200 200 200
duties:urge                  get    -            302 403 403 200 403 403 403
duties:urge                  post   -            302 403 403 422 403 403 403
duties:letter                get    duty_letter  302 200 200 200 404 200 200
duties:letter-word           get    duty_letter  302 200 200 200 404 200 200
duties:letter-reply          get    duty_letter  302 200 200 200 404 403 403
duties:letter-reply          post   duty_letter  302 422 422 422 404 403 403
duties:letter-withdraw       get    duty_letter  302 403 403 200 404 403 403
duties:letter-withdraw       post   duty_letter  302 403 403 422 404 403 403
duties:visits                get    -            302 200 200 200 200 200 200
duties:visit-new             get    -            302 200 200 200 403 403 403
duties:visit-new             post   -            302 422 422 422 403 403 403
duties:inspections           get    -            302 200 200 200 200 200 200
duties:inspection-new        get    -            302 200 200 200 403 403 403
duties:inspection-new        post   -            302 422 422 422 403 403 403
duties:inspection            get    inspection   302 200 200 200 404 200 200
duties:finding-new           get    inspection   302 200 200 200 404 403 403
duties:finding-new           post   inspection   302 422 422 422 404 403 403
duties:inspection-conclude   get    inspection   302 200 200 200 404 403 403
duties:inspection-conclude   post   inspection   302 422 422 422 404 403 403
duties:duty-letters          get    -            302 200 200 200 200 200 200
duties:duty-letter-new       get    -            302 200 403 200 403 403 403
duties:duty-letter-new       post   -            302 422 403 422 403 403 403
duties:settings              get    -            302 200 200 200 200 200 200
duties:numbers-edit          get    -            302 403 403 200 403 403 200
duties:numbers-edit          post   -            302 403 403 422 403 403 422
duties:kind-new              get    -            302 403 403 200 403 403 200
duties:kind-new              post   -            302 403 403 422 403 403 422
duties:kind-edit             get    =BALANCE     302 403 403 200 403 403 200
duties:kind-edit             post   =BALANCE     302 403 403 422 403 403 422
opinions:list                get    -            302 200 200 200 200 200 200
opinions:export              get    -            302 200 200 200 200 200 200
opinions:record              get    -            302 200 200 200 200 200 200
opinions:request             get    opinion_request      302 200 200 200 404 200 200
opinions:receive             get    opinion_request      302 200 200 200 404 403 403
opinions:receive             post   opinion_request      302 422 422 422 404 403 403
opinions:answer              get    opinion_request      302 200 200 200 404 403 403
opinions:answer              post   opinion_request      302 422 422 422 404 403 403
opinions:delegate            get    opinion_request      302 403 403 403 404 403 403
opinions:delegate            post   opinion_request      302 403 403 403 404 403 403
opinions:supply              get    opinion_request      302 200 200 200 404 403 403
opinions:supply              post   opinion_request      302 422 422 422 404 403 403
opinions:withdraw            get    opinion_request      302 200 200 200 404 403 403
opinions:withdraw            post   opinion_request      302 422 422 422 404 403 403
opinions:material            get    opinion_material 302 200 200 200 404 200 200
opinions:link                get    opinion_request      302 200 200 200 404 403 403
opinions:link                post   opinion_request      302 422 422 422 404 403 403
opinions:link-revoke         post   opinion_link 302 302 302 302 404 403 403
opinions:rounds              get    -            302 200 200 200 200 200 200
opinions:round-new           get    project      302 200 200 200 403 403 403
opinions:round-new           post   project      302 422 422 422 403 403 403
opinions:round               get    opinion_round 302 200 200 200 404 200 200
opinions:round-word          get    opinion_round 302 200 200 200 404 200 200
opinions:round-edit          get    opinion_draft 302 200 200 200 404 403 403
opinions:round-edit          post   opinion_draft 302 422 422 422 404 403 403
opinions:round-send          post   opinion_draft 302 422 302 302 404 403 403
opinions:round-withdraw      get    opinion_round 302 200 200 200 404 403 403
opinions:round-withdraw      post   opinion_round 302 422 422 422 404 403 403
opinions:round-redo          get    opinion_round 302 200 200 200 404 403 403
opinions:round-redo          post   opinion_round 302 422 422 422 404 403 403
opinions:round-material      get    opinion_round 302 200 200 200 404 403 403
opinions:round-material      post   opinion_round 302 422 422 422 404 403 403
opinions:kinds               get    -            302 200 200 200 200 200 200
opinions:kind-edit           get    =SITING      302 403 403 200 403 403 200
opinions:kind-edit           post   =SITING      302 403 403 422 403 403 422
opinions:rules               get    -            302 200 200 200 200 200 200
opinions:rules               post   -            302 403 403 422 403 403 422
opinions:rule-end            post   opinion_rule 302 403 403 422 403 403 422
opinions:reply               get    opinion_reply 200 200 200 200 200 200 200
opinions:reply               post   opinion_reply 422 422 422 422 422 422 422
approvals:step-consult       get    step         302 403 200 200 404 403 403
approvals:step-consult       post   step         302 403 422 422 404 403 403
approvals:handling-setting   get    -            302 200 200 200 200 200 200
approvals:handling-setting   post   -            302 403 403 422 403 403 422
approvals:gates              get    -            302 200 200 200 200 200 200
approvals:gates-export       get    -            302 200 200 200 200 200 200
approvals:step-gates         get    step         302 200 200 200 404 200 200
approvals:gate-override      get    step         302 403 403 200 404 403 403
approvals:gate-override      post   step         302 403 403 422 404 403 403
approvals:gate-state         get    project+FARMLAND 302 200 200 200 404 403 403
approvals:gate-state         post   project+FARMLAND 302 422 422 422 404 403 403
approvals:gate-rules         get    -            302 200 200 200 200 200 200
approvals:gate-rule-edit     get    =FARMLAND    302 403 403 200 403 403 200
approvals:gate-rule-edit     post   =FARMLAND    302 403 403 422 403 403 422
approvals:stock-targets      get    -            302 200 200 200 200 200 200
approvals:stock-target-new   get    -            302 403 403 200 403 403 200
approvals:stock-target-new   post   -            302 403 403 422 403 403 422
approvals:violations         get    -            302 200 200 200 200 200 200
approvals:violations-export  get    -            302 200 200 200 200 200 200
approvals:violation-new      get    -            302 200 200 200 403 403 403
approvals:violation-new      post   -            302 422 422 422 403 403 403
approvals:violation          get    violation    302 200 200 200 404 200 200
approvals:violation-move     get    violation+file 302 200 200 200 404 403 403
approvals:violation-move     post   violation+close 302 403 422 422 404 403 403
approvals:catalogue          get    -            302 200 200 200 200 200 200
approvals:flow               get    -            302 200 200 200 200 200 200
approvals:project-flow       get    project      302 200 200 200 404 200 200
approvals:step-type          get    =A01         302 200 200 200 200 200 200
approvals:step-type-edit     get    =A01         302 403 403 200 403 403 200
approvals:step-type-edit     post   =A01         302 403 403 422 403 403 422
approvals:library            get    -            302 200 200 200 200 200 200
approvals:library-export     get    -            302 200 200 200 200 200 200
approvals:library-add        get    -            302 403 200 200 403 403 200
approvals:library-add        post   -            302 403 422 422 403 403 422
approvals:library-item       get    guide        302 200 200 200 200 200 200
approvals:library-follow-up  get    guide        302 200 200 200 403 403 403
approvals:library-follow-up  post   guide        302 422 422 422 403 403 403
approvals:trainings          get    -            302 200 200 200 200 200 200
approvals:training-export    get    -            302 200 200 200 200 200 200
approvals:three-batches get - 302 200 200 200 200 200 200
approvals:three-batches-export get - 302 200 200 200 200 200 200
approvals:three-batch-new get - 302 200 200 200 403 403 403
approvals:three-batch-new post - 302 422 422 422 403 403 403
approvals:three-batch get three_batch 302 200 200 200 404 200 200
approvals:three-batch-edit get three_batch 302 200 200 200 404 403 403
approvals:three-batch-edit post three_batch 302 422 422 422 404 403 403
approvals:field-improvements get - 302 200 200 200 200 200 200
approvals:field-improvements-export get - 302 200 200 200 200 200 200
approvals:field-improvement-new get - 302 200 200 200 403 403 403
approvals:field-improvement-new post - 302 422 422 422 403 403 403
approvals:field-improvement get field_improvement 302 200 200 200 404 200 200
approvals:field-improvement-edit get field_improvement 302 200 200 200 404 403 403
approvals:field-improvement-edit post field_improvement 302 422 422 422 404 403 403
approvals:reserve-lands get - 302 200 200 200 200 200 200
approvals:reserve-lands-export get - 302 200 200 200 200 200 200
approvals:reserve-land-new get - 302 200 200 200 403 403 403
approvals:reserve-land-new post - 302 422 422 422 403 403 403
approvals:reserve-land get reserve_land 302 200 200 200 404 200 200
approvals:reserve-land-edit get reserve_land 302 200 200 200 404 403 403
approvals:reserve-land-edit post reserve_land 302 422 422 422 404 403 403
approvals:land-patrols get - 302 200 200 200 200 200 200
approvals:land-patrols-export get - 302 200 200 200 200 200 200
approvals:land-patrol-new get - 302 200 200 200 403 403 403
approvals:land-patrol-new post - 302 422 422 422 403 403 403
approvals:land-patrol get land_patrol 302 200 200 200 404 200 200
approvals:land-patrol-edit get land_patrol 302 200 200 200 404 403 403
approvals:land-patrol-edit post land_patrol 302 422 422 422 404 403 403
approvals:land-patrol-case post land_patrol 302 302 302 302 404 403 403
approvals:land-patrol-problem get land_patrol 302 200 200 200 404 403 403
approvals:land-patrol-problem post land_patrol 302 422 422 422 404 403 403
approvals:training-new       get    -            302 403 200 200 403 403 200
approvals:training-new       post   -            302 403 422 422 403 403 422
approvals:training           get    training     302 200 200 200 200 200 200
approvals:training-edit      get    training     302 403 200 200 403 403 200
approvals:training-edit      post   training     302 403 422 422 403 403 422
approvals:library-renew      get    guide        302 403 200 200 403 403 200
approvals:library-renew      post   guide        302 403 422 422 403 403 422
approvals:library-retire     get    guide        302 403 200 200 403 403 200
approvals:library-retire     post   guide        302 403 422 422 403 403 422
approvals:library-file       get    guide_version 302 200 200 200 200 200 200
approvals:set-quality        get    -            302 200 200 200 200 200 200
approvals:set-quality-rows   get    -            302 200 200 200 200 200 200
approvals:set-quality-export get    -            302 200 200 200 200 200 200
approvals:set-check          get    set_check    302 200 200 200 404 200 200
approvals:set-check-settle   get    set_check_item 302 200 200 200 404 403 403
approvals:set-check-settle   post   set_check_item 302 422 422 422 404 403 403
approvals:step-check         get    step         302 200 200 200 404 403 403
approvals:step-check         post   step         302 422 422 422 404 403 403
approvals:occasion-new       get    step         302 403 200 200 404 403 403
approvals:occasion-new       post   step         302 403 422 422 404 403 403
approvals:occasion-end       get    occasion     302 403 200 200 404 403 403
approvals:occasion-end       post   occasion     302 403 422 422 404 403 403
approvals:questions          get    -            302 200 200 200 200 200 200
approvals:questions-export   get    -            302 200 200 200 200 200 200
approvals:questions-new      get    -            302 200 200 200 200 403 403
approvals:questions-new      post   -            302 422 422 422 422 403 403
approvals:upward             get    -            302 200 200 200 200 200 200
approvals:upward-export      get    -            302 200 200 200 200 200 200
approvals:upward-new         get    -            302 200 200 200 403 403 403
approvals:upward-new         post   -            302 422 422 422 403 403 403
approvals:after-approval     get    -            302 200 200 200 200 200 200
approvals:after-approval-export get -            302 200 200 200 200 200 200
approvals:project-questions-new get project      302 200 200 200 404 403 403
approvals:project-questions-new post project     302 422 422 422 404 403 403
approvals:project-upward-new get    project      302 200 200 200 404 403 403
approvals:project-upward-new post   project      302 422 422 422 404 403 403
approvals:project-after-approval-new get project 302 200 200 200 404 403 403
approvals:project-after-approval-new post project 302 422 422 422 404 403 403
approvals:matter             get    matter       302 200 200 200 404 200 200
approvals:matter-answer      get    matter       302 403 200 200 404 403 403
approvals:matter-answer      post   matter       302 403 422 422 404 403 403
approvals:matter-publish     get    matter       302 403 200 200 404 403 403
approvals:matter-publish     post   matter       302 403 422 422 404 403 403
approvals:matter-terms       get    -            302 200 200 200 200 200 200
approvals:matter-terms       post   -            302 403 403 422 403 403 422
fee-list                     get    -            401 200 200 200 200 200 200
fee-list                     post   -            401 400 400 400 403 403 403
fee-detail                   get    fee          401 200 200 200 404 200 200
fee-deed                     post   fee+pay      401 400 400 400 404 403 403
fee-totals                   get    -            401 200 200 200 200 200 200
fee-kind-list                get    -            401 200 200 200 200 200 200
fee-kind-list                post   -            401 403 403 400 403 403 400
approvals:fees               get    -            302 200 200 200 200 200 200
approvals:fees-export        get    -            302 200 200 200 200 200 200
approvals:fee-totals         get    -            302 200 200 200 200 200 200
approvals:fee                get    fee          302 200 200 200 404 200 200
approvals:fee-edit           get    fee          302 200 200 200 404 403 403
approvals:fee-edit           post   fee          302 422 422 422 404 403 403
approvals:fee-pay            get    fee          302 200 200 200 404 403 403
approvals:fee-pay            post   fee          302 422 422 422 404 403 403
approvals:fee-reverse        get    fee          302 200 200 200 404 403 403
approvals:fee-reverse        post   fee          302 422 422 422 404 403 403
approvals:fee-new            get    project      302 200 200 200 404 403 403
approvals:fee-new            post   project      302 422 422 422 404 403 403
approvals:fee-kinds          get    -            302 200 200 200 200 200 200
approvals:fee-kinds          post   -            302 403 403 422 403 403 422
approvals:thrifts            get    -            302 200 200 200 200 200 200
approvals:thrifts-export     get    -            302 200 200 200 200 200 200
approvals:thrift             get    thrift       302 200 200 200 404 200 200
approvals:thrift-edit        get    thrift       302 200 200 200 404 403 403
approvals:thrift-edit        post   thrift       302 422 422 422 404 403 403
approvals:thrift-new         get    project      302 200 200 200 404 403 403
approvals:thrift-new         post   project      302 422 422 422 404 403 403
approvals:own-terms          get    -            302 200 200 200 200 200 200
approvals:own-terms          post   -            302 422 403 422 403 403 403
approvals:own-term-end       get    own_term     302 200 403 404 403 403 403
approvals:own-term-end       post   own_term     302 422 403 404 403 403 403
approvals:skip-rules         get    -            302 200 200 200 200 200 200
approvals:skip-rules         post   -            302 403 403 422 403 403 422
approvals:skip-rule-end      get    skip_rule    302 403 403 200 403 403 200
approvals:skip-rule-end      post   skip_rule    302 403 403 422 403 403 422
approvals:land-standards     get    -            302 200 200 200 200 200 200
approvals:land-standards     post   -            302 403 403 422 403 403 422
desk:task-list               get    -            302 200 200 200 200 200 200
desk:task-list-export        get    -            302 200 200 200 200 200 200
approvals:pauses             get    -            302 200 200 200 200 200 200
approvals:pauses-export      get    -            302 200 200 200 200 200 200
approvals:pause              get    pause        302 200 200 200 404 200 200
approvals:pause-plan         get    pause        302 403 200 200 404 403 403
approvals:pause-plan         post   pause        302 403 422 422 404 403 403
approvals:pause-proof        get    pause        302 403 200 200 404 403 403
approvals:pause-proof        post   pause        302 403 422 422 404 403 403
approvals:documents          get    -            302 200 200 200 200 200 200
approvals:documents-export   get    -            302 200 200 200 200 200 200
approvals:document-terms     get    -            302 200 200 200 200 200 200
approvals:document-terms     post   -            302 403 403 422 403 403 422
approvals:statistics         get    -            302 200 200 200 200 200 200
approvals:statistics-export  get    -            302 200 200 200 200 200 200
business-statistics-list     get    -            401 200 200 200 200 200 200
approvals:year-figures       get    -            302 200 200 200 200 200 200
approvals:document           get    document     302 200 200 200 404 200 200
approvals:document-edit      get    document     302 200 200 200 404 403 403
approvals:document-edit      post   document     302 422 422 422 404 403 403
approvals:document-revoke    get    document     302 200 200 200 404 403 403
approvals:document-revoke    post   document     302 422 422 422 404 403 403
approvals:document-restore   get    document     302 200 200 200 404 403 403
approvals:document-restore   post   document     302 422 422 422 404 403 403
approvals:document-new       get    project      302 200 200 200 404 403 403
approvals:document-new       post   project      302 422 422 422 404 403 403
approvals:expropriations     get    -            302 200 200 200 200 200 200
approvals:expropriations-export get -            302 200 200 200 200 200 200
approvals:compensation-rates get    -            302 200 200 200 200 200 200
approvals:compensation-rates post   -            302 422 422 422 403 403 403
approvals:expropriation      get    expropriation 302 200 200 200 404 200 200
approvals:expropriation-edit get    expropriation 302 200 200 200 404 403 403
approvals:expropriation-edit post   expropriation 302 422 422 422 404 403 403
approvals:expropriation-act  get    expropriation 302 200 200 200 404 403 403
approvals:expropriation-act  post   expropriation 302 422 422 422 404 403 403
approvals:expropriation-count get   expropriation 302 200 200 200 404 403 403
approvals:expropriation-count post  expropriation 302 422 422 422 404 403 403
approvals:expropriation-fund get    expropriation 302 200 200 200 404 403 403
approvals:expropriation-fund post   expropriation 302 422 422 422 404 403 403
approvals:expropriation-new  get    project      302 200 200 200 404 403 403
approvals:expropriation-new  post   project      302 422 422 422 404 403 403
approvals:supplies           get    -            302 200 200 200 200 200 200
approvals:supplies-export    get    -            302 200 200 200 200 200 200
approvals:idle-settings      get    -            302 200 200 200 200 200 200
approvals:idle-settings      post   -            302 403 403 422 403 403 422
approvals:supply             get    supply       302 200 200 200 404 200 200
approvals:supply-edit        get    supply       302 200 200 200 404 403 403
approvals:supply-edit        post   supply       302 422 422 422 404 403 403
approvals:supply-contract    get    supply       302 200 200 200 404 403 403
approvals:supply-contract    post   supply       302 422 422 422 404 403 403
approvals:supply-due         get    supply       302 200 200 200 404 403 403
approvals:supply-due         post   supply       302 422 422 422 404 403 403
approvals:supply-pay         get    supply       302 200 200 200 404 403 403
approvals:supply-pay         post   supply       302 422 422 422 404 403 403
approvals:supply-patrol      get    supply       302 200 200 200 404 403 403
approvals:supply-patrol      post   supply       302 422 422 422 404 403 403
approvals:supply-new         get    project      302 200 200 200 404 403 403
approvals:supply-new         post   project      302 422 422 422 404 403 403
approvals:batches            get    -            302 200 200 200 200 200 200
approvals:batch-new          get    -            302 200 200 200 403 403 403
approvals:batch-new          post   -            302 422 422 422 403 403 403
approvals:batch              get    batch        302 200 200 200 404 200 200
approvals:batch-edit         get    batch        302 200 200 200 404 403 403
approvals:batch-edit         post   batch        302 422 422 422 404 403 403
approvals:batch-join         get    batch        302 200 200 200 404 403 403
approvals:batch-join         post   batch        302 422 422 422 404 403 403
approvals:batch-document-new get    batch        302 200 200 200 404 403 403
approvals:batch-document-new post   batch        302 422 422 422 404 403 403
approvals:step               get    step         302 200 200 200 404 200 200
approvals:step-what-if       get    step         302 200 200 200 404 200 200
approvals:step-receive       get    step         302 403 200 200 404 403 403
approvals:step-receive       post   step         302 403 422 422 404 403 403
approvals:step-notify        get    step         302 403 200 200 404 403 403
approvals:step-notify        post   step         302 403 422 422 404 403 403
approvals:step-reissue       get    step         302 403 200 200 404 403 403
approvals:step-reissue       post   step         302 403 422 422 404 403 403
approvals:step-except        get    step         302 403 200 200 404 403 403
approvals:step-except        post   step         302 403 422 422 404 403 403
approvals:step-accept        get    step         302 403 200 200 404 403 403
approvals:step-accept        post   step         302 403 422 422 404 403 403
approvals:step-pause         get    step         302 403 200 200 404 403 403
approvals:step-pause         post   step         302 403 422 422 404 403 403
approvals:step-resume        get    step         302 403 200 200 404 403 403
approvals:step-resume        post   step         302 403 422 422 404 403 403
approvals:step-extend        get    step         302 403 200 200 404 403 403
approvals:step-extend        post   step         302 403 422 422 404 403 403
approvals:step-decide        get    step         302 403 200 200 404 403 403
approvals:step-decide        post   step         302 403 422 422 404 403 403
approvals:step-return        get    step         302 403 200 200 404 403 403
approvals:step-return        post   step         302 403 422 422 404 403 403
approvals:step-reject        get    step         302 403 200 200 404 403 403
approvals:step-reject        post   step         302 403 422 422 404 403 403
approvals:step-withdraw      get    step         302 403 200 200 404 403 403
approvals:step-withdraw      post   step         302 403 422 422 404 403 403
approvals:step-not-involved  get    step         302 403 200 200 404 403 403
approvals:step-not-involved  post   step         302 403 422 422 404 403 403
approvals:step-reopen        get    step         302 403 200 200 404 403 403
approvals:step-reopen        post   step         302 403 422 422 404 403 403
approvals:step-supply        get    step         302 403 200 200 404 403 403
approvals:step-supply        post   step         302 403 422 422 404 403 403
approvals:step-assign        get    step         302 403 200 200 404 403 403
approvals:step-assign        post   step         302 403 422 422 404 403 403
deadlines:sheet              get    deadline     302 200 200 200 404 200 200
deadlines:settings           get    -            302 200 200 200 200 200 200
deadlines:settings-lamps     get    -            302 403 403 200 403 403 200
deadlines:settings-lamps     post   -            302 403 403 422 403 403 422
deadlines:settings-reminders get    -            302 403 403 200 403 403 200
deadlines:settings-reminders post   -            302 403 403 422 403 403 422
deadlines:settings-pause-kinds get  -            302 403 403 200 403 403 200
deadlines:settings-pause-kinds post -            302 403 403 422 403 403 422
deadlines:calendar           get    -            302 200 200 200 200 200 200
deadlines:calendar-notice    get    -            302 403 403 200 403 403 200
deadlines:calendar-notice    post   -            302 403 403 422 403 403 422
deadlines:calendar-revision  get    revision     302 403 403 200 403 403 200
dispatch:rounds              get    -            302 200 200 200 403 200 200
dispatch:compare             get    -            302 200 200 200 403 200 200
dispatch:round               get    round        302 200 200 200 403 200 200
dispatch:round-reopen        get    round        302 403 403 200 403 403 403
dispatch:round-reopen        post   round        302 403 403 422 403 403 403
dispatch:circulars           get    -            302 200 200 200 200 200 200
dispatch:circular            get    circular     302 200 200 200 404 200 200
dispatch:circular-draft      get    round        302 403 403 200 403 403 403
dispatch:circular-draft      post   round        302 403 403 422 403 403 403
dispatch:circular-approve    get    circular     302 403 403 200 403 403 403
dispatch:circular-approve    post   circular     302 403 403 422 403 403 403
dispatch:circular-issue      get    circular     302 403 403 200 403 403 403
dispatch:circular-issue      post   circular     302 403 403 422 403 403 403
dispatch:circular-file       get    circular     302 200 200 200 404 200 200
dispatch:packages            get    -            302 200 200 200 403 200 200
dispatch:package-request     post   -            302 404 404 404 403 404 404
dispatch:package             get    package      302 200 200 200 403 200 200
dispatch:package-zip         get    package      302 200 200 200 403 200 200
dispatch:package-file        get    package_file 302 200 200 200 403 200 200
dispatch:reports             get    -            302 200 403 200 200 403 403
dispatch:report              get    report       302 200 403 200 404 403 403
dispatch:report              post   report       302 422 403 422 404 403 403
dispatch:reminders           get    -            302 200 200 200 200 200 200
dispatch:ladder              get    -            302 200 200 200 200 200 200
dispatch:ladder-new          get    -            302 403 403 200 403 403 200
dispatch:ladder-new          post   -            302 403 403 422 403 403 422
dispatch:office-digest       get    -            302 403 403 200 403 403 200
dispatch:office-digest       post   -            302 403 403 422 403 403 422
office-digest-list           get    -            401 403 403 200 403 403 200
office-digest-list           post   -            401 403 403 400 403 403 400
dispatch:absences            get    -            302 200 200 200 200 200 200
dispatch:absence-new         get    -            302 200 200 200 200 200 200
dispatch:absence-new         post   -            302 422 422 422 422 422 422
notifications:channels       get    -            302 200 200 200 200 200 200
notifications:channels       post   -            302 302 302 302 302 302 302
dispatch:round-rules         get    -            302 200 200 200 200 200 200
dispatch:round-rule-new      get    -            302 403 403 200 403 403 200
dispatch:round-rule-new      post   -            302 403 403 422 403 403 422
dispatch:round-duties        get    -            302 403 403 200 403 403 200
dispatch:round-duties        post   -            302 403 403 422 403 403 422
dispatch:league              get    -            302 200 200 200 403 200 200
dispatch:report-rows         get    -            302 200 200 200 403 200 200
league-list                  get    -            401 200 200 200 403 200 200
dispatch:appraisals          get    -            302 200 200 200 200 200 200
dispatch:appraisals          post   -            302 403 403 422 403 403 403
dispatch:appraisal           get    sheet        302 200 200 200 200 200 200
dispatch:appraisal-export    get    sheet        302 200 200 200 200 200 200
dispatch:objection-new       get    score        302 200 403 403 404 403 403
dispatch:objection-new       post   score        302 422 403 403 404 403 403
dispatch:objection-answer    get    objection    302 403 403 200 403 403 403
dispatch:objection-answer    post   objection    302 403 403 422 403 403 403
dispatch:excuse              get    deadline     302 403 403 200 403 403 403
dispatch:excuse              post   deadline     302 403 403 422 403 403 403
dispatch:appraisal-rules     get    -            302 200 200 200 200 200 200
dispatch:appraisal-rules     post   -            302 403 403 422 403 403 403
appraisal-rule-list          get    -            401 200 200 200 200 200 200
appraisal-rule-list          post   -            401 403 403 400 403 403 403
excused-delay-list           get    -            401 200 200 200 200 200 200
excused-delay-list           post   -            401 403 403 400 403 403 403
objection-list               get    -            401 200 200 200 200 200 200
objection-list               post   -            401 400 403 403 400 403 403
objection-detail             get    objection    401 200 200 200 404 200 200
objection-answer             post   objection    401 403 403 400 403 403 403
appraisal-list               get    -            401 200 200 200 200 200 200
appraisal-list               post   -            401 403 403 400 403 403 403
appraisal-detail             get    sheet        401 200 200 200 200 200 200
appraisal-scores             get    sheet        401 200 200 200 200 200 200
dispatch:targets             get    -            302 200 200 200 403 200 200
dispatch:target-new          get    -            302 403 403 200 403 403 403
dispatch:target-new          post   -            302 403 403 422 403 403 403
dispatch:target              get    goal         302 200 200 200 403 200 200
dispatch:target              post   goal         302 403 403 422 403 403 403
dispatch:target-edit         get    goal         302 403 403 200 403 403 403
dispatch:target-edit         post   goal         302 403 403 422 403 403 403
dispatch:target-preview      get    goal_draft   302 403 403 200 403 403 403
dispatch:target-preview      post   goal_draft   302 403 403 422 403 403 403
dispatch:target-settings     get    -            302 200 200 200 403 200 200
dispatch:target-settings     post   -            302 403 403 422 403 403 403
target-list                  get    -            401 200 200 200 403 200 200
target-list                  post   -            401 403 403 400 403 403 403
target-detail                get    goal         401 200 200 200 403 200 200
target-standing              get    goal         401 200 200 200 403 200 200
target-table                 post   goal         401 403 403 400 403 403 403
target-setting-list          get    -            401 200 200 200 200 200 200
target-setting-list          post   -            401 403 403 400 403 403 403
dispatch:ledgers             get    -            302 200 200 200 403 200 200
dispatch:freeze              post   -            302 403 403 302 403 403 403
dispatch:request             post   -            302 302 302 302 403 302 302
dispatch:ledger              get    ledger       302 200 200 200 403 200 200
dispatch:ledger-file         get    ledger       302 200 200 200 403 200 200
projects:file-stop           get    project      302 200 200 200 404 403 403
projects:file-stop           post   project      302 422 422 422 404 403 403
file-stop-list               get    -            401 200 200 200 200 200 200
file-stop-list               post   -            401 400 400 400 403 403 403
projects:comment             get    project      302 200 200 200 404 200 403
projects:comment             post   project      302 422 422 422 404 422 403
projects:comment-withdraw    get    comment      302 200 200 200 404 200 403
projects:comment-withdraw    post   comment      302 422 422 422 404 422 403
projects:follow              post   project      302 302 302 302 404 302 302
projects:unfollow            post   project      302 302 302 302 404 302 302
projects:verify              post   project      302 302 302 302 404 403 403
projects:note                get    project      302 200 200 200 404 403 403
projects:note                post   project      302 422 422 422 404 403 403
projects:verifications       get    -            302 200 200 200 200 200 200
projects:staleness           get    -            302 200 200 200 200 200 200
projects:staleness           post   -            302 403 403 422 403 403 422
desk:dossier-papers          post   project      302 422 422 422 404 403 403
papers:list                  get    -            302 200 200 200 200 200 200
papers:download              get    paper        302 200 200 200 404 200 200
papers:replace               get    paper        302 200 200 200 404 403 403
papers:replace               post   paper        302 422 422 422 404 403 403
papers:withdraw              get    paper        302 200 200 200 404 403 403
papers:withdraw              post   paper        302 422 422 422 404 403 403
notifications:list           get    -            302 200 200 200 200 200 200
notifications:read-all       post   -            302 302 302 302 302 302 302
notifications:unsent         get    -            302 403 403 200 403 403 200
notifications:resend         post   delivery     302 403 403 302 403 403 302
notifications:read           post   message      302 302 404 404 404 404 404
jobs:list                    get    -            302 200 200 200 200 200 200
jobs:job                     get    job          302 200 200 200 404 200 200
jobs:progress                get    job          302 200 200 200 404 200 200
jobs:retry                   post   job          302 403 403 302 404 403 302
jobs:cancel                  post   job          302 403 403 302 404 403 302
projects:queue               get    -            302 200 200 200 200 200 200
projects:queue-class         get    project      302 403 200 200 403 403 403
projects:queue-class         post   project      302 403 422 422 403 403 403
projects:queue-flags         get    project      302 403 200 200 403 403 403
projects:queue-flags         post   project      302 403 302 302 403 403 403
projects:queue-jump          get    project      302 403 200 200 403 403 403
projects:queue-jump          post   project      302 403 422 422 403 403 403
projects:queue-jump-end      post   project      302 403 302 302 403 403 403
projects:gaps                get    -            302 200 200 200 200 200 200
projects:assign              get    seat         302 200 200 200 403 403 403
projects:assign              post   seat         302 422 422 422 403 403 403
projects:link-end            get    link         302 200 200 200 403 403 403
projects:link-end            post   link         302 422 422 422 403 403 403
projects:contacts            get    -            302 200 200 200 200 200 200
projects:contact             get    unit         302 200 403 200 404 403 200
projects:contact             post   unit         302 422 403 422 404 403 422
projects:task-forces         get    -            302 200 200 200 200 200 200
projects:task-force-create   get    -            302 403 403 200 403 403 200
projects:task-force-create   post   -            302 403 403 422 403 403 422
projects:task-force          get    force        302 404 200 200 404 200 200
projects:task-force-edit     get    force        302 403 403 200 403 403 200
projects:task-force-edit     post   force        302 403 403 422 403 403 422
projects:member-add          get    force        302 403 403 200 403 403 200
projects:member-add          post   force        302 403 403 422 403 403 422
projects:member-leave        post   member       302 403 403 302 403 403 302
projects:task-book           get    force        302 403 403 200 403 403 200
projects:task-book           post   force        302 403 403 422 403 403 422
projects:matrix              get    -            302 200 200 200 200 200 200
projects:matrix-upload       get    -            302 403 403 200 403 403 200
projects:matrix-upload       post   -            302 403 403 422 403 403 422
projects:matrix-draft        get    matrix       302 404 404 200 404 404 404
projects:matrix-confirm      post   matrix       302 403 403 302 403 403 404
projects:matrix-discard      post   matrix       302 403 403 302 403 403 404
projects:matrix-area         get    area         302 403 403 200 403 403 200
projects:matrix-area         post   area         302 403 403 422 403 403 422
projects:liaisons            get    -            302 200 200 200 200 200 200
projects:liaison-call        get    -            302 403 403 200 403 403 200
projects:liaison-call        post   -            302 403 403 422 403 403 422
projects:liaison-name        get    reply        302 200 403 200 404 403 200
projects:liaison-name        post   reply        302 422 403 422 404 403 422
projects:list-kinds          get    -            302 200 200 200 200 200 200
projects:list-kind-new       get    -            302 403 403 200 403 403 200
projects:list-kind-new       post   -            302 403 403 422 403 403 422
projects:list-kind-edit      get    =PROVINCIAL  302 403 403 200 403 403 200
projects:list-kind-edit      post   =PROVINCIAL  302 403 403 422 403 403 422
projects:criteria            get    -            302 200 200 200 200 200 200
projects:criteria-revise     get    -            302 403 403 200 403 403 200
projects:criteria-revise     post   -            302 403 403 422 403 403 422
projects:brackets            get    -            302 200 200 200 200 200 200
projects:brackets-revise     get    -            302 403 403 200 403 403 200
projects:brackets-revise     post   -            302 403 403 422 403 403 422
desk:posts                   get    -            302 200 200 200 200 200 200
desk:post                    get    post         302 200 200 200 404 200 200
desk:post-create             get    -            302 200 403 200 200 403 200
desk:post-create             post   -            302 422 403 422 422 403 422
desk:post-edit               get    post         302 200 403 200 404 403 200
desk:post-edit               post   post         302 422 403 422 404 403 422
desk:post-succeed            get    post         302 200 403 200 404 403 200
desk:post-succeed            post   post         302 422 403 422 404 403 422
desk:post-leave              get    post         302 200 403 200 404 403 200
desk:post-leave              post   post         302 422 403 422 404 403 422
queue-list                   get    -            401 200 200 200 200 200 200
queue-confirm-class          post   project      401 400 400 400 404 400 400
queue-flags                  post   project      401 400 400 400 404 400 400
queue-jump                   post   project      401 400 400 400 404 400 400
queue-end-jump               post   project      401 403 409 409 404 403 403
link-list                    get    -            401 200 200 200 200 200 200
link-list                    post   -            401 400 400 400 400 400 400
gap-list                     get    -            401 200 200 200 200 200 200
gap-detail                   get    =leader      401 200 200 200 200 200 200
area-link-list               get    -            401 200 200 200 200 200 200
contact-list                 get    -            401 200 200 200 200 200 200
task-force-list              get    -            401 200 200 200 200 200 200
liaison-reply-list           get    -            401 200 200 200 200 200 200
liaison-reply-name           post   reply        401 400 400 400 404 400 400
criteria-set-list            get    -            401 200 200 200 200 200 200
bracket-set-list             get    -            401 200 200 200 200 200 200
post-list                    get    -            401 200 200 200 200 200 200
post-detail                  get    post         401 200 200 200 404 200 200
post-succeed                 post   post         401 400 400 400 404 400 400
accounts:organisations       get    -            302 200 200 200 200 200 200
accounts:organisation-create get    -            302 403 403 403 403 403 200
accounts:organisation-create post   -            302 403 403 403 403 403 422
accounts:organisation-edit   get    =522701      302 403 403 403 403 403 200
accounts:organisation-edit   post   =522701      302 403 403 403 403 403 422
accounts:users               get    -            302 403 403 403 403 403 200
accounts:user-create         get    -            302 403 403 403 403 403 200
accounts:user-create         post   -            302 403 403 403 403 403 422
accounts:user-edit           get    user         302 403 403 403 403 403 200
accounts:user-edit           post   user         302 403 403 403 403 403 422
accounts:user-deactivate     post   user         302 403 403 403 403 403 302
accounts:user-reactivate     post   user         302 403 403 403 403 403 200
accounts:user-reset          post   user         302 403 403 403 403 403 200
accounts:user-security       get    user         302 403 403 403 403 403 403
accounts:user-grant          post   user         302 403 403 403 403 403 403
accounts:user-unlock         post   user         302 403 403 403 403 403 403
desk:user-leave              get    user         302 403 403 403 403 403 200
desk:user-leave              post   user         302 403 403 403 403 403 422
leaving-detail               get    user         401 403 403 403 403 403 200
leaving-list                 post   -            401 403 403 403 403 403 400
accounts:waiting             get    -            302 200 200 200 200 200 200
accounts:user-invite         post   user         302 403 403 403 403 403 302
accounts:sign-in-rules       get    -            302 403 403 403 403 403 403
accounts:sign-in-rules       post   -            302 403 403 403 403 403 403
accounts:invitation          get    =no-such     404 404 404 404 404 404 404
accounts:invitation          post   =no-such     404 404 404 404 404 404 404
accounts:own-factor          get    -            302 200 200 200 200 200 200
accounts:own-factor          post   -            302 422 422 422 422 422 422
accounts:user-reset-factor   post   user         302 403 403 403 403 403 403
accounts:own-sessions        get    -            302 200 200 200 200 200 200
accounts:own-sessions-end    post   -            302 302 302 302 302 302 302
accounts:own-session-end     post   =999999      302 404 404 404 404 404 404
own-session-list             get    -            401 200 200 200 200 200 200
own-session-detail           delete =999999      401 404 404 404 404 404 404
own-session-end-all          post   -            401 200 200 200 200 200 200
sign-in-rule-list            get    -            401 403 403 403 403 403 403
sign-in-rule-list            post   -            401 403 403 403 403 403 403
window-list                  get    -            401 200 200 200 200 200 200
window-late                  get    -            401 200 200 200 200 200 200
window-detail                get    window       401 200 200 200 404 200 200
window-nothing               post   window       401 400 403 404 404 403 403
gathering-list               get    -            401 200 200 200 403 403 403
gathering-pass-on            post   submitted    401 409 409 409 403 403 403
gathering-send-back          post   submitted    401 400 403 403 403 403 403
duplicate-list               get    -            401 200 200 200 403 403 403
duplicate-detail             get    pair         401 200 200 200 403 403 403
duplicate-merge              post   pair         401 400 400 400 403 403 403
duplicate-dismiss            post   pair         401 400 400 400 403 403 403
push-list                    get    -            401 200 200 200 200 200 200
push-list                    post   -            401 403 400 400 403 403 403
push-detail                  get    push         401 200 200 200 404 200 200
push-receive                 post   push         401 403 403 403 404 403 403
pre-contact-list             get    -            401 200 200 200 200 200 200
pre-contact-detail           get    contact      401 200 200 200 404 200 200
screening-screen             post   submitted    401 403 200 200 403 403 403
screening-drop               post   submitted    401 403 400 400 403 403 403
projects:window-late         get    -            302 200 200 200 200 200 200
projects:windows             get    -            302 200 200 200 200 200 200
projects:window-new          get    -            302 403 403 200 403 403 403
projects:window-new          post   -            302 403 403 422 403 403 403
projects:windows-plan-year   post   -            302 403 403 422 403 403 403
projects:window-templates    get    -            302 200 200 200 200 200 200
projects:window-templates    post   -            302 403 403 422 403 403 422
projects:window              get    window       302 200 200 200 404 200 200
projects:window-extend       post   window       302 403 403 422 403 403 403
projects:window-close        post   window       302 403 403 302 403 403 403
projects:window-cancel       post   window       302 403 403 422 403 403 403
projects:window-nothing      post   window       302 422 403 404 404 403 403
projects:gathering           get    -            302 200 200 200 403 403 403
projects:gathering-pass      post   -            302 422 422 422 403 403 403
projects:gathering-return    post   submitted    302 422 403 403 403 403 403
projects:duplicates          get    -            302 200 200 200 403 403 403
projects:duplicates-find     post   -            302 302 302 302 403 403 403
projects:duplicate-settings  get    -            302 200 200 200 403 403 403
projects:duplicate-settings  post   -            302 403 403 422 403 403 422
projects:duplicate           get    pair         302 200 200 200 403 403 403
projects:duplicate-merge     post   pair         302 422 302 302 403 403 403
projects:duplicate-dismiss   post   pair         302 422 422 422 403 403 403
projects:pushes              get    -            302 200 200 200 200 200 200
projects:unpushed            get    -            302 403 200 200 403 403 403
projects:unpushed            post   -            302 403 422 422 403 403 403
projects:push-receive        post   -            302 403 403 403 422 403 403
projects:push-rules          get    -            302 200 200 200 200 200 200
projects:push-rules          post   -            302 403 403 422 403 403 422
projects:push-rule-end       post   push_rule    302 403 403 422 403 403 422
projects:push-withdraw       post   push         302 403 422 422 403 403 403
projects:push-to             get    project      302 403 200 200 403 403 403
projects:push-to             post   project      302 403 422 422 403 403 403
projects:pre-contacts        get    -            302 200 200 200 200 200 200
projects:letter-template     get    -            302 200 200 200 200 200 200
projects:letter-template     post   -            302 403 403 422 403 403 422
projects:pre-contact-write   get    contact      302 200 200 200 403 403 403
projects:pre-contact-write   post   contact      302 422 422 422 403 403 403
projects:pre-contact-letter  get    contact      302 200 200 200 404 200 200
projects:pre-contact-document get  contact      302 200 200 200 404 200 200
projects:pre-contact-receipt get    contact      302 200 200 200 403 403 403
projects:pre-contact-receipt post   contact      302 422 422 422 403 403 403
projects:pre-contact-assign  get    project      302 200 200 200 403 403 403
projects:pre-contact-assign  post   project      302 422 422 422 403 403 403
desk:screening-screen        post   -            302 403 422 422 403 403 403
desk:screening-class         post   -            302 403 422 422 403 403 403
screening-confirm-class      post   submitted    401 403 400 400 403 403 403
desk:screening-drop          post   submitted    302 403 422 422 403 403 403
quotas:applications          get    -            302 200 200 200 200 200 200
quotas:application-export    get    -            302 200 200 200 200 200 200
quotas:application-new       get    -            302 200 403 403 403 403 403
quotas:application-new       post   -            302 200 403 403 403 403 403
quotas:application           get    application  302 200 200 200 404 200 200
quotas:application-edit      get    application_draft 302 200 403 403 403 403 403
quotas:application-edit      post   application_draft 302 422 403 403 403 403 403
quotas:application-attach    post   application_draft 302 422 403 403 403 403 403
quotas:application-submit    post   application_draft 302 422 403 403 403 403 403
quotas:application-review    post   application  302 403 422 422 403 403 403
quotas:application-return    get    application  302 403 200 200 403 403 403
quotas:application-return    post   application  302 403 422 422 403 403 403
quotas:application-withdraw  get    application  302 200 403 403 403 403 403
quotas:application-withdraw  post   application  302 422 403 403 403 403 403
quotas:opinion               get    quota_opinion 302 403 200 200 404 403 403
quotas:opinion               post   quota_opinion 302 403 422 422 404 403 403
quotas:checklist             get    -            302 200 200 200 200 200 200
quotas:checklist             post   -            302 403 403 422 403 403 403
quotas:review-setting        get    -            302 200 200 200 200 200 200
quotas:review-setting        post   -            302 403 403 422 403 403 403
quota-application-list       get    -            401 200 200 200 200 200 200
quota-application-list       post   -            401 400 400 400 400 400 400
quota-application-detail     get    application  401 200 200 200 404 200 200
quota-application-detail     put    application_draft 401 400 400 400 404 400 400
quota-application-check      get    application  401 200 200 200 404 200 200
quota-application-material   post   application_draft 401 400 400 400 404 400 400
quota-application-submit     post   application_draft 401 409 403 403 404 403 403
quota-application-review     post   application  401 403 409 409 404 403 403
quota-application-return     post   application  401 400 400 400 404 400 400
quota-application-withdraw   post   application  401 400 400 400 404 400 400
quota-opinion-list           get    -            401 200 200 200 200 200 200
quota-opinion-detail         get    quota_opinion 401 200 200 200 404 200 200
quota-opinion-answer         post   quota_opinion 401 400 400 400 404 400 400
quotas:proposal-new          get    application  302 403 200 200 403 403 403
quotas:proposal-new          post   application  302 403 422 422 403 403 403
quotas:proposal              get    proposal     302 200 200 200 404 200 200
quotas:proposal-commit       get    proposal     302 403 200 200 403 403 403
quotas:proposal-commit       post   proposal     302 403 302 302 403 403 403
quotas:proposal-approve      get    proposal     302 403 403 200 403 403 403
quotas:proposal-approve      post   proposal     302 403 403 422 403 403 403
quotas:proposal-refuse       get    proposal     302 403 403 200 403 403 403
quotas:proposal-refuse       post   proposal     302 403 403 422 403 403 403
quotas:proposal-agree        get    proposal     302 200 200 200 403 403 403
quotas:proposal-agree        post   proposal     302 422 422 422 403 403 403
quotas:proposal-pay          get    proposal     302 200 200 200 403 403 403
quotas:proposal-pay          post   proposal     302 422 422 422 403 403 403
quotas:payment-strike        get    payment      302 200 200 200 403 403 403
quotas:payment-strike        post   payment      302 422 422 422 403 403 403
quota-proposal-payment-strike post  payment_of_scheme 401 400 400 400 404 400 400
quotas:proposal-hook-up      get    proposal     302 403 200 200 403 403 403
quotas:proposal-hook-up      post   proposal     302 403 422 422 403 403 403
quotas:proposal-word         get    proposal     302 200 200 200 404 200 200
quotas:what-if               get    -            302 200 200 200 403 200 200
quotas:settlement            get    -            302 200 200 200 200 200 200
quotas:settlement-export     get    -            302 200 200 200 200 200 200
quotas:prices                get    -            302 200 200 200 200 200 200
quotas:prices                post   -            302 403 422 422 403 403 403
quotas:price-template        get    -            302 200 200 200 200 200 200
quotas:price-preview         get    price_draft  302 403 404 200 403 403 403
quotas:price-preview         post   price_draft  302 403 404 422 403 403 403
quotas:price-strike          get    price        302 403 200 200 403 403 403
quotas:price-strike          post   price        302 403 422 422 403 403 403
quotas:fiscal-accounts       get    -            302 200 200 200 200 200 200
quotas:fiscal-accounts       post   -            302 403 403 422 403 403 403
quota-proposal-list          get    -            401 200 200 200 200 200 200
quota-proposal-list          post   -            401 400 400 400 400 400 400
quota-proposal-detail        get    proposal     401 200 200 200 404 200 200
quota-proposal-commit        post   proposal     401 403 200 200 404 403 403
quota-proposal-approve       post   proposal     401 400 400 400 404 400 400
quota-proposal-refuse        post   proposal     401 400 400 400 404 400 400
quota-proposal-agree         post   proposal     401 400 400 400 404 400 400
quota-proposal-pay           post   proposal     401 400 400 400 404 400 400
quota-proposal-hook-up       post   proposal     401 400 400 400 404 400 400
quota-price-list             get    -            401 200 200 200 200 200 200
quota-price-list             post   -            401 400 400 400 400 400 400
quota-price-detail           get    price        401 200 200 200 200 200 200
quota-price-strike           post   price        401 400 400 400 400 400 400
quota-account-list           get    -            401 200 200 200 200 200 200
quota-account-gauges         get    -            401 200 200 200 200 200 200
quota-account-detail         get    quota_account 401 200 200 200 404 200 200
quota-account-proof          get    quota_account 401 200 200 200 404 200 200
quota-account-freeze         post   quota_account 401 403 400 400 404 403 403
quota-account-unfreeze       post   quota_account 401 403 400 400 404 403 403
quota-account-deduct         post   quota_account 401 403 400 400 404 403 403
quota-account-use            post   quota_account 401 403 400 400 404 403 403
quota-movement-list          get    -            401 200 200 200 200 200 200
quota-movement-detail        get    quota_movement 401 200 200 200 404 200 200
quota-booking-list           get    -            401 200 200 200 200 200 200
quota-booking-detail         get    quota_booking 401 200 200 200 404 200 200
quota-booking-stock-in       post   -            401 403 400 400 403 403 403
quota-booking-allotment      post   -            401 403 400 400 403 403 403
quota-booking-scale          post   -            401 403 400 400 403 403 403
quota-booking-advance        post   -            401 403 400 400 403 403 403
quota-booking-purchase       post   -            401 403 400 400 403 403 403
quota-booking-repay          post   quota_advance 401 403 400 400 404 403 403
quota-booking-reverse        post   quota_booking 401 403 403 400 404 403 403
quota-run-list               get    -            401 200 200 200 200 200 200
quota-run-list               post   -            401 403 403 400 403 403 403
quota-run-detail             get    quota_run    401 404 200 200 404 200 200
quota-run-lines              get    quota_run    401 404 200 200 404 200 200
quota-run-commit             post   quota_run    401 404 403 400 404 403 403
quota-run-reverse            post   quota_run    401 404 403 400 404 403 403
quota-reservation-list       get    -            401 200 200 200 200 200 200
quota-reservation-detail     get    reservation  401 200 200 200 404 200 200
quota-reservation-release    post   reservation  401 403 400 400 404 403 403
consolidation-list           get    -            401 200 200 200 200 200 200
negative-listing-list        get    -            401 200 200 200 200 200 200
negative-listing-list        post   -            401 403 403 400 403 403 403
negative-listing-remove      post   listing      401 403 403 400 404 403 403
quota-policy-list            get    -            401 200 200 200 200 200 200
quotas:links                 get    -            302 200 200 200 200 200 200
quotas:link-new              get    consolidation 302 403 200 200 403 403 403
quotas:link-new              post   consolidation 302 403 422 422 403 403 403
quotas:link-release          get    supply_link  302 403 200 200 403 403 403
quotas:link-release          post   supply_link  302 403 422 422 403 403 403
quotas:fund-settle           get    consolidation 302 403 200 200 403 403 403
quotas:fund-settle           post   consolidation 302 403 422 422 403 403 403
quotas:county-books          get    -            302 200 200 200 200 200 200
quotas:county-entry-new      get    -            302 403 200 200 403 403 403
quotas:county-entry-new      post   -            302 403 422 422 403 403 403
quotas:county-entry-reverse  get    county_entry 302 403 403 200 403 403 403
quotas:county-entry-reverse  post   county_entry 302 403 403 422 403 403 403
quotas:deductions            get    -            302 200 200 200 200 200 200
quotas:deduction-new         get    reservation  302 403 200 200 403 403 403
quotas:deduction-new         post   reservation  302 403 422 422 403 403 403
quotas:deduction-settle      get    deduction    302 403 200 200 403 403 403
quotas:deduction-settle      post   deduction    302 403 422 422 403 403 403
quotas:deduction-void        get    deduction    302 403 200 200 403 403 403
quotas:deduction-void        post   deduction    302 403 422 422 403 403 403
consolidation-list           post   -            401 400 400 400 403 403 403
consolidation-detail         get    consolidation 401 200 200 200 404 200 200
consolidation-stage          post   consolidation 401 400 400 400 404 403 403
consolidation-link           post   consolidation 401 403 400 400 404 403 403
consolidation-settle         post   consolidation 401 403 400 400 404 403 403
supply-link-list             get    -            401 200 200 200 200 200 200
supply-link-release          post   supply_link  401 403 400 400 404 403 403
county-entry-list            get    -            401 200 200 200 200 200 200
county-entry-list            post   -            401 403 400 400 403 403 403
county-entry-reverse         post   county_entry 401 403 403 400 404 403 403
quota-reservation-frozen     post   reservation  401 403 400 400 404 403 403
quota-deduction-list         get    -            401 200 200 200 200 200 200
quota-deduction-settle       post   deduction    401 403 400 400 404 403 403
quota-deduction-void         post   deduction    401 403 400 400 404 403 403
quota-transfer-out-list      get    -            401 200 200 200 200 200 200
quota-transfer-out-complete  post   transfer_out 401 400 400 400 404 403 403
quota-policy-list            post   -            401 403 403 400 403 403 403
quota-checklist-list         get    -            401 200 200 200 200 200 200
quota-checklist-list         post   -            401 403 403 400 403 403 403
quota-review-setting-list    get    -            401 200 200 200 200 200 200
quota-review-setting-list    post   -            401 403 403 400 403 403 403
quota-fiscal-account-list    get    -            401 200 200 200 200 200 200
quota-fiscal-account-list    post   -            401 403 403 400 403 403 403
quota-what-if-list           get    -            401 200 200 200 403 200 200
quota-settlement-list        get    -            401 200 200 200 200 200 200
quota-opening-list           post   -            401 403 400 400 403 403 403
quota-opening-take           post   opening      401 404 404 400 404 404 404
quotas:pool                  get    -            302 200 200 200 200 200 200
quotas:ledger                get    -            302 200 200 200 200 200 200
quotas:ledger-export         get    -            302 200 200 200 200 200 200
quotas:account               get    quota_account 302 200 200 200 404 200 200
quotas:account-act           get    quota_account+freeze 302 403 200 200 404 403 403
quotas:account-act           post   quota_account+freeze 302 403 422 422 404 403 403
quotas:movement              get    quota_movement 302 200 200 200 404 200 200
quotas:book                  get    =stock-in    302 403 200 200 403 403 403
quotas:book                  post   =stock-in    302 403 422 422 403 403 403
quotas:booking               get    quota_booking 302 200 200 200 404 200 200
quotas:booking-reverse       get    quota_booking 302 403 403 200 404 403 403
quotas:booking-reverse       post   quota_booking 302 403 403 422 404 403 403
quotas:booking-repay         get    quota_advance 302 403 200 200 404 403 403
quotas:booking-repay         post   quota_advance 302 403 422 422 404 403 403
quotas:runs                  get    -            302 200 200 200 200 200 200
quotas:runs                  post   -            302 403 403 422 403 403 403
quotas:run                   get    quota_run    302 404 200 200 404 200 200
quotas:run-act               get    quota_run+commit 302 404 403 200 404 403 403
quotas:run-act               post   quota_run+commit 302 404 403 422 404 403 403
onboarding:home              get    -            302 403 403 200 403 200 403
onboarding:upload            get    -            302 403 403 200 403 403 403
onboarding:upload            post   -            302 403 403 422 403 403 403
onboarding:ledger            get    bringing     302 403 403 200 403 200 403
onboarding:rows              get    bringing     302 403 403 200 403 200 403
onboarding:file              get    bringing     302 403 403 200 403 200 403
onboarding:take              post   bringing     302 403 403 302 403 403 403
onboarding:undo              post   bringing     302 403 403 422 403 403 403
onboarding:discard           post   bringing     302 403 403 302 403 403 403
onboarding:sign              post   bringing     302 403 403 422 403 422 403
onboarding:people            get    -            302 403 403 403 403 403 200
onboarding:people            post   -            302 403 403 403 403 403 422
people-sheet-list            post   -            401 403 403 403 403 403 400
onboarding:rollout           get    -            302 403 403 200 403 403 403
onboarding:rollout-edit      get    =522701      302 403 403 200 403 403 403
onboarding:rollout-edit      post   =522701      302 403 403 422 403 403 403
bringing-list                get    -            401 403 403 200 403 200 403
bringing-list                post   -            401 403 403 400 403 403 403
bringing-detail              get    bringing     401 403 403 200 403 200 403
bringing-detail              delete bringing     401 403 403 204 403 403 403
bringing-take                post   bringing     401 403 403 200 403 403 403
bringing-undo                post   bringing     401 403 403 409 403 403 403
bringing-sign                post   bringing     401 403 403 409 403 409 403
bringing-reconciliation      get    bringing     401 403 403 200 403 200 403
bringing-rows                get    bringing     401 403 403 200 403 200 403
rollout-list                 get    -            401 403 403 200 403 403 403
rollout-list                 post   -            401 403 403 400 403 403 403
quotas:opening               get    -            302 403 200 200 403 403 403
quotas:opening               post   -            302 403 422 422 403 403 403
quotas:opening-draft         get    opening      302 403 404 200 403 403 403
quotas:opening-draft         post   opening      302 403 404 422 403 403 403
quotas:policies              get    -            302 200 200 200 200 200 200
quotas:policies              post   -            302 403 403 422 403 403 403
quotas:supply                get    -            302 200 200 200 200 200 200
quotas:supply-new            get    -            302 200 200 200 403 403 403
quotas:supply-new            post   -            302 422 422 422 403 403 403
quotas:consolidation         get    consolidation 302 200 200 200 404 403 403
quotas:consolidation         post   consolidation 302 422 422 422 404 403 403
quotas:negative-list         get    -            302 200 200 200 200 200 200
quotas:negative-new          get    -            302 403 403 200 403 403 403
quotas:negative-new          post   -            302 403 403 422 403 403 403
quotas:negative-remove       get    listing      302 403 403 200 404 403 403
quotas:negative-remove       post   listing      302 403 403 422 404 403 403
quotas:reservations          get    -            302 200 200 200 200 200 200
quotas:reservation           get    reservation  302 200 200 200 404 200 200
quotas:reservation-release   get    reservation  302 403 200 200 404 403 403
quotas:reservation-release   post   reservation  302 403 422 422 404 403 403
quotas:transfer-complete     get    transfer_out 302 200 200 200 404 403 403
quotas:transfer-complete     post   transfer_out 302 422 422 422 404 403 403
topic-list                   get    -            401 200 200 200 200 200 200
topic-list                   post   -            401 400 400 400 400 403 403
topic-detail                 get    topic        401 200 200 200 404 200 200
topic-collect                post   topic        401 403 403 400 404 403 403
topic-send-back              post   topic        401 403 403 400 404 403 403
topic-refer                  post   topic        401 403 403 400 404 403 403
topic-escalate               post   topic        401 403 403 400 404 403 403
topic-close                  post   topic        401 403 403 400 404 403 403
topic-reopen                 post   topic        401 403 403 400 404 403 403
meeting-list                 get    -            401 200 200 200 200 200 200
meeting-list                 post   -            401 403 403 400 403 403 403
meeting-detail               get    meeting      401 200 200 200 200 200 200
meeting-agenda               get    meeting      401 200 200 200 200 200 200
meeting-build-agenda         post   meeting      401 403 403 200 403 403 403
meeting-notify               post   meeting      401 403 403 200 403 403 403
meeting-start                post   meeting      401 403 403 409 403 403 403
meeting-end                  post   meeting      401 403 403 409 403 403 403
meeting-attendance           get    meeting      401 200 200 200 200 200 200
meeting-reply                post   meeting      401 400 400 400 400 403 403
agenda-item-detail           get    running_item 401 200 200 200 404 200 200
agenda-item-write            post   running_item 401 403 403 200 404 403 403
agenda-item-resolve          post   running_item 401 403 403 400 404 403 403
minutes-list                 get    -            401 200 200 200 200 200 200
minutes-detail               get    minutes      401 200 200 200 200 200 200
minutes-issue                post   minutes_draft 401 404 403 409 404 403 403
three-batch-list get - 401 200 200 200 200 200 200
three-batch-list post - 401 400 400 400 403 403 403
three-batch-detail get three_batch 401 200 200 200 404 200 200
three-batch-detail put three_batch 401 400 400 400 404 403 403
field-improvement-list get - 401 200 200 200 200 200 200
field-improvement-list post - 401 400 400 400 403 403 403
field-improvement-detail get field_improvement 401 200 200 200 404 200 200
field-improvement-detail put field_improvement 401 400 400 400 404 403 403
reserve-land-list get - 401 200 200 200 200 200 200
reserve-land-list post - 401 400 400 400 403 403 403
reserve-land-detail get reserve_land 401 200 200 200 404 200 200
reserve-land-detail put reserve_land 401 400 400 400 404 403 403
land-patrol-list get - 401 200 200 200 200 200 200
land-patrol-list post - 401 400 400 400 403 403 403
land-patrol-detail get land_patrol 401 200 200 200 404 200 200
land-patrol-detail put land_patrol 401 400 400 400 404 403 403
land-patrol-case post land_patrol 401 200 200 200 404 403 403
land-patrol-problem post land_patrol 401 400 400 400 404 403 403
bulletin-list                get    -            401 200 200 200 200 200 200
bulletin-list                post   -            401 403 403 400 403 403 403
bulletin-detail              get    bulletin     401 404 200 200 404 200 200
bulletin-detail              put    bulletin     401 404 403 400 404 403 403
bulletin-add-item            post   bulletin     401 404 403 400 404 403 403
bulletin-change-item         post   bulletin     401 404 403 400 404 403 403
bulletin-strike-item         post   bulletin     401 404 403 400 404 403 403
bulletin-issue               post   bulletin     401 404 403 200 404 403 403
minutes-read                 post   minutes      401 200 200 200 200 200 200
minutes-readers              get    minutes      401 200 200 200 200 200 200
council-unit-list            get    -            401 200 200 200 200 200 200
consultations:home           get    -            302 200 200 200 200 200 200
consultations:topics         get    -            302 200 200 200 200 200 200
consultations:topics-export get    -            302 200 200 200 200 200 200
consultations:meeting-export get    meeting      302 200 200 200 200 200 200
consultations:topic-new      get    -            302 200 200 200 200 403 403
consultations:topic-new      post   -            302 422 422 422 422 403 403
consultations:offers         get    -            302 200 200 200 200 200 200
consultations:offers         post   -            302 422 422 422 422 403 403
consultations:topic          get    topic        302 200 200 200 404 200 200
consultations:topic-edit     get    topic        302 200 200 200 404 403 403
consultations:topic-edit     post   topic        302 422 422 422 404 403 403
consultations:topic-collect  get    topic        302 403 403 200 404 403 403
consultations:topic-collect  post   topic        302 403 403 422 404 403 403
consultations:topic-act      get    topic+return 302 403 403 200 404 403 403
consultations:topic-act      post   topic+return 302 403 403 422 404 403 403
consultations:meetings       get    -            302 200 200 200 200 200 200
consultations:meeting-new    get    -            302 403 403 200 403 403 403
consultations:meeting-new    post   -            302 403 403 422 403 403 403
consultations:series-new     get    -            302 403 403 200 403 403 403
consultations:series-new     post   -            302 403 403 422 403 403 403
consultations:meeting        get    meeting      302 200 200 200 200 200 200
consultations:meeting-edit   get    meeting      302 403 403 200 403 403 403
consultations:meeting-edit   post   meeting      302 403 403 422 403 403 403
consultations:meeting-cancel get    meeting      302 403 403 200 403 403 403
consultations:meeting-cancel post   meeting      302 403 403 422 403 403 403
consultations:meeting-add    get    meeting      302 403 403 200 403 403 403
consultations:meeting-add    post   meeting      302 403 403 422 403 403 403
consultations:meeting-ask    get    meeting      302 403 403 200 403 403 403
consultations:meeting-ask    post   meeting      302 403 403 422 403 403 403
consultations:meeting-attendance post   meeting      302 403 403 302 403 403 403
consultations:meeting-briefs get    meeting      302 200 200 200 200 200 200
consultations:meeting-word   get    meeting      302 200 200 200 200 200 200
consultations:room           get    running_meeting 302 404 200 200 200 200 200
consultations:meeting-do     post   meeting+agenda 302 403 403 302 403 403 403
consultations:item-write     post   running_item 302 403 403 302 404 403 403
consultations:item-resolve   post   running_item 302 403 403 422 404 403 403
consultations:item-confirm   get    planned_item 302 200 200 200 404 403 403
consultations:item-confirm   post   planned_item 302 302 302 302 404 403 403
consultations:item-do        post   planned_item+off 302 403 403 302 404 403 403
consultations:resolution     get    resolution   302 403 403 200 404 403 403
consultations:resolution     post   resolution   302 403 403 422 404 403 403
consultations:resolution-strike post   resolution   302 403 403 302 404 403 403
consultations:reply          get    attendance   302 200 200 200 404 403 403
consultations:reply          post   attendance   302 422 422 422 404 403 403
consultations:quarter        get    quarter_watch 302 404 403 200 404 403 403
consultations:quarter        post   quarter_watch 302 404 403 422 404 403 403
consultations:archive        get    -            302 200 200 200 200 200 200
consultations:minutes        get    minutes      302 200 200 200 200 200 200
consultations:minutes-edit   get    minutes_draft 302 404 403 200 404 403 403
consultations:minutes-edit   post   minutes_draft 302 404 403 422 404 403 403
consultations:minutes-issue  post   minutes_draft 302 404 403 422 404 403 403
consultations:minutes-revise get    minutes      302 403 403 200 403 403 403
consultations:minutes-revise post   minutes      302 403 403 422 403 403 403
consultations:minutes-scan   get    minutes      302 403 403 200 403 403 403
consultations:minutes-scan   post   minutes      302 403 403 422 403 403 403
consultations:minutes-scan-file get    minutes      302 200 200 200 200 200 200
consultations:minutes-word   get    minutes      302 200 200 200 200 200 200
consultations:minutes-read   post   minutes      302 302 302 302 302 302 302
consultations:bulletins      get    -            302 200 200 200 200 200 200
consultations:bulletin-new   get    -            302 403 403 200 403 403 403
consultations:bulletin-new   post   -            302 403 403 422 403 403 403
consultations:bulletin       get    bulletin     302 404 200 200 404 200 200
consultations:bulletin-edit  get    bulletin     302 404 403 200 404 403 403
consultations:bulletin-edit  post   bulletin     302 404 403 422 404 403 403
consultations:bulletin-item-new get bulletin     302 404 403 200 404 403 403
consultations:bulletin-item-new post bulletin    302 404 403 422 404 403 403
consultations:bulletin-issue post   bulletin     302 404 403 302 404 403 403
consultations:bulletin-word  get    bulletin     302 404 200 200 404 200 200
consultations:bulletin-item  get    bulletin_item 302 404 403 200 404 403 403
consultations:bulletin-item  post   bulletin_item 302 404 403 422 404 403 403
consultations:bulletin-item-strike post bulletin_item 302 404 403 302 404 403 403
consultations:council        get    -            302 200 200 200 200 200 200
consultations:establish      post   -            302 403 403 302 403 403 403
consultations:seat-new       get    -            302 403 403 200 403 403 403
consultations:seat-new       post   -            302 403 403 422 403 403 403
consultations:seat-end       get    council_seat         302 404 403 200 404 403 403
consultations:seat-end       post   council_seat         302 404 403 422 404 403 403
consultations:contact        get    council_contact 302 200 403 200 404 403 200
consultations:contact        post   council_contact 302 422 403 422 404 403 422
consultations:record         get    -            302 200 200 200 200 200 200
consultations:settings       get    -            302 200 200 200 200 200 200
consultations:figures        get    -            302 403 403 200 403 403 200
consultations:figures        post   -            302 403 403 422 403 403 422
consultations:kind           get    =FOREST      302 403 403 200 403 403 200
consultations:kind           post   =FOREST      302 403 403 422 403 403 422
"""

# What the two administrators may open who do no business, the security administrator's status before
# the auditor's. Every other line of TABLE is 403 for both, whoever adds it.
HOUSE_ROLES = ("secadmin", "auditor")
HOUSE = """
healthz                      get    200 200
readyz                       get    200 200
account_login                get    302 302
account_login                post   302 302
account_logout               get    200 200
account_logout               post   302 302
account_change_password      get    200 200
account_change_password      post   200 200
account_set_password         get    302 302
account_set_password         post   302 302
account_reauthenticate       get    200 200
account_reauthenticate       post   200 200
account_inactive             get    200 200
accounts:waiting             get    403 403
api-token                    get    401 401
api-token                    post   400 400
api-schema                   get    200 200
api-docs                     get    200 200
api-root                     get    200 200
desk:home                    get    302 302
desk:help                    get    200 200
desk:whats-new               get    200 200
desk:manual                  get    200 200
maintenance-list             get    200 200
desk:audit                   get    403 200
desk:audit-export            get    403 200
audit-entry-list             get    403 200
desk:trail-rule              get    200 200
desk:trail-rule              post   422 403
trail-rule-list              get    200 200
trail-rule-list              post   400 403
accounts:users               get    200 403
accounts:user-security       get    200 403
accounts:user-grant          post   422 403
accounts:user-unlock         post   302 403
accounts:user-reset          post   200 403
accounts:user-reactivate     post   200 403
user-list                    get    200 403
user-detail                  get    200 403
user-grant-role              post   400 403
user-unlock                  post   200 403
user-reset-password          post   200 403
user-reactivate              post   200 403
accounts:user-invite         post   302 403
accounts:sign-in-rules       get    200 403
accounts:sign-in-rules       post   422 403
accounts:invitation          get    404 404
accounts:invitation          post   404 404
account_factor               get    302 302
account_factor               post   302 302
accounts:own-factor          get    200 200
accounts:own-factor          post   422 422
accounts:user-reset-factor   post   302 403
user-reset-factor            post   200 403
accounts:own-sessions        get    200 200
accounts:own-sessions-end    post   302 302
accounts:own-session-end     post   404 404
own-session-list             get    200 200
own-session-detail           delete 404 404
own-session-end-all          post   200 200
sign-in-rule-list            get    200 403
sign-in-rule-list            post   400 403
user-invite                  post   409 403
notifications:list           get    200 200
notifications:channels       get    200 200
notifications:channels       post   302 302
notifications:read-all       post   302 302
notifications:read           post   404 404
message-list                 get    200 200
message-detail               get    404 404
channel-own                  get    200 200
channel-own                  put    200 200
message-read-all             post   400 400
message-read                 post   404 404
"""

# Of rows without an owner: every reader may open them, or needs a right and no more.
# The last three: what the province publishes is read by every prefecture.
PUBLIC_ROWS = {
    *("upkeep:maintenance-withdraw", "maintenance-withdraw"),
    *("round-detail", "deadlines:calendar-revision", "opinions:reply", "opinions:rule-end"),
    "opinion-rule-end",
    *("quota-price-detail", "quota-price-strike", "quotas:price-strike"),
    *("library-detail", "library-renew", "library-retire", "library-file"),
    *("approvals:skip-rule-end", "skip-rule-end"),
    *("approvals:library-item", "approvals:library-renew", "approvals:library-retire"),
    "dispatch:circular-draft",
    *("round-reopen", "dispatch:round", "dispatch:round-reopen"),
    # A prefecture's goal is its counties' too; whose row is whose is asked in test_targets.
    *("dispatch:target", "target-detail", "target-standing"),
    *("dispatch:appraisal", "dispatch:appraisal-export", "appraisal-detail", "appraisal-scores"),
    *("approvals:library-file", "approvals:library-follow-up", "library-follow-up"),
    *("approvals:training", "approvals:training-edit", "training-detail"),
}


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    method: str
    row: str
    statuses: dict[str, int]

    @property
    def names_a_row(self) -> bool:
        return self.row != "-" and not self.row.startswith("=")

    def url(self, world: World) -> str:
        return reverse(self.name, args=world.arguments(self.row))

    def call(self, client: Client, url: str) -> int:
        if self.name.startswith(("api", "project-")) or url.startswith("/api/"):
            more: dict[str, Any] = {} if self.method == "get" else {"content_type": "application/json"}
        else:
            # What every form sends with its token: a body that is not empty.
            more = {} if self.method == "get" else {"data": {"sent": "1"}}
        return int(getattr(client, self.method)(url, **more).status_code)


def routes() -> list[Route]:
    house = {}
    for line in HOUSE.strip().splitlines():
        name, method, *statuses = line.split()
        house[name, method] = dict(zip(HOUSE_ROLES, map(int, statuses), strict=True))
    found = []
    for line in TABLE.strip().splitlines():
        name, method, row, *statuses = line.split()
        own = house.pop((name, method), dict.fromkeys(HOUSE_ROLES, 403))
        found.append(Route(name, method, row, dict(zip(ROLES, map(int, statuses), strict=True)) | own))
    assert not house, f"no such lines in TABLE: {house}"
    return found


ROUTES = routes()


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    """One Monday; without the log, in which a thousand refusals would be written out."""
    logging.disable(logging.CRITICAL)
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with scene_for_module(django_db_blocker) as built:
        yield built


def answers(world: World, user: User | None, chosen: list[Route]) -> dict[tuple[str, str], int]:
    """The status of each route for a user; whatever it does is taken back."""
    found = {}
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    signed_in = {name: part.value for name, part in client.cookies.items()}
    for route in chosen:
        with transaction.atomic():
            client.cookies.clear()
            client.cookies.load(signed_in)
            found[route.name, route.method] = route.call(client, route.url(world))
            transaction.set_rollback(True)
    return found


def test_every_address_of_the_product_stands_in_the_table() -> None:
    named = {route.name for route in ROUTES}

    assert {name for name in _names(get_resolver().url_patterns) if name not in named} == set()
    assert len({(route.name, route.method) for route in ROUTES}) == len(ROUTES)


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            below = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _names(pattern.url_patterns, below)
        else:
            yield f"{space}{pattern.name}"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*ROLES, *HOUSE_ROLES])
def test_each_role_gets_what_the_table_says(role: str, scene: Scene) -> None:
    expected = {(route.name, route.method): route.statuses[role] for route in ROUTES}

    found = answers(scene.world, scene.people.get(role), ROUTES)

    assert {key: (expected[key], status) for key, status in found.items() if status != expected[key]} == {}


@pytest.mark.django_db
def test_another_countys_officer_finds_no_row(scene: Scene) -> None:
    chosen = [r for r in ROUTES if r.names_a_row and r.name not in PUBLIC_ROWS]

    found = answers(scene.world, scene.people["stranger"], chosen)

    # Without the right it is 403 before anybody looks for the row.
    may = {(r.name, r.method): 403 if r.statuses["county"] == 403 else 404 for r in chosen}
    assert {key: status for key, status in found.items() if status not in {may[key], 404}} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [User.Role.DISPATCH, User.Role.SYSADMIN])
def test_another_prefectures_office_finds_no_row(role: User.Role, scene: Scene) -> None:
    bureau = OrganisationFactory(
        code="540100-ZRZY", kind=Organisation.Kind.BUREAU, parent=organisation("540100")
    )
    stranger = UserFactory(role=role, organisation=bureau)
    column = {User.Role.DISPATCH: "dispatch", User.Role.SYSADMIN: "sysadmin"}[role]
    chosen = [r for r in ROUTES if r.names_a_row and r.name not in PUBLIC_ROWS]

    found = answers(scene.world, stranger, chosen)

    may = {(r.name, r.method): 403 if r.statuses[column] == 403 else 404 for r in chosen}
    assert {key: status for key, status in found.items() if status not in {may[key], 404}} == {}

"""会商: a unit's own page, topics, meetings and their room, minutes, the council and its settings."""

from __future__ import annotations

from django.urls import path

from consultations.views import council, meetings, minutes, room, topics

app_name = "consultations"

urlpatterns = [
    path("consultations/", council.home, name="home"),
    path("consultations/topics/", topics.board, name="topics"),
    path("consultations/topics/new/", topics.new, name="topic-new"),
    path("consultations/topics/export/", topics.export, name="topics-export"),
    path("consultations/topics/offers/", topics.offer_list, name="offers"),
    path("consultations/topics/<int:pk>/", topics.topic, name="topic"),
    path("consultations/topics/<int:pk>/edit/", topics.edit, name="topic-edit"),
    path("consultations/topics/<int:pk>/collect/", topics.collect, name="topic-collect"),
    path("consultations/topics/<int:pk>/<slug:verb>/", topics.act, name="topic-act"),
    path("consultations/meetings/", meetings.meeting_list, name="meetings"),
    path("consultations/meetings/new/", meetings.new, name="meeting-new"),
    path("consultations/meetings/series/new/", meetings.new_series, name="series-new"),
    path("consultations/meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("consultations/meetings/<int:pk>/edit/", meetings.edit, name="meeting-edit"),
    path("consultations/meetings/<int:pk>/cancel/", meetings.cancel, name="meeting-cancel"),
    path("consultations/meetings/<int:pk>/add/", meetings.add_topic, name="meeting-add"),
    path("consultations/meetings/<int:pk>/ask/", meetings.ask_unit, name="meeting-ask"),
    path("consultations/meetings/<int:pk>/attendance/", meetings.attendance, name="meeting-attendance"),
    path("consultations/meetings/<int:pk>/briefs/", meetings.briefs, name="meeting-briefs"),
    path("consultations/meetings/<int:pk>/export/", meetings.export, name="meeting-export"),
    path("consultations/meetings/<int:pk>/word/", meetings.word, name="meeting-word"),
    path("consultations/meetings/<int:pk>/room/", room.room, name="room"),
    path("consultations/meetings/<int:pk>/do/<slug:verb>/", meetings.do, name="meeting-do"),
    path("consultations/items/<int:pk>/write/", room.write, name="item-write"),
    path("consultations/items/<int:pk>/resolve/", room.resolve, name="item-resolve"),
    path("consultations/items/<int:pk>/confirm/", meetings.confirm, name="item-confirm"),
    path("consultations/items/<int:pk>/<slug:verb>/", meetings.item_do, name="item-do"),
    path("consultations/resolutions/<int:pk>/", room.change, name="resolution"),
    path("consultations/resolutions/<int:pk>/strike/", room.strike, name="resolution-strike"),
    path("consultations/attendances/<int:pk>/reply/", meetings.reply, name="reply"),
    path("consultations/quarters/<int:pk>/", meetings.explain, name="quarter"),
    path("consultations/minutes/", minutes.archive, name="archive"),
    path("consultations/minutes/<int:pk>/", minutes.minutes, name="minutes"),
    path("consultations/minutes/<int:pk>/edit/", minutes.edit, name="minutes-edit"),
    path("consultations/minutes/<int:pk>/issue/", minutes.issue, name="minutes-issue"),
    path("consultations/minutes/<int:pk>/revise/", minutes.revise, name="minutes-revise"),
    path("consultations/minutes/<int:pk>/scan/", minutes.scan, name="minutes-scan"),
    path("consultations/minutes/<int:pk>/scan/file/", minutes.scan_file, name="minutes-scan-file"),
    path("consultations/minutes/<int:pk>/word/", minutes.word, name="minutes-word"),
    path("consultations/minutes/<int:pk>/read/", minutes.read, name="minutes-read"),
    path("consultations/council/", council.council, name="council"),
    path("consultations/council/establish/", council.establish, name="establish"),
    path("consultations/council/seats/new/", council.add_seat, name="seat-new"),
    path("consultations/council/seats/<int:pk>/end/", council.end_seat, name="seat-end"),
    path("consultations/council/<slug:code>/<slug:duty>/", council.contact, name="contact"),
    path("consultations/record/", council.record, name="record"),
    path("settings/consultations/", council.settings, name="settings"),
    path("settings/consultations/figures/", council.figures, name="figures"),
    path("settings/consultations/<slug:code>/", council.kind, name="kind"),
]

"""What people add to a project: words, notes, follows."""

from __future__ import annotations

from django.urls import path

from projects.views import comments, following, verification, whereabouts

urlpatterns = [
    path("projects/<int:pk>/comments/", comments.comment, name="comment"),
    path("comments/<int:pk>/withdraw/", comments.withdraw, name="comment-withdraw"),
    path("projects/<int:pk>/follow/", following.follow, name="follow"),
    path("projects/<int:pk>/unfollow/", following.unfollow, name="unfollow"),
    path("projects/<int:pk>/verify/", verification.verify, name="verify"),
    path("projects/<int:pk>/note/", verification.note, name="note"),
    path("projects/<int:pk>/file/", whereabouts.file_stop, name="file-stop"),
    path("verifications/", verification.verification_list_page, name="verifications"),
    path("settings/staleness/", verification.staleness, name="staleness"),
]

from __future__ import annotations

from django.urls import path

from papers import views

app_name = "papers"
urlpatterns = [
    path("papers/", views.paper_list, name="list"),
    path("papers/<int:pk>/", views.download, name="download"),
    path("papers/<int:pk>/replace/", views.replace, name="replace"),
    path("papers/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]

"""The addresses of the overlay."""

from __future__ import annotations

from django.urls import path

from overlay import views

urlpatterns = [
    path("overlay/", views.page, name="overlay"),
    path("overlay/shell", views.shell, name="overlay_shell"),
    path("overlay/worker.js", views.worker, name="overlay_worker"),
]

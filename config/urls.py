"""Every address of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("health", health.alive, name="health"),
    path("health/ready", health.ready, name="health_ready"),
    path("admin/", admin.site.urls),
    path("api/schema", views.SchemaView.as_view(), name="schema"),
    path("api/admin/", include("sagas.urls")),
    path("api/admin/", include("spotify.urls")),
    path("api/", include("points.urls")),
    path("api/", include("raffle.urls")),
    path("", include("accounts.urls")),
    path("", include("tokens.urls")),
    path("", include("twitch.urls")),
    path("", include("songqueue.urls")),
    path("", include("tournaments.urls")),
    path("", include("watcher.urls")),
    path("", include("achievements.urls")),
    path("", include("overlay.urls")),
    path("", include("studio.urls")),
]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error

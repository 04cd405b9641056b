"""The addresses of the watcher; the callback's is known to Discord."""

from __future__ import annotations

from django.urls import path

from watcher.views import connect

urlpatterns = [
    path("watch/connect", connect.begin, name="watch_connect"),
    path("watch/connect/callback", connect.callback, name="watch_connected"),
]

"""The addresses at which accounts are connected, and those of the API."""

from __future__ import annotations

from django.urls import path

from twitch import views
from twitch.api import streams

app_name = "twitch"
urlpatterns = [
    path("connect/twitch/callback", views.callback, name="callback"),
    path("connect/twitch/<slug:role>", views.connect, name="connect"),
    path("api/stream", streams.StreamView.as_view()),
    path("api/stream/viewers", streams.ViewerCountsView.as_view()),
    path("api/streams", streams.SessionsView.as_view()),
]

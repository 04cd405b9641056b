"""The addresses of pages for people, and those of the API."""

from __future__ import annotations

from django.urls import path

from twitch.api import commands, stats, streams
from twitch.views import commands as commands_page

app_name = "twitch"
urlpatterns = [
    path("commands", commands_page.commands, name="commands"),
    path("api/admin/commands", commands.CommandsView.as_view()),
    path("api/admin/commands/<str:name>", commands.CommandView.as_view()),
    path("api/stream", streams.StreamView.as_view()),
    path("api/stream/viewers", streams.ViewerCountsView.as_view()),
    path("api/streams", streams.SessionsView.as_view()),
    path("api/stats/streams", stats.StreamSumsView.as_view()),
]

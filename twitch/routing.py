"""The sockets of Twitch's part."""

from __future__ import annotations

from django.urls import path

from twitch.consumers import StreamConsumer

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("ws/stream", StreamConsumer.as_asgi()),  # type: ignore[arg-type]
]

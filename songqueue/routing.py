"""The sockets of the song queue."""

from __future__ import annotations

from django.urls import path

from songqueue.consumers import QueueConsumer

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("ws/queue/", QueueConsumer.as_asgi()),  # type: ignore[arg-type]
]

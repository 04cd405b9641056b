"""The socket of the control room."""

from __future__ import annotations

from django.urls import path

from studio.consumers import StudioConsumer

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("ws/studio/", StudioConsumer.as_asgi()),  # type: ignore[arg-type]
]

"""The sockets of the overlay."""

from __future__ import annotations

from django.urls import path

from overlay.consumers import OverlayConsumer

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("ws/overlay/", OverlayConsumer.as_asgi()),  # type: ignore[arg-type]
]

"""The sockets of points."""

from __future__ import annotations

from django.urls import path

from points.consumers import BalanceConsumer

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [
    path("api/user/connect", BalanceConsumer.as_asgi()),  # type: ignore[arg-type]
]

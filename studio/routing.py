"""The socket of the control room, for people who are signed in on a page of ours."""

from __future__ import annotations

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from studio.consumers import StudioConsumer

_guarded = AllowedHostsOriginValidator(AuthMiddlewareStack(StudioConsumer.as_asgi()))

# The stubs of path() know views only; Channels routes ASGI applications with it.
websocket_urlpatterns = [path("ws/studio/", _guarded)]

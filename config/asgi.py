"""The web process: the signed intake and the sockets in front of Django."""

from __future__ import annotations

import atexit
import gc
import os
from typing import TYPE_CHECKING, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["SHARES_CONNECTIONS"] = "on"

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import re_path
from twisted.internet import reactor

from overlay.routing import websocket_urlpatterns as overlay_sockets
from points.routing import websocket_urlpatterns as points_sockets
from songqueue.routing import websocket_urlpatterns as songqueue_sockets
from studio.routing import websocket_urlpatterns as studio_sockets
from tournaments.routing import websocket_urlpatterns as tournaments_sockets
from twitch.intake import Intake
from twitch.routing import websocket_urlpatterns as twitch_sockets

if TYPE_CHECKING:
    from asgiref.typing import (
        ASGI3Application,
        ASGIReceiveCallable,
        ASGISendCallable,
        Scope,
    )


async def nowhere(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Refuse a socket at an address that nothing listens at."""
    await receive()
    await send({"type": "websocket.close", "code": 4404, "reason": None})


application = ProtocolTypeRouter(
    {
        "http": Intake(cast("ASGI3Application", django_application)),
        # The stubs of re_path() know views only.
        "websocket": URLRouter(
            [
                *overlay_sockets,
                *points_sockets,
                *songqueue_sockets,
                *studio_sockets,
                *tournaments_sockets,
                *twitch_sockets,
                re_path("", nowhere),  # type: ignore[arg-type]
            ]
        ),
    }
)


def leave() -> None:
    """End now: threads of requests that were cut off would wait for the loop, which is over."""
    atexit._run_exitfuncs()
    os._exit(0)


# Its interface declares no `self`, so mypy counts one argument too many.
reactor.addSystemEventTrigger("after", "shutdown", leave)  # type: ignore[arg-type]

# What is loaded by now stays for good: without this each full collection of garbage looks at all of
# it, and a request waits meanwhile.
gc.collect()
gc.freeze()

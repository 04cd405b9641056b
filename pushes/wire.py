"""What goes over Redis between those who push and the hubs of the web processes.

Plain publish and subscribe, not a Channels layer: a layer builds an event loop and a connection for
each message that sync code sends, and subscribes once more for each socket.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from redis.connection import parse_url

# Subscriptions ignore Redis's database numbers; installations that share a server must not.
_redis = parse_url(settings.REDIS_URL)  # type: ignore[no-untyped-call]
PREFIX = f"greenroom.{_redis.get('db', 0)}.push."
HANG_UP = "hang up "


def channel(group: str) -> str:
    return PREFIX + group


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, cls=DjangoJSONEncoder, separators=(",", ":"))

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
PREFIX = f"greenroom.{parse_url(settings.REDIS_URL).get('db', 0)}.push."
HANG_UP = "hang up "


def channel(group: str) -> str:
    return PREFIX + group


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

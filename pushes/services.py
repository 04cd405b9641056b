"""What other apps ask for: push a message to a group of sockets, or hang up on them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from itertools import chain
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from pushes import wire
from pushes.outbox import Outbox

# One command for any number of them: a pipeline costs Python several times as much.
_PUBLISH_ALL = "for i = 1, #ARGV, 2 do redis.call('publish', ARGV[i], ARGV[i + 1]) end"

log = structlog.get_logger(__name__)


def push(group: str, message: dict[str, Any]) -> None:
    """Send a message to every socket of the group; if Redis is away, a snapshot heals it later.

    `message` holds `type` and, when it changes what a snapshot shows, the `seq` that it leads to.
    """
    _publish(group, wire.encode(message))


def push_soon(messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Send each message to its group, like `push`, within milliseconds and without waiting."""
    _outbox().put([(wire.channel(group), wire.encode(message)) for group, message in messages])


def push_on_commit(group: str, message: dict[str, Any]) -> None:
    """Push once the caller's transaction is committed."""
    transaction.on_commit(partial(push, group, message), robust=True)


def hang_up(group: str, code: int) -> None:
    """Close every socket of the group with this WebSocket close code (4000 to 4999)."""
    _publish(group, f"{wire.HANG_UP}{code}")


def _publish(group: str, text: str) -> None:
    try:
        _redis().publish(wire.channel(group), text)
    except (RedisError, OSError) as error:
        log.warning("pushes.not_sent", group=group, error=type(error).__name__)


def _publish_all(messages: list[tuple[str, str]]) -> None:
    try:
        _redis().eval(_PUBLISH_ALL, 0, *chain.from_iterable(messages))
    except (RedisError, OSError) as error:
        log.warning("pushes.not_sent", messages=len(messages), error=type(error).__name__)


@cache
def _outbox() -> Outbox:
    return Outbox(_publish_all)


@cache
def _redis() -> Redis:
    # One more try, at once: a connection that was idle may have been closed meanwhile.
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        retry=Retry(NoBackoff(), 1),
    )

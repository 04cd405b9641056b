"""Stored EventSub messages: their runs are started here, and each finds its handler."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import structlog
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from sagas.flow import Saga
from sagas.services import start_many
from twitch import registry
from twitch.models import Message

log = structlog.get_logger(__name__)

TASK = "twitch.begin_messages"
MOST_AT_ONCE = 500

_BEGIN = """
UPDATE twitch_message SET begun_at = clock_timestamp() WHERE id IN (
    SELECT id FROM twitch_message WHERE begun_at IS NULL
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING id, message_id
"""


def poke() -> None:
    """Wake a worker for new messages. Without a broker nothing is lost: the clock does the same."""
    try:
        current_app.send_task(TASK, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("eventsub.poke_failed", error=type(error).__name__)


def begin(saga: Saga[Message]) -> int:
    """Start a run of `saga` for each of the oldest new messages; returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [MOST_AT_ONCE])
            rows = sorted(cursor.fetchall())
        start_many(
            [(saga.name, str(pk), saga.plan) for pk, _ in rows],
            [{"message_id": message_id} for _, message_id in rows],
        )
    return len(rows)


def handle(message: Message) -> None:
    """Let the handler of the message's type act on it; one that fails for good is a stuck run."""
    kind = registry.REVOCATION if message.kind == "revocation" else message.type
    handler = registry.event_handler(kind)
    if handler is None:
        _say_once(kind)
    else:
        handler(message)
    message.handled_at = timezone.now()


@cache
def _say_once(kind: str) -> None:
    log.info("eventsub.no_handler", type=kind)


def prune(before: datetime) -> int:
    """Delete messages older than `before` that are done with; returns how many."""
    count, _ = Message.objects.filter(received_at__lt=before, handled_at__isnull=False).delete()
    return count

"""The `eventsub` process from its start to its signal to stop."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

import structlog
from django.conf import settings

from twitch.listener.desk import Desk
from twitch.listener.inbox import Inbox
from twitch.listener.lock import LOOK_AGAIN_SECONDS, ListenerLock
from twitch.listener.pulse import Pulse
from twitch.listener.sockets import Sockets
from twitch.listener.webhook import keep_subscribed

log = structlog.get_logger(__name__)


async def run() -> None:
    """Listen until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    work = asyncio.create_task(_work())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    with suppress(asyncio.CancelledError):
        await work
    log.info("eventsub.stopped")


async def _work() -> None:
    lock = ListenerLock()
    try:
        while True:
            await lock.acquire()
            await _while_ours(lock)
    finally:
        await lock.release()


async def _while_ours(lock: ListenerLock) -> None:
    """Listen until somebody else has the lock, as may be after the database was away."""
    pulse = Pulse(settings.EVENTSUB_TRANSPORT)
    beating = asyncio.create_task(pulse.beat())
    listening = asyncio.create_task(_listen(pulse))
    try:
        while await lock.is_ours():
            done, _ = await asyncio.wait([listening], timeout=LOOK_AGAIN_SECONDS)
            if done:
                listening.result()
        log.error("eventsub.lock_lost", detail="Another listener has taken over.")
    finally:
        beating.cancel()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _listen(pulse: Pulse) -> None:
    desk = Desk()
    if settings.EVENTSUB_TRANSPORT == "webhook":
        await keep_subscribed(pulse, desk)
        return
    inbox = Inbox()
    storing = asyncio.create_task(inbox.store())
    try:
        await Sockets(pulse, desk, inbox).listen()
    finally:
        await inbox.close()
        storing.cancel()

"""Sees to it that Twitch delivers to the webhook: the web process hears, this one subscribes."""

from __future__ import annotations

import asyncio

import structlog

from twitch.listener.desk import TROUBLE, Desk
from twitch.listener.pulse import Pulse
from twitch.services.subscriptions import WEBHOOK

log = structlog.get_logger(__name__)

CHECK_EVERY = 60.0
# A new subscription is only proven once Twitch has reached the web process, which may be starting.
PROVE_AFTER = 3.0
TRY_AGAIN_AFTER = 10.0


async def keep_subscribed(pulse: Pulse, desk: Desk) -> None:
    """Set up the subscriptions, and again from time to time, for ever."""
    said, is_first, unproven = "", True, PROVE_AFTER
    while True:
        pause = CHECK_EVERY
        try:
            done = await desk.set_up(WEBHOOK)
            if done.created:
                pause, unproven = unproven, min(2 * unproven, CHECK_EVERY)
            else:
                unproven = PROVE_AFTER
            pulse.missing = done.missing
            pulse.connected("subscribed")
            said = ""
            if is_first:
                await desk.reconcile()
                is_first = False
        except TROUBLE as error:
            pause = TRY_AGAIN_AFTER
            pulse.disconnected(f"not subscribed: {error}")
            if str(error) != said:
                said = str(error)
                log.warning("eventsub.not_subscribed", why=said)
        await asyncio.sleep(pause)

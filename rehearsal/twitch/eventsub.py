"""EventSub: who subscribed to what, and the way of an event to each of them."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from rehearsal import clock
from rehearsal.faults import Faults
from rehearsal.feed import Feed
from rehearsal.twitch.messages import Message, describe, notification, revocation
from rehearsal.twitch.records import Subscription
from rehearsal.twitch.sockets import Session, Sockets
from rehearsal.twitch.state import State
from rehearsal.twitch.webhooks import Webhooks

# Out-of-order delivery holds events this long and then sends the newest first.
HOLD_SECONDS = 0.3
# Webhooks are posted side by side, so only a gap keeps the new order.
APART_SECONDS = 0.05
# Ended socket subscriptions stay visible for a minute, ended webhooks for ten days.
VISIBLE_SECONDS = {"websocket": 60.0, "webhook": 864_000.0}


class EventSub:
    """Matches events with subscriptions and hands them to the right transport."""

    def __init__(self, state: State, feed: Feed, faults: Faults, *, retry_seconds: float) -> None:
        self._state = state
        self._feed = feed
        self._faults = faults
        self._held: list[tuple[Message, bool]] = []
        self.sockets = Sockets(feed, faults)
        self.sockets.lost = self._socket_lost
        self.sockets.moved = self._socket_moved
        self.sockets.used = self._socket_used
        self.webhooks = Webhooks(faults, retry_seconds, self.end)
        self._end_sockets_of_an_earlier_life()

    def add(self, subscription: Subscription) -> None:
        """Keep a new subscription; a webhook must first answer its challenge."""
        with self._state.store.transaction():
            self._state.subscriptions.save(subscription)
            self._state.effect("subscription_created", subscription.id, type=subscription.type)
        if subscription.method == "webhook":
            self.webhooks.verify(subscription, self._enable)
        self._feed.touch("subscriptions", "sockets")

    def remove(self, subscription: Subscription) -> None:
        """Delete a subscription at its client's wish: no message is sent."""
        subscription.status = "deleted"
        with self._state.store.transaction():
            self._state.subscriptions.remove(subscription)
            self._state.effect("subscription_deleted", subscription.id, type=subscription.type)
        self._feed.touch("subscriptions")

    def end(self, subscription: Subscription, status: str, *, tell: bool = True) -> None:
        """End a subscription against its client's wish, with a revocation if it was enabled."""
        was_enabled = subscription.is_enabled
        subscription.status = status
        subscription.ended_at = time.time()
        if subscription.method == "websocket":
            subscription.disconnected_at = clock.nanoseconds()
        if self._state.subscriptions.get(subscription.id):
            self._state.subscriptions.save(subscription)
        if tell and was_enabled:
            self._send(revocation(subscription))
        self._feed.touch("subscriptions")

    def visible(self) -> list[Subscription]:
        """Subscriptions that Helix lists: those that are on, and those that ended lately."""
        for subscription in self._state.subscriptions:
            ended = subscription.ended_at
            if ended and time.time() - ended > VISIBLE_SECONDS[subscription.method]:
                self._state.subscriptions.remove(subscription)
        return list(self._state.subscriptions)

    def publish(self, type: str, facts: dict[str, str], event: dict[str, Any]) -> None:
        """Send an event to every subscription whose condition the facts do not contradict."""
        for subscription in self._state.subscriptions:
            if subscription.type != type or not subscription.is_enabled:
                continue
            if all(
                facts.get(name, value) == value for name, value in subscription.condition.items()
            ):
                self._deliver(notification(subscription, event))

    def forget(self) -> None:
        """Drop what is under way, after a reset."""
        self._held.clear()
        self.webhooks.cancel()
        self.sockets.drop()

    async def close(self) -> None:
        """Stop delivering."""
        await self.webhooks.close()
        await self.sockets.close()

    def snapshot(self) -> list[dict[str, Any]]:
        """The subscriptions, for the console."""
        return [describe(subscription) for subscription in self.visible()]

    def _deliver(self, message: Message) -> None:
        twice = self._faults.take("duplicate_delivery") is not None
        if self._faults.take("out_of_order"):
            if not self._held:
                asyncio.get_running_loop().call_later(HOLD_SECONDS, self._release)
            self._held.append((message, twice))
            return
        self._send(message, twice=twice)

    def _release(self) -> None:
        held, self._held = self._held, []
        loop = asyncio.get_running_loop()
        for place, (message, twice) in enumerate(reversed(held)):
            loop.call_later(place * APART_SECONDS, partial(self._send, message, twice=twice))

    def _send(self, message: Message, *, twice: bool = False) -> None:
        if message.subscription.method == "webhook":
            self.webhooks.send(message, twice=twice)
            return
        for _ in range(2 if twice else 1):
            self.sockets.send(message)

    def _enable(self, subscription: Subscription) -> None:
        if self._state.subscriptions.get(subscription.id):
            subscription.status = "enabled"
            self._state.subscriptions.save(subscription)
            self._feed.touch("subscriptions")

    def _of_session(self, session_id: str) -> list[Subscription]:
        return [
            subscription
            for subscription in self._state.subscriptions
            if subscription.session_id == session_id and subscription.is_enabled
        ]

    def _socket_used(self, session_id: str) -> bool:
        return bool(self._of_session(session_id))

    def _socket_lost(self, session_id: str, status: str) -> None:
        for subscription in self._of_session(session_id):
            self.end(subscription, status, tell=False)

    def _socket_moved(self, old_id: str, session: Session) -> None:
        for subscription in self._of_session(old_id):
            subscription.session_id = session.id
            subscription.connected_at = session.connected_at
            self._state.subscriptions.save(subscription)
        self._feed.touch("subscriptions")

    def _end_sockets_of_an_earlier_life(self) -> None:
        for subscription in self._state.subscriptions:
            if subscription.method == "websocket" and subscription.is_enabled:
                self.end(subscription, "websocket_network_error", tell=False)

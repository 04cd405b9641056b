"""EventSub over webhooks: the challenge, signed delivery and the retries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

import aiohttp

from rehearsal import clock
from rehearsal.faults import Faults
from rehearsal.twitch.messages import Message, describe
from rehearsal.twitch.records import Subscription

TRIES = 10
LONGEST_WAIT = 60.0
ANSWER_SECONDS = 10
AT_ONCE = 64


class Webhooks:
    """Posts messages to callbacks, as often as it takes but not for ever."""

    def __init__(
        self, faults: Faults, retry_seconds: float, fail: Callable[[Subscription, str], None]
    ) -> None:
        self._faults = faults
        self._retry_seconds = retry_seconds
        self._fail = fail
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    def verify(self, subscription: Subscription, enable: Callable[[Subscription], None]) -> None:
        """Send the challenge; ``enable`` is called when the callback echoes it."""
        self._start(self._verify(subscription, enable))

    def send(self, message: Message, *, twice: bool = False) -> None:
        """Deliver a message in the background; ``twice`` resends even what was accepted."""
        self._start(self._deliver(message, twice))

    def cancel(self) -> None:
        """Forget everything that is under way."""
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Stop all deliveries and close the connections."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http:
            await self._http.close()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _verify(
        self, subscription: Subscription, enable: Callable[[Subscription], None]
    ) -> None:
        challenge = secrets.token_urlsafe(24)
        body = {"challenge": challenge, "subscription": describe(subscription)}
        message = Message(subscription, "webhook_callback_verification", body)
        status, text = await self._post(message, 0)
        if status == 200 and text == challenge:
            enable(subscription)
        else:
            self._fail(subscription, "webhook_callback_verification_failed")

    async def _deliver(self, message: Message, twice: bool) -> None:
        accepted = False
        for retry in range(TRIES):
            if message.type == "notification" and not message.subscription.is_enabled:
                return
            slow = self._faults.take("webhook_slow")
            if slow:
                await asyncio.sleep(slow.ms / 1000)
            status, _ = await self._post(message, retry)
            if 200 <= status < 300:
                if accepted or not twice:
                    return
                accepted = True
            elif retry + 1 < TRIES:
                await asyncio.sleep(min(self._retry_seconds * 2**retry, LONGEST_WAIT))
        if message.type == "notification" and not accepted:
            self._fail(message.subscription, "notification_failures_exceeded")

    async def _post(self, message: Message, retry: int) -> tuple[int, str]:
        """Post once; answers the status (0 when there was no answer) and the start of the body."""
        body = json.dumps(message.body).encode()
        try:
            async with self._client().post(
                message.subscription.callback,
                data=body,
                headers=_headers(message, retry, body),
                allow_redirects=False,
            ) as answer:
                text = await answer.content.read(1024)
                return answer.status, text.decode(errors="replace")
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return 0, ""

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=ANSWER_SECONDS, sock_read=ANSWER_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http


def _headers(message: Message, retry: int, body: bytes) -> dict[str, str]:
    subscription = message.subscription
    stamp = clock.nanoseconds()
    return {
        "Content-Type": "application/json",
        "Twitch-Eventsub-Message-Id": message.id,
        "Twitch-Eventsub-Message-Retry": str(retry),
        "Twitch-Eventsub-Message-Type": message.type,
        "Twitch-Eventsub-Message-Timestamp": stamp,
        "Twitch-Eventsub-Message-Signature": sign(subscription.secret, message.id, stamp, body),
        "Twitch-Eventsub-Subscription-Type": subscription.type,
        "Twitch-Eventsub-Subscription-Version": subscription.version,
    }


def sign(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Twitch's signature: HMAC-SHA256 over id, timestamp and raw body, in that order."""
    signed = message_id.encode() + stamp.encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()

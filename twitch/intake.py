"""`POST /webhooks/twitch`: checks a signed EventSub message and brings it to the door."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.conf import settings

from twitch.client.envelope import CHALLENGE, Malformed, digest, read_body, read_headers
from twitch.registry import is_wanted
from twitch.services.door import Arrival, Door, NotStored, Outcome
from twitch.services.subscriptions import CALLBACK_PATH

if TYPE_CHECKING:
    from asgiref.typing import (
        ASGI3Application,
        ASGIReceiveCallable,
        ASGISendCallable,
        HTTPScope,
        Scope,
    )

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
MOST_AGE = timedelta(minutes=10)

Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: Headers = []
    body: bytes = b""


class Rejected(Exception):
    """The request is answered with this error."""

    def __init__(self, status: int, code: str, detail: str, headers: Headers | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or []

    @property
    def answer(self) -> Answer:
        body = json.dumps({"code": self.code, "detail": self.detail}).encode()
        return Answer(self.status, [*_described(b"application/json", body), *self.headers], body)


class Disconnected(Exception):
    """Whoever sent the request is gone, and waits for no answer."""


class Intake:
    """An ASGI application in front of another: it takes Twitch's deliveries and passes on the rest.

    Every message is committed before it is answered, and its work begins afterwards: Twitch waits
    for a disk, never for us. It stands before Django because it must answer thousands per second.
    """

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self._secret = settings.TWITCH_WEBHOOK_SECRET.encode()
        self._doors: dict[asyncio.AbstractEventLoop, Door] = {}

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] != "http" or scope["path"] != CALLBACK_PATH:
            await self._application(scope, receive, send)
            return
        try:
            status, headers, body = await self._answer(scope, receive)
        except Disconnected:
            return
        except Rejected as rejected:
            log.info("eventsub.rejected", status=rejected.status, reason=rejected.code)
            status, headers, body = rejected.answer
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": headers,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def close(self) -> None:
        """Let go of the database, in the running event loop."""
        await self._door().close()

    async def _answer(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> Answer:
        """Check in an order that spends little on strangers, and tells them nothing."""
        if scope["method"] != "POST":
            raise Rejected(405, "method_not_allowed", "Only POST.", [(b"allow", b"POST")])
        try:
            signed = read_headers(scope["headers"])
        except Malformed as error:
            raise Rejected(400, "malformed_headers", str(error)) from error
        body = await _read(scope, receive)
        heading = signed.heading
        if abs(datetime.now(UTC) - heading.sent_at) > MOST_AGE:
            raise Rejected(403, "stale", "The message was not sent within the last ten minutes.")
        if not signed.is_genuine(self._secret, body):
            raise Rejected(403, "wrong_signature", "The signature does not fit the message.")
        try:
            text = body.decode()
            payload = read_body(heading, text)
        except UnicodeDecodeError as error:
            raise Rejected(400, "malformed_body", "The message is not UTF-8.") from error
        except Malformed as error:
            raise Rejected(400, "malformed_body", str(error)) from error
        if heading.kind == CHALLENGE:
            challenge = payload["challenge"].encode("utf-8", "replace")
            return Answer(200, _described(b"text/plain", challenge), challenge)
        message_id, kind, type_, version, sent_at = heading
        if not is_wanted(type_, payload):
            return Answer(204)
        await self._store(
            Arrival(message_id, kind, type_, version, "webhook", sent_at, digest(body), text)
        )
        return Answer(204)

    async def _store(self, arrival: Arrival) -> None:
        try:
            outcome = await self._door().enter(arrival)
        except NotStored as error:
            raise Rejected(503, "not_stored", str(error), [(b"retry-after", b"2")]) from error
        if outcome is Outcome.CONFLICT:
            raise Rejected(
                409, "conflict", "Another message with this id and another content is known."
            )

    def _door(self) -> Door:
        """Return the door of the running event loop: its futures mean nothing to another loop."""
        loop = asyncio.get_running_loop()
        door = self._doors.get(loop)
        if door is None:
            self._doors = {loop: door for loop, door in self._doors.items() if not loop.is_closed()}
            door = self._doors[loop] = Door()
        return door


async def _read(scope: HTTPScope, receive: ASGIReceiveCallable) -> bytes:
    """Return the whole body, or stop as soon as it is known to be too large."""
    too_large = Rejected(413, "too_large", "The body is larger than 1 MiB.")
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > LARGEST_BODY:
            raise too_large
    body = b""
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise Disconnected
        body += event.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise too_large
        if not event.get("more_body", False):
            return body


def _described(content_type: bytes, body: bytes) -> Headers:
    return [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]

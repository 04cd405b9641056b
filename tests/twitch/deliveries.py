"""Deliveries of EventSub as Twitch makes them, and servers of ours to make them to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any
from uuid import uuid4

import uvicorn
from django.conf import settings

from config.embedded import free_port
from twitch.intake import Intake

CHAT = "channel.chat.message"
PATIENCE = 60.0


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z"


def message(type_: str = CHAT, **event: Any) -> dict[str, Any]:
    """Return the body of a notification."""
    return {
        "subscription": {
            "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
            "type": type_,
            "version": "1",
            "status": "enabled",
            "cost": 0,
            "condition": {"broadcaster_user_id": "1000"},
            "transport": {"method": "webhook", "callback": "https://example.com/webhooks/twitch"},
            "created_at": "2026-01-01T00:00:00.123456789Z",
        },
        "event": {"broadcaster_user_id": "1000", **event},
    }


@dataclass
class Delivery:
    """One signed request; `without` and `headers` spoil it after it was signed."""

    body: bytes = field(default_factory=lambda: json.dumps(message()).encode())
    id: str = field(default_factory=lambda: str(uuid4()))
    kind: str = "notification"
    type: str = CHAT
    version: str = "1"
    sent_at: str = field(default_factory=now)
    retry: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    without: str = ""

    def all_headers(self) -> dict[str, str]:
        secret = settings.TWITCH_WEBHOOK_SECRET.encode()
        said = (self.id + self.sent_at).encode() + self.body
        signature = hmac.new(secret, said, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Twitch-Eventsub-Message-Id": self.id,
            "Twitch-Eventsub-Message-Retry": str(self.retry),
            "Twitch-Eventsub-Message-Type": self.kind,
            "Twitch-Eventsub-Message-Signature": f"sha256={signature}",
            "Twitch-Eventsub-Message-Timestamp": self.sent_at,
            "Twitch-Eventsub-Subscription-Type": self.type,
            "Twitch-Eventsub-Subscription-Version": self.version,
            **self.headers,
        }
        headers.pop(self.without, None)
        return headers


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


class Postman:
    """One keep-alive connection to a web process."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def deliver(self, delivery: Delivery, method: str = "POST") -> Answer:
        return self.send(method, delivery.all_headers(), delivery.body)

    def send(self, method: str, headers: Mapping[str, str], body: Any) -> Answer:
        self._connection.request(method, "/webhooks/twitch", body, dict(headers))
        response = self._connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read())


@contextmanager
def intake_in_thread() -> Iterator[int]:
    """Serve the intake alone from this process; yield its port."""
    intake = Intake(_nothing)
    config = uvicorn.Config(intake, port=0, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)

    async def serve() -> None:
        await server.serve()
        await intake.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    wait_for(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def web_process(server: str, env: Mapping[str, str]) -> Iterator[int]:
    """Run the whole web process under `uvicorn` or `daphne`; yield its port."""
    port = free_port()
    options = {
        "uvicorn": ["--host", "127.0.0.1", "--port", str(port), "--lifespan", "off"],
        "daphne": ["-b", "127.0.0.1", "-p", str(port), "-v", "0"],
    }[server]
    command = [sys.executable, "-m", server, *options, "config.asgi:application"]
    with process(command, env):
        wait_for(lambda: _is_open(port))
        yield port


@contextmanager
def process(
    command: list[str], env: Mapping[str, str], output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of ours, and end it."""
    running = subprocess.Popen(command, env=dict(env), stdout=output, stderr=output)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Return the first truth that `condition` returns; fail when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.02)
    return found


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, **changes}

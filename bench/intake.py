"""Signed EventSub notifications accepted per second: our intake beside the receivers of others.

Ours and the database-backed ones have committed each message, with fsync, before they answer it;
pyTwitchAPI keeps it in memory. Every server gets the same requests of 1 KB from the same generator,
one process of bare sockets that checks each answer; the rounds take turns.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.ports import answering
from config.embedded import Postgres, Valkey, free_port
from config.home import ROOT
from config.programs import Program

CONNECTIONS = (1, 16, 64)
ROUNDS = 3
SECONDS = 3.0
MOST_PER_SECOND = 20_000
SECRET = "a secret for the bench"
SUBSCRIPTION = "f1c2a387-161a-49f9-a165-0f21d7a4e1c4"
TYPE = "channel.channel_points_custom_reward_redemption.add"

# --- The servers -----------------------------------------------------------------------------


async def floor(scope: Any, receive: Any, send: Any) -> None:
    """Check nothing, and commit the same row by the same statement."""
    from twitch.services.door import Arrival

    event = await receive()
    headers = dict(scope["headers"])
    message_id = headers[b"twitch-eventsub-message-id"].decode()
    body = event["body"].decode()
    sent_at = datetime.now(UTC)
    await _door().enter(
        Arrival(message_id, "notification", TYPE, "1", "webhook", sent_at, b"", body)
    )
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


_doors: list[Any] = []


def _door() -> Any:
    from twitch.services.door import Door

    if not _doors:
        _doors.append(Door())
    return _doors[0]


def serve_floor(port: int) -> None:
    import django

    django.setup()
    from daphne.server import Server

    endpoint = f"tcp:port={port}:interface=127.0.0.1"
    Server(application=floor, endpoints=[endpoint], signal_handlers=True).run()


def serve_pytwitchapi(port: int) -> None:
    from twitchAPI.eventsub.webhook import EventSubWebhook
    from twitchAPI.object.eventsub import ChannelPointsCustomRewardRedemptionAddEvent

    class Twitch:
        session_timeout = None
        base_url = app_id = "unused"

    async def hear(_: Any) -> None:
        """Its user's code: nothing, which is as fast as it gets."""

    unused: Any = Twitch()
    webhook = EventSubWebhook("https://unused.invalid", port, unused, host_binding="127.0.0.1")
    webhook.secret = SECRET
    webhook._add_callback(SUBSCRIPTION, hear, ChannelPointsCustomRewardRedemptionAddEvent)
    webhook.start()
    signal.sigwait({signal.SIGTERM})
    os._exit(0)


def serve_aiohttp(port: int) -> None:
    """The plain way: check the signature, insert and commit each message on a pooled connection."""
    import psycopg_pool
    from aiohttp import web

    pool = psycopg_pool.AsyncConnectionPool(
        os.environ["DATABASE_URL"],
        min_size=16,
        max_size=16,
        open=False,
        kwargs={"autocommit": True},
    )

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        message_id = request.headers["Twitch-Eventsub-Message-Id"]
        timestamp = request.headers["Twitch-Eventsub-Message-Timestamp"]
        wanted = hmac.new(SECRET.encode(), (message_id + timestamp).encode() + body, hashlib.sha256)
        given = request.headers["Twitch-Eventsub-Message-Signature"]
        if not hmac.compare_digest(f"sha256={wanted.hexdigest()}", given):
            return web.Response(status=403)
        text = body.decode()
        json.loads(text)
        values = (message_id, TYPE, timestamp, hashlib.sha256(body).digest(), text)
        async with pool.connection() as connection:
            await connection.execute(
                "INSERT INTO twitch_message"
                " (message_id, kind, type, version, transport, sent_at, digest, body)"
                " VALUES (%s, 'notification', %s, '1', 'webhook', %s, %s, %s)"
                " ON CONFLICT (message_id) DO NOTHING",
                values,
            )
        return web.Response(status=204)

    async def application() -> web.Application:
        await pool.open(wait=True)
        app = web.Application()
        app.router.add_post("/webhooks/twitch", receive)
        return app

    web.run_app(application(), host="127.0.0.1", port=port, print=None, access_log=None)


SERVERS = {
    "floor": serve_floor,
    "pytwitchapi": serve_pytwitchapi,
    "aiohttp": serve_aiohttp,
}


@dataclass(frozen=True)
class Contender:
    """`command` ends where the port is to be added."""

    name: str
    command: tuple[str, ...]
    path: str = "/webhooks/twitch"


def _module(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


UVICORN = Contender(
    "ours, Uvicorn",
    _module("uvicorn", "config.asgi:application", "--lifespan=off", "--no-access-log", "--port"),
)
DAPHNE = Contender("ours, Daphne", _module("daphne", "config.asgi:application", "-v0", "-p"))
FLOOR = Contender("Daphne, no checks", _module("bench.intake", "floor"))
PEER = Contender("pyTwitchAPI", _module("bench.intake", "pytwitchapi"), "/callback")
AIOHTTP = Contender("aiohttp + INSERT", _module("bench.intake", "aiohttp"))
CONTENDERS = (UVICORN, PEER, AIOHTTP, DAPHNE, FLOOR)


# --- The generator ---------------------------------------------------------------------------


def requests(path: str, count: int) -> list[bytes]:
    """Return signed requests with bodies of 1 KB, each another message."""
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z"
    mark = str(uuid4())
    body = _body(mark)
    made = []
    for _ in range(count):
        message_id, redemption_id = str(uuid4()), str(uuid4())
        said = body.replace(mark, redemption_id).encode()
        signed = (message_id + timestamp).encode() + said
        signature = hmac.digest(SECRET.encode(), signed, "sha256").hex()
        lines = (
            f"POST {path} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Content-Length: {len(said)}",
            f"Twitch-Eventsub-Message-Id: {message_id}",
            "Twitch-Eventsub-Message-Retry: 0",
            "Twitch-Eventsub-Message-Type: notification",
            f"Twitch-Eventsub-Message-Signature: sha256={signature}",
            f"Twitch-Eventsub-Message-Timestamp: {timestamp}",
            f"Twitch-Eventsub-Subscription-Type: {TYPE}",
            "Twitch-Eventsub-Subscription-Version: 1",
            "",
            "",
        )
        made.append("\r\n".join(lines).encode() + said)
    return made


def _body(redemption_id: str) -> str:
    moment = "2026-11-21T10:00:00.123456789Z"
    body: dict[str, Any] = {
        "subscription": {
            "id": SUBSCRIPTION,
            "type": TYPE,
            "version": "1",
            "status": "enabled",
            "cost": 0,
            "condition": {"broadcaster_user_id": "1000", "reward_id": ""},
            "transport": {"method": "webhook", "callback": "https://example.com/webhooks/twitch"},
            "created_at": moment,
        },
        "event": {
            "id": redemption_id,
            "broadcaster_user_id": "1000",
            "broadcaster_user_login": "greenroom",
            "broadcaster_user_name": "Greenroom",
            "user_id": "1002",
            "user_login": "mo",
            "user_name": "Mo",
            "user_input": "",
            "status": "unfulfilled",
            "reward": {"id": "a-reward", "title": "Keyboard", "cost": 500, "prompt": "Roll!"},
            "redeemed_at": moment,
        },
    }
    body["event"]["user_input"] = "x" * (1024 - len(json.dumps(body)))
    return json.dumps(body)


@dataclass(frozen=True)
class Result:
    per_second: float
    p99: float


def load(port: int, path: str, connections: int) -> Result:
    """Keep so many connections busy for SECONDS; p99 in seconds. Raises when one is refused."""
    left = iter(requests(path, int(MOST_PER_SECOND * SECONDS)))
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    sent_at: dict[int, float] = {}
    took: list[float] = []
    with ExitStack() as stack:
        for _ in range(connections):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[connection.fileno()] = connection
            poll.register(connection.fileno(), select.EPOLLIN)
        began = time.perf_counter()
        for number, connection in sockets.items():
            sent_at[number] = time.perf_counter()
            connection.sendall(next(left))
        while sent_at:
            ready = poll.poll(10)
            if not ready:
                raise TimeoutError("The server has stopped answering.")
            for number, _ in ready:
                answer = sockets[number].recv(65536)
                at = time.perf_counter()
                if not answer.startswith((b"HTTP/1.1 204", b"HTTP/1.1 200")):
                    raise AssertionError(answer[:200])
                took.append(at - sent_at.pop(number))
                if at - began < SECONDS and (request := next(left, None)) is not None:
                    sent_at[number] = at
                    sockets[number].sendall(request)
        elapsed = time.perf_counter() - began
    return Result(len(took) / elapsed, statistics.quantiles(took, n=100)[98])


# --- The comparison --------------------------------------------------------------------------


def main() -> None:
    """Run the rounds; print medians, and the ratios that matter."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-bench-")))
        env = stack.enter_context(_servers(folder))
        subprocess.run(_module("django", "migrate", "-v0"), cwd=ROOT, env=env, check=True)
        ports = {}
        for contender in CONTENDERS:
            ports[contender] = free_port()
            program = Program(contender.name, (*contender.command, str(ports[contender])), env=env)
            stack.enter_context(_running(program))
        for port in ports.values():
            asyncio.run(answering(port))
        for contender, port in ports.items():
            load(port, contender.path, 4)
        _compare(ports)


def _compare(ports: dict[Contender, int]) -> None:
    print("intake: signed notifications of 1 KB per second, median of 3 rounds (p99 in ms)")
    print(f"  {'connections':<20}" + "".join(f"{number:>20}" for number in CONNECTIONS))
    results: dict[tuple[Contender, int], list[Result]] = {}
    for _ in range(ROUNDS):
        for number in CONNECTIONS:
            for contender, port in ports.items():
                result = load(port, contender.path, number)
                results.setdefault((contender, number), []).append(result)
    rate = {key: statistics.median(r.per_second for r in found) for key, found in results.items()}
    for contender in ports:
        cells = (
            f"{rate[contender, number]:>12,.0f} "
            f"({1000 * statistics.median(r.p99 for r in results[contender, number]):5.1f})"
            for number in CONNECTIONS
        )
        print(f"  {contender.name:<20}" + "".join(cells))
    for above, below, bar in ((UVICORN, PEER, 1.0), (DAPHNE, FLOOR, 0.9)):
        for number in CONNECTIONS[1:]:
            ratio = rate[above, number] / rate[below, number]
            verdict = "met" if ratio >= bar else "MISSED"
            print(f"  {above.name} / {below.name} at {number}: {ratio:.2f} (bar {bar}, {verdict})")


@contextmanager
def _servers(folder: Path) -> Iterator[dict[str, str]]:
    """Run PostgreSQL and Valkey as they are at home; yield the environment that names them."""
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    with ExitStack() as stack:
        for server in (postgres, valkey):
            server.prepare()
            process = stack.enter_context(_running(server.program()))
            deadline = time.monotonic() + 30
            while not server.is_ready(process.pid):
                if time.monotonic() > deadline:
                    raise TimeoutError("An embedded server did not start.")
                time.sleep(0.05)
        postgres.ensure_database("greenroom")
        yield {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": postgres.url("greenroom"),
            "REDIS_URL": valkey.url(0),
            "GREENROOM_HOME": str(folder),
            "TWITCH_WEBHOOK_SECRET": SECRET,
            "LOG_LEVEL": "error",
        }


@contextmanager
def _running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    process = program.start(subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(program.stop_signal)
        process.wait(20)


if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))

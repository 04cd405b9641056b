"""One message to many sockets: our hub beside plain Channels groups, on the same server.

The clock runs from before the message is sent until the last socket has it. Each design has a
Daphne process of its own; a round connects everybody, sends messages one at a time and hangs up,
and rounds take turns. Clients are one process of bare asyncio protocols, the same for both designs.
"""

from __future__ import annotations

import asyncio
import base64
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.ports import answering
from config.embedded import Valkey, free_port
from config.home import ROOT

AUDIENCES = (200, 1000)
ROUNDS = 3
MESSAGES = 40
GROUP = "bench.pushes"
MARK = b"Nightjar_of_the_North"
MESSAGE = {
    "type": "cue",
    "seq": 1,
    "kind": "roll",
    "payload": {
        "name": MARK.decode(),
        "roll": 4203,
        "winning_number": 4207,
        "distance": 4,
        "is_win": False,
        "is_record": True,
    },
    "expires_in": 60.0,
}
BAR = 0.4

Tell = Callable[[], Awaitable[None]]

# --- The servers -----------------------------------------------------------------------------


def ours() -> Any:
    from pushes.consumers import PushConsumer

    class Listener(PushConsumer):
        group = GROUP

        async def authorise(self) -> bool:
            return True

        async def snapshot(self) -> dict[str, Any]:
            return {"seq": 0}

        async def latest(self) -> int:
            return 0

    return Listener.as_asgi()


def channels() -> Any:
    from channels.generic.websocket import AsyncJsonWebsocketConsumer

    class Listener(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
        async def connect(self) -> None:
            await self.channel_layer.group_add(GROUP, self.channel_name)
            await self.accept()
            await self.send_json({"type": "snapshot", "seq": 0})

        async def tell(self, event: dict[str, Any]) -> None:
            await self.send_json(event["message"])

    return Listener.as_asgi()


DESIGNS = {"ours": ours, "channels": channels}


def serve(design: str, port: int) -> None:
    """Run Daphne until it is told to stop."""
    _set_up()
    from daphne.server import Server

    endpoint = f"tcp:port={port}:interface=127.0.0.1"
    Server(application=DESIGNS[design](), endpoints=[endpoint], signal_handlers=True).run()


def _set_up() -> None:
    """Set Django up, with the peer's layer, which Greenroom itself does without."""
    import django
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [settings.REDIS_URL]},
        }
    }


@contextmanager
def _running(command: list[str], cwd: Path) -> Iterator[None]:
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


# --- The audience ----------------------------------------------------------------------------


class Audience:
    """Counts the sockets that have the message."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.began: asyncio.Queue[None] = asyncio.Queue()
        self.heard = 0
        self.all_heard = asyncio.Event()

    def hear(self) -> None:
        self.heard += 1
        if self.heard == self.size:
            self.all_heard.set()

    async def time(self, tell: Tell, patience: float = 30) -> float:
        """Return the seconds until the last socket has what `tell` sends."""
        self.heard = 0
        self.all_heard.clear()
        start = time.perf_counter()
        await tell()
        async with asyncio.timeout(patience):
            await self.all_heard.wait()
        return time.perf_counter() - start


class Ear(asyncio.Protocol):
    """One WebSocket client, which only looks for the mark: frames from a server are plain."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.rest = b""
        self.has_begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET / HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            "",
            "",
        ]
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        if not self.has_begun:
            self.rest = data
            if b"snapshot" in data:
                self.has_begun, self.rest = True, b""
                self.audience.began.put_nowait(None)
            return
        found = data.rfind(MARK)
        if found >= 0:
            self.audience.hear()
            data = data[found + len(MARK) :]
        self.rest = data[-len(MARK) :]


async def play(port: int, size: int, tell: Tell) -> list[float]:
    """Connect an audience, tell it MESSAGES times, and return how long each took in seconds."""
    audience = Audience(size)
    loop = asyncio.get_running_loop()
    transports = []
    for _ in range(size):
        transport, _ear = await loop.create_connection(lambda: Ear(audience), "127.0.0.1", port)
        transports.append(transport)
    async with asyncio.timeout(60):
        for _ in range(size):
            await audience.began.get()
    for _ in range(6):
        # A server that is busy welcoming may not be subscribed yet: neither design replays.
        with suppress(TimeoutError):
            await audience.time(tell, patience=5)
            break
    took = []
    for _ in range(MESSAGES):
        await asyncio.sleep(0.02)
        took.append(await audience.time(tell))
    for transport in transports:
        transport.close()
    await asyncio.sleep(1)
    return took


# --- The comparison --------------------------------------------------------------------------


def main() -> None:
    """Run the rounds and print medians and the ratio."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        valkey = Valkey(folder / "valkey")
        valkey.prepare()
        stack.enter_context(_running(list(valkey.program().command), valkey.program().cwd))
        os.environ.update(
            REDIS_URL=valkey.url(0),
            DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
            GREENROOM_HOME=str(folder),
        )
        ports = {design: free_port() for design in DESIGNS}
        for design, port in ports.items():
            command = [sys.executable, "-m", "bench.pushes", design, str(port)]
            stack.enter_context(_running(command, ROOT))
        _set_up()
        asyncio.run(compare(ports))


async def compare(ports: dict[str, int]) -> None:
    from channels.layers import get_channel_layer

    from pushes.services import push

    layer = get_channel_layer()

    async def tell_ours() -> None:
        push(GROUP, MESSAGE)

    async def tell_channels() -> None:
        await layer.group_send(GROUP, {"type": "tell", "message": MESSAGE})

    tells = {"ours": tell_ours, "channels": tell_channels}
    for port in ports.values():
        await answering(port)
    print("pushes: one message to N sockets, ms until the last one has it, median of 3 rounds")
    for size in AUDIENCES:
        rounds: dict[str, list[list[float]]] = {design: [] for design in ports}
        for _ in range(ROUNDS):
            for design, port in ports.items():
                rounds[design].append(await play(port, size, tells[design]))
        middle = {
            design: statistics.median(map(statistics.median, r)) for design, r in rounds.items()
        }
        for design, times in rounds.items():
            p50, p99 = 1000 * middle[design], 1000 * statistics.median(map(_p99, times))
            print(f"  N={size:<5} {design:<9} p50 {p50:7.1f}  p99 {p99:7.1f}")
        ratio = middle["ours"] / middle["channels"]
        verdict = "met" if ratio <= BAR else "MISSED"
        print(f"  N={size:<5} ratio of p50 {ratio:.2f} (bar {BAR}, {verdict})")


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))

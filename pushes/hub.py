"""One subscription for each web process, fanned out to its own sockets.

A message is encoded once, by whoever pushes it, and is neither parsed nor copied here.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from pushes import wire
from pushes.socket import Message, Socket, text_message

log = structlog.get_logger(__name__)

BEAT = 10.0
# A socket that connects while Redis is away waits so long for it; then its snapshot has to do.
PATIENCE = 2.0
RETRY = 0.5

Latest = Callable[[], Awaitable[int]]


@dataclass
class Group:
    """The sockets of a group, and how to ask for the newest number of what they are shown."""

    latest: Latest | None
    seq: int = 0
    sockets: set[Socket] = field(default_factory=set)


class Hub:
    """Fans out to the sockets of one event loop; it is connected while there are any."""

    _hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = asyncio.Event()
        self._beat_due = asyncio.Event()

    @classmethod
    def current(cls) -> Hub:
        """Return the hub of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in cls._hubs:
            cls._hubs[loop] = cls()
        return cls._hubs[loop]

    async def join(self, name: str, socket: Socket, latest: Latest | None = None) -> None:
        """Let the socket have what is pushed to the group from now on; with `latest`, beats too."""
        group = self._groups.setdefault(name, Group(latest))
        group.sockets.add(socket)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]
        try:
            async with asyncio.timeout(PATIENCE):
                await self._connected.wait()
        except TimeoutError:
            log.warning("pushes.no_redis", group=name)

    def leave(self, name: str, socket: Socket) -> None:
        """Forget the socket; with the last one goes the subscription."""
        group = self._groups.get(name)
        if group is None:
            return
        group.sockets.discard(socket)
        if not group.sockets:
            del self._groups[name]
        if not self._groups:
            for task in self._tasks:
                task.cancel()
            self._connected.clear()
            self._tasks = []

    def offer(self, name: str, text: str) -> None:
        """Hand a message to the group's sockets of this process only."""
        self._fan_out(name, text)

    async def _listen(self) -> None:
        may_have_missed = False
        while True:
            try:
                async with self._client() as client, client.pubsub() as pubsub:
                    await pubsub.psubscribe(f"{wire.PREFIX}*")
                    await self._relay(pubsub, may_have_missed)
            except Exception as error:
                # Whatever it is, the sockets stay and pushes come back.
                if self._connected.is_set():
                    log.warning("pushes.disconnected", error=type(error).__name__)
                self._connected.clear()
                may_have_missed = True
                await asyncio.sleep(RETRY)

    def _client(self) -> Redis:
        # This loop retries, not the client: it must know when pushes may have been missed.
        return Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=PATIENCE,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )

    async def _relay(self, pubsub: PubSub, may_have_missed: bool) -> None:
        is_pinged = False
        while True:
            message = await pubsub.get_message(timeout=BEAT)
            if message is None:
                if is_pinged:
                    raise RedisConnectionError("Redis is silent.")
                await pubsub.ping()
                is_pinged = True
                continue
            is_pinged = False
            if message["type"] == "psubscribe":
                self._connected.set()
                if may_have_missed:
                    # Whoever missed something learns it from the number in the beat.
                    self._beat_due.set()
            elif message["type"] == "pmessage":
                self._fan_out(message["channel"].removeprefix(wire.PREFIX), message["data"])

    def _fan_out(self, name: str, text: str) -> None:
        group = self._groups.get(name)
        if group is None:
            return
        if text.startswith(wire.HANG_UP):
            for socket in group.sockets:
                socket.close(int(text.removeprefix(wire.HANG_UP)))
            return
        message = text_message(text)
        for socket in group.sockets:
            socket.offer(message)

    async def _beat(self) -> None:
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    await self._beat_due.wait()
            except TimeoutError:
                pass
            self._beat_due.clear()
            await self._beat_round()

    async def _beat_round(self) -> None:
        """Tell each socket the newest numbers of its groups, as one beat that it must answer."""
        beats: defaultdict[Socket, list[Message]] = defaultdict(list)
        for name, group in list(self._groups.items()):
            if group.latest:
                message = await self._number(name, group, group.latest)
                for socket in group.sockets:
                    beats[socket].append(message)
        for socket, messages in beats.items():
            socket.beat(*messages)

    async def _number(self, name: str, group: Group, latest: Latest) -> Message:
        try:
            group.seq = await latest()
        except Exception as error:
            # The sockets are to stay, whatever it is: they hear the number that was known last.
            log.warning("pushes.no_seq", group=name, error=type(error).__name__)
        return text_message(wire.encode({"type": "beat", "group": name, "seq": group.seq}))

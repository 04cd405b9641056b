"""What the listener has done by synchronous code: one thing at a time, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections

from sagas.flow import Unsure, Wait
from tokens.services import access_token
from twitch.client.errors import HelixError, Unreachable
from twitch.client.oauth import BROADCASTER
from twitch.services import redemptions, streams, subscriptions
from twitch.services.subscriptions import SetUp, SetUpFailed

T = TypeVar("T")

NO_DATABASE = (DatabaseError, InterfaceError)
# What may be in the way of the desk's work: none of it is a reason to stop listening.
TROUBLE = (SetUpFailed, HelixError, Unreachable, Unsure, Wait, *NO_DATABASE)


class Desk:
    """One thing at a time also means that no set-up for a lost socket disturbs a later one."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "eventsub")

    async def check_token(self) -> None:
        """Return when the broadcaster's token is good for some minutes; raises a TokenProblem."""
        await self._do(lambda: access_token("twitch", BROADCASTER))

    async def set_up(self, transport: str, session_id: str = "") -> SetUp:
        return await self._do(lambda: subscriptions.set_up(transport, session_id))

    async def reconcile(self) -> None:
        await self._do(redemptions.reconcile)
        await self._do(streams.look)

    async def _do(self, work: Callable[[], T]) -> T:
        def in_thread() -> T:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, in_thread)

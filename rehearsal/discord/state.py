"""All that this Discord knows, in memory and on disk at once."""

from __future__ import annotations

import itertools
import time
from typing import Any

from rehearsal.discord.records import (
    DiscordCode,
    DiscordMessage,
    DiscordThread,
    DiscordToken,
    DiscordWebhook,
)
from rehearsal.discord.world import CHANNELS, FORUM, Channel
from rehearsal.effects import Effects
from rehearsal.store import Store, Table

# Discord's ids tell the time: milliseconds since 2015, and 22 bits that tell them apart.
_EPOCH_MS = 1_420_070_400_000


class State:
    """The tables, and the few questions that everyone asks of them."""

    def __init__(self, store: Store, effects: Effects) -> None:
        self.store = store
        self._effects = effects
        self._numbers = itertools.count()
        self.codes = Table(store, DiscordCode)
        self.tokens = Table(store, DiscordToken)
        self.webhooks = Table(store, DiscordWebhook)
        self.threads = Table(store, DiscordThread)
        self.messages = Table(store, DiscordMessage)

    def reset(self) -> None:
        """Start over: empty channels, and nobody has signed in."""
        with self.store.transaction():
            for table in vars(self).values():
                if isinstance(table, Table):
                    table.clear()

    def snowflake(self) -> str:
        """A new id."""
        ms = time.time_ns() // 1_000_000 - _EPOCH_MS
        return str((ms << 22) | (next(self._numbers) & 0x3FFFFF))

    def place(self, webhook: DiscordWebhook, thread_id: str) -> str | None:
        """The id of the channel or thread that a call is about; nothing for another's thread."""
        if not thread_id:
            return webhook.channel_id
        thread = self.threads.get(thread_id)
        return thread.id if thread and thread.channel_id == webhook.channel_id else None

    def channel(self, id: str) -> Channel:
        """The channel with this id; one that came with a crowd of webhooks has no name."""
        return CHANNELS.get(id) or Channel(id, "", f"channel-{id[-6:]}")

    def is_forum(self, webhook: DiscordWebhook) -> bool:
        """Whether posts need a thread."""
        return self.channel(webhook.channel_id).type == FORUM

    def effect(self, kind: str, id: str, **detail: Any) -> None:
        """Write down, for ever, that something has happened."""
        self._effects.record(kind, id, **detail)

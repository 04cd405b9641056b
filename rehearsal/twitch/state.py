"""All that this Twitch knows, in memory and on disk at once."""

from __future__ import annotations

from typing import Any

from rehearsal.effects import Effects
from rehearsal.store import Store, Table
from rehearsal.twitch import cast
from rehearsal.twitch.records import (
    Account,
    Channel,
    ChatMessage,
    Code,
    Consent,
    Gathering,
    Grant,
    Redemption,
    Reward,
    Stream,
    Subscription,
    Token,
)


class State:
    """The tables, and the few questions that everyone asks of them."""

    def __init__(self, store: Store, effects: Effects) -> None:
        self.store = store
        self._effects = effects
        self.accounts = Table(store, Account)
        self.channels = Table(store, Channel)
        self.streams = Table(store, Stream)
        self.gatherings = Table(store, Gathering)
        self.rewards = Table(store, Reward)
        self.redemptions = Table(store, Redemption)
        self.chat = Table(store, ChatMessage)
        self.consents = Table(store, Consent)
        self.codes = Table(store, Code)
        self.grants = Table(store, Grant)
        self.tokens = Table(store, Token)
        self.subscriptions = Table(store, Subscription)
        if not len(self.accounts):
            self._seed()

    def reset(self) -> None:
        """Start over with a fresh cast: every token, reward and redemption is gone."""
        with self.store.transaction():
            for table in vars(self).values():
                if isinstance(table, Table):
                    table.clear()
            self._seed()

    def account(self, name: str) -> Account | None:
        """The account with an id or a login (in any case)."""
        return self.accounts.get(name) or next(
            (account for account in self.accounts if account.login == name.lower()), None
        )

    def scopes(self, client_id: str, user_id: str) -> frozenset[str]:
        """The scopes that a user has granted a client."""
        consent = self.consents.get(f"{client_id}:{user_id}")
        return frozenset(consent.scopes if consent else ())

    def effect(self, kind: str, id: str, **detail: Any) -> None:
        """Write down, for ever, that something has happened."""
        self._effects.record(kind, id, **detail)

    def _seed(self) -> None:
        with self.store.transaction():
            for account in cast.accounts():
                self.accounts.save(account)
            for channel in cast.channels():
                self.channels.save(channel)

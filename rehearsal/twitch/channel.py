"""What happens in a channel: each verb changes state, logs it and tells EventSub."""

from __future__ import annotations

import secrets
import uuid
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal import clock
from rehearsal.feed import Feed
from rehearsal.twitch import payloads
from rehearsal.twitch.cast import BROADCASTER_ID, CATEGORIES
from rehearsal.twitch.records import (
    Account,
    Channel,
    ChatMessage,
    Stream,
)
from rehearsal.twitch.state import State

# (type, what a condition may ask for, event): EventSub's side of every happening.
Publish = Callable[[str, dict[str, str], dict[str, Any]], None]


class NotPossible(Exception):
    """Twitch's own site would not let this person do that; the text says why."""


class Happenings:
    """The verbs of the stage: say, cheer, go live, raid, subscribe, shout out."""

    def __init__(self, state: State, feed: Feed, publish: Publish) -> None:
        self.state = state
        self._feed = feed
        self._publish = publish
        self._ended: dict[str, Stream] = {}

    @property
    def broadcaster(self) -> Account:
        """The account whose channel this is."""
        return self.person(BROADCASTER_ID)

    def person(self, name: str) -> Account:
        """The account with this id or login; ``NotPossible`` when there is none."""
        account = self.state.account(name)
        if account is None:
            raise NotPossible(f"There is no account {name!r}.")
        return account

    # Chat

    def say(
        self,
        chatter: Account,
        text: str,
        *,
        client_id: str = "",
        parent_id: str = "",
        reward_id: str = "",
        bits: int = 0,
    ) -> ChatMessage:
        """Put a line into the broadcaster's chat."""
        message = ChatMessage(
            id=str(uuid.uuid4()),
            user_id=chatter.id,
            text=text,
            sent_at=clock.nanoseconds(),
            client_id=client_id,
            bits=bits,
            reward_id=reward_id,
            parent_id=parent_id,
        )
        with self.state.store.transaction():
            self.state.chat.save(message)
            self.state.effect(
                "chat_sent", message.id, sender=chatter.login, text=text, by=client_id or "person"
            )
        parent = self.state.chat.get(parent_id)
        self._publish(
            "channel.chat.message",
            {"broadcaster_user_id": BROADCASTER_ID},
            payloads.chat_event(
                message,
                self.broadcaster,
                chatter,
                (parent, self.person(parent.user_id)) if parent else None,
            ),
        )
        self._feed.touch("chat")
        return message

    def cheer(self, viewer: Account | None, bits: int, text: str) -> None:
        """Cheer bits, anonymously when there is no viewer."""
        self._publish(
            "channel.cheer",
            {"broadcaster_user_id": BROADCASTER_ID},
            {
                "is_anonymous": viewer is None,
                "user_id": viewer.id if viewer else None,
                "user_login": viewer.login if viewer else None,
                "user_name": viewer.display_name if viewer else None,
                **payloads.channel_of(self.broadcaster),
                "message": text,
                "bits": bits,
            },
        )
        self.state.effect("cheered", str(uuid.uuid4()), viewer=viewer and viewer.login, bits=bits)
        if viewer:
            self.say(viewer, text, bits=bits)

    # The stream

    def go_live(self, owner: Account, *, again: bool = False) -> Stream:
        """Start an account's stream, or the last one again; ``NotPossible`` when it is live."""
        if self.state.streams.get(owner.id):
            raise NotPossible(f"{owner.login} is live already.")
        stream = Stream(owner.id, str(secrets.randbelow(10**11) + 10**11), clock.seconds())
        if again:
            stream = self._ended.get(owner.id, stream)
        with self.state.store.transaction():
            self.state.streams.save(stream)
            self.state.effect("stream_started", stream.id, login=owner.login)
        self._publish(
            "stream.online",
            {"broadcaster_user_id": owner.id},
            {
                "id": stream.id,
                **payloads.channel_of(owner),
                "type": "live",
                "started_at": stream.started_at,
            },
        )
        self._feed.touch("streams", "rewards")
        return stream

    def go_offline(self, owner: Account) -> None:
        """End an account's stream; ``NotPossible`` when it is not live."""
        stream = self.state.streams.get(owner.id)
        if stream is None:
            raise NotPossible(f"{owner.login} is not live.")
        with self.state.store.transaction():
            self.state.streams.remove(stream)
            self._ended[owner.id] = stream
            self.state.effect("stream_ended", stream.id, login=owner.login)
        self._publish(
            "stream.offline", {"broadcaster_user_id": owner.id}, payloads.channel_of(owner)
        )
        self._feed.touch("streams", "rewards")

    def watched_by(self, stream: Stream, viewers: int) -> None:
        """So many watch the stream from now on."""
        stream.viewers = viewers
        self.state.streams.save(stream)
        self._feed.touch("streams")

    def channel(self, owner: Account) -> Channel:
        """An account's channel information, blank until it was first set."""
        return self.state.channels.get(owner.id) or Channel(owner.id)

    def describe(self, owner: Account, title: str | None, category: str | None) -> None:
        """Change a channel's title or category (by name; an unknown one is invented)."""
        before = self.channel(owner)
        after = replace(before)
        if title is not None:
            after.title = title
        if category is not None:
            after.game_name = category
            after.game_id = category_id(category)
        if after == before:
            return
        self.state.channels.save(after)
        self._publish(
            "channel.update",
            {"broadcaster_user_id": owner.id},
            payloads.channel_event(after, owner),
        )
        self._feed.touch("streams")

    # Guests

    def raid(self, source: Account, viewers: int) -> None:
        """Another channel sends its viewers over."""
        target = self.broadcaster
        if source.id == target.id:
            raise NotPossible("A channel cannot raid itself.")
        self._publish(
            "channel.raid",
            {"from_broadcaster_user_id": source.id, "to_broadcaster_user_id": target.id},
            {
                **payloads.who(source, "from_broadcaster_user"),
                **payloads.who(target, "to_broadcaster_user"),
                "viewers": viewers,
            },
        )
        self.state.effect("raided", str(uuid.uuid4()), source=source.login, viewers=viewers)

    def subscribe(self, viewer: Account, tier: str, *, is_gift: bool) -> None:
        """A viewer subscribes at tier 1000, 2000 or 3000."""
        viewer.tier, viewer.is_gift = tier, is_gift
        with self.state.store.transaction():
            self.state.accounts.save(viewer)
            self.state.effect("subscribed", viewer.id, viewer=viewer.login, tier=tier)
        self._tell_subscription("channel.subscribe", viewer)

    def unsubscribe(self, viewer: Account) -> None:
        """A viewer's subscription ends; ``NotPossible`` when there is none."""
        if not viewer.tier:
            raise NotPossible(f"{viewer.login} is not subscribed.")
        self._tell_subscription("channel.subscription.end", viewer)
        viewer.tier, viewer.is_gift = "", False
        self.state.accounts.save(viewer)
        self._feed.touch("viewers")

    def _tell_subscription(self, type: str, viewer: Account) -> None:
        self._publish(
            type,
            {"broadcaster_user_id": BROADCASTER_ID},
            {
                **payloads.who(viewer),
                **payloads.channel_of(self.broadcaster),
                "tier": viewer.tier,
                "is_gift": viewer.is_gift,
            },
        )
        self._feed.touch("viewers")

    def shout_out(self, target: Account, moderator: Account, stream: Stream) -> None:
        """Send the broadcaster's viewers word of another channel."""
        now = datetime.now(UTC)
        owner = self.broadcaster
        self._publish(
            "channel.shoutout.create",
            {"broadcaster_user_id": owner.id},
            {
                **payloads.channel_of(owner),
                **payloads.who(moderator, "moderator_user"),
                **payloads.who(target, "to_broadcaster_user"),
                "viewer_count": stream.viewers,
                "started_at": clock.seconds(now),
                "cooldown_ends_at": clock.seconds(now + timedelta(minutes=2)),
                "target_cooldown_ends_at": clock.seconds(now + timedelta(hours=1)),
            },
        )
        self.state.effect("shoutout_sent", target.id, target=target.login, by=moderator.login)


def category_id(name: str) -> str:
    """The id of a category, made up (but always the same) for a name we do not know."""
    known = {title.lower(): id for id, title in CATEGORIES.items()}
    return known.get(name.lower()) or (str(zlib.crc32(name.lower().encode())) if name else "")

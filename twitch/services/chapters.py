"""Chapters: a session's parts under one title and category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from twitch.client.payloads import ChannelPayload
from twitch.models import Channel, Chapter, StreamSession


class Description(NamedTuple):
    """What a channel is called, and its category; all are "" where there is none."""

    title: str
    category_id: str
    category_name: str

    @classmethod
    def of(cls, title: str, category_id: str, category_name: str) -> Description:
        """Return what fits into our columns; what Twitch allows is shorter."""
        return cls(title[:200], category_id[:64], category_name[:200])


def of_event(event: Mapping[str, Any]) -> tuple[str, Description]:
    """Return whose channel a channel.update event is about, and what it is called now."""
    told = ChannelPayload.model_validate(event)
    description = Description.of(told.title, told.category_id, told.category_name)
    return told.broadcaster_user_id, description


def describe(
    channel: Channel,
    session: StreamSession | None,
    description: Description,
    at: datetime,
) -> None:
    """Take in what the channel was called at `at`, and begin a chapter if that is a change.

    The caller holds the channel's row, and saves it.
    """
    is_known = channel.described_at is not None
    if channel.described_at is not None and at <= channel.described_at:
        return
    channel.described_at = at
    if is_known and description == _described(channel):
        return
    channel.title = description.title
    channel.category_id = description.category_id
    channel.category_name = description.category_name
    if session is not None:
        _open(session, description, max(at, session.started_at))


def open_first(channel: Channel, session: StreamSession) -> None:
    """Begin a new session's first chapter, if it is known what the channel is called."""
    if channel.described_at is not None:
        _open(session, _described(channel), session.started_at)


def _described(channel: Channel) -> Description:
    return Description(channel.title, channel.category_id, channel.category_name)


def _open(session: StreamSession, description: Description, at: datetime) -> None:
    # One that began at the same moment was none.
    session.chapters.filter(started_at__gte=at).delete()
    is_first = not session.chapters.exists()
    Chapter.objects.create(
        session=session,
        started_at=session.started_at if is_first else at,
        title=description.title,
        category_id=description.category_id,
        category_name=description.category_name,
    )

"""The stream: whether the channel is live, as Twitch tells it in events and when it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pushes.services import push_on_commit
from sagas.flow import Wait
from sagas.services import publish
from tokens import services as tokens
from twitch.client import helix
from twitch.client.errors import HelixError, Unreachable
from twitch.client.oauth import BROADCASTER
from twitch.client.payloads import OnlinePayload, StreamPayload
from twitch.events import StreamEnded, StreamStarted
from twitch.models import Channel, StreamSession
from twitch.rules import streams as rules
from twitch.services import chapters

log = structlog.get_logger(__name__)

GROUP = "stream"
# Looks that come close together count the viewers once.
COUNTED_EVERY = timedelta(seconds=30)


def current() -> StreamSession | None:
    """Return the session that is live, or off air for less than the grace time."""
    return StreamSession.objects.open().first()


def is_live() -> bool:
    """Tell whether there is such a session."""
    return StreamSession.objects.open().exists()


# --- What Twitch tells -----------------------------------------------------------------------


def went_online(event: Mapping[str, Any], at: datetime) -> None:
    """Take in a stream.online event that was sent at that time."""
    told = OnlinePayload.model_validate(event)
    if told.type == "live" and _is_ours(told.broadcaster_user_id):
        _take_event(rules.Online(at, told.id, told.started_at))


def went_offline(event: Mapping[str, Any], at: datetime) -> None:
    """Take in a stream.offline event that was sent at that time."""
    if _is_ours(str(event.get("broadcaster_user_id"))):
        _take_event(rules.Offline(at))


def was_described(event: Mapping[str, Any], at: datetime) -> None:
    """Take in a channel.update event that was sent at that time."""
    broadcaster_id, description = chapters.of_event(event)
    if _is_ours(broadcaster_id):
        with _channel() as channel:
            chapters.describe(channel, current(), description, at)


def look() -> None:
    """Ask Twitch about the stream, and make ours equal; raises as `helix.call`."""
    at = timezone.now()
    Channel.objects.update_or_create(pk=1, defaults={"asked_at": at})
    try:
        stream = helix.stream(tokens.account_id("twitch", BROADCASTER))
    except (Wait, HelixError, Unreachable):
        _take(rules.NoAnswer(at))
        raise
    _take_answer(stream, at)


def look_if_due() -> None:
    """Ask Twitch if it is time to; of several that find so at once, one does."""
    now = timezone.now()
    channel, _ = Channel.objects.get_or_create(pk=1)
    session = current()
    if not rules.is_look_due(session.as_open if session else None, channel.asked_at, now, _grace()):
        return
    if Channel.objects.filter(pk=1, asked_at=channel.asked_at).update(asked_at=now):
        look()


def _is_ours(broadcaster_id: str) -> bool:
    return broadcaster_id == tokens.account_id("twitch", BROADCASTER)


def _take_event(news: rules.Online | rules.Offline) -> None:
    if rules.is_late(news, timezone.now(), _grace()):
        log.info("stream.late_event", kind=type(news).__name__)
        # What is so by now the clock will ask at its next beat.
        Channel.objects.filter(pk=1).update(asked_at=None)
    else:
        _take(news)


def _take_answer(stream: StreamPayload | None, at: datetime) -> None:
    with _channel() as channel:
        if channel.answered_at is not None and at <= channel.answered_at:
            return
        channel.answered_at = at
        if stream is None:
            _follow(channel, rules.Unlisted(at))
            return
        description = chapters.Description.of(stream.title, stream.game_id, stream.game_name)
        if current() is None:
            # A session that begins now begins under this title.
            chapters.describe(channel, None, description, at - rules.CACHED)
        session = _follow(channel, rules.Listed(at, stream.id, stream.started_at))
        chapters.describe(channel, session, description, at - rules.CACHED)
        if session is not None and stream.id == session.as_open.stream_id:
            _count(session, stream.viewer_count, at)


# --- What follows ----------------------------------------------------------------------------


def _take(news: rules.News) -> None:
    with _channel() as channel:
        _follow(channel, news)


@contextmanager
def _channel() -> Iterator[Channel]:
    """Hold the channel's row, alone; what was set on it is saved."""
    with transaction.atomic():
        Channel.objects.get_or_create(pk=1)
        channel = Channel.objects.select_for_update().get(pk=1)
        yield channel
        channel.save()


def _follow(channel: Channel, news: rules.News) -> StreamSession | None:
    """Do what the rules make of the news; returns the session that is open then."""
    session = current()
    past = StreamSession.objects.ended().order_by("-ended_at").first()
    before = session.as_open if session else None
    verdict = rules.follow(before, past.as_past if past else None, news, _grace())
    if session is not None and verdict.ended_at is not None:
        _end(channel, session, verdict.ended_at, news.at)
        session = None
    if verdict.session is None or verdict.session == before:
        return session
    row = session or StreamSession()
    row.take(verdict.session)
    row.save()
    if verdict.is_new:
        _begin(channel, row)
    return row


def _begin(channel: Channel, session: StreamSession) -> None:
    chapters.open_first(channel, session)
    publish(
        StreamStarted(
            session_id=session.pk, stream_id=session.stream_id, started_at=session.started_at
        ),
        key=session.pk,
    )
    _tell(channel, "stream_online", session, session.started_at)
    log.info("stream.started", session_id=session.pk, stream=session.stream_id)


def _end(channel: Channel, session: StreamSession, ended_at: datetime, now: datetime) -> None:
    session.ended_at = max(ended_at, session.started_at)
    session.closed_at = now
    session.save()
    publish(
        StreamEnded(
            session_id=session.pk,
            stream_id=session.stream_id,
            started_at=session.started_at,
            ended_at=session.ended_at,
        ),
        key=session.pk,
    )
    _tell(channel, "stream_offline", session, session.ended_at)
    log.info("stream.ended", session_id=session.pk, stream=session.stream_id)


def _tell(channel: Channel, kind: str, session: StreamSession, at: datetime) -> None:
    """Tell the sockets; `timestamp` is when it happened, not when we heard of it."""
    channel.seq += 1
    message = {"type": kind, "seq": channel.seq, "timestamp": at.isoformat()}
    message |= {"session_id": session.pk, "stream_id": session.stream_id}
    push_on_commit(GROUP, message)


def _count(session: StreamSession, viewers: int, at: datetime) -> None:
    counts = session.viewer_counts
    if not counts.filter(at__gt=at - COUNTED_EVERY).exists():
        counts.create(at=at, viewers=viewers)


def _grace() -> timedelta:
    return settings.STREAM_GRACE

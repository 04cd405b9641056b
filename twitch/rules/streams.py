"""When a stream session begins and ends, whatever Twitch tells, how often and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# How often Twitch is asked; a bit less than a minute, as the clock's own beat is not exact.
ASKED_WHILE_LIVE = timedelta(seconds=55)
ASKED_WHILE_NOT = timedelta(seconds=295)
# Twitch's word that the stream is over stands after this time, also if it cannot be asked again.
BELIEVED_AFTER = timedelta(minutes=15)
# An answer may be what was so this long ago.
CACHED = timedelta(minutes=2)


@dataclass(frozen=True)
class Session:
    """The open session. Twitch gives a stream a new id when it comes back after a while."""

    stream_ids: tuple[str, ...]
    started_at: datetime
    newest_started_at: datetime
    live_at: datetime  # Known to have been live then.
    told_at: datetime | None = None  # When Twitch sent the newest event about it.
    off_since: datetime | None = None  # An event told that it went off air.
    unlisted_since: datetime | None = None  # Asked since, Twitch did not list it.

    @property
    def stream_id(self) -> str:
        return self.stream_ids[-1]

    @property
    def over_since(self) -> datetime | None:
        """When it was first told or found to be off air; None if it seems to be live."""
        if self.off_since is None or self.live_at > self.off_since:
            return self.unlisted_since
        return min(self.off_since, self.unlisted_since or self.off_since)

    @property
    def last_live_at(self) -> datetime:
        """When it was live for the last time, as far as known."""
        return self.off_since or self.live_at


@dataclass(frozen=True)
class Past:
    """The session that ended last; `closed_at` is when that was decided."""

    stream_ids: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    closed_at: datetime


@dataclass(frozen=True)
class Online:
    """An event, sent at `at`: the stream went on air."""

    at: datetime
    stream_id: str
    started_at: datetime


@dataclass(frozen=True)
class Offline:
    """An event, sent at `at`: the stream, whichever it was, went off air."""

    at: datetime


@dataclass(frozen=True)
class Listed:
    """Asked at `at`, Twitch says that the stream is live."""

    at: datetime
    stream_id: str
    started_at: datetime


@dataclass(frozen=True)
class Unlisted:
    """Asked at `at`, Twitch does not know of a live stream."""

    at: datetime


@dataclass(frozen=True)
class NoAnswer:
    """Asked at `at`, Twitch did not say."""

    at: datetime


News = Online | Offline | Listed | Unlisted | NoAnswer


@dataclass(frozen=True)
class Verdict:
    """What follows: the session that is open now, if it is new, and when the one before ended."""

    session: Session | None
    is_new: bool = False
    ended_at: datetime | None = None


def is_late(news: News, now: datetime, grace: timedelta) -> bool:
    """Tell whether an event is too old to be believed: Twitch has to be asked instead."""
    return isinstance(news, Online | Offline) and now - news.at > grace


def follow(session: Session | None, past: Past | None, news: News, grace: timedelta) -> Verdict:
    """Return what follows from the news for the open session, if there is one.

    Within the grace time a stream that comes back goes on with its session, and nothing ends.
    `past` is the session before.
    """
    if isinstance(news, Online | Listed):
        if session is None:
            return _begin(past, news, grace)
        if news.stream_id == session.stream_id:
            return Verdict(_confirm(session, news, grace))
        if news.stream_id in session.stream_ids:
            return Verdict(session)
        return _succeed(session, news, grace)
    if session is None:
        return Verdict(None)
    if isinstance(news, Offline):
        return Verdict(_told_off(session, news))
    return _end_or_not(session, news, grace)


def is_look_due(
    session: Session | None, asked_at: datetime | None, now: datetime, grace: timedelta
) -> bool:
    """Tell whether to ask Twitch now: from time to time, and as soon as the grace time is over."""
    if asked_at is None:
        return True
    if session is None:
        return now - asked_at >= ASKED_WHILE_NOT
    if now - asked_at >= ASKED_WHILE_LIVE:
        return True
    return session.over_since is not None and asked_at < session.over_since + grace <= now


def _begin(past: Past | None, news: Online | Listed, grace: timedelta) -> Verdict:
    if past is not None and not _is_after(past, news, grace):
        return Verdict(None)
    return Verdict(_opened(news, past.ended_at if past else None), is_new=True)


def _is_after(past: Past, news: Online | Listed, grace: timedelta) -> bool:
    """Tell whether the news is of a time after the session that ended, not an echo of it."""
    is_known = news.stream_id in past.stream_ids
    if isinstance(news, Online):
        # Delivered anew, an old event says that it was sent just now.
        return not is_known and news.started_at > past.started_at and news.at > past.ended_at
    # For a while Twitch goes on to list what is over.
    return news.at > (past.closed_at + grace if is_known else past.closed_at)


def _opened(news: Online | Listed, not_before: datetime | None) -> Session:
    """Return a new session; the past one's end and Twitch's start may differ by some seconds."""
    started_at = max(news.started_at, not_before) if not_before else news.started_at
    return Session(
        stream_ids=(news.stream_id,),
        started_at=started_at,
        newest_started_at=news.started_at,
        live_at=max(news.at, started_at),
        told_at=news.at if isinstance(news, Online) else None,
    )


def _confirm(session: Session, news: Online | Listed, grace: timedelta) -> Session:
    """Note that the stream is live (again)."""
    if isinstance(news, Online):
        if session.told_at is not None and news.at <= session.told_at:
            return session
        back = replace(session, told_at=news.at, off_since=None, unlisted_since=None)
    elif session.off_since is None or news.at >= session.off_since + grace:
        back = replace(session, off_since=None, unlisted_since=None)
    else:
        # For a while Twitch goes on to list what is over: that an event told so is kept in mind.
        back = replace(session, unlisted_since=None)
    return replace(back, live_at=max(news.at, session.live_at))


def _succeed(session: Session, news: Online | Listed, grace: timedelta) -> Verdict:
    """Another stream is live: it goes on with the session, or the session ended unnoticed."""
    if isinstance(news, Online) and news.started_at <= session.newest_started_at:
        return Verdict(session)
    ended_at = session.last_live_at
    if news.started_at - ended_at > grace:
        return Verdict(_opened(news, ended_at), is_new=True, ended_at=ended_at)
    told = news.at if isinstance(news, Online) else session.told_at
    return Verdict(
        replace(
            session,
            stream_ids=(*session.stream_ids, news.stream_id),
            newest_started_at=max(news.started_at, session.newest_started_at),
            live_at=max(news.at, session.live_at),
            told_at=told,
            off_since=None,
            unlisted_since=None,
        )
    )


def _told_off(session: Session, news: Offline) -> Session:
    """Note that the stream went off air, unless the event is older than what was told since."""
    known_at = max(session.told_at or session.newest_started_at, session.newest_started_at)
    if news.at <= known_at:
        return session
    return replace(session, told_at=news.at, off_since=news.at)


def _end_or_not(session: Session, news: Unlisted | NoAnswer, grace: timedelta) -> Verdict:
    if isinstance(news, Unlisted) and news.at > session.live_at and session.unlisted_since is None:
        session = replace(session, unlisted_since=news.at)
    over_since, wait = session.over_since, grace
    if isinstance(news, NoAnswer):
        over_since, wait = over_since or session.off_since, max(grace, BELIEVED_AFTER)
    if over_since is None or news.at < over_since + wait:
        return Verdict(session)
    return Verdict(None, ended_at=session.last_live_at)

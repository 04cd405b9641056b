"""Judging requests: by the streamer's rules, by what is blocked, and by who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from songqueue.models import Block, Play, SongRequest, SongRules
from songqueue.rules import eligibility as judge
from songqueue.rules.eligibility import Blocked, Limits, No, Place, Song
from songqueue.services import door, rules
from songqueue.services.refusals import refuse
from spotify.models import Track
from tokens.services import TokenProblem
from twitch.models import Viewer
from twitch.services import standing

# Held by the transaction that gives a place, so that two requests cannot both take the last one.
_PLACE_LOCK = 0x536F6E67


def check(request: SongRequest, now: datetime) -> None:
    """Judge a request by itself; raises Refused, or what keeps Twitch from saying who asks."""
    limits, track = rules.current(), _track(request)
    for code, _sentence in door.closed(now):
        raise refuse(code, length=str(limits.queue_length))
    blocks = [Blocked(kind, value) for kind, value in Block.objects.values_list("kind", "value")]
    _refuse_if(judge.refuse_blocked(_song(track), request.viewer_id, blocks))
    _refuse_if(judge.refuse_song(_song(track), _limits(limits)))
    _refuse_if(_refuse_person(limits.who, request.viewer))


def check_place(request: SongRequest, now: datetime) -> None:
    """Judge a request by the others; whoever was judged has a place until the transaction ends.

    Raises Refused.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PLACE_LOCK])
    limits, track = rules.current(), _track(request)
    others = SongRequest.objects.open().exclude(pk=request.pk).select_related("track")
    queue = [
        Place(
            other.viewer_id,
            other.track_id or "",
            other.track.isrc if other.track else "",
            other.status == SongRequest.Status.PLAYING,
        )
        for other in others.order_by("lined_up_at", "id")
    ]
    minutes_ago = _minutes_since_played(track, now, timedelta(minutes=limits.repeat_minutes))
    _refuse_if(
        judge.refuse_place(_song(track), request.viewer_id, queue, _limits(limits), minutes_ago)
    )


def _refuse_if(no: No | None) -> None:
    if no is not None:
        values: Mapping[str, str] = no.values
        raise refuse(no.code, **values)


def _refuse_person(who: str, viewer: Viewer) -> No | None:
    if who == SongRules.Who.EVERYONE:
        return None
    try:
        stands = standing.of(viewer.pk)
    except TokenProblem as problem:
        # A person would have to connect an account first; a viewer does not wait for that.
        raise refuse("standing_unknown") from problem
    return judge.refuse_person(
        who,
        is_subscriber=stands.is_subscriber,
        is_vip=stands.is_vip,
        is_moderator=stands.is_moderator,
        is_broadcaster=stands.is_broadcaster,
    )


def _minutes_since_played(track: Track, now: datetime, within: timedelta) -> int | None:
    """Return how long ago the track was last heard, when that is not longer ago than `within`.

    0 says that it is on.
    """
    same = Q(track=track)
    if track.isrc:
        same |= Q(track__isrc=track.isrc)
    newest = (
        Play.objects.filter(same)
        .exclude(outcome=Play.Outcome.SKIPPED)
        .filter(Q(ended_at=None) | Q(ended_at__gt=now - within))
        .order_by("-started_at")
        .first()
    )
    if newest is None or not within:
        return None
    if newest.ended_at is None:
        return 0
    return max(1, int((now - newest.ended_at).total_seconds() // 60))


def _track(request: SongRequest) -> Track:
    if request.track is None:
        raise ValueError(f"{request.pk} has no track yet.")
    return request.track


def _song(track: Track) -> Song:
    return Song(
        track_id=track.pk,
        isrc=track.isrc,
        title=track.name,
        artists=tuple(track.artists),
        artist_ids=tuple(track.artist_ids),
        seconds=track.duration_ms // 1000,
        is_explicit=track.is_explicit,
    )


def _limits(rules: SongRules) -> Limits:
    return Limits(
        longest_seconds=rules.longest_seconds,
        explicit_allowed=rules.explicit_allowed,
        repeat_minutes=rules.repeat_minutes,
        open_per_viewer=rules.open_per_viewer,
        in_a_row_per_viewer=rules.in_a_row_per_viewer,
        queue_length=rules.queue_length,
    )

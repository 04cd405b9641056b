"""The board: what plays, what comes, who waits and what became of it, as every page shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from points.services import people
from pushes.services import push_on_commit
from songqueue import texts
from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.services import door, snapshot
from spotify.models import Track
from twitch.services import streams

GROUP = "songqueue"
RECENT = 10
# What nobody has played for so long is not what is on.
FORGOTTEN = timedelta(minutes=30)
# Reasons that are worded for viewers.
_OURS = ("paused", "offline", "queue_full")
# What is as true as before while nothing happens: the numbers that only count on.
_COUNTING = ("seq", "as_of", "age_seconds", "progress_ms", "starts_in_ms")


@dataclass(frozen=True)
class Stand:
    """How the player stands now, as far as its last reading tells."""

    board: Board
    play: Play | None
    progress_ms: int
    is_playing: bool
    now: datetime

    @property
    def age_seconds(self) -> float | None:
        read_at = self.board.read_at
        return (self.now - read_at).total_seconds() if read_at else None

    @property
    def left_ms(self) -> int | None:
        """What is left of what is on; None when it does not run."""
        if self.play is None or not self.is_playing:
            return None
        return max(self.play.duration_ms - self.progress_ms, 0)


def stand(now: datetime) -> Stand:
    """Return how the player stands; what is on is counted on while it plays."""
    board, play = snapshot.board(), snapshot.current_play()
    progress, is_playing = board.progress_ms, board.is_playing
    if board.read_at and is_playing:
        progress += round((now - board.read_at) / timedelta(milliseconds=1))
    if play is not None:
        over_ms = progress - play.duration_ms
        is_over = timedelta(milliseconds=over_ms) > FORGOTTEN
        is_left = board.idle_since is not None and now - board.idle_since > FORGOTTEN
        play = None if is_over or is_left else play
        progress = min(progress, play.duration_ms) if play and play.duration_ms else progress
    return Stand(board, play, progress if play else 0, is_playing and play is not None, now)


def board(now: datetime) -> dict[str, Any]:
    """Return all there is to see, true at the moment of sending."""
    where = stand(now)
    closed = door.closed(now)
    return {
        "seq": where.board.seq,
        "is_live": streams.is_live(),
        "as_of": where.board.read_at.isoformat() if where.board.read_at else None,
        "age_seconds": where.age_seconds,
        "problem": problem(where.board),
        "is_open": not closed,
        "closed": [{"code": code, "detail": _closed(code, why)} for code, why in closed],
        "now": _now(where),
        "next": _next(where),
        "waiting": [_waiting(request) for request in _unshown()],
        "recent": [_recent(request) for request in _ended()],
    }


def told(now: datetime) -> dict[str, Any]:
    """Return the board for a socket that connects, with the number that it stands for."""
    # The number first: what changes in between is told again, with a number that is higher.
    shown = board(now)
    return {"seq": shown["seq"], "board": shown}


def latest() -> int:
    """Return the number of the newest change."""
    return Board.objects.values_list("seq", flat=True).first() or 0


@transaction.atomic
def tell(now: datetime) -> bool:
    """Push the board if it is not as it was told last; returns whether it was."""
    held = snapshot.held_board()
    shown = board(now)
    digest = _digest(shown, held)
    if digest == held.told:
        return False
    held.seq += 1
    held.told = digest
    held.save(update_fields=["seq", "told"])
    shown["seq"] = held.seq
    push_on_commit(GROUP, {"type": "board", "seq": held.seq, "board": shown})
    return True


def problem(board: Board) -> dict[str, str] | None:
    """Return why the player could not be read when that was last tried."""
    if not board.problem:
        return None
    code = "spotify_unavailable" if board.problem == "unavailable" else board.problem
    return {"code": code, "detail": f"The player cannot be read right now: {texts.label(code)}."}


def track_fields(track: Track | None, title: str) -> dict[str, Any]:
    """Return what every shape says of a track, or of something else that has a title."""
    return {
        "title": track.name if track else title,
        "artists": list(track.artists) if track else [],
        "cover_url": (track.cover_url if track else "") or None,
    }


def _closed(code: str, sentence: str) -> str:
    """Return why requests are closed, for viewers: what the streamer is to do is not theirs."""
    return sentence if code in _OURS else f"Song requests rest: {texts.label(code)}."


# --- The lanes -------------------------------------------------------------------------------


def _now(where: Stand) -> dict[str, Any] | None:
    play = where.play
    if play is None:
        return None
    return {
        "kind": play.kind,
        **track_fields(play.track, play.title),
        "album": play.track.album if play.track else "",
        "url": play.track.url if play.track else None,
        "duration_ms": play.duration_ms,
        "progress_ms": where.progress_ms,
        "is_playing": where.is_playing,
        "request": _request(play.request),
    }


def _next(where: Stand) -> list[dict[str, Any]]:
    starts_in = where.left_ms
    lane = []
    for row in snapshot.upcoming():
        lane.append(_coming(row, starts_in))
        starts_in = None if starts_in is None else starts_in + row.duration_ms
    return lane


def _coming(row: Upcoming, starts_in_ms: int | None) -> dict[str, Any]:
    return {
        "position": row.position,
        "kind": row.kind,
        **track_fields(row.track, row.title),
        "duration_ms": row.duration_ms,
        "starts_in_ms": starts_in_ms,
        "request": _request(row.request),
    }


def _request(request: SongRequest | None) -> dict[str, Any] | None:
    if request is None or request.status not in SongRequest.OPEN:
        return None
    return {
        "id": request.pk,
        "viewer": request.viewer.display_name,
        "requested_at": request.redemption.redeemed_at.isoformat(),
    }


def _unshown() -> list[SongRequest]:
    """Return requests with a place that the player's queue does not show."""
    waiting = SongRequest.objects.waiting().filter(upcoming=None)
    return list(waiting.select_related("track", "viewer"))


def _waiting(request: SongRequest) -> dict[str, Any]:
    shown = track_fields(request.track, "")
    return {
        "id": request.pk,
        "viewer": request.viewer.display_name,
        "title": shown["title"],
        "artists": shown["artists"],
        "status": request.status,
    }


def _ended() -> list[SongRequest]:
    ended = SongRequest.objects.filter(status__in=SongRequest.ENDS)
    rows = people.shown(ended).select_related("track", "viewer").order_by("-ended_at", "-id")
    return list(rows[:RECENT])


def _recent(request: SongRequest) -> dict[str, Any]:
    return {
        "id": request.pk,
        "viewer": request.viewer.display_name,
        **track_fields(request.track, ""),
        "status": request.status,
        "code": request.code,
        "detail": texts.label(request.code),
        "ended_at": request.ended_at.isoformat() if request.ended_at else None,
    }


def _digest(shown: dict[str, Any], held: Board) -> str:
    """Return what stays the same until something happens, folded up."""
    anchor: float = held.progress_ms
    if held.is_playing and held.read_at:
        # A jump of the progress is news; a few seconds are the player's inaccuracy.
        anchor = round((held.read_at.timestamp() - held.progress_ms / 1000) / 5)
    text = json.dumps([_still(shown), anchor], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _still(inner) for key, inner in value.items() if key not in _COUNTING}
    return [_still(inner) for inner in value] if isinstance(value, list) else value

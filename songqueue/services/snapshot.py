"""The last reading of the player as it is kept in the tables, and as the rules see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.rules.snapshots import NOTHING, Current, Key, Reading, Seen, Shown, Slot, Waiting
from spotify.services import Item, Playback
from spotify.services import Upcoming as Queue

# A request that was removed before the player showed it is looked out for so long.
WATCHED = timedelta(hours=6)

Status = SongRequest.Status


def board() -> Board:
    """Return the board; the first to ask makes it."""
    found = Board.objects.filter(pk=1).first()
    return found or Board.objects.get_or_create(pk=1)[0]


def held_board() -> Board:
    """Return the board for the caller's transaction alone."""
    board()
    return Board.objects.select_for_update().get(pk=1)


def current_play() -> Play | None:
    """Return what was on when the player was read."""
    related = ("track", "request__viewer", "request__redemption")
    return Play.objects.filter(ended_at=None).select_related(*related).first()


def heard(request: SongRequest, until: datetime) -> timedelta:
    """Return what was heard of a request that is on by then, as far as the last reading tells."""
    where, play = board(), current_play()
    if play is None or play.request_id != request.pk or where.read_at is None:
        return NOTHING
    since = min(until - where.read_at, _time(play.duration_ms - where.progress_ms))
    known = _time(play.heard_ms) + (max(since, NOTHING) if where.is_playing else NOTHING)
    return max(min(known, until - play.started_at), NOTHING)


def upcoming() -> list[Upcoming]:
    """Return what was to come next, in the player's order."""
    related = ("track", "request__viewer", "request__redemption")
    return list(Upcoming.objects.select_related(*related).order_by("position"))


def seen(board: Board, play: Play | None, queue: Sequence[Upcoming]) -> Seen | None:
    """Return the snapshot as the rules see it; None before the first reading."""
    if board.read_at is None:
        return None
    current = None
    if play is not None:
        current = Current(
            _key(play),
            _time(play.duration_ms),
            play.request_id,
            started_at=play.started_at,
            progress=_time(board.progress_ms),
            heard=_time(play.heard_ms),
        )
    slots = (Slot(_key(row), _time(row.duration_ms), row.request_id) for row in queue)
    return Seen(board.read_at, board.queue_read_at, board.is_playing, current, tuple(slots))


def waiting(now: datetime) -> list[Waiting]:
    """Return the requests that the player was given and is to play, first come first.

    Also those that were removed since, as the player cannot take them out.
    """
    removed = Q(status=Status.REMOVED, play=None) & (
        Q(upcoming__isnull=False) | Q(seen_at=None, ended_at__gte=now - WATCHED)
    )
    rows = SongRequest.objects.filter(Q(status__in=SongRequest.OPEN) | removed)
    rows = rows.exclude(queued_at=None).exclude(track=None).select_related("track")
    found = list(rows.order_by("queued_at", "id"))
    oldest = min((row.queued_at for row in found if row.queued_at), default=now)
    starts = list(Play.objects.filter(started_at__gt=oldest).values_list("started_at", flat=True))
    return [
        Waiting(
            id=row.pk,
            key=("track", row.track_id or ""),
            duration=_time(row.track.duration_ms if row.track else 0),
            lined_up_at=row.lined_up_at or row.queued_at,
            queued_at=row.queued_at,
            seen_at=row.seen_at,
            starts=sum(start > row.queued_at for start in starts),
        )
        for row in found
        if row.queued_at
    ]


@dataclass(frozen=True)
class Look:
    """What the player answered: as the rules see it, and what to keep of each of the items."""

    playback: Playback
    queue: Queue | None

    @property
    def items(self) -> dict[Key, Item]:
        shown = [self.playback.item]
        if self.queue is not None:
            shown += [self.queue.current, *self.queue.items]
        return {item_key(item): item for item in shown if item}

    @property
    def reading(self) -> Reading:
        playback, queue = self.playback, self.queue
        current = _shown(playback.item)
        progress = timedelta(milliseconds=playback.progress_ms)
        if queue is None:
            return Reading(playback.read_at, playback.is_playing, current, progress)
        on = _shown(queue.current)
        if on and current and on.key != current.key:
            # The player went on between the two answers: the later one is whole in itself.
            current, progress = on, timedelta(0)
        items = tuple(Shown(item_key(item), _time(item.duration_ms)) for item in queue.items)
        # An answer with nothing in it, while something is on, says nothing.
        known = items if items or on else None
        return Reading(playback.read_at, playback.is_playing, current, progress, known)


def item_key(item: Item) -> Key:
    """Return what tells one item from another."""
    return (item.kind, item.track_id or item.title)


def _key(row: Play | Upcoming) -> Key:
    return (row.kind, row.track_id or row.title)


def _shown(item: Item | None) -> Shown | None:
    return Shown(item_key(item), _time(item.duration_ms)) if item else None


def _time(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)

"""A request's place in the queue, and whether the player has it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf

from django.utils import timezone

from songqueue.models import SongRequest, Upcoming
from songqueue.rules.attribution import attribute
from songqueue.rules.snapshots import WINDOW, Reading, Shown, Waiting
from songqueue.services import board, snapshot
from songqueue.services.snapshot import item_key
from spotify.services import player

# Since one of ours was shown, so long ago, nobody has queued as much by hand as the player shows.
LATELY = timedelta(minutes=30)


def place(request: SongRequest) -> tuple[int, int | None]:
    """Return the request's place among ours, 0 when it plays, and the seconds until it starts.

    The seconds are None when that cannot be told: nothing plays, or the player was never read. The
    streamer's own items count where one of ours stands behind them: then they surely are queued.
    """
    if request.status == SongRequest.Status.PLAYING:
        return 0, 0
    lane = snapshot.upcoming()
    ahead = in_order()
    ids = [row.pk for row in ahead]
    number = ids.index(request.pk) if request.pk in ids else len(ids)
    left_ms = board.stand(timezone.now()).left_ms
    if left_ms is None:
        return number + 1, None
    before = [row.request_id for row in lane]
    last = before.index(request.pk) if request.pk in before else _behind_ours(before)
    left_ms += sum(row.duration_ms for row in lane[:last])
    left_ms += sum(
        row.track.duration_ms for row in ahead[:number] if row.track and row.pk not in before
    )
    return number + 1, round(left_ms / 1000)


def in_order() -> list[SongRequest]:
    """Return what waits: as the player shows it, and behind that as it was lined up."""
    places = dict(Upcoming.objects.exclude(request=None).values_list("request_id", "position"))
    waiting = SongRequest.objects.waiting().select_related("track", "viewer")
    return sorted(waiting, key=lambda row: places.get(row.pk, inf))


def _behind_ours(lane: list[str | None]) -> int:
    return max((index + 1 for index, owner in enumerate(lane) if owner), default=0)


def found_in_player(request: SongRequest) -> bool | None:
    """Look once, urgently, whether the player's queue has the request, beside what is others'.

    None when that cannot be told: nothing is on, or the queue may be longer than the player shows.
    Raises SpotifyProblem.
    """
    now = timezone.now()
    if request.track is None or request.lined_up_at is None:
        return False
    queue = player.queue(urgent=True)
    if queue.current is None:
        return None
    duration = timedelta(milliseconds=request.track.duration_ms)
    asked = Waiting(
        request.pk, ("track", request.track.pk), duration, request.lined_up_at, queue.read_at
    )
    others = [row for row in snapshot.waiting(now) if row.id != request.pk]
    where = board.stand(now)
    before = snapshot.seen(where.board, snapshot.current_play(), snapshot.upcoming())
    items = tuple(
        Shown(item_key(item), timedelta(milliseconds=item.duration_ms)) for item in queue.items
    )
    on = Shown(item_key(queue.current), timedelta(milliseconds=queue.current.duration_ms))
    reading = Reading(queue.read_at, is_playing=True, current=on, upcoming=items)
    if before and before.current and before.current.key == on.key:
        reading = replace(reading, progress=timedelta(milliseconds=where.progress_ms))
    verdict = attribute(before, reading, [*others, asked])
    if request.pk in verdict.seen:
        return True
    is_whole = len(items) < WINDOW or _is_within_sight(request, verdict.seen, now)
    return False if is_whole else None


def _is_within_sight(request: SongRequest, seen: Collection[str], now: datetime) -> bool:
    """Tell whether what is queued now is shown, since the last of ours to be queued was.

    Behind what was queued the player shows what it would play anyway, so that its list is full says
    nothing.
    """
    others = SongRequest.objects.exclude(pk=request.pk).exclude(queued_at=None)
    last = others.order_by("-queued_at").first()
    if last is None:
        return False
    return last.pk in seen or (last.seen_at is not None and now - last.seen_at < LATELY)

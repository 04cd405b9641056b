"""The player is read when it is time to, and what it shows is written down with what follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.rules import reading as rules
from songqueue.rules.attribution import Verdict, attribute
from songqueue.rules.snapshots import NOTHING, Current, Ending, Key, Outcome, Seen
from songqueue.services import board as boards
from songqueue.services import door, outcomes, snapshot
from songqueue.services.snapshot import Look
from spotify.models import Track
from spotify.services import BudgetState, Item, SpotifyProblem, Unsure, budget
from spotify.services import player as spotify
from twitch.services import streams

log = structlog.get_logger(__name__)

Status = SongRequest.Status

# Held by whoever reads the player, over all processes.
_LOCK = 0x506C6179
# Of what ordinary readings may use, so much is spent: from here on only the ends of songs are read.
THRIFTY = 0.8
# When this share was spent within an hour nothing is read in haste, lest a device that comes and
# goes, or a chat that asks and asks, use up the day.
HASTY = 0.3
HOUR = timedelta(hours=1)
# After this time a reading that never ended is made again.
GIVEN_UP = timedelta(seconds=30)
AFTER_A_SKIP = timedelta(seconds=2)
WHEN_ASKED = timedelta(seconds=10)


def read_soon(within: timedelta) -> None:
    """Have the player be read within that time; many who ask together get one reading."""
    snapshot.board()
    _read_by(timezone.now() + within)


def _read_by(time: datetime) -> None:
    at = Value(time, output_field=DateTimeField())
    Board.objects.filter(pk=1).update(next_read_at=Least(Coalesce("next_read_at", at), at))


def read_when_asked(now: datetime) -> None:
    """Have the player be read for somebody who asks what is on, if calls can be spared for that."""
    if _may_hurry(budget.state(now), now):
        read_soon(WHEN_ASKED)


def sync(now: datetime) -> bool:
    """Read the player if that is due and nobody else does; returns whether it was read.

    What is wrong with the player is kept beside the old snapshot, which stays.
    """
    if not Board.objects.filter(pk=1, next_read_at__lte=now).exists():
        return False
    with _alone() as is_alone:
        board = snapshot.board()
        if not is_alone or board.next_read_at is None or board.next_read_at > now:
            return False
        # Who asks from now on may ask for what this reading does not see any more.
        board.next_read_at = now + GIVEN_UP
        board.save(update_fields=["next_read_at"])
        return _read(board, now)


def skip_removed(now: datetime) -> None:
    """Pass over a request that is on although it was removed; the player is told once."""
    play = Play.objects.filter(
        ended_at=None, told_to_skip_at=None, request__status=Status.REMOVED
    ).first()
    if play is None or not _mark_told(play, now):
        return
    try:
        spotify.skip()
    except SpotifyProblem as problem:
        log.warning("songqueue.not_skipped", request=play.request_id, why=problem.code)
        # It surely had no effect: the next reading may try again.
        Play.objects.filter(pk=play.pk).update(told_to_skip_at=None)
    except Unsure:
        log.warning("songqueue.skip_unsure", request=play.request_id)
    read_soon(AFTER_A_SKIP)


def _mark_told(play: Play, now: datetime) -> bool:
    untold = Play.objects.filter(pk=play.pk, told_to_skip_at=None, ended_at=None)
    return bool(untold.update(told_to_skip_at=now))


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


# --- Reading ---------------------------------------------------------------------------------


def _read(board: Board, now: datetime) -> bool:
    awaited = _awaited()
    is_urgent = awaited and not budget.may_read(now)
    if not _is_wanted() or (not awaited and not budget.may_read(now)):
        _put_off(board, now)
        return False
    try:
        look = _look(board, is_awaited=awaited, is_urgent=is_urgent)
    except SpotifyProblem as problem:
        _not_read(board, problem, now)
        return False
    with transaction.atomic():
        asked = snapshot.held_board().next_read_at
        _apply(look)
        if asked and asked != board.next_read_at:
            _read_by(asked)
    skip_removed(now)
    return True


def _look(board: Board, *, is_awaited: bool, is_urgent: bool) -> Look:
    before = snapshot.seen(board, snapshot.current_play(), snapshot.upcoming())
    look = Look(spotify.read(urgent=is_urgent), None)
    if not rules.needs_queue(before, look.reading, is_awaited=is_awaited):
        return look
    return Look(look.playback, spotify.queue(urgent=is_urgent))


def _is_wanted() -> bool:
    """Whether anybody wants to know what plays: a stream is live, or a request is open."""
    return streams.is_live() or SongRequest.objects.open().exists()


def _awaited() -> bool:
    """Whether the player was given a request that its queue does not show."""
    board = snapshot.board()
    unseen = Q(seen_at=None)
    if board.queue_read_at is not None:
        unseen |= Q(seen_at__lt=board.queue_read_at)
    unseen &= Q(status=Status.QUEUED)
    return SongRequest.objects.filter(unseen).exclude(queued_at=None).exists()


def _put_off(board: Board, now: datetime) -> None:
    if _is_wanted():
        board.next_read_at = now + rules.LATER
    else:
        # What kept us from reading is nobody's trouble any more.
        board.next_read_at, board.problem, board.problem_since = None, "", None
    board.save(update_fields=["next_read_at", "problem", "problem_since"])


@transaction.atomic
def _not_read(board: Board, problem: SpotifyProblem, now: datetime) -> None:
    log.warning("songqueue.player_not_read", why=problem.code)
    held = snapshot.held_board()
    held.problem_since = held.problem_since if held.problem else now
    held.problem = problem.code
    pause = rules.idle_pause(now - (_in_this_show(held.problem_since) or now))
    # Somebody may close the breaker before its time; until then it costs no call to try.
    retry_at = getattr(problem, "retry_at", None) or now + pause
    held.next_read_at = min(retry_at, now + rules.IDLE_LONG)
    held.save()
    boards.tell(now)


# --- What follows ----------------------------------------------------------------------------


def _apply(look: Look) -> None:
    """Write the reading down; the caller's transaction keeps the old snapshot if that fails."""
    board = snapshot.held_board()
    reading = look.reading
    play = snapshot.current_play()
    before = snapshot.seen(board, play, snapshot.upcoming())
    verdict = attribute(before, reading, snapshot.waiting(reading.at))
    if verdict.ended and play:
        _end_play(play, verdict.ended)
    for ending in verdict.passed:
        _write_passed(ending)
    for request in SongRequest.objects.filter(pk__in=verdict.lost):
        outcomes.end(request, Status.LOST, "lost_in_player", reading.at)
    if verdict.current:
        _write_current(verdict, play, look)
    if reading.current is not None:
        _write_upcoming(verdict, look.items, before)
    SongRequest.objects.filter(pk__in=verdict.seen).update(seen_at=reading.at)
    _write_board(board, before, verdict, look)
    boards.tell(reading.at)


def _end_play(play: Play, ending: Ending) -> None:
    play.ended_at = ending.ended_at
    play.heard_ms = _ms(ending.heard)
    play.outcome = ending.outcome
    play.save()
    if play.request is not None:
        _end_request(play.request, ending)


def _end_request(request: SongRequest, ending: Ending) -> None:
    if ending.outcome is Outcome.PLAYED:
        outcomes.end(request, Status.PLAYED, "", ending.ended_at)
    else:
        outcomes.end(request, Status.SKIPPED, "skipped", ending.ended_at)


def _write_passed(ending: Ending) -> None:
    """Write down a request that came and went between two readings."""
    request = SongRequest.objects.select_related("track").get(pk=ending.slot.request)
    if ending.heard:
        SongRequest.objects.filter(pk=request.pk, started_at=None).update(
            started_at=ending.started_at
        )
    Play.objects.create(
        kind=ending.slot.key[0],
        track=request.track,
        title=request.track.name if request.track else "",
        request=request,
        duration_ms=_ms(ending.slot.duration),
        heard_ms=_ms(ending.heard),
        started_at=ending.started_at,
        ended_at=ending.ended_at,
        outcome=ending.outcome,
    )
    _end_request(request, ending)


def _write_current(verdict: Verdict, play: Play | None, look: Look) -> None:
    current = verdict.current
    if current is None:
        return
    if play is None or verdict.is_new:
        item = look.items[current.key]
        play = Play(kind=item.kind, title=item.title, started_at=current.started_at)
        play.track = Track.objects.filter(pk=item.track_id).first()
        play.duration_ms = item.duration_ms
    play.heard_ms = _ms(current.heard)
    play.request_id = current.request
    play.save()
    SongRequest.objects.filter(pk=current.request, status__in=SongRequest.WAITING).update(
        status=Status.PLAYING, started_at=current.started_at
    )


def _write_upcoming(verdict: Verdict, items: dict[Key, Item], before: Seen | None) -> None:
    if before is not None and before.upcoming == verdict.upcoming:
        return
    Upcoming.objects.all().delete()
    titles = {key: item.title for key, item in items.items()}
    tracks = Track.objects.in_bulk([key[1] for key in titles if key[0] == "track"])
    Upcoming.objects.bulk_create(
        Upcoming(
            position=position,
            kind=slot.key[0],
            track=tracks.get(slot.key[1]),
            title=titles.get(slot.key, ""),
            duration_ms=_ms(slot.duration),
            request_id=slot.request,
        )
        for position, slot in enumerate(verdict.upcoming, 1)
    )


def _write_board(board: Board, before: Seen | None, verdict: Verdict, look: Look) -> None:
    reading = look.reading
    board.read_at = reading.at
    if bool(board.device_name) != bool(look.playback.device_name):
        # A device that came or went is something that happened, as what is idle goes.
        board.idle_since = None
        door.look_soon()
    board.device_name = look.playback.device_name
    board.is_playing = reading.is_playing and reading.current is not None
    if verdict.current:
        board.progress_ms = _ms(verdict.current.progress)
    if reading.upcoming is not None:
        board.queue_read_at = reading.at
    board.idle_since = None if board.is_playing else board.idle_since or reading.at
    board.problem, board.problem_since = "", None
    board.next_read_at = rules.next_read(_situation(board, before, verdict), reading.at)
    board.save()


def _situation(board: Board, before: Seen | None, verdict: Verdict) -> rules.Situation:
    current: Current | None = verdict.current if board.is_playing else None
    missing = SongRequest.objects.filter(pk__in=verdict.missing, status=Status.QUEUED)
    since = [row.seen_at or row.queued_at for row in missing]
    now = timezone.now()
    state = budget.state(now)
    return rules.Situation(
        is_wanted=_is_wanted(),
        left=current.left if current else None,
        overdue=_overdue(board, before, verdict),
        idle_since=_in_this_show(board.idle_since),
        missing_since=min((at for at in since if at), default=None),
        is_thrifty=_is_thrifty(state),
        is_asleep=_may_hurry(state, now) and door.waits_for_device(now),
    )


def _overdue(board: Board, before: Seen | None, verdict: Verdict) -> timedelta:
    """Return for how long we know that what is on should have been over."""
    if verdict.is_new or not (before and before.current and board.read_at):
        return NOTHING
    return board.read_at - before.at if before.current.left <= NOTHING else NOTHING


def _is_thrifty(state: BudgetState) -> bool:
    return state.used >= THRIFTY * (state.budget - state.reserve)


def _may_hurry(state: BudgetState, now: datetime) -> bool:
    """Whether calls can be spared for more than the regular readings."""
    lately = budget.used_since(now - HOUR)
    return not _is_thrifty(state) and lately < HASTY * (state.budget - state.reserve)


def _in_this_show(since: datetime | None) -> datetime | None:
    """Return since when something has been so in this show: one that begins is looked at anew."""
    session = streams.current()
    return max(since, session.started_at) if since and session else since


def _ms(time: timedelta) -> int:
    return round(time / timedelta(milliseconds=1))

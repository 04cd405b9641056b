from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.services import board, door, outcomes, player, queue
from spotify.models import Call
from spotify.services import Unavailable, budget
from tests.backstage import Backstage, at_once
from tests.songqueue.show import Show
from twitch.models import StreamSession

Status = SongRequest.Status


@pytest.fixture
def player_of(show: Show) -> Show:
    """A show whose player was read once."""
    show.rules(repeat_minutes=0)
    sync()
    return show


def sync() -> bool:
    """Read now, due or not."""
    player.read_soon(timedelta(0))
    return player.sync(timezone.now())


def fresh(request: SongRequest) -> SongRequest:
    return SongRequest.objects.get(pk=request.pk)


def calls(backstage: Backstage) -> int:
    return sum(backstage.spotify()["calls"].values())


def seen_playing(show: Show, request: SongRequest) -> None:
    """Play on until the request is on, and read."""
    show.backstage.play_out()
    sync()
    assert fresh(request).status == Status.PLAYING


def test_a_request_is_seen_waits_plays_and_has_played(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    assert fresh(request).seen_at is not None
    assert Upcoming.objects.get(position=1).request_id == request.pk
    seen_playing(player_of, request)
    assert fresh(request).started_at is not None
    backdate(seconds=300)
    player_of.backstage.play_out()
    sync()
    assert (fresh(request).status, fresh(request).code) == (Status.PLAYED, "")
    play = Play.objects.get(request=request)
    assert (play.outcome, play.ended_at is not None) == ("played", True)
    assert Play.objects.filter(ended_at=None).count() == 1


def backdate(*, seconds: float) -> None:
    """Let the last reading have been made earlier: the player's clock was put ahead of ours."""
    back = timedelta(seconds=seconds)
    for row in Board.objects.all():
        row.read_at = row.read_at and row.read_at - back
        row.queue_read_at = row.queue_read_at and row.queue_read_at - back
        row.save()
    for play in Play.objects.filter(ended_at=None):
        play.started_at -= back
        play.save()
    for request in SongRequest.objects.all():
        for name in ("lined_up_at", "queued_at", "seen_at", "started_at"):
            at: datetime | None = getattr(request, name)
            setattr(request, name, at and at - back)
        request.save()


def test_a_song_that_is_skipped_at_once_was_skipped(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    seen_playing(player_of, request)
    player_of.backstage.press("next")
    sync()
    assert (fresh(request).status, fresh(request).code) == (Status.SKIPPED, "skipped")


def test_a_pause_is_no_ending(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    seen_playing(player_of, request)
    player_of.backstage.press("pause")
    backdate(seconds=600)
    sync()
    assert fresh(request).status == Status.PLAYING
    assert not Board.objects.get().is_playing
    assert Board.objects.get().idle_since is not None


def test_a_device_that_goes_to_sleep_ends_nothing(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    player_of.backstage.device(active=False)
    sync()
    assert fresh(request).status == Status.QUEUED
    assert Upcoming.objects.filter(request=request).exists()


def test_a_player_that_cannot_be_read_leaves_the_snapshot_and_says_why(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    before = Board.objects.get()
    player_of.backstage.breaks("500", path="/spotify/v1/me/player")
    now = timezone.now()
    assert not sync()
    row = Board.objects.get()
    assert (row.read_at, row.problem) == (before.read_at, Unavailable.code)
    assert row.next_read_at is not None
    assert timedelta(seconds=50) < row.next_read_at - now < timedelta(seconds=70)
    assert Upcoming.objects.filter(request=request).exists()
    shown = board.board(timezone.now())
    assert shown["problem"]["code"] == "spotify_unavailable"
    player_of.backstage.control("faults", verb="DELETE")
    assert sync()
    assert Board.objects.get().problem == ""


def test_a_reading_that_cannot_be_written_leaves_the_old_snapshot(player_of: Show) -> None:
    player_of.request("Respawn")
    sync()
    before = list(Upcoming.objects.values_list("position", "track_id", "request_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE songqueue_upcoming ADD CONSTRAINT full_disk CHECK (position < 3) NOT VALID"
        )
    try:
        player_of.backstage.press("next")
        with pytest.raises(DatabaseError):
            sync()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE songqueue_upcoming DROP CONSTRAINT full_disk")
    assert list(Upcoming.objects.values_list("position", "track_id", "request_id")) == before
    assert Play.objects.count() == 1
    assert sync()


def test_of_many_who_read_at_once_one_does(player_of: Show) -> None:
    player.read_soon(timedelta(0))
    before = calls(player_of.backstage)
    player_of.backstage.breaks("delay", ms=300, path="/spotify/v1/me/player", count=1)
    now = timezone.now()
    assert sorted(map(str, at_once(4, lambda: player.sync(now)))) == ["False"] * 3 + ["True"]
    assert calls(player_of.backstage) - before <= 2


def test_who_asks_while_the_player_is_read_is_heard(player_of: Show) -> None:
    player.read_soon(timedelta(0))
    due = Board.objects.get().next_read_at
    player_of.backstage.breaks("delay", ms=1000, path="/spotify/v1/me/player", count=1)

    def ask() -> bool:
        while Board.objects.get().next_read_at == due:
            time.sleep(0.01)
        player.read_soon(timedelta(seconds=3))
        return True

    works = iter([lambda: player.sync(timezone.now()), ask])
    assert at_once(2, lambda: next(works)()) == [True, True]
    read_at = Board.objects.get().next_read_at
    assert read_at is not None
    assert read_at <= timezone.now() + timedelta(seconds=3)


def test_nothing_is_read_before_it_is_due(player_of: Show) -> None:
    before = calls(player_of.backstage)
    assert not player.sync(timezone.now())
    assert calls(player_of.backstage) == before


def test_who_asks_for_a_reading_soon_never_puts_it_off(player_of: Show) -> None:
    player.read_soon(timedelta(seconds=5))
    player.read_soon(timedelta(hours=5))
    due = Board.objects.get().next_read_at
    assert due is not None
    assert due < timezone.now() + timedelta(seconds=6)


def test_a_check_within_a_song_costs_one_call(player_of: Show) -> None:
    before = calls(player_of.backstage)
    sync()
    assert calls(player_of.backstage) - before == 1


def test_nobody_looks_while_the_channel_is_offline(player_of: Show) -> None:
    StreamSession.objects.all().delete()
    before = calls(player_of.backstage)
    assert not sync()
    assert calls(player_of.backstage) == before
    assert Board.objects.get().next_read_at is None


def test_off_air_nobody_is_told_that_the_player_could_not_be_read(player_of: Show) -> None:
    player_of.backstage.breaks("500", path="/spotify/v1/me/player")
    sync()
    assert board.board(timezone.now())["problem"]
    StreamSession.objects.all().delete()
    sync()
    assert board.board(timezone.now())["problem"] is None


def test_a_breaker_that_a_person_closes_does_not_leave_the_player_unread(player_of: Show) -> None:
    player_of.request("Respawn")
    player_of.backstage.breaks("spotify_quota", path="/spotify/v1", count=1, retry_after=79_892)
    assert not sync()
    before = calls(player_of.backstage)
    assert not player.sync(timezone.now() + timedelta(minutes=11))
    assert calls(player_of.backstage) == before
    budget.close_breaker("Mo")
    assert player.sync(timezone.now() + timedelta(minutes=22))


def test_a_removed_request_is_passed_over_once(player_of: Show) -> None:
    request = player_of.request("Respawn")
    sync()
    assert outcomes.end(request, Status.REMOVED, "withdrawn", timezone.now())
    assert [row["id"] for row in board.board(timezone.now())["waiting"]] == []
    player_of.backstage.play_out()
    sync()
    play = Play.objects.get(request=request)
    assert play.told_to_skip_at is not None
    assert player_of.backstage.spotify()["now"]["title"] != "Respawn"
    skipped = player_of.backstage.effects("song_skipped")
    sync()
    player.skip_removed(timezone.now())
    assert player_of.backstage.effects("song_skipped") == skipped
    assert len(skipped) == 1
    assert (fresh(request).status, fresh(request).code) == (Status.REMOVED, "withdrawn")


def test_a_request_removed_before_it_was_seen_is_passed_over_too(player_of: Show) -> None:
    request = player_of.request("Respawn")
    assert outcomes.end(request, Status.REMOVED, "withdrawn", timezone.now())
    player_of.backstage.play_out()
    sync()
    assert len(player_of.backstage.effects("song_skipped")) == 1


def until_next_read() -> float:
    board = Board.objects.get(pk=1)
    assert board.next_read_at is not None
    return (board.next_read_at - timezone.now()).total_seconds()


def test_a_device_that_is_missing_is_looked_out_for(player_of: Show) -> None:
    player_of.backstage.device(active=False)
    sync()
    assert [code for code, _ in door.closed(timezone.now())] == ["no_active_device"]
    assert until_next_read() <= 7
    player_of.backstage.device(active=True)
    player_of.backstage.press("play")
    sync()
    assert door.closed(timezone.now()) == []


def test_a_device_is_not_looked_out_for_in_haste_when_that_opens_nothing(player_of: Show) -> None:
    player_of.rules(is_paused=True)
    player_of.backstage.device(active=False)
    sync()
    assert until_next_read() > 50


def spend(number: int) -> None:
    """Let so many calls have been made just now."""
    now = timezone.now()
    Call.objects.bulk_create(
        Call(name="GET me/player", is_urgent=False, at=now) for _ in range(number)
    )


def test_a_device_that_comes_and_goes_does_not_use_up_the_day(player_of: Show) -> None:
    spend(150)
    player_of.backstage.device(active=False)
    sync()
    assert until_next_read() > 50


def test_a_chat_that_asks_and_asks_does_not_use_up_the_day(player_of: Show) -> None:
    assert until_next_read() > 20
    player.read_when_asked(timezone.now())
    assert until_next_read() <= 10
    sync()
    spend(150)
    player.read_when_asked(timezone.now())
    assert until_next_read() > 20


def test_what_does_not_say_how_long_it_is_is_not_read_again_and_again(player_of: Show) -> None:
    player_of.backstage.queue_by_hand("unknown")
    player_of.backstage.press("next")
    pauses = []
    for _ in range(6):
        sync()
        Play.objects.filter(ended_at=None).update(duration_ms=0)
        pauses.append(round(until_next_read()))
        backdate(seconds=pauses[-1])
    assert pauses == sorted(pauses)
    assert pauses[-1] > 60


def test_a_show_that_begins_without_a_device_is_looked_at_anew(player_of: Show) -> None:
    player_of.backstage.device(active=False)
    sync()
    Board.objects.update(idle_since=timezone.now() - timedelta(days=2))
    sync()
    assert until_next_read() <= 7


def test_what_is_no_track_breaks_nothing(player_of: Show) -> None:
    for kind in ("episode", "local", "ad", "unknown"):
        player_of.backstage.queue_by_hand(kind)
    request = player_of.request("Respawn")
    sync()
    kinds = list(Upcoming.objects.order_by("position").values_list("kind", flat=True)[:5])
    assert kinds == ["episode", "local", "unknown", "track", "track"]
    assert Upcoming.objects.get(request=request).position == 4
    for _ in kinds:
        player_of.backstage.press("next")
        assert sync()
    assert fresh(request).status == Status.PLAYING


def test_two_viewers_with_the_same_song_keep_their_order(player_of: Show) -> None:
    first = player_of.request("Respawn", viewer="ada")
    second = player_of.request("Respawn", viewer="mo")
    sync()
    lane = Upcoming.objects.exclude(request=None).order_by("position")
    assert [row.request_id for row in lane] == [first.pk, second.pk]


def test_a_place_counts_ours_ahead_and_the_time_until_then(player_of: Show) -> None:
    first = player_of.request("Respawn", viewer="ada")
    second = player_of.request("Cumulus", viewer="mo")
    number, seconds = queue.place(fresh(first))
    assert number == 1
    assert seconds is not None
    state = player_of.backstage.spotify()
    left = (state["now"]["duration_ms"] - state["now"]["progress_ms"]) / 1000
    assert seconds == pytest.approx(left, abs=5)
    sync()
    assert queue.place(fresh(first))[0] == 1
    assert queue.place(fresh(second))[0] == 2
    seen_playing(player_of, first)
    assert queue.place(fresh(first)) == (0, 0)


def test_a_request_whose_answer_was_lost_is_found_beside_another_of_the_same_song(
    player_of: Show,
) -> None:
    player_of.request("Respawn", viewer="ada")
    sync()
    twin = player_of.of(player_of.redeem("Respawn", viewer="mo"))
    twin.track_id, twin.status, twin.lined_up_at = (
        player_of.backstage.track("Respawn")["id"],
        Status.LINED_UP,
        timezone.now(),
    )
    twin.save()
    assert queue.found_in_player(fresh(twin)) is False
    player_of.backstage.queue_by_hand(twin.track_id or "")
    assert queue.found_in_player(fresh(twin)) is True


def test_every_change_is_numbered_without_a_gap(player_of: Show) -> None:
    numbers = [board.latest()]
    request = player_of.request("Respawn")
    for _ in range(2):
        board.tell(timezone.now())
        numbers.append(board.latest())
    sync()
    numbers.append(board.latest())
    outcomes.end(request, Status.REMOVED, "withdrawn", timezone.now())
    board.tell(timezone.now())
    numbers.append(board.latest())
    steps = [after - before for before, after in pairwise(numbers)]
    assert steps[0] >= 1
    assert steps[1] == 0
    # The reading showed where the request stands; the end took it away.
    assert steps[2:] == [1, 1]

"""Song requests, from the pasted link to their end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sagas import services as sagas
from sagas.models import Event
from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.rules.snapshots import WINDOW
from songqueue.services import outcomes, player, requests
from spotify.models import Call, Track
from tests.backstage import at_once
from tests.sagas.driving import lead, lead_on
from tests.songqueue.show import Show
from twitch.models import ChatText

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/spotify/v1/me/player/queue"
TRACKS = "/spotify/v1/tracks"
SETTLE = "/twitch/helix/channel_points/custom_rewards/redemptions"
HOURS = 79_892


def facts(kind: str) -> list[dict[str, object]]:
    return list(
        Event.objects.filter(kind=f"songqueue.{kind}")
        .order_by("id")
        .values_list("payload", flat=True)
    )


def refunded(show: Show, request: SongRequest, code: str) -> str:
    """See that a request ended refunded, once, with one verdict; returns that."""
    request.refresh_from_db()
    assert (request.code, show.run(request).status) == (code, "compensated")
    assert request.status in SongRequest.ENDS
    assert show.settlings(request) == ["redemption_canceled"]
    (line,) = show.said()
    assert line.startswith(f"@{request.viewer} refunded: ")
    return line


# --- All goes well ---------------------------------------------------------------------------


def test_a_song_is_queued_its_points_spent_and_its_viewer_told(show: Show) -> None:
    request = show.request("Paper Lanterns")
    assert (request.status, request.code) == ("queued", "")
    assert show.queued() == [request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    (line,) = show.said()
    assert line.startswith("@Ada queued: Paper Lanterns – Marrow, Tide · #1 · ")
    assert show.run(request).status == "completed"
    assert request.place_told == 1
    (fact,) = facts("SongRequested")
    assert (fact["song_id"], fact["title"]) == (request.pk, "Paper Lanterns")
    assert (fact["viewer_name"], fact["artists"]) == ("Ada", ["Marrow", "Tide"])


def test_points_are_spent_when_the_song_has_played(show: Show) -> None:
    show.rules(fulfil="played")
    request = show.request()
    assert (request.status, show.status(request)) == ("queued", "UNFULFILLED")
    (line,) = show.said()
    assert line.endswith("your points are spent once it has played")
    assert len(facts("SongRequested")) == 1

    now = timezone.now()
    SongRequest.objects.update(status="playing", started_at=now)
    lead()
    assert show.run(request).status == "waiting"
    assert outcomes.end(request, "played", "", now)
    lead()
    assert show.run(request).status == "completed"
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert len(show.said()) == 1
    assert facts("SongPlayed")[0]["song_id"] == request.pk


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("skipped", "skipped"),
        ("skipped", "skipped_by_hand"),
        ("removed", "removed_by_moderator"),
        ("lost", "stream_ended"),
        ("lost", "lost_in_player"),
    ],
)
def test_points_are_back_when_the_song_has_another_end(show: Show, status: str, code: str) -> None:
    show.rules(fulfil="played")
    request = show.request()
    outcomes.end(request, status, code, timezone.now())
    outcomes.end(request, "played", "", timezone.now())
    lead()
    request.refresh_from_db()
    assert (request.status, request.code) == (status, code)
    assert show.settlings(request) == ["redemption_canceled"]
    _queued, verdict = show.said()
    assert "Paper Lanterns" in verdict
    (fact,) = facts("SongRefunded")
    assert (fact["song_id"], fact["code"]) == (request.pk, code)
    assert facts("SongPlayed") == []


def test_a_change_of_the_rule_leaves_what_is_under_way_alone(show: Show) -> None:
    show.rules(fulfil="played")
    request = show.request()
    show.rules(fulfil="queued")
    show.deliver(request.redemption_id)
    lead()
    assert show.status(request) == "UNFULFILLED"
    outcomes.end(request, "played", "", timezone.now())
    lead()
    assert show.settlings(request) == ["redemption_fulfilled"]


def test_a_redemption_that_comes_five_times_is_one_request(show: Show) -> None:
    redemption = show.redeem()
    at_once(5, lambda: show.deliver(redemption))
    lead()
    show.deliver(redemption)
    lead()
    request = show.of(redemption)
    assert show.queued() == [request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert len(show.said()) == 1


def test_a_track_that_is_known_costs_no_call(show: Show) -> None:
    show.rules(repeat_minutes=0)
    show.request(viewer="ada")
    show.request(viewer="bo")
    names = list(Call.objects.values_list("name", flat=True))
    assert len([name for name in names if "tracks" in name]) == 1
    assert len(show.queued()) == 2


# --- What was typed --------------------------------------------------------------------------

TYPED = {
    "   ": "empty",
    "play something nice": "not_a_link",
    "https://open.spotify.com/album/4aawyAB9vmqN3uQ7FjRGTy": "album",
    "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M": "playlist",
    "spotify:episode:512ojhOuo1ktJprKbVcKyQ": "episode",
    "https://open.spotify.com/show/5CfCWKI5pZ28U0uOzXkDHe": "show",
    "https://open.spotify.com/artist/0OdUWJ0sBjDrqHygGUXeCF": "artist",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": "other_host",
    "https://open.spotify.com/track/short": "bad_track_id",
    "https://open.spotify.com/track/0000000000000000000000": "track_not_found",
    "<script>alert(1)</script>": "not_a_link",
    "x" * 199: "not_a_link",
}


@pytest.mark.parametrize(("text", "code"), TYPED.items())
def test_what_is_no_song_is_refunded_with_its_own_reason(show: Show, text: str, code: str) -> None:
    redemption = show.redeem("Paper", text="x" if not text.strip() else text)
    if not text.strip():
        show.of(redemption).redemption.__class__.objects.update(user_input=text)
    lead()
    refunded(show, show.of(redemption), code)
    assert show.queued() == []


def test_a_track_that_was_taken_off_spotify_is_refunded(show: Show) -> None:
    track = show.backstage.track("Paper")
    show.backstage.remove_track(track["id"])
    refunded(show, show.request(), "track_not_found")


def test_what_viewers_type_does_not_get_into_chat_or_logs(
    show: Show, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    show.request(text="/ban greenroom\u202e {song} hunter2")
    assert "hunter2" not in "".join(show.said())
    out, err = capfd.readouterr()
    assert "hunter2" not in out + err + caplog.text


# --- The rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "limits", "code", "words"),
    [
        ("Rain on", {}, "too_long", "3:00:00"),
        ("Swear Jar", {"explicit_allowed": False}, "explicit", "clean version"),
        ("Paper", {"is_paused": True}, "paused", "paused"),
        ("Paper", {"who": "moderators"}, "moderators_only", "moderators"),
        ("Paper", {"who": "vips"}, "vips_only", "VIPs"),
    ],
)
def test_a_rule_is_a_reason(
    show: Show, title: str, limits: dict[str, object], code: str, words: str
) -> None:
    show.rules(**limits)
    assert words in refunded(show, show.request(title), code)
    assert show.queued() == []


def test_who_may_ask_is_asked_of_twitch(show: Show) -> None:
    show.rules(who="subscribers")
    assert show.request(viewer="ada").status == "queued"
    assert show.request("Glass", viewer="vera").status == "queued"
    assert show.request("Fer", viewer="dario").code == "subscribers_only"


def test_nobody_is_turned_down_because_twitch_is_away(show: Show) -> None:
    show.rules(who="subscribers")
    show.backstage.breaks("500", path="/twitch/helix/subscriptions", count=2)
    assert show.see_through(viewer="ada").status == "queued"


def test_who_may_ask_cannot_be_known_without_the_permission(show: Show) -> None:
    show.rules(who="vips")
    show.backstage.connect(without="channel:read:vips")
    refunded(show, show.request(), "standing_unknown")


def test_songs_are_for_the_stream(show: Show) -> None:
    show.session.delete()
    refunded(show, show.request(), "offline")
    show.rules(only_while_live=False)
    assert show.request().status == "queued"


def test_two_viewers_with_the_same_song_get_it_once(show: Show) -> None:
    first, second = show.redeem(viewer="ada"), show.redeem(viewer="bo")
    lead()
    requests = {show.of(first).status, show.of(second).status}
    assert requests == {"queued", "refused"}
    assert SongRequest.objects.get(status="refused").code == "in_queue"
    assert len(show.queued()) == 1


def test_of_two_workers_one_gives_the_last_place(show: Show) -> None:
    show.rules(queue_length=1)
    show.redeem("Paper", "ada")
    show.redeem("Glass", "bo")
    at_once(2, lead)
    lead_on()
    assert sorted(SongRequest.objects.values_list("code", flat=True)) == ["", "queue_full"]
    assert len(show.queued()) == 1


def test_what_was_heard_recently_is_not_taken(show: Show) -> None:
    show.request()
    track = Track.objects.get()
    SongRequest.objects.all().delete()
    ended_at = timezone.now() - timedelta(minutes=29)
    play = Play.objects.create(
        kind="track", track=track, started_at=ended_at, ended_at=ended_at, outcome="played"
    )
    assert show.request().code == "played_recently"
    play.outcome = "skipped"
    play.save()
    assert show.request().status == "queued"


def test_the_streamers_words_are_used(show: Show) -> None:
    ChatText.objects.create(name="songqueue.refused.too_long", text="{length}? No way.")
    assert "@Ada refunded: 3:00:00? No way." in show.said() or show.request("Rain on")
    assert show.said() == ["@Ada refunded: 3:00:00? No way."]


# --- Spotify ---------------------------------------------------------------------------------


def test_a_player_that_is_asleep_is_looked_at_soon(show: Show) -> None:
    show.backstage.breaks("spotify_no_device", path=QUEUE)
    show.request()
    board = Board.objects.get()
    assert board.next_read_at is not None
    assert board.next_read_at <= timezone.now() + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("spotify_no_device", "no_active_device"),
        ("spotify_premium", "premium_required"),
        ("spotify_restricted", "restricted_device"),
        ("spotify_quota", "quota_exhausted"),
    ],
)
def test_what_the_player_refuses_is_refunded(show: Show, fault: str, code: str) -> None:
    show.backstage.breaks(fault, path=QUEUE)
    refunded(show, show.request(), code)
    assert show.queued() == []


def test_a_short_rate_limit_is_waited_out(show: Show) -> None:
    show.backstage.breaks("429", path=TRACKS, count=1, retry_after=15)
    request = show.request()
    assert (request.status, show.run(request).status) == ("new", "waiting")
    assert show.said() == []


def test_a_long_rate_limit_is_not(show: Show) -> None:
    show.backstage.breaks("429", path=TRACKS, count=1, retry_after=40)
    refunded(show, show.request(), "rate_limited")


def test_a_quota_that_is_used_up_costs_no_more_calls(show: Show) -> None:
    show.backstage.breaks("spotify_quota", path=QUEUE, retry_after=HOURS)
    show.request("Paper")
    calls = show.backstage.spotify_calls()
    for title in ("Glass", "Fer", "Marble"):
        assert show.see_through(title).code == "quota_exhausted"
    assert show.backstage.spotify_calls() == calls
    assert len(show.said()) == 4


def test_a_spotify_that_comes_back_soon_is_waited_for(show: Show) -> None:
    show.backstage.breaks("500", path=TRACKS, count=2)
    assert show.see_through().status == "queued"


def test_a_spotify_that_stays_away_is_a_reason_of_its_own(show: Show) -> None:
    show.backstage.breaks("500", path=TRACKS)
    line = refunded(show, show.see_through(), "spotify_unavailable")
    assert "Spotify could not be reached" in line


def test_a_consent_that_is_gone_in_the_middle_is_refunded(show: Show) -> None:
    redemption = show.redeem()
    show.backstage.breaks("spotify_revoked")
    lead()
    refunded(show, show.of(redemption), "reconnect_needed")


def test_without_an_account_nothing_waits_for_a_person(show: Show) -> None:
    from tokens.models import Token

    Token.objects.filter(provider="spotify").delete()
    refunded(show, show.request(), "reconnect_needed")


# --- The answer that was lost ----------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_after", "spotify_502_after"])
def test_a_song_that_was_queued_unheard_is_found_there(show: Show, fault: str) -> None:
    show.backstage.breaks(fault, path=QUEUE, method="POST", count=1)
    request = show.request()
    assert request.status == "queued"
    assert show.queued() == [request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert len(show.said()) == 1


def test_a_song_that_was_not_queued_is_tried_again(show: Show) -> None:
    first = show.request("Cumulus")
    show.backstage.breaks("drop_before", path=QUEUE, method="POST", count=1)
    request = show.see_through("Respawn")
    assert request.status == "queued"
    assert show.queued() == [first.track_id, request.track_id]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_song_that_may_stand_beyond_what_the_player_shows_is_not_queued_again(
    show: Show, fault: str
) -> None:
    for _ in range(WINDOW):
        show.backstage.queue_by_hand(show.backstage.track("Cumulus")["id"])
    show.backstage.breaks(fault, path=QUEUE, method="POST", count=1)
    request = show.request("Respawn")
    run = show.run(request)
    assert (run.status, run.code, run.next_step) == ("stuck", "unsure", "queue_in_player")
    assert show.queued().count(request.track_id or "") == (fault == "drop_after")


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_queue_that_cannot_be_seen_is_looked_at_when_it_can(show: Show, fault: str) -> None:
    first = show.request("Cumulus")
    show.backstage.breaks(fault, path=QUEUE, method="POST", count=1)
    show.backstage.breaks("500", path=QUEUE, method="GET", count=2)
    request = show.request("Respawn")
    assert (request.status, show.run(request).status) == ("lined_up", "waiting")
    lead_on()
    request.refresh_from_db()
    assert request.status == "queued"
    assert show.queued() == [first.track_id, request.track_id]
    assert show.settlings(request) == ["redemption_fulfilled"]
    assert len(show.said()) == 2


def test_what_cannot_be_told_waits_for_a_person(show: Show) -> None:
    show.backstage.breaks("drop_after", path=QUEUE, method="POST", count=1)
    show.backstage.breaks("500", path=QUEUE, method="GET")
    request = show.request()
    SongRequest.objects.update(lined_up_at=timezone.now() - requests.LOOKED_FOR)
    lead_on()
    run = show.run(request)
    assert (run.status, run.code, run.next_step) == ("stuck", "unsure", "queue_in_player")
    assert (request.status, show.status(request), show.said()) == ("lined_up", "UNFULFILLED", [])


def test_a_song_that_a_person_saw_in_the_queue_is_queued(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LOOKED_FOR", timedelta(0))
    show.backstage.breaks("drop_after", path=QUEUE, method="POST", count=1)
    show.backstage.breaks("500", path=QUEUE, method="GET", count=1)
    request = show.request()
    sagas.mark_done(show.run(request).pk, actor=None, actor_name="Mo")
    lead()
    request.refresh_from_db()
    assert request.status == "queued"
    assert request.queued_at is not None
    assert show.queued() == [request.track_id]
    player.read_soon(timedelta(0))
    assert player.sync(timezone.now())
    assert Upcoming.objects.get(request=request).position == 1


# --- What happens meanwhile ------------------------------------------------------------------


def test_what_is_turned_down_on_twitch_leaves_the_queue(show: Show) -> None:
    show.rules(fulfil="played")
    request = show.request()
    show.backstage.control("resolve", redemption=request.redemption_id, status="CANCELED")
    show.deliver(request.redemption_id)
    lead()
    request.refresh_from_db()
    assert (request.status, request.code) == ("removed", "rejected_on_twitch")
    assert show.settlings(request) == ["redemption_canceled"]
    assert len(show.said()) == 2


def test_points_that_were_spent_on_twitch_end_the_waiting(show: Show) -> None:
    show.rules(fulfil="played")
    request = show.request()
    show.backstage.control("resolve", redemption=request.redemption_id, status="FULFILLED")
    show.deliver(request.redemption_id)
    lead()
    request.refresh_from_db()
    assert (request.status, show.run(request).status) == ("queued", "completed")
    assert show.settlings(request) == ["redemption_fulfilled"]


def test_what_is_turned_down_before_it_is_queued_is_not_queued(show: Show) -> None:
    redemption = show.redeem()
    show.backstage.control("resolve", redemption=redemption, status="CANCELED")
    show.deliver(redemption)
    lead()
    request = show.of(redemption)
    assert (request.status, request.code) == ("refused", "rejected_on_twitch")
    assert show.queued() == []
    assert len(show.said()) == 1


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_what_is_removed_while_nobody_knows_if_it_is_paid_ends_as_twitch_has_it(
    show: Show, fault: str
) -> None:
    show.backstage.breaks(fault, path=SETTLE, count=2)
    request = show.request()
    assert (request.status, show.run(request).next_step) == ("queued", "fulfil")
    outcomes.end(request, "removed", "removed_by_moderator", timezone.now())
    lead_on()
    run = show.run(request)
    if fault == "drop_after":
        assert (run.status, show.settlings(request)) == ("completed", ["redemption_fulfilled"])
    else:
        assert run.status == "compensated"
        assert "taken off the queue" in refunded(show, request, "removed_by_moderator")
    assert len(show.said()) == 1


def test_a_twitch_that_stays_away_gives_the_points_back(show: Show) -> None:
    show.backstage.breaks("500", path=SETTLE, method="PATCH", count=9)
    request = show.see_through()
    # It is in the player's queue, and passed over there.
    assert (request.status, request.code) == ("removed", "unavailable")
    assert show.settlings(request) == ["redemption_canceled"]


def test_the_end_of_the_stream_gives_points_back(show: Show) -> None:
    from songqueue.listeners import end_what_is_open
    from twitch.events import StreamEnded

    show.rules(fulfil="played")
    waits, plays = show.request("Paper"), show.request("Glass")
    now = timezone.now()
    begun = now - timedelta(minutes=1)
    SongRequest.objects.filter(pk=plays.pk).update(status="playing", started_at=begun)
    Board.objects.update_or_create(pk=1, defaults={"read_at": begun, "is_playing": True})
    Play.objects.create(kind="track", request=plays, started_at=begun, duration_ms=200_000)
    show.session.ended_at = show.session.closed_at = now
    show.session.save()
    end_what_is_open(StreamEnded(show.session.pk, "1", show.session.started_at, now))
    lead()
    waits.refresh_from_db()
    plays.refresh_from_db()
    assert (waits.status, waits.code, plays.status) == ("lost", "stream_ended", "played")
    assert show.settlings(waits) == ["redemption_canceled"]
    assert show.settlings(plays) == ["redemption_fulfilled"]


def test_what_was_not_heard_when_the_stream_ended_is_not_paid_for(show: Show) -> None:
    from songqueue.listeners import end_what_is_open
    from twitch.events import StreamEnded

    show.rules(fulfil="played")
    request, now = show.request(), timezone.now()
    begun = now - timedelta(minutes=10)
    SongRequest.objects.update(status="playing", started_at=begun)
    # It was paused after a moment.
    Board.objects.update_or_create(pk=1, defaults={"read_at": now, "is_playing": False})
    Play.objects.create(
        kind="track", request=request, started_at=begun, duration_ms=200_000, heard_ms=4_000
    )
    show.session.ended_at = show.session.closed_at = now
    show.session.save()
    end_what_is_open(StreamEnded(show.session.pk, "1", show.session.started_at, now))
    lead()
    request.refresh_from_db()
    assert (request.status, request.code) == ("lost", "stream_ended")
    assert show.settlings(request) == ["redemption_canceled"]

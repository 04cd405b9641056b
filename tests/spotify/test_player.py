"""The player and the catalogue, asked over HTTP, in good times and bad."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from spotify import services
from spotify.models import Call, Track
from spotify.services import budget, player, tracks
from tests.backstage import Backstage
from tokens.models import Token

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/spotify/v1/me/player/queue"


def queued(backstage: Backstage) -> list[str]:
    return [effect["id"] for effect in backstage.effects("song_queued")]


def test_the_player_is_read_and_its_track_known(connected: Backstage) -> None:
    connected.press("play")
    seen = player.read()
    assert seen.is_active_device
    assert seen.is_playing
    assert seen.item
    assert seen.item.kind == "track"
    track = Track.objects.get(pk=seen.item.track_id)
    assert track.line == f"{seen.item.title} – {', '.join(seen.item.artists)}"
    assert connected.spotify_calls() == Call.objects.count() == 1


def test_the_queue_is_read_in_the_players_order(connected: Backstage) -> None:
    ids = [connected.track(title)["id"] for title in ("Glasshouse", "Swear Jar")]
    for track_id in ids:
        player.add(track_id)
    seen = player.queue()
    assert [item.track_id for item in seen.items[:2]] == ids
    assert Track.objects.get(pk=ids[1]).is_explicit


def test_nothing_that_plays_breaks_a_read(connected: Backstage) -> None:
    connected.press("play")
    for kind in ("episode", "local", "ad", "unknown"):
        connected.queue_by_hand(kind)
    player.queue()
    for kind in ("episode", "local", "ad", "unknown"):
        connected.press("next")
        seen = player.read()
        assert seen.item
        assert (seen.item.kind, seen.item.track_id) == (kind, "")


def test_a_track_is_asked_for_once(connected: Backstage) -> None:
    wanted = connected.track("Swear Jar")
    first, again = tracks.find(wanted["id"]), tracks.find(wanted["id"])
    assert first == again
    assert (first.name, first.artists) == ("Swear Jar", ["Rue Havoc", "MC Parsec"])
    assert len(first.artist_ids) == 2
    assert first.is_explicit
    assert first.duration_ms == wanted["duration_ms"]
    assert connected.spotify_calls("GET /v1/tracks/{id}") == 1


def test_what_the_player_showed_costs_no_call(connected: Backstage) -> None:
    connected.press("play")
    seen = player.read()
    assert seen.item
    tracks.find(seen.item.track_id)
    assert connected.spotify_calls("GET /v1/tracks/{id}") == 0


def test_a_removed_track_is_not_found(connected: Backstage) -> None:
    wanted = connected.track("Glasshouse")["id"]
    connected.remove_track(wanted)
    with pytest.raises(services.TrackNotFound):
        tracks.find(wanted)
    with pytest.raises(services.TrackNotFound):
        player.add(wanted)


def test_a_track_of_another_country_is_not_playable(connected: Backstage) -> None:
    with pytest.raises(services.NotPlayable):
        tracks.find(connected.track("Not in Your Country")["id"])
    assert not Track.objects.exists()


def test_a_skip_goes_one_on(connected: Backstage) -> None:
    connected.press("play")
    before = player.read().item
    player.skip()
    assert player.read().item != before
    assert len(connected.effects("song_skipped")) == 1


SWITCHES: list[tuple[dict[str, bool], type[services.SpotifyProblem]]] = [
    ({"active": False}, services.NoActiveDevice),
    ({"restricted": True}, services.RestrictedDevice),
    ({"premium": False}, services.PremiumRequired),
]


@pytest.mark.parametrize(("switch", "problem"), SWITCHES)
def test_what_stands_in_the_way_is_told_and_closes_requests(
    connected: Backstage, switch: dict[str, bool], problem: type[services.SpotifyProblem]
) -> None:
    song = connected.track("Glasshouse")["id"]
    assert budget.closed(timezone.now()) is None
    connected.device(**switch)
    for command in (lambda: player.add(song), player.skip):
        with pytest.raises(problem):
            command()
    assert budget.closed(timezone.now()) == (problem.code, problem.default)
    connected.device(active=True, restricted=False, premium=True)
    player.add(song)
    assert budget.closed(timezone.now()) is None
    assert queued(connected) == [song]


def test_a_read_sees_the_device_go_and_come(connected: Backstage) -> None:
    connected.device(active=False)
    assert player.read().device_name == ""
    assert budget.closed(timezone.now()) == ("no_active_device", services.NoActiveDevice.default)
    connected.device(active=True, restricted=True)
    player.read()
    assert budget.closed(timezone.now()) == ("restricted_device", services.RestrictedDevice.default)
    connected.device(restricted=False)
    player.read()
    assert budget.closed(timezone.now()) is None


def test_a_look_does_not_tell_that_premium_is_back(connected: Backstage) -> None:
    connected.device(premium=False)
    with pytest.raises(services.PremiumRequired):
        player.skip()
    player.read()
    now = timezone.now()
    assert budget.closed(now) == ("premium_required", services.PremiumRequired.default)
    assert budget.closed(now + budget.MEMORY) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop_after"},
        {"kind": "drop_before"},
        {"kind": "spotify_502_after"},
        {"kind": "500"},
    ],
)
def test_a_lost_answer_leaves_open_whether_it_was_done(
    connected: Backstage, fault: dict[str, Any]
) -> None:
    song = connected.track("Glasshouse")["id"]
    connected.breaks(**fault, path=ADD, method="POST", count=1)
    with pytest.raises(services.Unsure):
        player.add(song)
    assert connected.spotify_calls("POST /v1/me/player/queue") <= 1
    assert len(queued(connected)) == (fault["kind"] in ("drop_after", "spotify_502_after"))


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500"])
def test_a_lost_read_had_no_effect(connected: Backstage, kind: str) -> None:
    connected.breaks(kind, path="/spotify/v1/me/player", count=1)
    with pytest.raises(services.Unavailable):
        player.read()
    assert player.read()


def test_text_in_place_of_json_is_an_answer_only_to_a_command(connected: Backstage) -> None:
    song = connected.track("Glasshouse")["id"]
    connected.breaks("spotify_text", path="/spotify/v1")
    player.add(song)
    assert queued(connected) == [song]
    with pytest.raises(services.Unavailable):
        player.read()
    with pytest.raises(services.Unavailable):
        tracks.find(song)


def test_an_outdated_token_is_renewed_once(connected: Backstage) -> None:
    given = connected.control("spotify/tokens", scopes=[], expires_in=0)
    Token.objects.filter(provider="spotify").update(access_token=given["access_token"])
    player.read()
    assert Token.objects.get(provider="spotify").refreshed_at
    assert list(Call.objects.order_by("id").values_list("status", flat=True)) == [401, 200]


def test_a_withdrawn_consent_needs_a_person(connected: Backstage) -> None:
    connected.breaks("spotify_revoked")
    with pytest.raises(services.ReconnectNeeded):
        player.read()
    calls = connected.spotify_calls()
    with pytest.raises(services.ReconnectNeeded):
        player.skip()
    assert connected.spotify_calls() == calls
    closed = budget.closed(timezone.now())
    assert closed
    assert closed[0] == "reconnect_needed"


def test_without_a_connection_nothing_is_called(backstage: Backstage) -> None:
    for call in (player.read, player.queue, player.skip, lambda: tracks.find("x" * 22)):
        with pytest.raises(services.ReconnectNeeded):
            call()
    assert not budget.may_read(timezone.now())
    assert budget.closed(timezone.now()) == (
        "reconnect_needed",
        "Connect the player's Spotify account.",
    )
    assert backstage.spotify_calls() == Call.objects.count() == 0


def test_a_missing_permission_is_noticed_before_calling(backstage: Backstage) -> None:
    backstage.connect_spotify(without="user-modify-playback-state")
    with pytest.raises(services.ReconnectNeeded, match="user-modify-playback-state"):
        player.skip()
    assert backstage.spotify_calls() == 0
    assert player.read()
    assert budget.closed(timezone.now())


def test_no_call_is_made_inside_a_transaction(connected: Backstage) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        player.read()
    assert connected.spotify_calls() == 0


def test_a_token_that_ends_is_renewed_without_a_call_of_the_web_api(connected: Backstage) -> None:
    Token.objects.filter(provider="spotify").update(expires_at=timezone.now() - timedelta(hours=1))
    player.read()
    assert connected.spotify_calls() == 1
    assert Token.objects.get(provider="spotify").refresh_token.get_secret_value()

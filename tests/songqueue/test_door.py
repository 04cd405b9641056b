"""Whether songs can be requested, and the reward on Twitch that says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from songqueue.models import SongRequest
from songqueue.services import door
from tests.backstage import live
from tests.songqueue.show import Show
from tokens.models import Token
from twitch.client import helix
from twitch.models import Reward
from twitch.services import rewards

pytestmark = pytest.mark.django_db(transaction=True)

REWARDS = "/twitch/helix/channel_points/custom_rewards"


def codes(now: datetime | None = None) -> list[str]:
    return [code for code, _sentence in door.closed(now or timezone.now())]


def is_paused_there() -> bool:
    (there,) = helix.rewards("1000", only_manageable=True)
    return there.is_paused


def follow() -> None:
    door.follow(timezone.now())


def test_the_door_is_open_when_nothing_is_in_the_way(show: Show) -> None:
    assert codes() == []


def test_everything_that_closes_the_door_is_named(show: Show) -> None:
    show.rules(is_paused=True, queue_length=1)
    show.session.delete()
    request = show.redeem("Respawn")
    SongRequest.objects.filter(redemption=request).update(
        status="removed", code="x", ended_at=timezone.now()
    )
    assert codes() == ["paused", "offline"]
    Token.objects.filter(provider="spotify").delete()
    assert codes() == ["paused", "offline", "reconnect_needed"]


def test_a_break_of_the_stream_closes_the_door_and_keeps_what_waits(show: Show) -> None:
    request = show.request("Respawn")
    show.session.off_since = timezone.now()
    show.session.save()
    assert codes() == ["offline"]
    request.refresh_from_db()
    assert request.status == "queued"


def test_a_full_queue_closes_the_door_until_a_song_plays(show: Show) -> None:
    show.rules(queue_length=1)
    request = show.request("Respawn")
    assert codes() == ["queue_full"]
    SongRequest.objects.filter(pk=request.pk).update(status="playing", started_at=timezone.now())
    assert codes() == []


def test_a_short_pause_of_spotify_does_not_close_the_door(show: Show) -> None:
    show.backstage.breaks("429", path="/spotify/v1/tracks", count=1, retry_after=8)
    show.request("Respawn")
    assert codes() == []


def test_a_quota_that_is_used_up_closes_the_door_for_as_long(show: Show) -> None:
    show.backstage.breaks("spotify_quota", path="/spotify/v1/tracks", retry_after=79_892)
    show.request("Respawn")
    now = timezone.now()
    assert codes(now) == ["quota_exhausted"]
    assert codes(now + timedelta(seconds=79_000)) == ["quota_exhausted"]
    assert codes(now + timedelta(seconds=79_900)) == []


# --- The reward ------------------------------------------------------------------------------


def test_the_reward_follows_the_door_both_ways(show: Show) -> None:
    show.session.delete()
    follow()
    assert is_paused_there()
    reward = Reward.objects.get()
    assert (reward.paused_why, reward.problem) == ("offline", "")
    live()
    follow()
    assert not is_paused_there()
    assert Reward.objects.get().paused_why == ""


def test_twitch_is_not_asked_when_nothing_has_changed(show: Show) -> None:
    follow()
    show.rules(is_paused=True)
    follow()
    calls = show.backstage.calls(REWARDS)
    follow()
    assert show.backstage.calls(REWARDS) == calls


def test_what_a_person_paused_stays_paused(show: Show) -> None:
    helix.update_reward("1000", show.reward.twitch_id, {"is_paused": True})
    rewards.lint()
    follow()
    assert is_paused_there()
    show.rules(is_paused=True)
    follow()
    show.rules(is_paused=False)
    follow()
    assert is_paused_there()


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "500", "429"])
def test_what_did_not_work_is_done_the_next_time(show: Show, fault: str) -> None:
    for is_paused in (True, False):
        show.rules(is_paused=is_paused)
        show.backstage.breaks(fault, path=REWARDS, method="PATCH", count=1)
        follow()
        follow()
        assert is_paused_there() == is_paused


def test_a_lost_answer_leaves_no_reward_paused(show: Show) -> None:
    show.rules(is_paused=True)
    show.backstage.breaks("drop_after", path=REWARDS, method="PATCH", count=1)
    follow()
    show.rules(is_paused=False)
    follow()
    assert not is_paused_there()


def test_without_twitch_the_door_waits(show: Show) -> None:
    show.rules(is_paused=True)
    Token.objects.filter(provider="twitch").delete()
    follow()
    show.backstage.connect()
    follow()
    assert is_paused_there()

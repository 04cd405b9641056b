"""The feed: each line says how something stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from achievements.models import Definition, Standing
from points.models import Exchange
from raffle.models import Roll
from sagas.models import Run
from studio.services.feed import SHOWN, feed
from twitch.models import Raid, Redemption, Viewer

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def ada() -> Viewer:
    return Viewer.objects.create(id="1", login="ada", display_name="Ada")


def redeem(viewer: Viewer, *, minutes_ago: int = 0, **columns: str) -> Redemption:
    return Redemption.objects.create(
        id=f"redemption-{Redemption.objects.count()}",
        viewer=viewer,
        reward_twitch_id="reward",
        reward_title="Hydrate",
        redeemed_at=NOW - timedelta(minutes=minutes_ago),
        **columns,
    )


@pytest.mark.parametrize(
    ("status", "tone", "state"),
    [
        ("UNFULFILLED", "moving", "open on Twitch"),
        ("FULFILLED", "ok", "done"),
        ("CANCELED", "back", "refunded"),
    ],
)
def test_a_redemption_says_how_it_stands(ada: Viewer, status: str, tone: str, state: str) -> None:
    redeem(ada, status=status)
    (entry,) = feed()
    assert (entry.who, entry.what, entry.tone, entry.state) == ("Ada", "Hydrate", tone, state)


def test_the_newest_stands_first_and_the_old_is_left_out(ada: Viewer) -> None:
    for minutes_ago in range(SHOWN + 5):
        redeem(ada, minutes_ago=minutes_ago)
    shown = feed()
    assert len(shown) == SHOWN
    assert shown == sorted(shown, key=lambda entry: entry.at, reverse=True)


def test_a_stuck_flow_without_a_redemption_is_shown_before_the_rest(ada: Viewer) -> None:
    redeem(ada)
    Run.objects.create(
        saga="a.saga", subject_id="1", plan=["a"], status="stuck", due_at=None, reason="It broke."
    )
    first = feed()[0]
    assert (first.what, first.detail, first.why) == ("a.saga", "at the step a", "It broke.")


def test_a_stuck_redemption_is_shown_however_old_it_is(ada: Viewer) -> None:
    roll = Roll.objects.create(redemption=redeem(ada, minutes_ago=600), viewer=ada)
    saga = "raffle.keyboard_raffle"
    Run.objects.create(saga=saga, subject_id=roll.pk, plan=["a"], status="stuck", due_at=None)
    for _ in range(SHOWN):
        redeem(ada)
    first = feed()[0]
    assert (first.who, first.what, first.state) == ("Ada", "Hydrate", "needs you")
    assert len(feed()) == 1 + SHOWN


def test_points_for_a_redemption_are_told_with_their_flow(ada: Viewer) -> None:
    exchange = Exchange.objects.create(redemption=redeem(ada), viewer=ada, amount=1500)
    Run.objects.create(saga="points.exchange", subject_id=exchange.pk, plan=["a"], due_at=NOW)
    (entry,) = feed()
    assert (entry.detail, entry.state) == ("for 1,500 points of the channel", "under way")


def test_raids_and_unlocked_achievements_are_told(ada: Viewer) -> None:
    Raid.objects.create(message_id="m", raider=ada, viewers=12, raided_at=NOW)
    definition = Definition.objects.counting().first()
    earned_at = NOW - timedelta(minutes=1)
    Standing.objects.create(definition=definition, viewer=ada, earned_at=earned_at)
    raid, unlock = feed()
    assert raid.what == "raided with 12"
    assert unlock.what == f"unlocked {definition.icon} {definition.name}"

"""The reward that a rehearsal begins with."""

from __future__ import annotations

import pytest

from points.models import RewardPoints
from points.services import offers
from tests.backstage import Backstage
from twitch.models import Reward


@pytest.mark.django_db
def test_a_reward_that_gives_points_is_made_once(backstage: Backstage) -> None:
    backstage.connect()
    reward = offers.ensure_reward(amount=100, cost=50)
    assert (reward.title, reward.cost, reward.action) == ("+100 points", 50, "points")
    assert offers.ensure_reward(amount=200, cost=50) == reward
    assert RewardPoints.objects.get().amount == 100


@pytest.mark.django_db
def test_a_reward_that_was_left_without_its_points_gets_them(backstage: Backstage) -> None:
    backstage.connect()
    offers.ensure_reward(amount=100, cost=50)
    RewardPoints.objects.all().delete()
    offers.ensure_reward(amount=100, cost=50)
    assert RewardPoints.objects.get().amount == 100
    assert Reward.objects.count() == 1

"""A reward that gives points, for those who have none to try things with."""

from __future__ import annotations

from points.models import RewardPoints
from twitch.models import Reward
from twitch.services import rewards


def ensure_reward(amount: int, cost: int) -> Reward:
    """Have a reward on Twitch that gives points; makes one unless there is any.

    Raises as `rewards.create_on_twitch`.
    """
    reward = Reward.objects.ours().filter(action="points").order_by("pk").first()
    if reward is None:
        reward = rewards.create_on_twitch(
            Reward(
                action="points",
                title=f"+{amount:,} points",
                prompt="Points of this channel, to vote and to predict with.",
                cost=cost,
            )
        )
    RewardPoints.objects.get_or_create(reward=reward, defaults={"amount": amount})
    return reward

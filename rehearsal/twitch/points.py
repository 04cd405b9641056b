"""Channel points: redeeming, resolving and the rewards themselves."""

from __future__ import annotations

import time
import uuid
from datetime import datetime

from rehearsal import clock
from rehearsal.feed import Feed
from rehearsal.twitch import payloads
from rehearsal.twitch.channel import Happenings, NotPossible, Publish
from rehearsal.twitch.records import Account, Redemption, Reward, Stream
from rehearsal.twitch.state import State

_REDEMPTION = "channel.channel_points_custom_reward_redemption"
LONGEST_INPUT = 200


class ChannelPoints:
    """What viewers spend their points on, and what becomes of it."""

    def __init__(self, state: State, feed: Feed, publish: Publish, channel: Happenings) -> None:
        self.state = state
        self._feed = feed
        self._publish = publish
        self._channel = channel

    def redeem(self, reward: Reward, viewer: Account, user_input: str = "") -> Redemption:
        """Spend a viewer's points; ``NotPossible`` says why the button would be grey."""
        stream = self.state.streams.get(reward.broadcaster_id)
        self._check_redeemable(reward, viewer, user_input)
        skips = reward.should_redemptions_skip_request_queue
        redemption = Redemption(
            id=str(uuid.uuid4()),
            number=len(self.state.redemptions) + 1,
            reward_id=reward.id,
            broadcaster_id=reward.broadcaster_id,
            user_id=viewer.id,
            user_input=user_input if reward.is_user_input_required else "",
            status="FULFILLED" if skips else "UNFULFILLED",
            redeemed_at=clock.nanoseconds(),
            stream_id=stream.id if stream else "",
            reward={
                "id": reward.id,
                "title": reward.title,
                "prompt": reward.prompt,
                "cost": reward.cost,
            },
        )
        with self.state.store.transaction():
            viewer.points -= reward.cost
            self.state.accounts.save(viewer)
            self.state.redemptions.save(redemption)
            self.state.effect(
                "redemption_created", redemption.id, reward=reward.id, viewer=viewer.login
            )
        self._tell_redemption("add", redemption)
        if redemption.user_input:
            self._channel.say(viewer, redemption.user_input, reward_id=reward.id)
        self._feed.touch("redemptions", "viewers", "rewards")
        return redemption

    def resolve(self, redemption: Redemption, status: str, by: str) -> Redemption:
        """Fulfil or cancel an open redemption; cancelling gives the points back.

        ``by`` is the client id that asked, or ``"dashboard"`` when a person clicked.
        """
        if redemption.status != "UNFULFILLED":
            raise NotPossible(f"The redemption is already {redemption.status.lower()}.")
        with self.state.store.transaction():
            redemption.status = status
            self.state.redemptions.save(redemption)
            returned = 0
            if status == "CANCELED":
                viewer = self._channel.person(redemption.user_id)
                returned = int(redemption.reward["cost"])
                viewer.points += returned
                self.state.accounts.save(viewer)
            self.state.effect(
                f"redemption_{status.lower()}",
                redemption.id,
                reward=redemption.reward_id,
                points_returned=returned,
                by=by,
            )
        self._tell_redemption("update", redemption)
        self._feed.touch("redemptions", "viewers")
        return redemption

    def save_reward(self, reward: Reward, what: str) -> Reward:
        """Keep a reward that was ``created`` or ``updated``."""
        with self.state.store.transaction():
            self.state.rewards.save(reward)
            self.state.effect(f"reward_{what}", reward.id, title=reward.title, by=reward.client_id)
        self._feed.touch("rewards")
        return reward

    def delete_reward(self, reward: Reward) -> None:
        """Delete a reward; as on Twitch, its open redemptions become fulfilled, unrefunded."""
        for redemption in self.state.redemptions:
            if redemption.reward_id == reward.id and redemption.status == "UNFULFILLED":
                self.resolve(redemption, "FULFILLED", "deletion")
        with self.state.store.transaction():
            self.state.rewards.remove(reward)
            self.state.effect("reward_deleted", reward.id, title=reward.title, by=reward.client_id)
        self._feed.touch("rewards")

    def redeemed_this_stream(self, reward: Reward) -> int | None:
        """How often a reward was redeemed since the stream began; ``None`` while offline."""
        stream = self.state.streams.get(reward.broadcaster_id)
        return len(self._since(stream, reward)) if stream else None

    def _since(self, stream: Stream, reward: Reward) -> list[Redemption]:
        return [
            redemption
            for redemption in self.state.redemptions
            if redemption.stream_id == stream.id and redemption.reward_id == reward.id
        ]

    def _check_redeemable(self, reward: Reward, viewer: Account, user_input: str) -> None:
        if not reward.is_enabled or reward.is_paused:
            raise NotPossible(f"{reward.title} is {'paused' if reward.is_enabled else 'disabled'}.")
        if reward.is_user_input_required and not user_input.strip():
            raise NotPossible(f"{reward.title} needs a text from the viewer.")
        if len(user_input) > LONGEST_INPUT:
            raise NotPossible(f"The viewer's text may have at most {LONGEST_INPUT} characters.")
        if viewer.points < reward.cost:
            raise NotPossible(f"{viewer.login} has {viewer.points} points, not {reward.cost}.")
        stream = self.state.streams.get(reward.broadcaster_id)
        if stream:
            self._check_limits(reward, viewer, self._since(stream, reward))

    def _check_limits(self, reward: Reward, viewer: Account, made: list[Redemption]) -> None:
        if reward.is_max_per_stream_enabled and len(made) >= reward.max_per_stream:
            raise NotPossible(f"{reward.title} is sold out for this stream.")
        own = [redemption for redemption in made if redemption.user_id == viewer.id]
        if reward.is_max_per_user_per_stream_enabled and len(own) >= reward.max_per_user_per_stream:
            raise NotPossible(f"{viewer.login} has redeemed {reward.title} often enough.")
        if reward.is_global_cooldown_enabled and made:
            ready = datetime.fromisoformat(made[-1].redeemed_at).timestamp()
            if time.time() < ready + reward.global_cooldown_seconds:
                raise NotPossible(f"{reward.title} is cooling down.")

    def _tell_redemption(self, change: str, redemption: Redemption) -> None:
        owner = self._channel.person(redemption.broadcaster_id)
        self._publish(
            f"{_REDEMPTION}.{change}",
            {"broadcaster_user_id": owner.id, "reward_id": redemption.reward_id},
            payloads.redemption_event(redemption, owner, self._channel.person(redemption.user_id)),
        )

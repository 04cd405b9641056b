"""Rewards: made on Twitch by us, changed there by us, and looked after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from sagas.flow import Unsure
from tokens import services as tokens
from twitch import registry, rules
from twitch.client import helix
from twitch.client.errors import Forbidden, HelixError, NotFound
from twitch.client.oauth import BROADCASTER
from twitch.client.payloads import RewardPayload
from twitch.models import Reward

log = structlog.get_logger(__name__)


class NotOnTwitch(Exception):
    """Twitch refuses the reward as it is; `code` is stable, the message says what to change."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def create_on_twitch(reward: Reward) -> Reward:
    """Make this reward on Twitch, where only its maker may refund it, and save the row.

    When we made one of that title before (a lost answer, an earlier installation), that one is
    brought to this row's settings instead. Raises NotOnTwitch, or as `helix.call`.
    """
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    try:
        made = helix.create_reward(broadcaster, _settings(reward))
    except Unsure:
        found = _made_by_us_as(broadcaster, reward.title)
        if found is None:
            raise
        made = found
    except HelixError as error:
        if "DUPLICATE" not in error.message.upper():
            raise _refusal(error) from error
        found = _made_by_us_as(broadcaster, reward.title)
        if found is None:
            raise NotOnTwitch(
                "duplicate_title",
                "The channel has a reward of that title, made elsewhere: choose another title.",
            ) from error
        made = helix.update_reward(broadcaster, found.id, _settings(reward))
    return _keep(reward, made)


def update_on_twitch(reward: Reward) -> None:
    """Bring Twitch's reward to this row's settings and save it; raises as `create_on_twitch`."""
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    try:
        made = helix.update_reward(
            broadcaster, reward.twitch_id, _settings(reward) | {"is_paused": reward.is_paused}
        )
    except HelixError as error:
        raise _refusal(error) from error
    _keep(reward, made)


def pause(reward: Reward, why: str) -> None:
    """Let nobody redeem it for now; `why` says for programs what has to pass before `resume`.

    May be repeated, and has to be when it raises, as `helix.call`.
    """
    # Until Twitch has answered, the row says what is wanted, and that it is not so yet.
    Reward.objects.filter(pk=reward.pk).update(paused_why=why, is_paused=False)
    _set_paused(reward, True, why)
    log.info("reward.paused", reward=reward.twitch_id, why=why)


def resume(reward: Reward) -> None:
    """Let it be redeemed again; as `pause`."""
    Reward.objects.filter(pk=reward.pk).update(is_paused=False)
    _set_paused(reward, False, "")
    log.info("reward.resumed", reward=reward.twitch_id)


def _set_paused(reward: Reward, is_paused: bool, why: str) -> None:
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    made = helix.update_reward(broadcaster, reward.twitch_id, {"is_paused": is_paused})
    with transaction.atomic():
        row = Reward.objects.select_for_update().get(pk=reward.pk)
        row.paused_why = why
        _mirror(row, made)
        _judge(row, timezone.now())


def lint() -> list[Reward]:
    """Look at every reward on Twitch: list new ones, note changes, and say what is wrong.

    Returns the rewards with a problem; raises as `helix.call`.
    """
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    now = timezone.now()
    ours = {reward.id for reward in helix.rewards(broadcaster, only_manageable=True)}
    there = helix.rewards(broadcaster)
    with transaction.atomic():
        rows = {
            row.twitch_id: row for row in Reward.objects.select_for_update().exclude(twitch_id="")
        }
        for told in there:
            row = rows.pop(told.id, None) or Reward(twitch_id=told.id)
            if row.checked_at is not None and row.checked_at > now:
                # What we changed while we asked is newer than the answer.
                continue
            row.made_by_us = told.id in ours
            row.deleted_at = None
            _mirror(row, told)
            _judge(row, now)
        for vanished in rows.values():
            # One that was made while we asked was not in the answer yet.
            if vanished.checked_at is None or vanished.checked_at < now:
                vanished.deleted_at = vanished.deleted_at or now
                _judge(vanished, now)
    with_problem = list(Reward.objects.exclude(problem=""))
    for reward in with_problem:
        log.warning("reward.problem", reward=reward.twitch_id, problem=reward.problem)
    return with_problem


# --- Between rows and Twitch -----------------------------------------------------------------


def _settings(reward: Reward) -> dict[str, Any]:
    """Return the row as Twitch wants it; never skipping the queue: that could not be refunded."""
    return {
        "title": reward.title,
        "cost": reward.cost,
        "prompt": reward.prompt,
        "is_enabled": reward.is_enabled,
        "is_user_input_required": reward.needs_input,
        "is_global_cooldown_enabled": reward.cooldown_seconds > 0,
        "global_cooldown_seconds": max(reward.cooldown_seconds, 1),
        "is_max_per_stream_enabled": reward.max_per_stream > 0,
        "max_per_stream": max(reward.max_per_stream, 1),
        "is_max_per_user_per_stream_enabled": reward.max_per_viewer_per_stream > 0,
        "max_per_user_per_stream": max(reward.max_per_viewer_per_stream, 1),
        "should_redemptions_skip_request_queue": False,
    }


def _mirror(reward: Reward, told: RewardPayload) -> None:
    reward.title = told.title
    reward.cost = told.cost
    reward.prompt = told.prompt
    reward.needs_input = told.is_user_input_required
    reward.is_enabled = told.is_enabled
    reward.is_paused = told.is_paused
    reward.cooldown_seconds = told.global_cooldown_seconds
    reward.max_per_stream = told.max_per_stream
    reward.max_per_viewer_per_stream = told.max_per_user_per_stream
    reward.skips_queue = told.should_redemptions_skip_request_queue


def _keep(reward: Reward, made: RewardPayload) -> Reward:
    """Save the row of a reward that we made, in place of one that the lint listed meanwhile."""
    with transaction.atomic():
        listed = (
            Reward.objects.select_for_update()
            .filter(twitch_id=made.id)
            .exclude(pk=reward.pk)
            .first()
        )
        if listed is not None:
            listed.action = reward.action or listed.action
            # The draft would be a second row of the same reward, and make it once more when saved.
            Reward.objects.filter(pk=reward.pk, twitch_id="").delete()
            reward = listed
        reward.twitch_id = made.id
        reward.made_by_us = True
        reward.deleted_at = None
        _mirror(reward, made)
        _judge(reward, timezone.now())
    return reward


def _judge(reward: Reward, now: datetime) -> None:
    reward.problem = rules.reward_problem(
        has_action=bool(reward.action),
        is_known_action=reward.action in registry.actions(),
        made_by_us=reward.made_by_us,
        skips_queue=reward.skips_queue,
        is_deleted=reward.deleted_at is not None,
        is_enabled=reward.is_enabled,
        is_paused=reward.is_paused and not reward.paused_why,
    )
    reward.checked_at = now
    reward.save()


def _made_by_us_as(broadcaster: str, title: str) -> RewardPayload | None:
    listed = helix.rewards(broadcaster, only_manageable=True)
    return next((reward for reward in listed if reward.title == title), None)


def _refusal(error: HelixError) -> Exception:
    """Return what to tell the streamer about Twitch's refusal."""
    said = error.message.upper()
    if "TOO_MANY" in said:
        return NotOnTwitch(
            "too_many_rewards", "The channel has 50 rewards, Twitch's limit: delete one."
        )
    if "DUPLICATE" in said:
        return NotOnTwitch("duplicate_title", "The channel has a reward of that title already.")
    if isinstance(error, Forbidden):
        return NotOnTwitch(
            "forbidden",
            "Twitch does not let us: rewards need an affiliate or partner channel, and only the"
            f" application that made a reward may change it. ({error.message})",
        )
    if isinstance(error, NotFound):
        return NotOnTwitch("not_found", "This reward no longer exists on Twitch.")
    return NotOnTwitch("refused", f"Twitch refuses these settings: {error.message}")

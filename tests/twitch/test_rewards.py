"""Rewards: made and kept on Twitch."""

from __future__ import annotations

import pytest

from sagas.flow import RateLimited, Unsure
from tests.backstage import Backstage
from twitch import registry
from twitch.client import helix
from twitch.client.errors import Unreachable
from twitch.models import Reward
from twitch.registry import RewardAction
from twitch.services import rewards
from twitch.services.rewards import NotOnTwitch
from twitch.tasks import lint_rewards, reconcile

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/twitch/helix/channel_points/custom_rewards"


@pytest.fixture(autouse=True)
def connected(backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> None:
    backstage.connect()
    action = RewardAction("note", "Note it", lambda redemption: None)
    monkeypatch.setitem(registry.actions(), "note", action)


def made(**more: object) -> Reward:
    return rewards.create_on_twitch(Reward(title="Raffle", cost=10, action="note", **more))


def on_twitch() -> dict[str, object]:
    return {reward.title: reward for reward in helix.rewards("1000")}


def test_a_reward_is_made_with_its_settings_and_never_skips_the_queue(
    backstage: Backstage,
) -> None:
    row = made(prompt="Roll", cooldown_seconds=90, max_per_stream=3, needs_input=True)
    (there,) = helix.rewards("1000", only_manageable=True)
    assert row.made_by_us
    assert row.twitch_id == there.id
    assert (there.cost, there.prompt, there.is_user_input_required) == (10, "Roll", True)
    assert (there.global_cooldown_seconds, there.max_per_stream) == (90, 3)
    assert not there.should_redemptions_skip_request_queue
    assert Reward.objects.get().problem == ""


def test_settings_follow_the_row(backstage: Backstage) -> None:
    row = made(cooldown_seconds=90)
    row.cost, row.cooldown_seconds, row.is_paused = 20, 0, True
    rewards.update_on_twitch(row)
    (there,) = helix.rewards("1000")
    assert (there.cost, there.global_cooldown_seconds, there.is_paused) == (20, 0, True)
    assert "paused" in Reward.objects.get().problem


def test_making_it_again_adopts_the_one_that_is_there(backstage: Backstage) -> None:
    first = made()
    Reward.objects.all().delete()
    again = rewards.create_on_twitch(Reward(title="Raffle", cost=99, action="note"))
    assert again.twitch_id == first.twitch_id
    (there,) = helix.rewards("1000")
    assert there.cost == 99


def test_a_draft_gives_way_to_the_row_that_is_there(backstage: Backstage) -> None:
    first = made()
    draft = Reward.objects.create(title="Raffle", cost=99, action="note")
    assert rewards.create_on_twitch(draft) == first
    assert Reward.objects.get().cost == 99


def test_a_lost_answer_leaves_one_reward(backstage: Backstage) -> None:
    backstage.breaks("drop_after", path=PATH, method="POST", count=1)
    row = made()
    assert Reward.objects.get().twitch_id == row.twitch_id
    assert len(backstage.effects("reward_created")) == 1


def test_a_lost_request_is_said_to_be_lost(backstage: Backstage) -> None:
    backstage.breaks("drop_before", path=PATH, method="POST", count=1)
    with pytest.raises(Unsure):
        made()
    assert not Reward.objects.exists()


def test_a_title_that_others_use_is_refused_plainly(backstage: Backstage) -> None:
    backstage.control("reward", title="Raffle", cost=5)
    with pytest.raises(NotOnTwitch) as caught:
        made()
    assert caught.value.code == "duplicate_title"
    assert not Reward.objects.exists()


def test_fifty_rewards_are_the_limit(backstage: Backstage) -> None:
    for number in range(50):
        backstage.control("reward", title=f"Reward {number}", cost=5)
    with pytest.raises(NotOnTwitch) as caught:
        made()
    assert caught.value.code == "too_many_rewards"


def test_a_reward_that_twitch_dislikes_is_refused_with_its_words(backstage: Backstage) -> None:
    with pytest.raises(NotOnTwitch) as caught:
        rewards.create_on_twitch(Reward(title="x" * 46, cost=1))
    assert caught.value.code == "refused"


def test_a_deleted_reward_cannot_be_changed(backstage: Backstage) -> None:
    row = made()
    helix.call("DELETE", helix.REWARDS, params={"broadcaster_id": "1000", "id": row.twitch_id})
    with pytest.raises(NotOnTwitch) as caught:
        rewards.update_on_twitch(row)
    assert caught.value.code == "not_found"
    rewards.lint()
    row.refresh_from_db()
    assert row.deleted_at is not None
    assert "deleted" in row.problem
    assert not Reward.objects.ours().exists()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"is_paused": True}, "paused"),
        ({"is_enabled": False}, "switched off"),
        ({"should_redemptions_skip_request_queue": True}, "skips the request queue"),
    ],
)
def test_the_lint_finds(backstage: Backstage, change: dict[str, bool], problem: str) -> None:
    row = made()
    helix.update_reward("1000", row.twitch_id, change)
    assert [found.pk for found in rewards.lint()] == [row.pk]
    row.refresh_from_db()
    assert problem in row.problem
    rewards.update_on_twitch(Reward.objects.get())
    helix.update_reward("1000", row.twitch_id, {"is_enabled": True, "is_paused": False})
    assert rewards.lint() == []


def test_rewards_made_elsewhere_are_listed_and_marked(backstage: Backstage) -> None:
    backstage.control("reward", title="Hydrate", cost=5)
    rewards.lint()
    foreign = Reward.objects.get(title="Hydrate")
    assert not foreign.made_by_us
    assert foreign.problem == ""
    Reward.objects.update(action="note")
    (found,) = rewards.lint()
    assert "cannot be refunded" in found.problem


def test_changes_in_the_dashboard_are_noted(backstage: Backstage) -> None:
    row = made()
    helix.update_reward("1000", row.twitch_id, {"title": "Big Raffle", "cost": 77})
    rewards.lint()
    row.refresh_from_db()
    assert (row.title, row.cost, row.action) == ("Big Raffle", 77, "note")


def test_an_action_that_nothing_knows_is_a_problem(backstage: Backstage) -> None:
    made()
    Reward.objects.update(action="gone")
    (found,) = rewards.lint()
    assert "action" in found.problem


def test_trouble_changes_nothing(backstage: Backstage) -> None:
    row = made()
    for fault, error in (("500", Unreachable), ("429", RateLimited)):
        backstage.breaks(fault, path=PATH, count=1)
        with pytest.raises(error):
            rewards.lint()
    row.refresh_from_db()
    assert row.deleted_at is None


def test_the_clocks_tasks_bear_trouble(backstage: Backstage) -> None:
    made()
    backstage.breaks("500", path=PATH)
    lint_rewards()
    reconcile()
    backstage.breaks("revoke_tokens")
    lint_rewards()


def is_paused_there() -> bool:
    (there,) = helix.rewards("1000", only_manageable=True)
    return there.is_paused


def test_what_we_paused_is_no_problem_and_is_resumed(backstage: Backstage) -> None:
    row = made()
    rewards.pause(row, "queue_full")
    rewards.lint()
    row.refresh_from_db()
    assert (is_paused_there(), row.is_paused, row.paused_why, row.problem) == (
        True,
        True,
        "queue_full",
        "",
    )
    rewards.resume(row)
    row.refresh_from_db()
    assert (is_paused_there(), row.is_paused, row.paused_why) == (False, False, "")


def test_what_a_person_paused_on_twitch_is_a_problem_still(backstage: Backstage) -> None:
    row = made()
    helix.update_reward("1000", row.twitch_id, {"is_paused": True})
    rewards.lint()
    row.refresh_from_db()
    assert (row.is_paused, row.paused_why, "paused" in row.problem) == (True, "", True)


def test_until_twitch_has_answered_the_row_does_not_say_that_it_is_done(
    backstage: Backstage,
) -> None:
    row = made()
    backstage.breaks("drop_after", path=PATH, method="PATCH", count=1)
    with pytest.raises(Unsure):
        rewards.pause(row, "offline")
    row.refresh_from_db()
    assert (row.is_paused, row.paused_why) == (False, "offline")
    rewards.pause(row, "offline")
    backstage.breaks("drop_after", path=PATH, method="PATCH", count=1)
    with pytest.raises(Unsure):
        rewards.resume(row)
    row.refresh_from_db()
    assert (row.is_paused, row.paused_why) == (False, "offline")

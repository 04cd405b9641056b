"""Redemptions: taken in once, settled once, as Twitch has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sagas.flow import RateLimited, Refused, Unsure
from sagas.models import Event
from tests.backstage import Backstage, at_once
from tokens.services import NotConnected, ReconnectNeeded
from twitch import registry
from twitch.client.errors import Unreachable
from twitch.models import Redemption, Reward, Viewer
from twitch.registry import RewardAction
from twitch.services import redemptions, rewards

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/twitch/helix/channel_points/custom_rewards/redemptions"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ids of redemptions for which the reward's action was started."""
    ids: list[str] = []
    action = RewardAction("note", "Note it", lambda redemption: ids.append(redemption.pk))
    monkeypatch.setitem(registry.actions(), "note", action)
    return ids


@pytest.fixture
def reward(backstage: Backstage, begun: list[str]) -> Reward:
    backstage.connect()
    return rewards.create_on_twitch(Reward(title="Raffle", cost=10, action="note"))


@pytest.fixture
def redemption(backstage: Backstage, reward: Reward) -> Redemption:
    return receive(backstage, backstage.redeem("Raffle", "mo"))


def receive(backstage: Backstage, redemption_id: str) -> Redemption:
    return redemptions.receive(backstage.redemption(redemption_id), timezone.now())


# --- Taking in -------------------------------------------------------------------------------


def test_a_redemption_is_stored_with_its_viewer_and_begun(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    redemption_id = backstage.redeem("Raffle", "mo")
    row = receive(backstage, redemption_id)
    assert (row.status, row.cost, row.reward, row.viewer.login) == ("UNFULFILLED", 10, reward, "mo")
    assert begun == [redemption_id]


def test_a_redemption_that_comes_again_is_the_same(
    backstage: Backstage, redemption: Redemption, begun: list[str]
) -> None:
    receive(backstage, redemption.pk)
    redemptions.reconcile()
    assert begun == [redemption.pk]
    assert Redemption.objects.count() == 1


def test_of_many_that_bring_it_at_once_one_begins_it(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    data = backstage.redemption(backstage.redeem("Raffle", "mo"))
    results = at_once(12, lambda: redemptions.receive(data, timezone.now()))
    assert all(isinstance(result, Redemption) for result in results)
    assert len(begun) == 1


def test_an_action_that_fails_leaves_nothing_half_done(
    backstage: Backstage, reward: Reward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Redemption) -> None:
        raise RuntimeError("bug")

    monkeypatch.setitem(registry.actions(), "note", RewardAction("note", "Note it", fail))
    redemption_id = backstage.redeem("Raffle", "mo")
    with pytest.raises(RuntimeError):
        receive(backstage, redemption_id)
    assert not Redemption.objects.exists()


def test_a_redemption_of_an_unknown_reward_is_stored_and_left_alone(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    backstage.control("reward", title="Hydrate", cost=5)
    row = receive(backstage, backstage.redeem("Hydrate", "mo"))
    assert (row.reward, row.reward_title, begun) == (None, "Hydrate", [])


def test_what_could_not_be_refunded_is_not_begun(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    backstage.control("reward", title="Hydrate", cost=5)
    rewards.lint()
    Reward.objects.filter(title="Hydrate").update(action="note")
    row = receive(backstage, backstage.redeem("Hydrate", "mo"))
    assert row.reward is not None
    assert begun == []


def test_what_is_settled_already_is_not_begun(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    redemption_id = backstage.redeem("Raffle", "mo")
    backstage.control("resolve", redemption=redemption_id, status="FULFILLED")
    row = receive(backstage, redemption_id)
    assert (row.status, begun) == ("FULFILLED", [])
    assert row.settled_at is not None


def test_news_out_of_order_never_open_a_settled_redemption(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    data = backstage.redemption(backstage.redeem("Raffle", "mo"))
    redemptions.mirror({**data, "status": "canceled"}, timezone.now())
    row = redemptions.receive(data, timezone.now() - timedelta(seconds=5))
    assert (row.status, begun) == ("CANCELED", [])


def test_a_moderators_click_is_mirrored(backstage: Backstage, redemption: Redemption) -> None:
    backstage.control("resolve", redemption=redemption.pk, status="CANCELED")
    redemptions.mirror(backstage.redemption(redemption.pk))
    redemption.refresh_from_db()
    assert redemption.status == "CANCELED"
    assert redemption.settled_at is not None


def test_a_reward_that_gets_an_action_later_begins_what_is_still_open(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    Reward.objects.update(action="")
    redemption_id = backstage.redeem("Raffle", "mo")
    receive(backstage, redemption_id)
    assert begun == []
    Reward.objects.update(action="note")
    redemptions.reconcile()
    assert begun == [redemption_id]


def test_a_redemption_that_was_quicker_than_our_row_of_its_reward_is_begun(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    Reward.objects.filter(pk=reward.pk).update(twitch_id="", made_by_us=False)
    row = receive(backstage, backstage.redeem("Raffle", "mo"))
    assert (row.reward, begun) == (None, [])
    Reward.objects.filter(pk=reward.pk).update(twitch_id=reward.twitch_id, made_by_us=True)
    redemptions.reconcile()
    assert begun == [row.pk]
    assert Redemption.objects.get().reward == reward


def test_a_renamed_viewer_is_the_same_viewer(backstage: Backstage, redemption: Redemption) -> None:
    data = backstage.redemption(redemption.pk)
    later = {**data, "id": "later", "user_login": "new_mo", "user_name": "New_Mo"}
    redemptions.receive(later, timezone.now())
    assert [viewer.login for viewer in Viewer.objects.all()] == ["new_mo"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"user_id": None}, "user_id"),
        ({"redeemed_at": "yesterday"}, "redeemed_at"),
        ({"reward": {"title": "x"}}, "reward.id"),
    ],
)
def test_what_cannot_be_understood_is_said_without_quoting_it(
    backstage: Backstage, redemption: Redemption, change: dict[str, object], field: str
) -> None:
    data = {**backstage.redemption(redemption.pk), "user_input": "private", **change}
    with pytest.raises(redemptions.Malformed, match=field) as caught:
        redemptions.receive(data, timezone.now())
    assert "private" not in str(caught.value)


def test_hostile_text_is_stored_as_it_is(backstage: Backstage, redemption: Redemption) -> None:
    data = {
        **backstage.redemption(redemption.pk),
        "id": "hostile",
        "user_input": "<script>alert('\0')</script>'; DROP TABLE twitch_viewer; --",
    }
    row = redemptions.receive(data, timezone.now())
    row.refresh_from_db()
    assert row.user_input == "<script>alert('')</script>'; DROP TABLE twitch_viewer; --"


# --- Settling --------------------------------------------------------------------------------


def resolved(backstage: Backstage) -> list[str]:
    return [
        effect["kind"]
        for kind in ("redemption_fulfilled", "redemption_canceled")
        for effect in backstage.effects(kind)
    ]


def test_points_are_spent_once(backstage: Backstage, redemption: Redemption) -> None:
    redemptions.fulfil(redemption)
    redemptions.fulfil(redemption)
    redemptions.fulfil(Redemption.objects.get())
    assert backstage.calls(PATH, "PATCH") == 1
    assert resolved(backstage) == ["redemption_fulfilled"]
    assert Redemption.objects.get().status == "FULFILLED"
    assert Redemption.objects.get().settled_at is not None


def test_points_are_given_back_once(backstage: Backstage, redemption: Redemption) -> None:
    redemptions.refund(redemption)
    redemptions.refund(redemption)
    assert resolved(backstage) == ["redemption_canceled"]
    assert Redemption.objects.get().status == "CANCELED"


@pytest.mark.parametrize("settle", [redemptions.fulfil, redemptions.refund])
def test_a_lost_answer_is_looked_up(backstage: Backstage, redemption: Redemption, settle) -> None:
    backstage.breaks("drop_after", path=PATH, method="PATCH", count=1)
    settle(redemption)
    assert backstage.calls(PATH, "PATCH") == 1
    assert backstage.calls(PATH, "GET") == 1
    assert len(resolved(backstage)) == 1
    assert Redemption.objects.get().status == backstage.status(redemption.pk) != "UNFULFILLED"


@pytest.mark.parametrize("fault", ["drop_before", "500"])
def test_a_lost_request_is_found_to_be_open_and_tried_again(
    backstage: Backstage, redemption: Redemption, fault: str
) -> None:
    backstage.breaks(fault, path=PATH, method="PATCH", count=1)
    with pytest.raises(Unreachable, match="still open"):
        redemptions.fulfil(redemption)
    assert Redemption.objects.get().status == "UNFULFILLED"
    redemptions.fulfil(redemption)
    assert resolved(backstage) == ["redemption_fulfilled"]


def test_what_cannot_be_looked_up_is_unsure(backstage: Backstage, redemption: Redemption) -> None:
    backstage.breaks("drop_after", path=PATH, method="PATCH", count=1)
    backstage.breaks("500", path=PATH, method="GET", count=1)
    with pytest.raises(Unsure):
        redemptions.fulfil(redemption)
    redemptions.fulfil(redemption)
    assert resolved(backstage) == ["redemption_fulfilled"]
    assert Redemption.objects.get().status == "FULFILLED"


def test_a_rate_limit_is_waited_out(backstage: Backstage, redemption: Redemption) -> None:
    backstage.breaks("429", path=PATH, count=1, retry_after=7)
    with pytest.raises(RateLimited):
        redemptions.fulfil(redemption)


def test_fulfilling_what_a_moderator_gave_back_is_refused(
    backstage: Backstage, redemption: Redemption
) -> None:
    backstage.control("resolve", redemption=redemption.pk, status="CANCELED")
    with pytest.raises(Refused) as caught:
        redemptions.fulfil(redemption)
    assert caught.value.code == "already_canceled"
    assert Redemption.objects.get().status == "CANCELED"
    redemptions.refund(redemption)


def test_refunding_what_a_moderator_fulfilled_is_refused(
    backstage: Backstage, redemption: Redemption
) -> None:
    backstage.control("resolve", redemption=redemption.pk, status="FULFILLED")
    with pytest.raises(Refused) as caught:
        redemptions.refund(redemption)
    assert caught.value.code == "already_fulfilled"
    assert Redemption.objects.get().status == "FULFILLED"


def test_a_reward_of_others_cannot_be_refunded(backstage: Backstage, reward: Reward) -> None:
    backstage.control("reward", title="Hydrate", cost=5)
    row = receive(backstage, backstage.redeem("Hydrate", "mo"))
    with pytest.raises(Refused) as caught:
        redemptions.refund(row)
    assert caught.value.code == "not_ours"


def test_what_twitch_forgot_needs_a_person(backstage: Backstage, redemption: Redemption) -> None:
    data = {**backstage.redemption(redemption.pk), "id": "forgotten"}
    row = redemptions.receive(data, timezone.now())
    with pytest.raises(Unsure, match="no longer knows"):
        redemptions.refund(row)
    assert Redemption.objects.get(pk="forgotten").status == "UNKNOWN"


def test_a_refund_waits_for_the_streamer_to_connect_again(
    backstage: Backstage, redemption: Redemption
) -> None:
    backstage.breaks("revoke_tokens")
    with pytest.raises(ReconnectNeeded):
        redemptions.refund(redemption)
    backstage.connect()
    redemptions.refund(redemption)
    assert backstage.status(redemption.pk) == "CANCELED"


def test_without_a_connection_everything_waits(backstage: Backstage) -> None:
    with pytest.raises(NotConnected):
        redemptions.reconcile()


# --- Reconciling -----------------------------------------------------------------------------


def test_missed_redemptions_are_taken_in(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    made = [backstage.redeem("Raffle", "mo") for _ in range(3)]
    assert redemptions.reconcile() == 3
    assert sorted(begun) == sorted(made)


def test_what_was_settled_unseen_is_mirrored(backstage: Backstage, redemption: Redemption) -> None:
    backstage.control("resolve", redemption=redemption.pk, status="CANCELED")
    assert redemptions.reconcile() == 0
    assert Redemption.objects.get().status == "CANCELED"
    assert told() == [(redemption.pk, "CANCELED")]


def test_what_others_settle_is_announced_once(backstage: Backstage, redemption: Redemption) -> None:
    backstage.control("resolve", redemption=redemption.pk, status="FULFILLED")
    for _ in range(3):
        receive(backstage, redemption.pk)
    assert told() == [(redemption.pk, "FULFILLED")]


def test_what_we_settle_is_no_news(backstage: Backstage, redemption: Redemption) -> None:
    redemptions.refund(redemption)
    receive(backstage, redemption.pk)
    assert told() == []


def told() -> list[tuple[str, str]]:
    """Return of which redemptions it was announced that others settled them, and how."""
    facts = Event.objects.filter(kind="twitch.RedemptionSettled").order_by("id")
    return [(fact.payload["redemption_id"], fact.payload["status"]) for fact in facts]


def test_one_that_cannot_be_taken_in_does_not_hold_up_the_others(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    bad, good = backstage.redeem("Raffle", "mo"), backstage.redeem("Raffle", "mo")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE twitch_redemption ADD CONSTRAINT no_bad CHECK (id <> %s)", [bad]
        )
    try:
        redemptions.reconcile()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE twitch_redemption DROP CONSTRAINT no_bad")
    assert begun == [good]


def test_trouble_on_the_way_is_raised_and_tried_again(
    backstage: Backstage, reward: Reward, begun: list[str]
) -> None:
    redemption_id = backstage.redeem("Raffle", "mo")
    backstage.breaks("500", path=PATH, count=1)
    with pytest.raises(Unreachable):
        redemptions.reconcile()
    redemptions.reconcile()
    assert begun == [redemption_id]

"""Redemptions that give points, with a worker that is lost at every moment of every step."""

from __future__ import annotations

import pytest
from django.utils import timezone

from points.models import Account, Entry, Exchange, RewardPoints
from points.sagas import exchange
from points.services import ledger
from sagas.flow import NO_RETURN
from sagas.models import Run
from tests.backstage import Backstage
from tests.points.conftest import CAUSE
from tests.sagas.driving import lead_on
from tests.sagas.losing import MOMENTS, lead_over_a_loss, lost_at
from twitch.models import Reward
from twitch.services import redemptions, rewards

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sound_ledger")]

TITLE = "Five hundred points"


class Shop:
    """A channel with a reward that gives 500 points."""

    def __init__(self, backstage: Backstage) -> None:
        self.backstage = backstage
        backstage.connect()
        self.reward = rewards.create_on_twitch(Reward(title=TITLE, cost=50, action="points"))
        RewardPoints.objects.create(reward=self.reward, amount=500)

    def redeem(self, viewer: str = "ada") -> str:
        redemption = self.backstage.redeem(TITLE, viewer)
        self.deliver(redemption)
        return redemption

    def deliver(self, redemption: str) -> None:
        redemptions.receive(self.backstage.redemption(redemption), timezone.now())

    def said(self) -> list[str]:
        return [effect["detail"]["text"] for effect in self.backstage.effects("chat_sent")]

    def settlings(self) -> list[str]:
        kinds = ("redemption_fulfilled", "redemption_canceled")
        return [kind for kind in kinds for _ in self.backstage.effects(kind)]


@pytest.fixture
def shop(transactional_db: None, backstage: Backstage) -> Shop:
    return Shop(backstage)


def run() -> Run:
    return Run.objects.get(saga="points.exchange")


def test_channel_points_become_points_once(shop: Shop) -> None:
    redemption = shop.redeem()
    shop.deliver(redemption)
    lead_on()
    shop.deliver(redemption)
    lead_on()
    assert shop.settlings() == ["redemption_fulfilled"]
    entry = Entry.objects.get()
    assert (entry.amount, entry.cause_type, entry.cause_id) == (
        500,
        "twitch.redemption",
        redemption,
    )
    assert entry.description == f"Reward “{TITLE}”"
    assert shop.said() == ["@Ada +500 points. You have 500 now."]


def test_a_reward_without_an_amount_is_refunded(shop: Shop) -> None:
    RewardPoints.objects.all().delete()
    shop.redeem()
    lead_on()
    assert shop.settlings() == ["redemption_canceled"]
    assert not Entry.objects.exists()
    assert shop.said() == [
        "@Ada no points were given and your channel points are back. The reward is not set up yet."
    ]


def test_what_the_reward_gave_when_it_was_taken_on_is_given(shop: Shop) -> None:
    shop.redeem()
    with lost_at(exchange, "pay", "before"):
        lead_over_a_loss()
    RewardPoints.objects.update(amount=1)
    lead_on()
    assert Exchange.objects.get().amount == 500
    assert Account.objects.get().balance == 500


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("step", [name for name in exchange.plan if name != NO_RETURN])
def test_a_worker_that_is_lost_on_the_way_loses_and_doubles_nothing(
    shop: Shop, step: str, moment: str
) -> None:
    shop.redeem()
    with lost_at(exchange, step, moment):
        lead_over_a_loss()
        lead_on()
    assert run().status == "completed"
    assert shop.settlings() == ["redemption_fulfilled"]
    assert [entry.amount for entry in Entry.objects.all()] == [500]
    # What may have been said is not said again.
    assert len(shop.said()) == (0 if (step, moment) == ("tell_chat", "before") else 1)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("step", ["accept", "pay"])
def test_a_worker_that_is_lost_on_the_way_back_loses_and_doubles_nothing(
    shop: Shop, step: str, moment: str
) -> None:
    redemption = shop.redeem()
    with lost_at(exchange, "fulfil", "before"):
        lead_over_a_loss()
    shop.backstage.control("resolve", redemption=redemption, status="CANCELED")
    with lost_at(exchange, step, moment, undo=True):
        lead_over_a_loss()
        lead_on()
    assert run().status == "compensated"
    assert shop.settlings() == ["redemption_canceled"]
    assert [entry.amount for entry in Entry.objects.order_by("id")] == [500, -500]
    assert Account.objects.get().balance == 0


def test_points_that_are_spent_before_the_refund_are_owed(shop: Shop) -> None:
    redemption = shop.redeem()
    with lost_at(exchange, "fulfil", "before"):
        lead_over_a_loss()
    shop.backstage.control("resolve", redemption=redemption, status="CANCELED")
    ledger.debit(Exchange.objects.get().viewer_id, 1, CAUSE, key="spent")
    lead_on()
    assert (run().status, run().undo_failed) == ("compensated", [])
    assert shop.settlings() == ["redemption_canceled"]
    account = Account.objects.get()
    assert (account.balance, account.owed) == (0, 1)

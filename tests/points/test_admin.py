"""The ledger in the admin: looked at, and corrected with a name and a reason."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from points.models import Account, Decision, Entry, Rates, RewardPoints
from points.services import ledger
from tests.points.conftest import CAUSE, give
from twitch.models import Reward, Viewer

pytestmark = pytest.mark.usefixtures("sound_ledger")

DECISIONS = "/admin/points/decision/"
ENTRIES = "/admin/points/entry/"


@pytest.fixture
def streamer(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


def grant(client: Client, who: str, amount: str, why: str = "Thank you") -> str:
    form = {"who": who, "amount": amount, "why": why}
    return client.post(f"{DECISIONS}add/", form, follow=True).content.decode()


def do(client: Client, action: str, *entries: Entry, why: str = "A mistake") -> str:
    form = {"action": action, "why": why, "_selected_action": [entry.pk for entry in entries]}
    return client.post(ENTRIES, form, follow=True).content.decode()


def test_points_are_granted_with_a_reason(streamer: Client, ann: Viewer) -> None:
    assert "Ann has 50 points now." in grant(streamer, "@ann", "50")
    entry, decision = Entry.objects.get(), Decision.objects.get()
    assert (entry.amount, entry.description) == (50, "By hand: Thank you")
    assert (entry.cause_type, entry.cause_id) == ("points.decision", decision.pk)
    assert (decision.verb, decision.actor_name, decision.amount) == ("grant", "streamer", 50)
    grant(streamer, "2001", "-20")
    assert Account.objects.get().balance == 30
    assert streamer.get(f"{DECISIONS}{decision.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("who", "amount", "why", "complaint"),
    [
        ("nobody", "5", "Why", "Nobody of that name or id was seen here."),
        ("ann", "0", "Why", "Nothing would change."),
        ("ann", "x", "Why", "Enter a whole number."),
        ("ann", str(10**13), "Why", "less than or equal to"),
        ("ann", "5", "", "This field is required."),
        ("ann", "-5", "Why", "That takes 5 points, and 0 are there."),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(
    streamer: Client, ann: Viewer, who: str, amount: str, why: str, complaint: str
) -> None:
    assert complaint in grant(streamer, who, amount, why)
    assert not Entry.objects.exists()
    assert not Decision.objects.exists()


def test_entries_are_reversed_with_a_reason_once(streamer: Client, ann: Viewer) -> None:
    give(ann, 5)
    entry = Entry.objects.get()
    assert "Say why" in do(streamer, "reverse_selected", entry, why=" ")
    assert "is reversed." in do(streamer, "reverse_selected", entry)
    assert "is reversed already." in do(streamer, "reverse_selected", entry)
    assert [row.amount for row in Entry.objects.order_by("id")] == [5, -5]
    decision = Decision.objects.get()
    assert (decision.why, decision.viewer) == ("A mistake", ann)


def test_a_batch_is_reversed_as_one(streamer: Client, ann: Viewer, bob: Viewer) -> None:
    give(ann, 5, batch="gift")
    give(bob, 5, batch="gift")
    first = Entry.objects.earliest("id")
    assert "2 entries of gift are reversed." in do(streamer, "reverse_batches", first)
    assert "gift is reversed already." in do(streamer, "reverse_batches", first)
    assert set(Account.objects.values_list("balance", flat=True)) == {0}


def test_what_is_spent_cannot_be_taken_back(streamer: Client, ann: Viewer) -> None:
    give(ann, 5, batch="gift")
    ledger.debit(ann.pk, 1, CAUSE, key="a")
    first = Entry.objects.earliest("id")
    for action in ("reverse_selected", "reverse_batches"):
        assert "That takes 5 points, and 4 are there." in do(streamer, action, first)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("action", ["reverse_owing", "reverse_batches_owing"])
def test_what_is_spent_can_be_taken_back_as_owed(
    streamer: Client, ann: Viewer, action: str
) -> None:
    give(ann, 5, batch="gift")
    ledger.debit(ann.pk, 1, CAUSE, key="a")
    assert "reversed." in do(streamer, action, Entry.objects.earliest("id"))
    account = Account.objects.get()
    assert (account.balance, account.owed) == (0, 1)
    advance = Entry.objects.get(kind="advance")
    assert "follows from other entries" in do(streamer, "reverse_owing", advance)


def test_who_may_only_look_corrects_nothing(client: Client, ann: Viewer) -> None:
    give(ann, 5)
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_entry"))
    client.force_login(helper)
    do(client, "reverse_selected", Entry.objects.get())
    assert Entry.objects.count() == 1
    assert client.get(f"{DECISIONS}add/").status_code == 403


def test_a_reward_is_given_its_points(streamer: Client) -> None:
    mine = Reward.objects.create(title="Five hundred", action="points")
    other = Reward.objects.create(title="Song", action="song_request")
    page = "/admin/points/rewardpoints/add/"
    assert streamer.post(page, {"reward": other.pk, "amount": 500}).status_code == 200
    assert streamer.post(page, {"reward": mine.pk, "amount": 0}).status_code == 200
    assert streamer.post(page, {"reward": mine.pk, "amount": 500}).status_code == 302
    assert RewardPoints.objects.get().amount == 500


def test_the_rates_are_one_form(streamer: Client) -> None:
    assert "subscription_tier_1" in streamer.get("/admin/points/rates/").content.decode()
    fields = [field.name for field in Rates._meta.fields if field.name != "id"]
    answer = streamer.post("/admin/points/rates/1/change/", dict.fromkeys(fields, 3))
    assert answer.status_code == 302
    assert Rates.objects.get().raid == 3


def test_every_page_opens(streamer: Client, ann: Viewer) -> None:
    give(ann, 5)
    ledger.hold(ann.pk, 1, CAUSE, key="a")
    for table in ("account", "entry", "hold", "decision", "rewardpoints", "exchange", "rates"):
        assert streamer.get(f"/admin/points/{table}/").status_code == 200, table
    entry = Entry.objects.get()
    assert streamer.get(f"{ENTRIES}{entry.pk}/change/").status_code == 200

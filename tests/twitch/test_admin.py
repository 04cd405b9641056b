"""Rewards, texts and connections in the admin, click by click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.backstage import Backstage
from tokens.models import Token
from twitch import registry
from twitch.client import helix
from twitch.models import ChatText, Message, Redemption, Reward, Subscription, Viewer
from twitch.registry import RewardAction, Text
from twitch.services import viewers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(admin_user, backstage: Backstage, monkeypatch: pytest.MonkeyPatch) -> Client:
    action = RewardAction("note", "Note it", lambda redemption: None)
    monkeypatch.setitem(registry.actions(), "note", action)
    client = Client()
    client.force_login(admin_user)
    return client


def form(**more: object) -> dict[str, object]:
    return {
        "title": "Raffle",
        "action": "note",
        "cost": 10,
        "prompt": "",
        "is_enabled": "on",
        "cooldown_seconds": 0,
        "max_per_stream": 0,
        "max_per_viewer_per_stream": 0,
        **more,
    }


def add(staff: Client, **more: object) -> str:
    response = staff.post("/admin/twitch/reward/add/", form(**more), follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_reward_is_made_on_twitch(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    assert "Twitch has these settings" in add(staff)
    (there,) = helix.rewards("1000", only_manageable=True)
    assert Reward.objects.get().twitch_id == there.id


def test_a_token_that_ended_is_renewed_on_the_way(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    Token.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert "Twitch has these settings" in add(staff)


def test_a_reward_is_changed_on_twitch(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    add(staff)
    row = Reward.objects.get()
    staff.post(f"/admin/twitch/reward/{row.pk}/change/", form(cost=55))
    assert helix.rewards("1000")[0].cost == 55


def test_what_twitch_refuses_is_said_and_kept_as_a_draft(
    backstage: Backstage, staff: Client
) -> None:
    backstage.connect()
    backstage.control("reward", title="Raffle", cost=5)
    assert "choose another title" in add(staff)
    draft = Reward.objects.get()
    assert (draft.twitch_id, draft.made_by_us) == ("", False)
    assert "Not on Twitch" in draft.problem

    staff.post(f"/admin/twitch/reward/{draft.pk}/change/", form(title="My Raffle"))

    draft.refresh_from_db()
    assert draft.made_by_us
    assert draft.problem == ""


def test_without_a_connection_the_admin_says_so(staff: Client) -> None:
    assert "No broadcaster account is connected" in add(staff)


def test_impossible_settings_are_refused_here(backstage: Backstage, staff: Client) -> None:
    page = add(staff, cost=0)
    assert not Reward.objects.exists()
    assert "greater than or equal to 1" in page


def test_check_now_lists_and_marks(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    backstage.control("reward", title="Hydrate", cost=5)
    page = staff.get("/admin/twitch/reward/check", follow=True).content.decode()
    assert "cannot be refunded: made elsewhere" in page
    row = Reward.objects.get()
    assert staff.get(f"/admin/twitch/reward/{row.pk}/change/").status_code == 200


def test_a_reward_on_twitch_is_not_deleted_here(backstage: Backstage, staff: Client) -> None:
    backstage.connect()
    add(staff)
    row = Reward.objects.get()
    assert staff.post(f"/admin/twitch/reward/{row.pk}/delete/").status_code == 403


def test_a_text_is_reworded(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text("test.won", "@{viewer} won", ("viewer",))
    monkeypatch.setitem(registry.texts(), text.name, text)
    assert "@{viewer} won" in staff.get("/admin/twitch/chattext/").content.decode()

    url = "/admin/twitch/chattext/add/"
    refused = staff.post(url, {"name": text.name, "text": "{winner}!"})
    assert "{winner} is not known here" in refused.content.decode()
    assert "{viewer}" in refused.content.decode()
    staff.post(url, {"name": text.name, "text": "<b>{viewer}</b>!"})

    assert ChatText.objects.get().text == "<b>{viewer}</b>!"
    page = staff.get("/admin/twitch/chattext/test.won/change/").content.decode()
    assert "&lt;b&gt;Mo&lt;/b&gt;!" in page
    assert "<b>Mo</b>" not in page


def test_a_text_that_nothing_says_is_refused(staff: Client) -> None:
    staff.post("/admin/twitch/chattext/add/", {"name": "nothing", "text": "x"})
    assert not ChatText.objects.exists()


def test_everything_can_be_looked_at(backstage: Backstage, staff: Client) -> None:
    now = timezone.now()
    backstage.connect()
    viewers.remember("7", "mo", "<script>Mo", now)
    Redemption.objects.create(
        id="r1",
        viewer=Viewer.objects.get(),
        reward_twitch_id="w1",
        reward_title="Raffle",
        redeemed_at=now,
        user_input="<script>alert(1)</script>",
    )
    Subscription.objects.create(
        id="s1",
        type="stream.online",
        version="1",
        transport="websocket",
        status="something new",
        created_at=now,
        seen_at=now,
    )
    Message.objects.create(
        message_id="m1",
        kind="notification",
        type="stream.online",
        version="1",
        transport="websocket",
        sent_at=now,
        digest=b"",
        body="{}",
    )
    rows = {
        "twitch/redemption": "r1",
        "twitch/viewer": "7",
        "twitch/message": Message.objects.get().pk,
        "twitch/subscription": "s1",
        "twitch/reward": None,
        "twitch/messageconflict": None,
        "tokens/token": Token.objects.get().pk,
    }
    for path, key in rows.items():
        pages = [f"/admin/{path}/"] + ([f"/admin/{path}/{key}/change/"] if key else [])
        for page in pages:
            response = staff.get(page)
            assert response.status_code == 200, page
            assert "<script>alert(1)" not in response.content.decode()
            assert "<script>Mo" not in response.content.decode()


def test_connections_show_their_state_and_never_their_tokens(
    backstage: Backstage, staff: Client
) -> None:
    token = backstage.connect()
    Token.objects.update(reconnect_needed=True, reconnect_reason="Invalid refresh token")
    pages = [
        staff.get("/admin/tokens/token/").content.decode(),
        staff.get(f"/admin/tokens/token/{token.pk}/change/").content.decode(),
    ]
    assert "Invalid refresh token" in pages[0]
    assert "/connect/twitch/bot" in pages[0]
    for page in pages:
        assert token.access_token.get_secret_value() not in page
        assert token.refresh_token.get_secret_value() not in page


def test_connections_are_shown_even_when_they_cannot_be_decrypted(
    backstage: Backstage, staff: Client
) -> None:
    token = backstage.connect()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tokens_token SET access_token = 'not ours'")
    for page in ("", f"{token.pk}/change/"):
        assert staff.get(f"/admin/tokens/token/{page}").status_code == 200

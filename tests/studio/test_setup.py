"""Set-up, from nothing to a show: each step is done when it was seen to work."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from overlay.models import OverlayPage, OverlayToken
from studio.models import Proof
from studio.services.setup import Step, steps
from tests.backstage import Backstage
from tokens.models import Token

pytestmark = pytest.mark.django_db(transaction=True)


def step(name: str) -> Step:
    return next(step for step in steps(timezone.now()) if step.name == name)


def prove(client: Client, name: str) -> tuple[int, str]:
    answer = client.post(f"/studio/setup/{name}")
    return answer.status_code, answer.json()["detail"]


def connect(client: Client, backstage: Backstage, provider: str, role: str, login: str) -> None:
    """Consent as a person would, in the browser."""
    page = client.post(f"/connect/{provider}/{role}").headers["Location"]
    back = backstage.consent(page, login=login)
    answer = client.get(f"/connect/{provider}/callback?{back.partition('?')[2]}")
    assert answer.status_code == 200
    assert 'href="' in answer.content.decode()
    assert "/studio/setup" in answer.content.decode()


def test_from_nothing_to_done_in_a_rehearsal(streamer: Client, backstage: Backstage) -> None:
    assert [step.name for step in steps(timezone.now()) if step.is_done] == ["mode"]
    assert not step("chat").is_open

    connect(streamer, backstage, "twitch", "broadcaster", "greenroom")
    assert step("broadcaster").is_auto
    assert prove(streamer, "broadcaster") == (200, "Greenroom is connected.")
    assert step("broadcaster").seen["login"] == "greenroom"
    assert step("broadcaster").seen["picture"].startswith("https://")

    connect(streamer, backstage, "twitch", "bot", "greenroom_bot")
    assert prove(streamer, "bot")[0] == 200

    assert prove(streamer, "chat")[0] == 200
    said = [effect["detail"]["text"] for effect in backstage.effects("chat_sent")]
    assert said == ["Hello! Greenroom is backstage now."]

    assert prove(streamer, "rewards") == (200, "Made on Twitch: Keyboard Raffle, Song Request.")
    assert prove(streamer, "rewards") == (200, "They are there already.")

    assert prove(streamer, "overlay")[0] == 200
    assert not step("overlay").is_done
    token, now = OverlayToken.objects.get(), timezone.now()
    OverlayToken.objects.update(last_seen_at=now)
    OverlayPage.objects.create(token=token, since=now, seen_at=now)
    assert step("overlay").seen["name"] == "It is shown now"

    connect(streamer, backstage, "spotify", "player", "greenroom")
    backstage.device(active=True)
    backstage.press("play")
    assert prove(streamer, "player")[0] == 200

    assert [step.name for step in steps(timezone.now()) if not step.is_done] == []
    assert "To the control room" in streamer.get("/studio/setup").content.decode()


def test_what_is_not_connected_is_said(streamer: Client) -> None:
    status, said = prove(streamer, "broadcaster")
    assert (status, said) == (409, "No broadcaster account is connected to Twitch yet.")
    assert not Proof.objects.exists()


def test_another_account_has_to_be_seen_again(streamer: Client, backstage: Backstage) -> None:
    backstage.connect()
    prove(streamer, "broadcaster")
    Token.objects.update(account_id="4711")
    assert not step("broadcaster").is_done
    assert step("broadcaster").seen == {}


def test_a_player_without_a_device_is_told_what_helps(
    streamer: Client, backstage: Backstage
) -> None:
    backstage.connect_spotify()
    backstage.device(active=False)
    status, said = prove(streamer, "player")
    assert status == 409
    assert "press play" in said
    assert not step("player").is_done


def test_twitch_in_trouble_is_no_error_of_ours(streamer: Client, backstage: Backstage) -> None:
    backstage.connect()
    backstage.breaks("500", path="/twitch/helix/users", count=10)
    status, said = prove(streamer, "broadcaster")
    assert status == 409
    assert said.startswith("Twitch gave no clear answer")


def test_the_redirect_urls_are_shown_to_the_letter(streamer: Client) -> None:
    page = streamer.get("/studio/setup").content.decode()
    assert "/connect/twitch/callback</pre>" in page
    assert "/connect/spotify/callback</pre>" in page


def test_looking_at_the_page_changes_nothing(streamer: Client) -> None:
    streamer.get("/studio/setup")
    assert not Proof.objects.exists()
    assert not OverlayToken.objects.exists()


def test_there_is_no_other_step(streamer: Client) -> None:
    assert prove(streamer, "mode") == (404, "There is no such step.")

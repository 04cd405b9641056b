from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from achievements.services import counting, hiding
from points.services import people
from raffle.models import Roll
from songqueue.models import SongRequest
from spotify.models import Track
from tests.achievements.conftest import roll, song, started, viewer
from twitch.models import Redemption, Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = '<script>alert("x")</script>'


def redemption(number: int, who: Viewer) -> Redemption:
    return Redemption.objects.create(
        id=str(number),
        viewer=who,
        reward_twitch_id="1",
        reward_title="A reward",
        redeemed_at=timezone.now(),
    )


def fill(who: Viewer) -> None:
    """Let somebody open a stream with songs, one in another script and one refused, and roll."""
    counting.hear(started(1, 0))
    for minute in range(1, 8):
        counting.hear(song(who, minute))
    counting.hear(roll(who, 9, 42))
    track = Track.objects.create(
        id="4uLU6hMCjMI75M1A2tKUQC",
        name=f"夜に駆ける {HOSTILE}",
        artists=["YOASOBI"],
        duration_ms=261_000,
        fetched_at=timezone.now(),
    )
    now = timezone.now()
    ends = [("played", ""), ("playing", ""), ("refused", "too_long")]
    for number, (status, code) in enumerate(ends):
        SongRequest.objects.create(
            redemption=redemption(number, who),
            viewer=who,
            track=track,
            status=status,
            code=code,
            lined_up_at=now,
            ended_at=None if status == "playing" else now,
        )
    for number, (rolled, distance) in enumerate([(43, 42), (1, 0)], 10):
        Roll.objects.create(
            redemption=redemption(number, who),
            viewer=who,
            roll=rolled,
            winning_number=1,
            distance=distance,
            is_win=distance == 0,
            rolled_at=now,
        )


def test_the_page_shows_achievements_songs_and_rolls(client: Client, ann: Viewer) -> None:
    fill(ann)
    html = client.get("/viewers/ANN").content.decode()
    for text in ("Stream Opener", "7 of 10", "in a row", "YOASOBI", "off by 42", "won"):
        assert text in html, text
    assert "refused" not in html
    assert HOSTILE not in html


def test_a_hostile_name_is_only_text(client: Client, db: None) -> None:
    Viewer.objects.create(id="7", login="seven", display_name=HOSTILE)
    assert HOSTILE not in client.get("/viewers/seven").content.decode()


def test_who_is_unknown_or_hides_has_no_page(client: Client, ann: Viewer) -> None:
    assert client.get("/viewers/ann").status_code == 200
    hiding.hide(ann)
    hidden, unknown = client.get("/viewers/ann"), client.get("/viewers/nobody")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.content == unknown.content


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_on_the_page_is_wider_than_a_phone(
    chromium: Browser, live_server: pytest.FixtureRequest
) -> None:
    fill(viewer(1, "W" * 25))
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{live_server}/viewers/{'w' * 25}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".achievements li:not(.locked)").count() == 7
    page.close()


def test_who_wants_to_hide_presses_a_button_on_their_own_page(ann: Viewer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create(username="ann", viewer=ann))
    token = {"csrfmiddlewaretoken": client.get("/me").context["csrf_token"]}
    assert client.post("/me/visibility", {"shown": "no"}).status_code == 403
    assert not people.is_hidden(ann)
    for _ in range(2):
        assert client.post("/me/visibility", {"shown": "no", **token}).status_code == 302
    assert people.is_hidden(ann)
    assert "Show me again" in client.get("/me").content.decode()
    client.post("/me/visibility", {"shown": "yes", **token})
    assert not people.is_hidden(ann)

"""The lights: each says in words what is wrong, and leads to where it is mended."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from pydantic import SecretStr

from accounts.models import User
from config.tasks import PULSE, pulse, pulse_of_beat, pulse_of_lane
from overlay import services as overlay
from overlay.models import OverlayPage, OverlayToken
from points.models import Account
from points.tasks import check as check_ledger
from sagas.models import Run
from spotify.models import Breaker
from studio.services.checklist import checklist
from studio.services.lights import Light, lights
from studio.services.presence import addresses
from tests.backstage import Backstage, live
from tokens.models import Token
from twitch.client.oauth import ROLES
from twitch.models import Reward, Viewer
from watcher.models import Delivery, Poll, Target, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_well(backstage: Backstage) -> None:
    """Everything is as it should be."""
    cache.clear()
    pulse()
    pulse_of_lane("watcher")
    pulse_of_beat(PULSE)
    cache.set("pulse:eventsub", {"state": "connected", "ok": True, "missing": {}})
    backstage.connect()
    backstage.connect("bot")
    backstage.connect_spotify()
    now = timezone.now()
    token = OverlayToken.objects.create(name="Main scene", last_seen_at=now)
    OverlayPage.objects.create(
        token=token, since=now, seen_at=now, is_on_air=True, version=overlay.version()
    )
    Reward.objects.create(title="Raffle", action="keyboard_raffle", twitch_id="1", made_by_us=True)


def light(name: str) -> Light:
    return next(light for light in lights(timezone.now()) if light.name == name)


def test_all_lights_are_fine_when_all_is_well() -> None:
    shown = [(light.name, light.tone) for light in lights(timezone.now())]
    fine = ["eventsub", "chat", "tokens", "spotify", "worker", "beat", "overlays"]
    rest = [("watcher", "off"), ("ledger", "ok"), ("stuck", "ok")]
    assert shown == [*((name, "ok") for name in fine), *rest]


def test_silence_of_twitch_is_bad_for_events_and_chat() -> None:
    cache.delete("pulse:eventsub")
    assert (light("eventsub").tone, light("chat").tone) == ("bad", "bad")


def test_what_twitch_does_not_tell_is_named() -> None:
    missing = {"channel.chat.message": "missing scope"}
    cache.set("pulse:eventsub", {"state": "connected", "ok": True, "missing": missing})
    assert light("eventsub").words == "Twitch does not tell us of channel.chat.message."
    assert light("chat").tone == "bad"
    assert light("chat").link == light("eventsub").link


def test_a_lost_connection_leads_to_where_it_is_connected_again() -> None:
    Token.objects.filter(role="broadcaster").update(reconnect_needed=True)
    assert (light("tokens").tone, light("tokens").link) == ("bad", "/connect/twitch/broadcaster")


def test_whoever_may_not_write_to_chat_is_named() -> None:
    scopes = [scope for scope in ROLES["bot"].scopes if scope != "user:write:chat"]
    Token.objects.filter(role="bot").update(scopes=scopes)
    assert light("chat").words == "The bot may not write to chat."


def test_the_breaker_is_told_with_its_end_and_its_reason() -> None:
    until = timezone.now() + timedelta(hours=1)
    Breaker.objects.create(open_until=until, code="quota_exhausted", reason="The quota is gone.")
    assert light("spotify").tone == "bad"
    assert f"{until:%A %H:%M} UTC: The quota is gone." in light("spotify").words


def test_spotify_may_be_left_out() -> None:
    Token.objects.filter(provider="spotify").delete()
    assert light("spotify").tone == "off"
    assert light("spotify").is_fine


@pytest.mark.parametrize(("name", "key"), [("worker", "pulse:worker"), ("beat", "pulse:beat")])
def test_a_process_that_is_not_heard_is_bad(name: str, key: str) -> None:
    cache.delete(key)
    assert light(name).tone == "bad"


def test_what_keeps_the_workers_from_their_work_is_named(settings: LazySettings) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": away}
    assert light("worker").words == "Redis, which calls them, does not answer."


def test_workers_that_are_behind_are_told() -> None:
    due = timezone.now() - timedelta(seconds=45)
    Run.objects.create(saga="a.saga", subject_id="1", plan=["a"], due_at=due)
    assert light("worker").words == "Work waits for more than 40 seconds."


def test_an_overlay_that_went_away_is_worse_while_live() -> None:
    OverlayPage.objects.all().delete()
    assert light("overlays").tone == "warn"
    live()
    assert light("overlays").tone == "bad"


def test_a_page_of_an_older_version_is_told() -> None:
    OverlayPage.objects.update(version="abc")
    assert light("overlays").words == "A page in OBS is of an older version: refresh it there."


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"is_on_air": True, "is_visible": True}, "on air"),
        ({"is_on_air": False, "is_visible": True}, "in a preview"),
        ({"is_on_air": False, "is_visible": False}, "hidden in OBS"),
        ({"is_on_air": None, "is_visible": None}, "connected"),
    ],
)
def test_what_obs_does_with_a_page_is_told(columns: dict[str, bool | None], state: str) -> None:
    OverlayPage.objects.update(**columns)
    assert [address.state for address in addresses(timezone.now())] == [state]


def test_stuck_flows_are_counted_and_listed() -> None:
    for number in "12":
        Run.objects.create(
            saga="a.saga", subject_id=number, plan=["a"], status=Run.Status.STUCK, due_at=None
        )
    assert light("stuck").words == "2 flows need a person."
    assert light("stuck").link.endswith("?status__exact=stuck")


def test_go_live_posts_that_fail_or_come_late_are_told_of() -> None:
    now = timezone.now()
    owner = User.objects.create_user("somebody")
    target = Target.objects.create(
        owner=owner, name="News", webhook_id="1", webhook_token=SecretStr("x"), source="pasted"
    )
    Watch.objects.create(target=target, kind="streamer", watched_id="77", watched_name="S77")
    assert light("watcher").tone == "ok"
    Delivery.objects.create(
        target=target, due_at=now, status="failed", why="gave_up", closed_at=now
    )
    assert light("watcher").words == "One post could not be made in the last hour."
    Poll.objects.create(pk=1, ended_at=now - timedelta(minutes=10))
    assert light("watcher").words.startswith("Twitch has not been asked for a while")


def test_the_checklist_is_done_when_all_is_well() -> None:
    now = timezone.now()
    assert [item.label for item in checklist(lights(now), now) if not item.done] == []


def test_the_checklist_says_what_is_missing() -> None:
    Reward.objects.all().delete()
    now = timezone.now()
    (open_one,) = [item for item in checklist(lights(now), now) if not item.done]
    assert open_one.words == "No reward does anything yet."


def test_a_ledger_that_does_not_add_up_is_bad_until_it_does() -> None:
    check_ledger()
    assert light("ledger").words.startswith("Every balance is what its entries make")
    Viewer.objects.create(id="7", login="ann", display_name="Ann")
    Account.objects.create(viewer_id="7", balance=5)
    check_ledger()
    assert light("ledger").tone == "bad"
    assert "3 things do not add up" in light("ledger").words
    Account.objects.all().delete()
    call_command("ledger_check", stdout=StringIO())
    assert light("ledger").tone == "ok"

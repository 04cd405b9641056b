"""The API of the watcher, over HTTP: what is one's own, and how it says no."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.watcher import posting
from tests.watcher.conftest import Discord, Hook
from watcher.models import Delivery, Target, Watch

pytestmark = pytest.mark.django_db

API = "/api/watch"
ROLE = "381870553235193870"


class Person:
    """Somebody's browser, which speaks JSON."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def ask(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.client.generic(
            verb,
            f"{API}/{path}",
            json.dumps(body or {}),
            "application/json",
        )
        return answer.status_code, answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        answer = self.client.get(f"{API}/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def me(owner: User, discord: Discord) -> Person:
    return Person(owner)


@pytest.fixture
def other(me: Person) -> Person:
    return Person(User.objects.create_user("somebody else"))


@pytest.fixture
def place(owner: User, hook: Hook) -> Target:
    return posting.target(owner, hook)


def wish(place: Target, **more: Any) -> dict[str, Any]:
    return {"target_id": place.pk, "kind": "streamer", "watched": "ada", **more}


# --- Channels ------------------------------------------------------------------------------------


def test_a_pasted_channel_is_shown_without_its_secret(me: Person, hook: Hook) -> None:
    status, made = me.ask("POST", "targets", {"url": hook.url, "name": "Live"})
    assert (status, made["name"], made["works"], made["watches"]) == (201, "Live", True, 0)
    for shown in (made, me.get("targets"), me.get(f"targets/{made['id']}")):
        assert hook.secret not in str(shown)


def test_what_is_wrong_with_an_address_is_said_at_its_field(me: Person, hook: Hook) -> None:
    status, said = me.ask("POST", "targets", {"url": "https://evil.example/api/webhooks/1/x"})
    assert (status, said["code"]) == (400, "not_a_webhook")
    assert said["detail"].startswith("url: ")
    hook.change("delete")
    assert me.ask("POST", "targets", {"url": hook.url})[1]["code"] == "webhook_gone"
    assert me.ask("POST", "targets", {"url": hook.url, "owner": 1})[1]["code"] == "unknown_field"


def test_a_channel_whose_webhook_was_deleted_takes_another_and_keeps_its_watches(
    me: Person, discord: Discord, place: Target, hook: Hook
) -> None:
    posting.watch(place)
    hook.change("delete")
    status, said = me.ask("POST", f"targets/{place.pk}/check")
    assert (status, said["code"]) == (400, "webhook_gone")
    shown = me.get(f"targets/{place.pk}")
    assert (shown["works"], shown["disabled_because"]) == (False, "webhook_gone")
    status, shown = me.ask("PATCH", f"targets/{place.pk}", {"url": discord.hook().url})
    assert (status, shown["works"], shown["watches"]) == (200, True, 1)


def test_a_webhook_is_one_channel_only(me: Person, discord: Discord, place: Target) -> None:
    new = discord.hook()
    me.ask("POST", "targets", {"url": new.url})
    status, said = me.ask("PATCH", f"targets/{place.pk}", {"url": new.url})
    assert (status, said["code"]) == (409, "known_already")


def test_removing_a_channel_removes_what_is_watched_for_it(me: Person, place: Target) -> None:
    posting.watch(place)
    assert me.ask("DELETE", f"targets/{place.pk}") == (204, None)
    assert not Watch.objects.exists()


# --- Watches -------------------------------------------------------------------------------------


def test_a_streamer_is_watched_by_name_or_address(me: Person, place: Target) -> None:
    status, made = me.ask("POST", "watches", wish(place, watched="https://www.twitch.tv/ADA"))
    assert status == 201
    assert (made["watched_login"], made["watched_name"]) == ("ada", "Ada")
    assert (made["end_action"], made["mention"], made["is_active"]) == ("edit", "none", True)


def test_a_game_is_watched_by_name_or_id(me: Person, place: Target) -> None:
    game = me.get("games?query=chess")["results"][0]
    status, made = me.ask("POST", "watches", wish(place, kind="game", watched=game["name"].upper()))
    assert (status, made["watched_id"]) == (201, game["id"])
    me.ask("DELETE", f"watches/{made['id']}")
    status, made = me.ask("POST", "watches", wish(place, kind="game", watched=game["id"]))
    assert (status, made["watched_name"]) == (201, game["name"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"watched": "nobody_of_this_name"}, "no_streamer"),
        ({"watched": "https://evil.example/ada"}, "not_a_streamer"),
        ({"kind": "game", "watched": "No Such Game At All"}, "no_game"),
        ({"languages": ["klingon"]}, "unknown_language"),
        ({"title_includes": [f"word{n}" for n in range(21)]}, "too_many_words"),
        ({"template": "{streamer} {token}"}, "unknown_placeholder"),
        ({"mention": "role"}, "no_role"),
        ({"mention": "role", "role_id": "everyone"}, "not_a_role"),
        ({"mention": "all"}, "invalid_choice"),
        ({"template": "a\0b"}, "null_characters_not_allowed"),
        ({"least_viewers": -1}, "min_value"),
        ({"watched_id": "1"}, "unknown_field"),
    ],
)
def test_what_cannot_be_watched_so_is_refused(
    me: Person, place: Target, given: dict[str, Any], code: str
) -> None:
    status, said = me.ask("POST", "watches", wish(place, **given))
    assert (status, said["code"]) == (400, code)
    assert not Watch.objects.exists()


def test_the_same_twice_is_told_and_can_be_made_again_after_its_end(
    me: Person, place: Target
) -> None:
    _, made = me.ask("POST", "watches", wish(place))
    status, said = me.ask("POST", "watches", wish(place))
    assert (status, said["code"]) == (409, "watched_already")
    me.ask("DELETE", f"watches/{made['id']}")
    assert me.ask("POST", "watches", wish(place))[0] == 201


def test_a_person_watches_no_more_than_is_allowed(
    me: Person, place: Target, settings: LazySettings
) -> None:
    settings.WATCHER_MOST_WATCHES = 1
    me.ask("POST", "watches", wish(place))
    status, said = me.ask("POST", "watches", wish(place, watched="bo"))
    assert (status, said["code"]) == (409, "too_many_watches")


def test_a_watch_is_changed_in_part(me: Person, place: Target) -> None:
    watch = posting.watch(place)
    change = {"mention": "role", "role_id": f"<@&{ROLE}>", "title_includes": [" any%  run ", ""]}
    status, shown = me.ask("PATCH", f"watches/{watch.pk}", change)
    assert status == 200
    assert (shown["mention"], shown["role_id"]) == ("role", ROLE)
    assert shown["title_includes"] == ["any% run"]
    _, shown = me.ask("PATCH", f"watches/{watch.pk}", {"mention": "here"})
    assert (shown["role_id"], shown["title_includes"]) == ("", ["any% run"])


def test_what_is_switched_on_again_is_news_from_then_on(me: Person, place: Target) -> None:
    watch = posting.watch(place)
    since = watch.active_since
    me.ask("PATCH", f"watches/{watch.pk}", {"is_active": False})
    watch.refresh_from_db()
    assert (watch.is_active, watch.active_since) == (False, since)
    me.ask("PATCH", f"watches/{watch.pk}", {"is_active": True})
    watch.refresh_from_db()
    assert watch.active_since > since


def test_other_filters_are_held_against_who_is_live(me: Person, place: Target) -> None:
    watch = posting.watch(place, languages=["de"])
    posting.stream()
    me.ask("PATCH", f"watches/{watch.pk}", {"languages": ["en"]})
    assert Delivery.objects.get().watch == watch


# --- Looking -------------------------------------------------------------------------------------


def test_the_preview_is_the_card_that_is_posted(me: Person, place: Target) -> None:
    given = {"template": "{mention} {streamer}: {title}", "mention": "here"}
    body = {"kind": "streamer", "watched": "ada", **given}
    status, seen = me.ask("POST", "preview", body)
    assert (status, seen["watched_name"], seen["is_live"]) == (200, "Ada", False)
    assert seen["live"]["content"].startswith("@here Ada: ")
    assert seen["live"]["allowed_mentions"] == {"parse": ["everyone"]}
    assert seen["ended"]["allowed_mentions"] == {"parse": []}
    assert me.ask("POST", "preview", {**body, "end_action": "delete"})[1]["ended"] is None
    assert not Watch.objects.exists()


def test_a_preview_needs_nobody_in_particular(me: Person) -> None:
    status, seen = me.ask("POST", "preview", {"kind": "game"})
    assert (status, bool(seen["live"]["embeds"])) == (200, True)


def test_games_are_looked_up_once_and_not_too_often(
    me: Person, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    me.get("games?query=chess")
    discord.fault("500", path="/twitch/helix/search/categories")
    assert me.get("games?query=Chess%20")["results"]
    status, said = me.ask("GET", "games?query=other")
    assert (status, said["code"]) == (503, "twitch_away")
    monkeypatch.setattr("watcher.services.things.MOST_ASKS", 0)
    status, said = me.ask("GET", "games?query=another")
    assert (status, said["code"]) == (429, "too_many_asks")


def test_who_is_live_is_told_of_what_is_watched(me: Person, place: Target) -> None:
    posting.stream("9001", "77")
    posting.stream("9002", "78")
    posting.watch(place, "77")
    assert [row["id"] for row in me.get("live")["results"]] == ["9001"]


# --- Posts ---------------------------------------------------------------------------------------


def test_a_test_is_told_of_in_the_log(me: Person, place: Target) -> None:
    watch = posting.watch(place)
    status, made = me.ask("POST", f"watches/{watch.pk}/test")
    assert (status, made["status"], made["is_test"]) == (202, "due", True)
    assert me.ask("POST", f"watches/{watch.pk}/test")[1]["code"] == "too_soon"
    assert [row["id"] for row in me.get("deliveries?is_test=true")["results"]] == [made["id"]]
    assert me.get("deliveries?status=failed")["results"] == []


def test_only_what_was_not_posted_is_sent_again(me: Person, place: Target) -> None:
    posting.watch(place)
    (delivery,) = posting.due(posting.stream())
    assert me.ask("POST", f"deliveries/{delivery.pk}/resend")[1]["code"] == "not_failed"
    Delivery.objects.update(status="failed", why="gave_up")
    status, again = me.ask("POST", f"deliveries/{delivery.pk}/resend")
    assert (status, again["resend_of_id"], again["streamer_name"]) == (202, delivery.pk, "S77")
    assert me.ask("POST", f"deliveries/{delivery.pk}/resend")[1]["code"] == "sent_again"


def test_the_log_turns_pages_without_skipping(me: Person, place: Target) -> None:
    now = timezone.now()
    for n in range(5):
        Delivery.objects.create(target=place, is_test=True, due_at=now + timedelta(seconds=n))
    first = me.get("deliveries?limit=3")
    second = me.get(first["next"].split(f"{API}/")[1])
    ids = [row["id"] for row in [*first["results"], *second["results"]]]
    assert len(set(ids)) == 5


# --- Others --------------------------------------------------------------------------------------


def test_what_is_somebody_elses_is_not_there(me: Person, other: Person, place: Target) -> None:
    watch = posting.watch(place)
    (delivery,) = posting.due(posting.stream())
    for verb, path in (
        ("GET", f"targets/{place.pk}"),
        ("PATCH", f"targets/{place.pk}"),
        ("DELETE", f"targets/{place.pk}"),
        ("POST", f"targets/{place.pk}/check"),
        ("GET", f"watches/{watch.pk}"),
        ("PATCH", f"watches/{watch.pk}"),
        ("DELETE", f"watches/{watch.pk}"),
        ("POST", f"watches/{watch.pk}/test"),
        ("GET", f"deliveries/{delivery.pk}"),
        ("POST", f"deliveries/{delivery.pk}/resend"),
    ):
        status, said = other.ask(verb, path)
        assert (status, said["code"]) == (404, "not_found"), path
    assert other.ask("POST", "watches", wish(place))[0] == 404
    for path in ("targets", "watches", "deliveries", "live"):
        assert other.get(path)["results"] == []
    for path in (
        f"/watch/channels/{place.pk}/add",
        f"/watch/watches/{watch.pk}",
        f"/watch/posts/{delivery.pk}",
    ):
        assert other.client.get(path).status_code == 404


def test_who_is_banned_may_only_look(me: Person, owner: User, place: Target) -> None:
    User.objects.filter(pk=owner.pk).update(is_banned=True)
    assert len(me.get("targets")["results"]) == 1
    status, said = me.ask("DELETE", f"targets/{place.pk}")
    assert (status, said["code"]) == (403, "banned")

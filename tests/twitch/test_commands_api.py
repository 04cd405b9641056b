"""Chat commands through the API, and on the page that viewers see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.backstage import at_once
from twitch import registry
from twitch.models import Command, CommandName
from twitch.registry import Permission
from twitch.services.commands import editing
from twitch.services.commands.editing import NameTaken

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/admin/commands"
KEY = "open sesame"


class Api:
    """The API to somebody who holds the admin key; each call returns the status and the answer."""

    def __init__(self) -> None:
        self._client = Client(headers={"X-Admin-Key": KEY})

    def __call__(self, verb: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        text = "" if body is None else json.dumps(body)
        answer = self._client.generic(verb, URL + path, text, "application/json")
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def api(settings: Any) -> Api:
    settings.ADMIN_KEY = KEY
    return Api()


def test_a_command_is_made_changed_and_deleted(api: Api) -> None:
    body = {"name": "discord", "aliases": ["dc"], "template": "Join {user}!", "permission": "vip"}
    status, made = api("POST", body=body)
    assert status == 201
    assert made | body == made
    assert (made["kind"], made["is_enabled"], made["count"], made["usage"]) == ("text", True, 0, "")

    status, changed = api("PATCH", "/discord", {"cooldown_seconds": 5, "is_enabled": False})
    assert status == 200
    assert changed == {**made, "cooldown_seconds": 5, "is_enabled": False}
    assert api("GET", "/discord") == (200, changed)
    assert changed in api("GET")[1]

    assert api("DELETE", "/discord") == (204, None)
    assert api("GET", "/discord")[0] == 404
    assert not CommandName.objects.filter(name__in=["discord", "dc"]).exists()


def test_a_new_name_frees_the_old_one(api: Api) -> None:
    api("POST", body={"name": "a", "aliases": ["b"], "template": "x"})
    assert api("PATCH", "/a", {"name": "c"})[1]["aliases"] == ["b"]
    assert api("PATCH", "/c", {"aliases": []})[1]["aliases"] == []
    assert api("POST", body={"name": "a", "aliases": ["b"], "template": "y"})[0] == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "no spaces", "template": "x"}, "invalid_name"),
        ({"name": "x" * 51, "template": "x"}, "invalid_name"),
        ({"name": "Ünï", "template": "x"}, "invalid_name"),
        ({"name": "a\n", "template": "x", "aliases": ["b c"]}, "invalid_name"),
        ({"name": "a", "template": "x", "aliases": ["b" * 51]}, "invalid_name"),
        ({"template": "x"}, "required"),
        ({"name": "a"}, "no_text"),
        ({"name": "a", "template": " "}, "no_text"),
        ({"name": "a", "template": "x" * 501}, "max_length"),
        ({"name": "a", "template": "{nothing}"}, "unknown_placeholder"),
        ({"name": "a", "template": "{value}"}, "unknown_placeholder"),
        ({"name": "a", "template": "{user.password}"}, "unknown_placeholder"),
        ({"name": "a", "template": "{random:a|{x}}"}, "unknown_placeholder"),
        ({"name": "a", "template": "x\x00"}, "null_characters_not_allowed"),
        ({"name": "a", "template": "x", "aliases": [f"b{n}" for n in range(21)]}, "max_length"),
        ({"name": "a", "template": "x", "cooldown_seconds": -1}, "min_value"),
        ({"name": "a", "template": "x", "cooldown_seconds": 86_401}, "max_value"),
        ({"name": "a", "template": "x", "permission": 1}, "invalid_choice"),
        ({"name": "a", "template": "x", "permission": "king"}, "invalid_choice"),
        ({"name": "a", "kind": "computed"}, "fixed_kind"),
        ({"name": "a", "kind": "magic", "template": "x"}, "invalid_choice"),
        ({"name": "a", "template": "x", "count": 7}, "unknown_field"),
        ({"name": "a", "template": "x", "handler": "song"}, "unknown_field"),
        ([], "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_code(api: Api, body: Any, code: str) -> None:
    status, problem = api("POST", body=body)
    assert (status, problem["code"]) == (400, code)
    assert not Command.objects.filter(name="a").exists()


@pytest.mark.parametrize(
    "body",
    [
        {"name": "discord"},
        {"name": "dc"},
        {"name": "new", "aliases": ["dc"]},
        {"name": "commands"},
        {"name": "new", "aliases": ["uptime"]},
    ],
)
def test_a_name_belongs_to_one_command(api: Api, body: dict[str, Any]) -> None:
    api("POST", body={"name": "discord", "aliases": ["dc"], "template": "x"})
    status, problem = api("POST", body={**body, "template": "y"})
    assert (status, problem["code"]) == (409, "name_taken")
    assert not Command.objects.filter(name="new").exists()


def test_of_several_who_take_a_name_at_once_one_gets_it() -> None:
    def take() -> Command:
        return editing.create({"name": f"n{next(numbers)}", "template": "x"}, ["same"])

    numbers = iter(range(8))
    results = at_once(8, take)
    assert sum(isinstance(result, Command) for result in results) == 1
    assert sum(isinstance(result, NameTaken) for result in results) == 7
    assert Command.objects.filter(handler="").count() == 1


def test_a_computed_command_is_tuned_but_not_rewritten_or_deleted(api: Api) -> None:
    assert api("PATCH", "/uptime", {"permission": "vip", "aliases": ["up"]})[1]["aliases"] == ["up"]
    assert api("PATCH", "/uptime", {"template": "for ever"})[1]["code"] == "computed"
    assert api("PATCH", "/uptime", {"kind": "text", "template": "x"})[1]["code"] == "fixed_kind"
    status, problem = api("DELETE", "/uptime")
    assert (status, problem["code"]) == (409, "computed")
    editing.install()
    assert Command.objects.get(name="uptime").permission == Permission.VIP


@pytest.mark.parametrize("name", ["nothing", "dc", "DISCORD", "x" * 300, "%00", "a/b"])
def test_only_a_name_finds_a_command(api: Api, name: str) -> None:
    api("POST", body={"name": "discord", "aliases": ["dc"], "template": "x"})
    for verb in ("GET", "PATCH", "DELETE"):
        assert api(verb, f"/{name}", {} if verb == "PATCH" else None)[0] in (400, 404)
    assert Command.objects.filter(name="discord").exists()


def test_only_who_may_changes_commands() -> None:
    client = Client()
    client.force_login(User.objects.create_user("helper", is_staff=True))
    body = {"name": "a", "template": "x"}
    assert client.get(URL).status_code == 200
    assert client.post(URL, body, content_type="application/json").status_code == 403
    assert client.patch(f"{URL}/uptime", {}, content_type="application/json").status_code == 403
    assert client.delete(f"{URL}/uptime").status_code == 403


# --- What comes with Greenroom ---------------------------------------------------------------


def test_each_computed_command_has_a_row() -> None:
    rows = {row.handler for row in Command.objects.exclude(handler="")}
    assert rows == set(registry.commands())
    assert {"commands", "time", "uptime", "update", "raffle", "raffle-leaderboard"} <= rows


def test_the_streamers_own_command_keeps_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_commands", dict(registry.commands()))
    registry.command("lurk", aliases=("afk",), help="x")(lambda call: "")
    editing.create({"name": "lurk", "template": "x"}, [])
    editing.install()
    assert not Command.objects.filter(handler="lurk").exists()
    editing.delete(Command.objects.get(name="lurk"))
    editing.create({"name": "away", "template": "x"}, ["afk"])
    editing.install()
    assert Command.objects.get(handler="lurk").aliases == []


# --- The page --------------------------------------------------------------------------------


def test_the_page_shows_what_answers_now_by_who_may(client: Client) -> None:
    for name, settings in {
        "discord": {"template": "Join <b>us</b>!"},
        "secret": {"template": "x", "permission": Permission.MODERATOR},
        "gone": {"template": "x", "is_enabled": False},
        "today": {"kind": "value", "template": "{value}"},
        "clip": {"template": "x", "only_live": True},
    }.items():
        editing.create({"name": name, **settings}, ["dc"] if name == "discord" else [])
    answer = client.get("/commands")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index("For everyone") < page.index("!discord") < page.index("For moderators")
    assert page.index("For moderators") < page.index("!secret")
    assert "!dc" in page
    assert "Join &lt;b&gt;us&lt;/b&gt;!" in page
    assert "while live" in page
    assert "!gone" not in page
    assert "!today" not in page

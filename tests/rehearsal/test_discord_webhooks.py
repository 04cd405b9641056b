"""Discord's webhooks: what they take, what they refuse and in which words."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.rehearsal.client import Rehearsal

LIVE, FORUM = "381870553235193857", "381870553235193859"
LIVE_PINGS = "165511591545143296"
API = "discord/api/v10"
AGENT = {"User-Agent": "DiscordBot (http://localhost:8000, 0.1.0)"}


class Hook:
    """A webhook, and a client that calls it."""

    def __init__(self, rehearsal: Rehearsal, **wish: Any) -> None:
        (self.shown,) = rehearsal.control("discord/webhooks", **{"channel": LIVE, **wish})[
            "webhooks"
        ]
        self.rehearsal = rehearsal
        self.id, self.token = self.shown["id"], self.shown["token"]

    def call(self, method: str, path: str = "", **more: Any) -> requests.Response:
        url = f"{self.rehearsal.url}/{API}/webhooks/{self.id}/{self.token}{path}"
        return self.rehearsal.http.request(method, url, **{"headers": AGENT, "timeout": 10, **more})

    def post(self, query: str = "?wait=true", **payload: Any) -> requests.Response:
        return self.call("POST", query, json=payload)


@pytest.fixture
def hook(rehearsal: Rehearsal) -> Hook:
    return Hook(rehearsal)


def said(answer: requests.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def faults(answer: requests.Response) -> dict[str, Any]:
    assert said(answer) == (400, 50035)
    tree: dict[str, Any] = answer.json()["errors"]
    return tree


def test_a_post_is_answered_only_to_those_who_wait(rehearsal: Rehearsal, hook: Hook) -> None:
    waited = hook.post(content="Ada is live")
    assert (waited.status_code, waited.json()["content"]) == (200, "Ada is live")
    silent = hook.post("", content="Bo is live")
    assert (silent.status_code, silent.content) == (204, b"")
    contents = [it["content"] for it in rehearsal.look("discord")["messages"]]
    assert contents == ["Bo is live", "Ada is live"]
    assert len(rehearsal.effects("discord_posted")) == 2


def test_a_post_is_read_edited_and_deleted(hook: Hook) -> None:
    id = hook.post(content="live", embeds=[{"title": "Chess"}]).json()["id"]
    edited = hook.call("PATCH", f"/messages/{id}", json={"embeds": [{"title": "Go"}]}).json()
    assert (edited["content"], edited["embeds"][0]["title"]) == ("live", "Go")
    assert edited["edited_timestamp"]
    assert hook.call("GET", f"/messages/{id}").json() == edited
    assert hook.call("DELETE", f"/messages/{id}").status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        assert said(hook.call(method, f"/messages/{id}", json={})) == (404, 10008)


def test_null_takes_away_and_nothing_cannot_be_posted(hook: Hook) -> None:
    id = hook.post(content="live", embeds=[{"title": "Chess"}]).json()["id"]
    bare = hook.call("PATCH", f"/messages/{id}", json={"content": None}).json()
    assert (bare["content"], len(bare["embeds"])) == ("", 1)
    assert said(hook.call("PATCH", f"/messages/{id}", json={"embeds": []})) == (400, 50006)
    for nothing in ({}, {"content": "  "}, {"embeds": [{}]}, {"embeds": [{"color": 5}]}):
        assert said(hook.post(**nothing)) == (400, 50006)


def test_a_webhook_is_known_by_its_id_and_token(rehearsal: Rehearsal, hook: Hook) -> None:
    assert hook.call("GET").json() == hook.shown
    rehearsal.control(f"discord/webhooks/{hook.id}", do="new_token")
    assert said(hook.call("GET")) == (401, 50027)
    assert rehearsal.look("discord")["invalid_calls"] == 1
    rehearsal.control(f"discord/webhooks/{hook.id}", do="delete")
    assert said(hook.post(content="late")) == (404, 10015)


def test_a_webhook_may_delete_itself(hook: Hook) -> None:
    assert hook.call("DELETE").status_code == 204
    assert said(hook.call("GET")) == (404, 10015)


def test_a_client_says_what_it_is(hook: Hook) -> None:
    blocked = hook.call("GET", headers={"User-Agent": "python-requests/2"})
    assert said(blocked) == (403, 40333)


@pytest.mark.parametrize(
    ("payload", "place", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": {"a": 1}}, "content", "STRING_TYPE_CONVERT"),
        ({"content": "x", "username": "Discord news"}, "username", "USERNAME_INVALID_CONTAINS"),
        ({"content": "x", "username": "x" * 81}, "username", "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "avatar_url": "ftp://a.b"}, "avatar_url", "URL_TYPE_INVALID_SCHEME"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": {}}, "embeds", "LIST_TYPE_CONVERT"),
        ({"embeds": [3]}, "embeds.0", "MODEL_TYPE_CONVERT"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"color": 2**24}]}, "embeds.0.color", "NUMBER_TYPE_MAX"),
        ({"embeds": [{"color": "red"}]}, "embeds.0.color", "NUMBER_TYPE_COERCE"),
        ({"embeds": [{"timestamp": "noon"}]}, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
        ({"embeds": [{"url": "live"}]}, "embeds.0.url", "URL_TYPE_INVALID_URL"),
        ({"embeds": [{"image": {}}]}, "embeds.0.image.url", "BASE_TYPE_REQUIRED"),
        ({"embeds": [{"footer": {"text": ""}}]}, "embeds.0.footer.text", "BASE_TYPE_REQUIRED"),
        (
            {"embeds": [{"author": {"name": "x" * 257}}]},
            "embeds.0.author.name",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"embeds": [{"fields": [{"name": "a", "value": "x" * 1025}]}]},
            "embeds.0.fields.0.value",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]},
            "embeds.0.fields",
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": [LIVE_PINGS]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            {"content": "x", "allowed_mentions": {"roles": ["x"]}},
            "allowed_mentions.roles.0",
            "NUMBER_TYPE_COERCE",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    hook: Hook, payload: dict[str, Any], place: str, code: str
) -> None:
    tree = faults(hook.post(**payload))
    for part in place.split("."):
        tree = tree[part]
    assert tree["_errors"][0]["code"] == code


def test_booleans_of_a_query_are_in_small_letters(hook: Hook) -> None:
    assert "wait" in faults(hook.post("?wait=True", content="x"))
    assert "thread_id" in faults(hook.post("?thread_id=x", content="x"))


def test_what_is_no_json_is_refused(hook: Hook) -> None:
    headers = {**AGENT, "Content-Type": "application/json"}
    assert said(hook.call("POST", data="{", headers=headers)) == (400, 50109)
    assert said(hook.call("POST", data="x", headers=AGENT)) == (400, 50035)


def test_everything_that_is_not_there_is_a_404(rehearsal: Rehearsal) -> None:
    answer = rehearsal.http.get(f"{rehearsal.url}/{API}/nothing")
    assert answer.json() == {"message": "404: Not Found", "code": 0}


@pytest.mark.parametrize(
    ("allowed", "pings"),
    [
        (None, ["80351110224678912"]),
        ({"parse": []}, []),
        ({"parse": ["everyone"]}, ["everyone", "here"]),
        ({"parse": ["roles"]}, [LIVE_PINGS]),
        ({"roles": [LIVE_PINGS]}, [LIVE_PINGS]),
        ({"roles": ["1"]}, []),
    ],
)
def test_a_post_pings_only_whom_it_may(
    rehearsal: Rehearsal, hook: Hook, allowed: dict[str, Any] | None, pings: list[str]
) -> None:
    text = f"@everyone @here <@80351110224678912> <@&{LIVE_PINGS}>"
    more = {} if allowed is None else {"allowed_mentions": allowed}
    message = hook.post(content=text, **more).json()
    assert rehearsal.look("discord")["messages"][0]["pings"] == pings
    assert message["mention_everyone"] is ("everyone" in pings)
    assert message["mention_roles"] == [id for id in pings if id == LIVE_PINGS]


def test_a_forum_takes_posts_in_threads_only(rehearsal: Rehearsal) -> None:
    forum = Hook(rehearsal, channel=FORUM)
    assert said(forum.post(content="x")) == (400, 220001)
    made = forum.post(content="x", thread_name="Ada").json()["channel_id"]
    assert said(forum.post(f"?thread_id={made}", content="x", thread_name="y")) == (400, 220002)
    assert forum.post(f"?wait=true&thread_id={made}", content="y").json()["channel_id"] == made
    assert said(Hook(rehearsal).post(content="x", thread_name="y")) == (400, 220003)


def test_a_post_in_a_thread_is_found_only_there(rehearsal: Rehearsal, hook: Hook) -> None:
    thread = rehearsal.control("discord/threads", channel=LIVE, name="Tonight")["id"]
    id = hook.post(f"?wait=true&thread_id={thread}", content="live").json()["id"]
    change = {"json": {"content": "over"}}
    assert said(hook.call("PATCH", f"/messages/{id}", **change)) == (404, 10008)
    assert hook.call("PATCH", f"/messages/{id}?thread_id={thread}", **change).ok
    others = rehearsal.control("discord/threads", channel=FORUM)["id"]
    assert said(hook.post(f"?thread_id={others}", content="x")) == (404, 10003)


def test_another_webhooks_post_cannot_be_changed(rehearsal: Rehearsal, hook: Hook) -> None:
    id = hook.post(content="mine").json()["id"]
    assert said(Hook(rehearsal).call("DELETE", f"/messages/{id}")) == (404, 10008)


def test_moderators_delete_posts(rehearsal: Rehearsal, hook: Hook) -> None:
    id = hook.post(content="live").json()["id"]
    assert rehearsal.http.delete(f"{rehearsal.url}/control/discord/messages/{id}").ok
    assert said(hook.call("PATCH", f"/messages/{id}", json={"content": "x"})) == (404, 10008)


@pytest.mark.parametrize(
    ("verb", "wish"),
    [
        ("limits", {"speed": 3}),
        ("limits", {"webhook_ms": 0}),
        ("webhooks", {"channel": "1"}),
        ("webhooks", {"count": 0}),
        ("webhooks/1", {"do": "delete"}),
        ("threads", {"channel": "1"}),
    ],
)
def test_senseless_wishes_are_refused(rehearsal: Rehearsal, verb: str, wish: Any) -> None:
    answer = rehearsal.http.post(f"{rehearsal.url}/control/discord/{verb}", json=wish)
    assert answer.status_code == 400
    assert answer.json()["detail"]

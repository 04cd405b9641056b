"""Answers must have the shape that Discord's published API description gives them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.rehearsal.client import ROOT, Rehearsal
from tests.rehearsal.test_discord_oauth import API, decide, exchange
from tests.rehearsal.test_discord_webhooks import Hook

DESCRIPTION = ROOT.parent / "shared" / "specs" / "discord.json"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
MESSAGE = f"{WEBHOOK}/messages/{{message_id}}"
POST: dict[str, Any] = {
    "content": "@here Ada is live",
    "allowed_mentions": {"parse": ["everyone"]},
    "embeds": [
        {
            "title": "Chess at night",
            "description": "Ada plays **chess**.",
            "url": "https://www.twitch.tv/ada",
            "color": 0x9146FF,
            "timestamp": "2026-11-21T16:00:00Z",
            "author": {"name": "Ada", "url": "https://www.twitch.tv/ada"},
            "fields": [{"name": "Viewers", "value": "12", "inline": True}],
            "image": {"url": "https://static-cdn.jtvnw.net/ada.jpg?t=1"},
            "footer": {"text": "Greenroom"},
        }
    ],
}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip("Discord's API description is not at hand.")
    content: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    # Described as a number, but documented and answered as a word: BASE_TYPE_MAX_LENGTH.
    schemas = content["components"]["schemas"]
    schemas["Error"]["properties"]["code"].pop("type")
    # Described as required, but documented as optional in a 429.
    schemas["RatelimitedResponse"]["allOf"].pop(0)
    return content


def check(
    description: dict[str, Any], method: str, path: str, answer: dict[str, Any], status: str = "200"
) -> None:
    said = description["paths"][path][method.lower()]["responses"][status]
    if "$ref" in said:
        said = description["components"]["responses"][said["$ref"].rpartition("/")[2]]
    schema = said["content"]["application/json"]["schema"]
    jsonschema.validate(answer, {**schema, "components": description["components"]})


def test_every_answer_has_the_published_shape(
    rehearsal: Rehearsal, description: dict[str, Any]
) -> None:
    hook = Hook(rehearsal)
    check(description, "GET", WEBHOOK, hook.call("GET").json())
    message = hook.post(**POST).json()
    check(description, "POST", WEBHOOK, message)
    for method in ("GET", "PATCH"):
        answer = hook.call(method, f"/messages/{message['id']}", json={"embeds": POST["embeds"]})
        check(description, method, MESSAGE, answer.json())
    access = exchange(rehearsal, decide(rehearsal)["code"][0]).json()["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    account = rehearsal.http.get(f"{rehearsal.url}/{API}/users/@me", headers=headers)
    check(description, "GET", "/users/@me", account.json())


def test_every_refusal_has_the_published_shape(
    rehearsal: Rehearsal, description: dict[str, Any]
) -> None:
    hook = Hook(rehearsal)
    for wrong in ({}, {"content": "x" * 2001}):
        check(description, "POST", WEBHOOK, hook.post(**wrong).json(), "4XX")
    check(description, "GET", MESSAGE, hook.call("GET", "/messages/1").json(), "4XX")
    rehearsal.control("faults", kind="discord_429", count=1)
    check(description, "GET", WEBHOOK, hook.call("GET").json(), "429")


def test_a_connected_webhook_has_the_published_shape(
    rehearsal: Rehearsal, description: dict[str, Any]
) -> None:
    code = decide(rehearsal, scope="webhook.incoming", channel="381870553235193857")["code"][0]
    check(description, "GET", WEBHOOK, exchange(rehearsal, code).json()["webhook"])

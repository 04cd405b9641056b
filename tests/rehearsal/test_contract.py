"""Answers must have the shape that Twitch's published API description gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.rehearsal.client import BOT, BROADCASTER, ROOT, Rehearsal

DESCRIPTION = ROOT.parent / "shared" / "specs" / "helix.json"
REWARDS = "/channel_points/custom_rewards"
REDEMPTIONS = f"{REWARDS}/redemptions"

# The description is stricter than the service in these: an image may be absent (null).
NULLABLE = {"image"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip("Twitch's API description is not at hand.")
    content: dict[str, Any] = json.loads(Path(DESCRIPTION).read_text())
    return content


def schema_of(description: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    answer = description["paths"][path][method.lower()]["responses"][str(status)]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return {**_json_schema(schema), "components": _json_schema(description["components"])}


def _json_schema(node: Any) -> Any:
    """OpenAPI's ``nullable`` in JSON Schema's words."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {
        name: {"anyOf": [_json_schema(item), {"type": "null"}]}
        if name in NULLABLE and isinstance(item, dict)
        else _json_schema(item)
        for name, item in node.items()
    }
    if plain.pop("nullable", False) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def test_every_answer_has_the_published_shape(
    rehearsal: Rehearsal, description: dict[str, Any]
) -> None:
    owner = rehearsal.sign_in(
        "greenroom",
        "channel:manage:redemptions",
        "channel:read:subscriptions",
        "channel:read:vips",
        "moderation:read",
    )["access_token"]
    bot = rehearsal.sign_in("greenroom_bot", "user:write:chat")["access_token"]
    app = rehearsal.app_token()

    def check(
        method: str, path: str, token: str, query: str = "", status: int = 200, **more: Any
    ) -> Any:
        answer = rehearsal.helix(method, f"{path[1:]}{query}", token, **more)
        assert answer.status_code == status, answer.text
        jsonschema.validate(answer.json(), schema_of(description, method, path, status))
        assert answer.json()["data"], "An empty list proves nothing."
        return answer.json()["data"]

    own = f"?broadcaster_id={BROADCASTER}"
    (reward,) = check("POST", REWARDS, owner, own, json={"title": "Song", "cost": 50})
    rehearsal.control("live", on=True)
    made = rehearsal.control("redeem", reward=reward["id"], viewer="ada", times=3)["redemptions"]
    of_it = f"{own}&reward_id={reward['id']}"
    check("GET", REWARDS, owner, own)
    check("PATCH", REWARDS, owner, f"{own}&id={reward['id']}", json={"prompt": "Which?"})
    check("GET", REDEMPTIONS, owner, f"{of_it}&status=UNFULFILLED&first=2")
    check("GET", REDEMPTIONS, owner, f"{of_it}&id={made[0]}")
    check("PATCH", REDEMPTIONS, owner, f"{of_it}&id={made[0]}", json={"status": "CANCELED"})
    check("GET", "/users", app, "?login=greenroom&id=1001")
    check("GET", "/streams", app)
    check("GET", "/games", app, "?name=Chess")
    check("GET", "/channels", app, own)
    check("GET", "/subscriptions", owner, own)
    check("GET", "/channels/vips", owner, own)
    check("GET", "/moderation/moderators", owner, f"{own}&user_id=1002")
    line = {"broadcaster_id": BROADCASTER, "sender_id": BOT}
    check("POST", "/chat/messages", bot, json={**line, "message": "Hello"})
    check("POST", "/chat/messages", bot, json={**line, "message": "/ban"})
    subscription = {
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": BROADCASTER},
        "transport": {
            "method": "webhook",
            "callback": "http://127.0.0.1:9/hook",
            "secret": "0123456789",
        },
    }
    check("POST", "/eventsub/subscriptions", app, status=202, json=subscription)
    check("GET", "/eventsub/subscriptions", app)

"""EventSub over webhooks: the challenge, the signature, retries and revocation; and the rules."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.rehearsal.client import BOT, BROADCASTER, Rehearsal, eventually

SECRET = "s3cret-for-tests"
ADD = "channel.channel_points_custom_reward_redemption.add"
OWN = {"broadcaster_user_id": BROADCASTER}


class Receiver(ThreadingHTTPServer):
    """A product's webhook: keeps what arrives and answers with ``statuses``, then 204."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.echo = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhooks/twitch"

    def of(self, type: str) -> list[tuple[dict[str, str], Any]]:
        return [
            (headers, json.loads(body))
            for headers, body in list(self.seen)
            if headers["twitch-eventsub-message-type"] == type
        ]

    def events(self) -> list[dict[str, Any]]:
        return [body["event"] for _, body in self.of("notification")]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(({name.lower(): it for name, it in self.headers.items()}, body))
        sent = json.loads(body)
        answer = str(sent.get("challenge", "")) if self.server.echo else "no"
        status = 200
        if "challenge" not in sent:
            status = self.server.statuses.pop(0) if self.server.statuses else 204
            answer = ""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def subscribe(
    rehearsal: Rehearsal,
    token: str,
    receiver: Receiver | None,
    type: str = ADD,
    condition: dict[str, str] | None = None,
    version: str = "1",
    **transport: str,
) -> requests.Response:
    webhook = {
        "method": "webhook",
        "callback": receiver.url if receiver else "",
        "secret": SECRET,
    }
    return rehearsal.helix(
        "POST",
        "eventsub/subscriptions",
        token,
        json={
            "type": type,
            "version": version,
            "condition": OWN if condition is None else condition,
            "transport": {**webhook, **transport},
        },
    )


def status_of(rehearsal: Rehearsal, token: str, id: str) -> str:
    path = f"eventsub/subscriptions?subscription_id={id}"
    (found,) = rehearsal.helix("GET", path, token).json()["data"]
    status: str = found["status"]
    return status


@pytest.fixture
def app(rehearsal: Rehearsal) -> str:
    rehearsal.sign_in("greenroom", "channel:manage:redemptions", "bits:read")
    return rehearsal.app_token()


def enabled(rehearsal: Rehearsal, app: str, receiver: Receiver, **more: Any) -> str:
    answer = subscribe(rehearsal, app, receiver, **more)
    assert answer.status_code == 202, answer.text
    id: str = answer.json()["data"][0]["id"]
    eventually(lambda: status_of(rehearsal, app, id) == "enabled")
    return id


def test_a_webhook_is_enabled_once_it_echoes_the_challenge(
    rehearsal: Rehearsal, app: str, receiver: Receiver
) -> None:
    answer = subscribe(rehearsal, app, receiver)
    assert answer.status_code == 202
    body = answer.json()
    assert body["data"][0]["status"] == "webhook_callback_verification_pending"
    assert "secret" not in body["data"][0]["transport"]
    assert (body["total"], body["total_cost"], body["max_total_cost"]) == (1, 0, 10_000)
    eventually(lambda: status_of(rehearsal, app, body["data"][0]["id"]) == "enabled")
    ((headers, _),) = receiver.of("webhook_callback_verification")
    assert headers["twitch-eventsub-message-retry"] == "0"


def test_a_wrong_echo_fails_the_verification(
    rehearsal: Rehearsal, app: str, receiver: Receiver
) -> None:
    receiver.echo = False
    id = subscribe(rehearsal, app, receiver).json()["data"][0]["id"]
    failed = "webhook_callback_verification_failed"
    eventually(lambda: status_of(rehearsal, app, id) == failed)


def test_every_message_is_signed_over_its_raw_bytes(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    enabled(rehearsal, app, receiver)
    rehearsal.control("redeem", reward=reward, viewer="hana")
    eventually(receiver.events)
    for headers, body in receiver.seen:
        stamp = headers["twitch-eventsub-message-timestamp"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", stamp)
        signed = headers["twitch-eventsub-message-id"].encode() + stamp.encode() + body
        expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["twitch-eventsub-message-signature"] == f"sha256={expected}"
        assert headers["twitch-eventsub-subscription-type"] == ADD
        assert headers["twitch-eventsub-subscription-version"] == "1"


def test_a_redemption_is_told_in_small_letters(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str, manager: str
) -> None:
    enabled(rehearsal, app, receiver)
    enabled(rehearsal, app, receiver, type=ADD.replace("add", "update"))
    (id,) = rehearsal.control("redeem", reward=reward, viewer="hana")["redemptions"]
    (event,) = eventually(receiver.events)
    assert event["id"] == id
    assert event["status"] == "unfulfilled"
    assert event["user_input"] == ""
    assert (event["user_login"], event["user_name"]) == ("hana", "はなちゃん")
    assert event["reward"] == {
        "id": reward,
        "title": "Keyboard raffle",
        "prompt": "",
        "cost": 100,
    }
    rehearsal.helix(
        "PATCH",
        "channel_points/custom_rewards/redemptions"
        f"?broadcaster_id={BROADCASTER}&reward_id={reward}&id={id}",
        manager,
        json={"status": "CANCELED"},
    )
    eventually(lambda: [it["status"] for it in receiver.events()] == ["unfulfilled", "canceled"])


def test_a_refused_message_comes_again_with_the_same_id(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    enabled(rehearsal, app, receiver)
    receiver.statuses = [500, 403]
    rehearsal.control("redeem", reward=reward, viewer="ada")
    eventually(lambda: len(receiver.of("notification")) == 3)
    headers = [headers for headers, _ in receiver.of("notification")]
    assert len({it["twitch-eventsub-message-id"] for it in headers}) == 1
    assert [it["twitch-eventsub-message-retry"] for it in headers] == ["0", "1", "2"]
    assert len({it["twitch-eventsub-message-timestamp"] for it in headers}) == 3


@pytest.mark.parametrize("rehearsal", [{"REHEARSAL_RETRY_SECONDS": "0.001"}], indirect=True)
def test_a_callback_that_never_accepts_loses_its_subscription(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    id = enabled(rehearsal, app, receiver)
    receiver.statuses = [500] * 10
    rehearsal.control("redeem", reward=reward, viewer="ada")
    failed = "notification_failures_exceeded"
    eventually(lambda: status_of(rehearsal, app, id) == failed)
    ((_, body),) = eventually(lambda: receiver.of("revocation"))
    assert body["subscription"]["status"] == failed
    assert "event" not in body


def test_every_delivery_may_come_twice(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    enabled(rehearsal, app, receiver)
    rehearsal.control("faults", kind="duplicate_delivery", count=1)
    rehearsal.control("redeem", reward=reward, viewer="ada", times=2)
    eventually(lambda: len(receiver.events()) == 3)
    ids = [headers["twitch-eventsub-message-id"] for headers, _ in receiver.of("notification")]
    assert len(set(ids)) == 2


def test_events_may_come_out_of_order(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    enabled(rehearsal, app, receiver)
    rehearsal.control("faults", kind="out_of_order")
    made = rehearsal.control("redeem", reward=reward, viewer="ada", times=3)["redemptions"]
    eventually(lambda: len(receiver.events()) == 3)
    arrived = [event["id"] for event in receiver.events()]
    assert sorted(arrived) == sorted(made)
    # Each comes on a connection of its own: a late one may overtake the one before it.
    assert arrived != made


def test_withdrawn_consent_revokes_what_needed_it(
    rehearsal: Rehearsal, app: str, receiver: Receiver
) -> None:
    id = enabled(rehearsal, app, receiver)
    online = enabled(rehearsal, app, receiver, type="stream.online")
    rehearsal.control("faults", kind="revoke_tokens", login="greenroom")
    ((_, body),) = eventually(lambda: receiver.of("revocation"))
    assert body["subscription"]["id"] == id
    assert body["subscription"]["status"] == "authorization_revoked"
    assert status_of(rehearsal, app, online) == "enabled"


def test_a_reward_filter_keeps_other_rewards_out(
    rehearsal: Rehearsal, app: str, receiver: Receiver, reward: str
) -> None:
    rehearsal.control("reward", title="Hydrate", cost=5)
    enabled(rehearsal, app, receiver, condition={**OWN, "reward_id": reward})
    rehearsal.control("redeem", reward="Hydrate", viewer="ada")
    rehearsal.control("redeem", reward=reward, viewer="bo")
    (event,) = eventually(receiver.events)
    assert event["user_login"] == "bo"


def test_every_happening_is_told(rehearsal: Rehearsal, receiver: Receiver) -> None:
    rehearsal.sign_in("greenroom", "channel:read:subscriptions", "bits:read", "channel:bot")
    rehearsal.sign_in("greenroom_bot", "user:read:chat", "user:bot")
    rehearsal.sign_in("mo", "moderator:read:shoutouts")
    app = rehearsal.app_token()
    for type, version, condition in (
        ("stream.online", "1", OWN),
        ("stream.offline", "1", OWN),
        ("channel.update", "2", OWN),
        ("channel.raid", "1", {"to_broadcaster_user_id": BROADCASTER}),
        ("channel.subscribe", "1", OWN),
        ("channel.cheer", "1", OWN),
        ("channel.chat.message", "1", {**OWN, "user_id": BOT}),
        ("channel.shoutout.create", "1", {**OWN, "moderator_user_id": "1002"}),
    ):
        enabled(rehearsal, app, receiver, type=type, version=version, condition=condition)
    rehearsal.control("live", on=True, title="Finals", category="Chess")
    rehearsal.control("raid", viewers=7)
    rehearsal.control("subscribe", viewer="dario", tier="3000")
    rehearsal.control("cheer", bits=50)
    rehearsal.control("cheer", bits=60, viewer="ada")
    mo = rehearsal.sign_in("mo", "moderator:manage:shoutouts")["access_token"]
    path = "chat/shoutouts?from_broadcaster_id=1000&to_broadcaster_id=1014&moderator_id=1002"
    assert rehearsal.helix("POST", path, mo).status_code == 204
    rehearsal.control("live", on=False)
    eventually(lambda: len(receiver.events()) == 9)
    told: dict[str, list[dict[str, Any]]] = {}
    for headers, body in receiver.of("notification"):
        told.setdefault(headers["twitch-eventsub-subscription-type"], []).append(body["event"])
    assert told["channel.update"][0]["category_name"] == "Chess"
    assert told["stream.online"][0]["type"] == "live"
    assert "id" not in told["stream.offline"][0]
    assert told["channel.raid"][0]["viewers"] == 7
    assert told["channel.subscribe"][0]["tier"] == "3000"
    cheers = sorted(told["channel.cheer"], key=lambda event: int(event["bits"]))
    assert (cheers[0]["is_anonymous"], cheers[0]["user_id"]) == (True, None)
    (line,) = told["channel.chat.message"]
    assert line["cheer"] == {"bits": 60}
    assert line["chatter_user_login"] == "ada"
    assert line["source_broadcaster_user_id"] is None
    assert told["channel.shoutout.create"][0]["to_broadcaster_user_login"] == "raider"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"type": "channel.nonsense"}, 400),
        ({"type": "channel.follow"}, 410),
        ({"version": "9"}, 400),
        ({"condition": {}}, 400),
        ({"condition": {"broadcaster_user_id": "404"}}, 400),
        ({"type": "channel.raid", "condition": {}}, 400),
        ({"callback": "http://example.com/hook"}, 400),
        ({"callback": "https://example.com:8443/hook"}, 400),
        ({"callback": "http://[oops"}, 400),
        ({"secret": "short"}, 400),
        ({"method": "pigeon"}, 400),
        ({"method": "websocket", "session_id": "none"}, 401),
        ({"type": "channel.subscribe"}, 403),
        ({"condition": {"broadcaster_user_id": "1002"}}, 403),
    ],
)
def test_a_subscription_must_keep_the_rules(
    rehearsal: Rehearsal, app: str, receiver: Receiver, change: dict[str, Any], status: int
) -> None:
    answer = subscribe(rehearsal, app, receiver, **change)
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status


def test_a_webhook_needs_an_app_token(
    rehearsal: Rehearsal, manager: str, receiver: Receiver
) -> None:
    assert subscribe(rehearsal, manager, receiver).status_code == 401


def test_the_same_subscription_twice_is_a_conflict(
    rehearsal: Rehearsal, app: str, receiver: Receiver
) -> None:
    id = enabled(rehearsal, app, receiver)
    again = subscribe(rehearsal, app, receiver)
    assert again.status_code == 409
    assert again.json()["id"] == id
    for number in (1, 2):
        enabled(rehearsal, app, receiver, callback=f"{receiver.url}?{number}")
    assert subscribe(rehearsal, app, receiver, callback=f"{receiver.url}?3").status_code == 429


def test_a_deleted_subscription_is_gone(rehearsal: Rehearsal, app: str, receiver: Receiver) -> None:
    id = enabled(rehearsal, app, receiver)
    path = f"eventsub/subscriptions?id={id}"
    assert rehearsal.helix("DELETE", path, app).status_code == 204
    assert rehearsal.helix("DELETE", path, app).status_code == 404
    listed = rehearsal.helix("GET", "eventsub/subscriptions", app).json()
    assert (listed["data"], listed["total"], listed["pagination"]) == ([], 0, {})


def test_only_one_filter_may_be_given(rehearsal: Rehearsal, app: str) -> None:
    path = "eventsub/subscriptions?status=enabled&type=stream.online"
    assert rehearsal.helix("GET", path, app).status_code == 400

"""The webhook: what is refused and how, what is stored, and what survives."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.embedded import Postgres
from tests.stage import serving
from tests.twitch.deliveries import (
    CHAT,
    Delivery,
    Postman,
    environment,
    intake_in_thread,
    message,
    wait_for,
    web_process,
)
from twitch.client.envelope import Malformed, read_body, read_frame, read_headers
from twitch.models import Message, MessageConflict
from twitch.services import door

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with intake_in_thread() as port:
        yield port


@pytest.fixture
def postman(port: int) -> Iterator[Postman]:
    with Postman(port) as postman:
        yield postman


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


def said(**changes: Any) -> bytes:
    """Return a body with other values in its subscription."""
    body = message()
    body["subscription"] |= changes
    return json.dumps(body).encode()


HEADER = "Twitch-Eventsub-"


def refused() -> dict[str, tuple[Delivery, int, str]]:
    """Return each bad request as sent now, with the status and the code that answer it."""
    return {
        f"no {name}": (Delivery(without=f"{HEADER}{name}"), 400, "malformed_headers")
        for name in (
            "Message-Id",
            "Message-Retry",
            "Message-Type",
            "Message-Signature",
            "Message-Timestamp",
            "Subscription-Type",
            "Subscription-Version",
        )
    } | {
        "id with a space": (Delivery(id="a b"), 400, "malformed_headers"),
        "endless id": (Delivery(id="x" * 257), 400, "malformed_headers"),
        "retry without a number": (
            Delivery(headers={f"{HEADER}Message-Retry": "-1"}),
            400,
            "malformed_headers",
        ),
        "unknown kind": (Delivery(kind="greeting"), 400, "malformed_headers"),
        "signature in upper case": (
            Delivery(headers={f"{HEADER}Message-Signature": "sha256=" + "A" * 64}),
            400,
            "malformed_headers",
        ),
        "other signature": (
            Delivery(headers={f"{HEADER}Message-Signature": "sha256=" + "a" * 64}),
            403,
            "wrong_signature",
        ),
        "time without a zone": (Delivery(sent_at="2026-01-01T00:00:00"), 400, "malformed_headers"),
        "time that never was": (Delivery(sent_at="2026-02-30T00:00:00Z"), 400, "malformed_headers"),
        "eleven minutes ago": (Delivery(sent_at=ago(minutes=11)), 403, "stale"),
        "eleven minutes ahead": (Delivery(sent_at=ago(minutes=-11)), 403, "stale"),
        "first moment of time": (Delivery(sent_at="0001-01-01T00:00:00+23:59"), 403, "stale"),
        "body of another message": (
            Delivery(
                headers={
                    f"{HEADER}Message-Signature": Delivery(id="other").all_headers()[
                        f"{HEADER}Message-Signature"
                    ]
                }
            ),
            403,
            "wrong_signature",
        ),
        "nothing": (Delivery(body=b""), 400, "malformed_body"),
        "no UTF-8": (Delivery(body=b'{"a": "\xff"}'), 400, "malformed_body"),
        "surrogate in UTF-8": (Delivery(body=b'{"a": "\xed\xa0\x80"}'), 400, "malformed_body"),
        "no JSON": (Delivery(body=b"{"), 400, "malformed_body"),
        "no object": (Delivery(body=b"[]"), 400, "malformed_body"),
        "no number": (Delivery(body=b'{"a": NaN}'), 400, "malformed_body"),
        "bottomless": (Delivery(body=b"[" * 100_000), 400, "malformed_body"),
        "endless number": (Delivery(body=b'{"a": ' + b"1" * 5000 + b"}"), 400, "malformed_body"),
        "raw NUL": (Delivery(body=b'{"a": "\0"}'), 400, "malformed_body"),
        "no subscription": (Delivery(body=b'{"event": {}}'), 400, "malformed_body"),
        "another type": (Delivery(body=said(type="stream.online")), 400, "malformed_body"),
        "another version": (Delivery(body=said(version="2")), 400, "malformed_body"),
        "version as a number": (Delivery(body=said(version=1)), 400, "malformed_body"),
        "no event": (
            Delivery(body=json.dumps({**message(), "event": None}).encode()),
            400,
            "malformed_body",
        ),
        "revoked without a reason": (
            Delivery(body=said(status=None), kind="revocation"),
            400,
            "malformed_body",
        ),
        "challenge without one": (
            Delivery(kind="webhook_callback_verification"),
            400,
            "malformed_body",
        ),
        "too large": (Delivery(body=b" " * (MIB + 1)), 413, "too_large"),
    }


@pytest.mark.parametrize("case", refused())
def test_a_bad_request_is_refused_with_its_reason(case: str, postman: Postman) -> None:
    delivery, status, code = refused()[case]
    answer = postman.deliver(delivery)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["content-type"] == "application/json"


def test_headers_are_looked_at_before_size_and_size_before_the_signature(postman: Postman) -> None:
    too_large = b" " * (MIB + 1)
    assert postman.deliver(Delivery(body=too_large, without=f"{HEADER}Message-Id")).status == 400


def test_a_large_body_without_a_length_is_counted(port: int) -> None:
    with Postman(port) as postman:
        answer = postman.send("POST", Delivery().all_headers(), iter([b" " * 400_000] * 3))
    assert (answer.status, answer.code) == (413, "too_large")


def test_a_body_of_exactly_one_mib_is_read(postman: Postman) -> None:
    assert postman.deliver(Delivery(body=b" " * MIB)).code == "malformed_body"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_allowed(method: str, postman: Postman) -> None:
    answer = postman.deliver(Delivery(), method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_the_rest_is_passed_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /webhooks/twitch/ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 418")


def test_a_challenge_is_answered_with_exactly_itself(postman: Postman) -> None:
    body = message() | {"challenge": "pogchamp-kappa-360noscope-vohiyo"}
    answer = postman.deliver(
        Delivery(json.dumps(body).encode(), kind="webhook_callback_verification")
    )
    assert (answer.status, answer.body) == (200, b"pogchamp-kappa-360noscope-vohiyo")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-length"] == "32"


# --- Storing ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("transactional_db")
def test_a_message_is_stored_as_it_was_said(postman: Postman) -> None:
    body = json.dumps(message(text="Grüße \0 \ud800", nothing=None)).encode()
    delivery = Delivery(body, id="msg-1")
    answer = postman.deliver(delivery)
    assert (answer.status, answer.body) == (204, b"")
    stored = Message.objects.get()
    assert (stored.message_id, stored.type, stored.version) == ("msg-1", CHAT, "1")
    assert (stored.kind, stored.transport) == ("notification", "webhook")
    assert stored.body.encode() == body
    assert stored.event["text"] == "Grüße \ufffd \ufffd"
    assert stored.sent_at == datetime.fromisoformat(delivery.sent_at)
    assert stored.begun_at is None


@pytest.mark.usefixtures("transactional_db")
def test_a_redelivery_is_the_same_message(postman: Postman) -> None:
    first = Delivery()
    again = Delivery(first.body, id=first.id, retry=1, sent_at=ago(seconds=-5))
    assert [postman.deliver(d).status for d in (first, again, again)] == [204, 204, 204]
    assert Message.objects.count() == 1


@pytest.mark.usefixtures("transactional_db")
def test_another_content_under_a_known_id_is_set_aside(postman: Postman) -> None:
    first = Delivery()
    other = Delivery(json.dumps(message(text="other")).encode(), id=first.id)
    answers = [postman.deliver(delivery) for delivery in (first, other, other)]
    assert [answer.status for answer in answers] == [204, 409, 409]
    assert answers[1].code == "conflict"
    assert Message.objects.get().body.encode() == first.body
    assert MessageConflict.objects.get().body.encode() == other.body


@pytest.mark.usefixtures("transactional_db")
def test_an_unknown_type_is_accepted(postman: Postman) -> None:
    body = json.dumps(message("channel.brand_new", x=1)).encode()
    assert postman.deliver(Delivery(body, type="channel.brand_new")).status == 204


@pytest.mark.usefixtures("transactional_db")
def test_a_database_that_does_not_answer_in_time_is_not_waited_for(
    postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = Delivery()
    with (
        monkeypatch.context() as patch,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        patch.setattr(door, "COMMIT_SECONDS", 0.2)
        cursor.execute("LOCK TABLE twitch_message IN EXCLUSIVE MODE")
        for _ in range(2):
            answer = postman.deliver(delivery)
            assert (answer.status, answer.code) == (503, "not_stored")
            assert answer.headers["retry-after"] == "2"
    assert postman.deliver(delivery).status == 204


def is_lock_awaited(cursor: Any) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
    return bool(cursor.fetchone()[0])


@pytest.mark.usefixtures("transactional_db")
def test_what_waits_for_the_database_is_bounded(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_WAITING", 2)
    monkeypatch.setattr(door, "COMMIT_SECONDS", 60.0)

    def deliver(_: int) -> int:
        with Postman(port) as postman:
            return postman.deliver(Delivery()).status

    with ThreadPoolExecutor(8) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE twitch_message IN EXCLUSIVE MODE")
            answers = [pool.submit(deliver, 0)]
            wait_for(lambda: is_lock_awaited(cursor))
            answers += [pool.submit(deliver, number) for number in range(1, 8)]
            wait_for(lambda: sum(answer.done() for answer in answers) >= 5)
        statuses = sorted(answer.result() for answer in answers)
    # The first was being written, two waited, and the others were told to come again.
    assert statuses == [204] * 3 + [503] * 5


@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_64_connections_at_once_are_all_answered(server: str, process_env: dict[str, str]) -> None:
    """Each message comes twice, at the same time, among messages that conflict."""
    deliveries = [Delivery() for _ in range(320)]
    start = threading.Barrier(64)

    def connection(number: int) -> list[int]:
        mine = deliveries[number // 2 * 10 : number // 2 * 10 + 10]
        with Postman(port) as postman:
            start.wait()
            return [postman.deliver(delivery).status for delivery in mine]

    with web_process(server, process_env) as port, ThreadPoolExecutor(64) as connections:
        statuses = [s for each in connections.map(connection, range(64)) for s in each]
    assert statuses == [204] * 640
    stored = Message.objects.values_list("message_id", flat=True)
    assert sorted(stored) == sorted(delivery.id for delivery in deliveries)


@pytest.mark.chaos
def test_a_database_restart_loses_nothing_that_was_accepted(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path / "postgres")
    env = environment(DATABASE_URL=postgres.url("greenroom"))
    accepted: list[str] = []
    seen: set[int] = set()
    stop = threading.Event()

    def keep_delivering() -> None:
        with Postman(port) as postman:
            while not stop.is_set():
                delivery = Delivery()
                answer = postman.deliver(delivery)
                seen.add(answer.status)
                if answer.status == 204:
                    accepted.append(delivery.id)
                else:
                    assert (answer.status, answer.code) == (503, "not_stored")
                    assert int(answer.headers["retry-after"]) > 0

    with serving(postgres):
        postgres.ensure_database("greenroom")
        migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
        subprocess.run(migrate, env=env, check=True)
        web = web_process("uvicorn", env)
        port = web.__enter__()
    threads = [threading.Thread(target=keep_delivering) for _ in range(8)]
    try:
        with serving(postgres):
            for thread in threads:
                thread.start()
            wait_for(lambda: len(accepted) > 100)
        wait_for(lambda: 503 in seen)
        before = len(accepted)
        with serving(postgres):
            wait_for(lambda: len(accepted) > before + 100)
            stop.set()
            for thread in threads:
                thread.join()
            with psycopg.connect(postgres.url("greenroom")) as connection:
                rows = connection.execute("SELECT message_id FROM twitch_message").fetchall()
    finally:
        stop.set()
        web.__exit__(None, None, None)
    assert seen == {204, 503}
    assert set(accepted) <= {row[0] for row in rows}


# --- Whatever comes ------------------------------------------------------------------------------

NAMES = [name.lower().encode() for name in Delivery().all_headers()]
VALUES = st.binary(max_size=40) | st.sampled_from(
    [value.encode() for value in Delivery().all_headers().values()]
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=14))
def test_no_headers_can_break_the_reader(headers: list[tuple[bytes, bytes]]) -> None:
    try:
        signed = read_headers(headers)
    except Malformed:
        return
    assert signed.heading.sent_at.tzinfo is not None


HEADING = read_headers(
    (name.lower().encode(), value.encode()) for name, value in Delivery().all_headers().items()
).heading
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "subscription": JSON
        | st.fixed_dictionaries(
            {"id": JSON | st.just("1"), "type": st.just(CHAT), "version": JSON | st.just("1")}
        ),
        "event": JSON,
        "challenge": JSON,
    },
)


@given(st.text() | (JSON | NEARLY).map(json.dumps))
def test_no_body_can_break_the_reader(text: str) -> None:
    try:
        payload = read_body(HEADING, text)
    except Malformed:
        return
    # What was accepted can be handled: every string of it fits into a column.
    json.dumps(Message(body=text).payload, ensure_ascii=False).encode()
    assert "\0" not in str(Message(body=text).payload)
    assert payload["subscription"]["type"] == CHAT


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.dictionaries(st.sampled_from(["metadata", "payload"]), JSON | NEARLY).map(json.dumps)
)
def test_no_frame_can_break_the_reader(text: str) -> None:
    try:
        frame = read_frame(text)
    except Malformed:
        return
    assert isinstance(frame.kind, str)

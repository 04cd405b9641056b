"""Speaking with Discord: what is sent, what each answer means, and what never shows itself."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from pydantic import SecretStr
from structlog.testing import capture_logs

from sagas import flow
from tests.accounts.conftest import consent
from tests.spotify.conftest import answering
from tests.watcher.conftest import FORUM, LIVE, Discord, Hook
from watcher.client import errors, oauth, webhooks

LIMITED = errors.RateLimited
PAYLOAD = {"content": "Ada is live", "allowed_mentions": {"parse": []}}
TOKEN = SecretStr("t" * 68)
BACK = "http://localhost:8000/watch/connect/callback"


@pytest.fixture
def post(hook: Hook) -> Callable[[], object]:
    return lambda: webhooks.execute(hook.id, hook.token, PAYLOAD)


@pytest.fixture
def aim(settings: LazySettings) -> Callable[[str], None]:
    """Points us to a server that is no Discord."""

    def at(host: str) -> None:
        settings.DISCORD_API_URL = f"http://{host}/api/v10"

    return at


@contextmanager
def standing_still() -> Iterator[datetime]:
    """Let no time pass, however long an answer takes; gives what time it is."""
    with time_machine.travel(timezone.now(), tick=False):
        yield timezone.now()


def reply(status: str, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body]
    return "\r\n".join(lines).encode()


def test_a_post_comes_back_with_its_id_and_its_facts(discord: Discord, hook: Hook) -> None:
    message = webhooks.execute(hook.id, hook.token, PAYLOAD)
    (posted,) = discord.posts
    assert (message.id, posted["content"], posted["pings"]) == (posted["id"], "Ada is live", [])
    answer = message.answer
    assert (answer.status, answer.code, answer.message) == (200, None, "")
    assert (answer.remaining, answer.reset_after is not None, bool(answer.bucket)) == (
        4,
        True,
        True,
    )


def test_a_post_is_edited_and_deleted(discord: Discord, hook: Hook) -> None:
    id = webhooks.execute(hook.id, hook.token, PAYLOAD).id
    edited = webhooks.edit(hook.id, hook.token, id, {"content": "Ada was live"})
    assert edited.id == id
    assert discord.posts[0]["content"] == "Ada was live"
    assert webhooks.delete(hook.id, hook.token, id).answer.status == 204
    assert discord.posts == []
    for late in (
        lambda: webhooks.edit(hook.id, hook.token, id, PAYLOAD),
        lambda: webhooks.delete(hook.id, hook.token, id),
    ):
        with pytest.raises(errors.MessageGone) as gone:
            late()
        assert (gone.value.answer.status, gone.value.answer.code) == (404, 10008)


def test_a_post_in_a_thread_is_found_there(discord: Discord) -> None:
    hook = discord.hook(channel=FORUM)
    thread = discord.backstage.control("discord/threads", channel=FORUM, name="Ada")["id"]
    id = webhooks.execute(hook.id, hook.token, PAYLOAD, thread_id=thread).id
    webhooks.edit(hook.id, hook.token, id, {"content": "over"}, thread_id=thread)
    webhooks.delete(hook.id, hook.token, id, thread_id=thread)
    with pytest.raises(errors.Invalid) as refused:
        webhooks.execute(hook.id, hook.token, PAYLOAD)
    assert refused.value.code == 220001


def test_a_thread_that_is_gone_says_nothing_of_the_webhook(hook: Hook) -> None:
    with pytest.raises(errors.Invalid) as refused:
        webhooks.execute(hook.id, hook.token, PAYLOAD, thread_id="1")
    assert refused.value.code == errors.UNKNOWN_CHANNEL


def test_a_webhook_tells_where_it_posts(hook: Hook) -> None:
    webhook = webhooks.get(hook.id, hook.token)
    assert (webhook.id, webhook.type, webhook.channel_id) == (hook.id, 1, LIVE)
    assert hook.secret not in repr(webhook)


def test_a_deleted_webhook_and_a_wrong_token_are_told_apart(hook: Hook) -> None:
    hook.change("new_token")
    with pytest.raises(errors.TokenRefused) as wrong:
        webhooks.execute(hook.id, hook.token, PAYLOAD)
    assert wrong.value.answer.code == 50027
    hook.change("delete")
    with pytest.raises(errors.Gone) as gone:
        webhooks.get(hook.id, hook.token)
    assert gone.value.answer.code == 10015


def test_a_webhook_can_be_deleted(discord: Discord, hook: Hook) -> None:
    webhooks.remove(hook.id, hook.token)
    assert discord.look()["webhooks_total"] == 0


def test_what_discord_refuses_is_told_with_its_place(hook: Hook) -> None:
    secret_title = "what a person wrote " * 20
    with pytest.raises(errors.Invalid) as refused:
        webhooks.execute(hook.id, hook.token, {"embeds": [{"title": secret_title}]})
    assert refused.value.code == 50035
    assert refused.value.message == (
        "Invalid Form Body: embeds.0.title: Must be 256 or fewer in length."
    )
    assert "title" not in str(refused.value), "What Discord says may quote what a person wrote."


@pytest.mark.parametrize(("kind", "is_global"), [("discord_429", False), ("discord_429_all", True)])
def test_a_limit_says_until_when_and_for_whom(
    discord: Discord, post: Callable[[], object], kind: str, is_global: bool
) -> None:
    discord.fault(kind, count=1, retry_after=7)
    with standing_still() as before, pytest.raises(LIMITED) as limited:
        post()
    assert limited.value.is_global is is_global
    assert timedelta(seconds=7) <= limited.value.until - before < timedelta(seconds=9)
    assert limited.value.answer.status == 429


def test_the_wall_shuts_all_of_us_out(discord: Discord, post: Callable[[], object]) -> None:
    discord.fault("discord_wall", count=1, retry_after=60)
    before = timezone.now()
    with pytest.raises(LIMITED) as limited:
        post()
    assert limited.value.is_global
    assert limited.value.until - before >= timedelta(seconds=60)


def test_nobody_is_shut_out_for_a_day(discord: Discord, post: Callable[[], object]) -> None:
    discord.fault("discord_wall", count=1, retry_after=86_400)
    with pytest.raises(LIMITED) as limited:
        post()
    assert limited.value.until <= timezone.now() + errors.LONGEST_PAUSE


@pytest.mark.parametrize(("kind", "status"), [("discord_502_after", 502), ("discord_hang_up", 0)])
def test_a_post_whose_answer_is_lost_may_have_been_made(
    discord: Discord, post: Callable[[], object], kind: str, status: int
) -> None:
    discord.fault(kind, count=1)
    with pytest.raises(errors.Unsure) as unsure:
        post()
    assert isinstance(unsure.value, flow.Unsure)
    assert len(discord.posts) == 1
    assert unsure.value.answer.status == status


def test_a_post_that_discord_says_has_failed_was_not_made(
    discord: Discord, post: Callable[[], object]
) -> None:
    discord.fault("discord_500", count=1)
    with pytest.raises(errors.Unreachable) as failed:
        post()
    assert isinstance(failed.value, flow.NotDone)
    assert (failed.value.answer.status, failed.value.answer.code) == (500, 0)


FAILED, A_PAGE = '{"message": "500: Internal Server Error", "code": 0}', "<html>upstream</html>"


@pytest.mark.parametrize(
    ("status", "body", "has_failed"),
    [
        ("500 Internal Server Error", FAILED, True),
        ("500 Internal Server Error", A_PAGE, False),
        ("502 Bad Gateway", A_PAGE, False),
        ("503 Service Unavailable", A_PAGE, True),
        ("504 Gateway Timeout", A_PAGE, False),
        ("520 Unknown", A_PAGE, False),
        ("521 Down", A_PAGE, True),
        ("522 Timed Out", A_PAGE, False),
        ("523 Unreachable", A_PAGE, True),
        ("524 Timed Out", A_PAGE, False),
    ],
)
def test_only_who_knows_that_it_failed_is_believed(
    aim: Callable[[str], None], status: str, body: str, has_failed: bool
) -> None:
    with answering(reply(status, body)) as (host, _):
        aim(host)
        with pytest.raises(errors.Unreachable if has_failed else errors.Unsure):
            webhooks.execute("1", TOKEN, PAYLOAD)


def test_a_failure_that_comes_late_may_be_a_post(
    discord: Discord, post: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "PROMPT", 0)
    discord.fault("discord_500", count=1)
    with pytest.raises(errors.Unsure):
        post()


def test_a_success_that_cannot_be_read_may_have_been_made(
    discord: Discord, hook: Hook, post: Callable[[], object]
) -> None:
    discord.fault("discord_text", count=1)
    with pytest.raises(errors.Unsure):
        post()
    discord.fault("discord_text", count=1)
    with pytest.raises(errors.Unreachable):
        webhooks.get(hook.id, hook.token)


def test_a_look_that_fails_has_changed_nothing(discord: Discord, hook: Hook) -> None:
    discord.fault("discord_500", count=1)
    with pytest.raises(errors.Unreachable):
        webhooks.get(hook.id, hook.token)


def test_nobody_at_the_other_end_has_done_nothing(settings: LazySettings) -> None:
    settings.DISCORD_API_URL = "http://127.0.0.1:9/api/v10"
    with pytest.raises(errors.Unreachable) as away:
        webhooks.execute("1", TOKEN, PAYLOAD)
    assert isinstance(away.value, flow.NotDone)
    assert away.value.answer.status == 0
    assert away.value.answer.message == "no answer (ConnectionError)"


@pytest.mark.parametrize(
    "answer",
    [
        reply("404 Not Found", "<h1>Not here</h1>"),
        reply("401 Unauthorized", "{}"),
        reply("403 Forbidden", '{"message": "internal network error", "code": 40333}'),
        reply("404 Not Found", '{"message": [1], "code": "10015"}'),
        reply("404 Not Found", '{"message": "x", "code": true}'),
    ],
)
def test_only_discords_own_word_condemns_a_webhook(
    aim: Callable[[str], None], answer: bytes
) -> None:
    with answering(answer) as (host, _):
        aim(host)
        with pytest.raises(errors.Unreachable):
            webhooks.execute("1", TOKEN, PAYLOAD)


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ('{"retry_after": 1.5, "global": false, "message": "x"}', "Retry-After: 60", 1.5),
        ('{"retry_after": "soon", "message": "x"}', "Retry-After: 60", 60),
        ('{"retry_after": -3, "message": "x"}', "Retry-After: nan", 5),
        ("<html>", "Retry-After: inf", 5),
        ('{"retry_after": 1e308, "message": "x"}', "X: y", 3600),
        ("[" * 100_000, "Retry-After: 2", 2),
    ],
)
def test_whatever_a_limit_says_there_is_a_time_to_come_back(
    aim: Callable[[str], None], body: str, header: str, seconds: float
) -> None:
    with answering(reply("429 Too Many Requests", body, header)) as (host, _):
        aim(host)
        with standing_still() as before, pytest.raises(LIMITED) as limited:
            webhooks.execute("1", TOKEN, PAYLOAD)
    pause = (limited.value.until - before).total_seconds()
    assert seconds <= pause < seconds + 3


def test_no_redirect_is_followed(aim: Callable[[str], None]) -> None:
    moved = reply("307 Temporary Redirect", "", "Location: http://127.0.0.1:9/elsewhere")
    with answering(moved) as (host, heard):
        aim(host)
        with pytest.raises(errors.Unsure):
            webhooks.execute("1", TOKEN, PAYLOAD)
    assert len(heard) == 1


def test_a_request_says_who_we_are_and_waits_for_the_message(
    aim: Callable[[str], None], settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://greenroom.example"
    with answering(reply("200 OK", '{"id": "12"}')) as (host, heard):
        aim(host)
        assert webhooks.execute("1", TOKEN, PAYLOAD, thread_id="5").id == "12"
    head, _, body = heard[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    path = "/api/v10/webhooks/1/" + "t" * 68
    assert first == f"POST {path}?wait=true&thread_id=5 HTTP/1.1"
    assert "User-Agent: DiscordBot (https://greenroom.example, 0.1.0)" in lines
    assert json.loads(body) == PAYLOAD


@pytest.mark.parametrize(
    ("webhook_id", "token", "message_id"),
    [
        ("../users/@me", "t", "1"),
        ("1", "../../users", "1"),
        ("1", "a?b", "1"),
        ("1", "", "1"),
        ("1", "t", "1/../2"),
        ("1", "t", "\u0661"),
    ],
)
def test_nothing_but_ids_gets_into_an_address(webhook_id: str, token: str, message_id: str) -> None:
    with pytest.raises(ValueError, match=r"no (id|token)"):
        webhooks.edit(webhook_id, SecretStr(token), message_id, PAYLOAD)


def test_a_token_shows_itself_nowhere(
    discord: Discord, hook: Hook, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    said: list[str] = []
    with capture_logs() as logs:
        for kind in (
            "discord_hang_up",
            "discord_500",
            "discord_gone",
            "discord_token",
            "discord_429",
        ):
            discord.fault(kind, count=1)
            with pytest.raises((errors.DiscordProblem, errors.Unsure, LIMITED)) as caught:
                webhooks.execute(hook.id, hook.token, PAYLOAD)
            said += traceback.format_exception(caught.value)
            assert caught.value.__context__ is None
        settings.DISCORD_API_URL = "http://127.0.0.1:9"
        with pytest.raises(errors.Unreachable) as away:
            webhooks.get(hook.id, hook.token)
        said += traceback.format_exception(away.value)
    assert hook.secret not in f"{said}{logs}{caplog.text}"
    assert "Ada is live" not in f"{logs}{caplog.text}"


def test_a_consent_becomes_a_webhook_once(discord: Discord) -> None:
    there = oauth.authorize_url("xyzzy", BACK)
    asked = parse_qs(urlsplit(there).query)
    assert (asked["scope"], asked["state"]) == (["webhook.incoming"], ["xyzzy"])
    back = consent(f"{there}&channel={LIVE}", "greenroom")
    code = parse_qs(urlsplit(back).query)["code"][0]
    connected = oauth.exchange(code, BACK)
    assert connected.webhook.channel_id == LIVE
    assert connected.webhook.token.get_secret_value() not in repr(connected)
    assert webhooks.get(connected.webhook.id, connected.webhook.token).type == 1
    with pytest.raises(oauth.CodeRefused):
        oauth.exchange(code, BACK)


def test_a_wrong_secret_is_our_own_trouble(discord: Discord, settings: LazySettings) -> None:
    settings.DISCORD_CLIENT_SECRET = "wrong"
    with pytest.raises(errors.Unreachable):
        oauth.exchange("any", BACK)

"""What the streamer and programs decide about the queue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from songqueue.models import Block, Board, Decision, Play, SongRequest, SongRules
from songqueue.rules.blocks import value_of
from songqueue.services import moderation
from songqueue.services.moderation import By
from tests.sagas.driving import lead
from tests.songqueue.show import Show
from twitch.models import Viewer

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/admin/song-queue"
JSON = "application/json"
TRACK = "4uLU6hMCjMI75M1A2tKUQC"


@pytest.fixture
def key(settings: LazySettings) -> Client:
    """A program that holds the admin key."""
    settings.ADMIN_KEY = "open sesame"
    return Client(headers={"X-Admin-Key": "open sesame"})


@pytest.fixture
def streamer(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("streamer"))
    return client


def send(client: Client, verb: str, path: str, body: Any = None) -> Any:
    answer = client.generic(verb, f"{API}{path}", "" if body is None else json.dumps(body), JSON)
    return answer.status_code, answer.json() if answer.content else None


# --- What is blocked -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("track", TRACK, TRACK),
        ("track", f"https://open.spotify.com/intl-de/track/{TRACK}?si=1", TRACK),
        ("track", f"spotify:track:{TRACK}", TRACK),
        ("track", f"spotify:artist:{TRACK}", ""),
        ("track", f"spotify:track:{TRACK}x", ""),
        ("track", "Never gonna", ""),
        ("artist", f" https://open.spotify.com/artist/{TRACK} ", TRACK),
        ("viewer", "1004", "1004"),
        ("viewer", "nobody we know", ""),
        ("word", "  bad   word ", "bad word"),
        ("word", "\u200b", ""),
        ("word", "x" * 201, ""),
    ],
)
def test_what_a_block_is_known_by(kind: str, text: str, value: str) -> None:
    assert value_of(kind, text) == value


def test_blocks_are_kept_by_programs(key: Client) -> None:
    Viewer.objects.create(id="1004", login="ada", display_name="Ada")
    status, made = send(key, "POST", "/blocks", {"kind": "viewer", "value": "@Ada", "reason": "x"})
    assert (status, made["value"], made["label"], made["made_by"]) == (
        201,
        "1004",
        "Ada",
        "admin key",
    )
    assert send(key, "POST", "/blocks", {"kind": "viewer", "value": "1004"})[1]["id"] == made["id"]
    assert send(key, "PATCH", f"/blocks/{made['id']}", {"reason": "y"})[1]["reason"] == "y"
    assert [row["id"] for row in send(key, "GET", "/blocks")[1]] == [made["id"]]
    assert send(key, "DELETE", f"/blocks/{made['id']}") == (204, None)
    assert send(key, "GET", f"/blocks/{made['id']}")[0] == 404
    verbs = [decision.verb for decision in Decision.objects.order_by("id")]
    assert verbs == ["block", "unblock"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "viewer"},
        {"kind": "song", "value": "x"},
        {"kind": "track", "value": "x"},
        {"kind": "word", "value": ""},
        {"kind": "word", "value": "a\0b"},
    ],
)
def test_a_block_of_nothing_is_refused(key: Client, body: dict[str, str]) -> None:
    status, answer = send(key, "POST", "/blocks", body)
    assert status == 400
    assert answer["code"]
    assert not Block.objects.exists()


def test_what_is_blocked_is_refunded(show: Show, key: Client) -> None:
    request = show.request("Respawn")
    SongRequest.objects.update(status="played", ended_at=timezone.now())
    send(key, "POST", "/blocks", {"kind": "track", "value": request.track_id or ""})
    assert Block.objects.get().label == "Respawn – Juno Fray"
    assert show.request("Respawn").code == "blocked_track"
    send(key, "POST", "/blocks", {"kind": "word", "value": "LAG"})
    assert show.request("Lag").code == "blocked_word"
    send(key, "POST", "/blocks", {"kind": "viewer", "value": "ada"})
    assert show.request("Glass").code == "blocked_viewer"


# --- The queue -------------------------------------------------------------------------------


def test_programs_remove_requests_and_say_why(show: Show, key: Client) -> None:
    show.rules(fulfil="played")
    request = show.request("Respawn")
    path = f"/requests/{request.pk}/remove"
    status, made = send(key, "POST", path, {"why": "too loud"})
    lead()
    assert (status, made["verb"], made["why"], made["via"]) == (200, "remove", "too loud", "api")
    assert show.settlings(request) == ["redemption_canceled"]
    assert send(key, "POST", path, {}) == (
        409,
        {"code": "over_already", "detail": "Respawn – Juno Fray is not in the queue."},
    )


def test_programs_skip(show: Show, key: Client) -> None:
    status, made = send(key, "POST", "/skip", {"why": "too loud"})
    assert (status, made["verb"]) == (202, "skip")
    lead()
    assert len(show.backstage.effects("song_skipped")) == 1
    # Nobody asked in chat, so nobody is answered there.
    assert show.backstage.effects("chat_sent") == []


def test_a_skip_that_is_under_way_is_refused_to_programs_and_in_the_admin(
    show: Show, key: Client, streamer: Client
) -> None:
    request = show.request("Respawn")
    SongRequest.objects.update(status="playing", started_at=timezone.now())
    Play.objects.create(kind="track", title="Respawn", request=request, started_at=timezone.now())
    assert send(key, "POST", "/skip", {})[0] == 202
    refusal = {"code": "skipped_already", "detail": "Respawn is being skipped already."}
    assert send(key, "POST", "/skip", {}) == (409, refusal)
    form = {"action": "skip_selected", "_selected_action": request.pk}
    page = streamer.post("/admin/songqueue/songrequest/", form, follow=True)
    assert refusal["detail"] in page.content.decode()
    streamer.post("/studio/songs/skip")
    assert streamer.post("/studio/songs/skip").json() == refusal


def test_programs_pause_and_open(show: Show, key: Client) -> None:
    assert send(key, "POST", "/pause", {})[1]["is_paused"] is True
    assert send(key, "POST", "/pause", {})[1]["is_paused"] is True
    assert send(key, "POST", "/pause", {"is_paused": False})[1]["is_paused"] is False
    assert send(key, "POST", "/pause", {"paused": False})[1]["code"] == "unknown_field"
    assert [row.verb for row in Decision.objects.order_by("id")] == ["pause", "resume"]


def test_programs_set_the_rules(key: Client) -> None:
    assert send(key, "GET", "/rules")[1]["longest_seconds"] == 600
    status, rules = send(key, "PATCH", "/rules", {"longest_seconds": 360, "who": "vips"})
    assert (status, rules["longest_seconds"], rules["who"]) == (200, 360, "vips")
    assert SongRules.objects.get().longest_seconds == 360


@pytest.mark.parametrize(
    "body",
    [
        {"longest_seconds": -1},
        {"longest_seconds": 10**9},
        {"open_per_viewer": 2**31},
        {"who": "nobody"},
        {"is_paused": True},
        {"loudness": 11},
        [],
    ],
)
def test_rules_that_make_no_sense_are_refused(key: Client, body: Any) -> None:
    status, answer = send(key, "PATCH", "/rules", body)
    assert status == 400
    assert answer["code"]
    assert not SongRules.objects.exists()


def test_a_chat_message_decides_once(show: Show) -> None:
    by = By("chat", "Mo", message_id="message")
    moderation.pause(by, is_paused=True)
    with pytest.raises(IntegrityError):
        moderation.pause(by, is_paused=False)
    assert SongRules.objects.get().is_paused


# --- The admin -------------------------------------------------------------------------------


def test_the_admin_removes_and_blocks_with_a_reason(show: Show, streamer: Client) -> None:
    show.rules(fulfil="played")
    request = show.request("Respawn")
    page = "/admin/songqueue/songrequest/"
    assert "Respawn" in streamer.get(page).content.decode()
    for action in ("remove_selected", "block_tracks", "block_viewers", "skip_selected"):
        form = {"action": action, "_selected_action": request.pk, "why": "too loud"}
        assert streamer.post(page, form, follow=True).status_code == 200
    lead()
    assert show.settlings(request) == ["redemption_canceled"]
    rows = Decision.objects.order_by("id").values_list("verb", "why", "actor_name")
    assert list(rows) == [
        ("remove", "too loud", "streamer"),
        ("block", "too loud", "streamer"),
        ("block", "too loud", "streamer"),
    ]
    for table in ("songrequest", "block", "decision", "songrules", "play"):
        assert streamer.get(f"/admin/songqueue/{table}/").status_code == 200


def test_the_admin_says_when_the_player_is_read_next(streamer: Client) -> None:
    page = "/admin/songqueue/play/"
    assert "was never read" in streamer.get(page).content.decode()
    now = timezone.now()
    Board.objects.update(
        read_at=now, device_name="<b>PC</b>", next_read_at=now, problem="unavailable"
    )
    shown = streamer.get(page).content.decode()
    assert "&lt;b&gt;PC&lt;/b&gt;" in shown
    assert f"It is read next on {now:%Y-%m-%d %H:%M:%S}" in shown
    assert "The player cannot be read right now" in shown


def test_the_admin_sets_the_rules_in_one_form(streamer: Client) -> None:
    page = "/admin/songqueue/songrules/"
    assert "longest_seconds" in streamer.get(page).content.decode()
    form = {
        "fulfil": "played",
        "who": "everyone",
        "is_paused": "on",
        "longest_seconds": 300,
        "repeat_minutes": 0,
        "queue_length": 5,
        "open_per_viewer": 1,
        "in_a_row_per_viewer": 1,
    }
    assert streamer.post(page, form).status_code == 302
    rules = SongRules.objects.get()
    assert (rules.fulfil, rules.longest_seconds, rules.is_paused) == ("played", 300, True)
    assert Decision.objects.get().verb == "pause"


def test_the_admin_blocks_by_link_and_says_what_is_wrong(streamer: Client) -> None:
    page = "/admin/songqueue/block/"
    bad = streamer.post(f"{page}add/", {"kind": "track", "value": "nonsense", "reason": ""})
    assert "does not name a track" in bad.content.decode()
    link = f"https://open.spotify.com/track/{TRACK}"
    assert streamer.post(f"{page}add/", {"kind": "track", "value": link}).status_code == 302
    made = Block.objects.get()
    assert (made.value, made.made_by) == (TRACK, "streamer")
    assert streamer.post(f"{page}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Block.objects.exists()
    assert [row.verb for row in Decision.objects.order_by("id")] == ["block", "unblock"]

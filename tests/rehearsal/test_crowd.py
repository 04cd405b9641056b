"""The crowd: thousands of streamers who go live and end, as Helix tells of them."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.rehearsal.client import Rehearsal, eventually

FIRST = 70_000_001


@pytest.fixture
def token(rehearsal: Rehearsal) -> str:
    return rehearsal.app_token()


def gather(rehearsal: Rehearsal, **wish: Any) -> dict[str, Any]:
    now: dict[str, Any] = rehearsal.control("twitch/crowd", **wish)
    return now


def ask(rehearsal: Rehearsal, token: str, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = rehearsal.helix("GET", path, token).json()
    return answer


def streams(rehearsal: Rehearsal, token: str, first: int, count: int = 100) -> list[dict[str, Any]]:
    ids = "&".join(f"user_id={FIRST + first + n}" for n in range(count))
    found: list[dict[str, Any]] = ask(rehearsal, token, f"streams?first=100&{ids}")["data"]
    return found


def test_as_many_are_live_as_one_likes(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=20_000, live=30)
    live = streams(rehearsal, token, 0)
    assert len(live) == 30
    one = next(it for it in live if it["user_id"] == str(FIRST))
    assert (one["user_login"], one["user_name"]) == ("streamer00000", "Streamer00000")
    assert "{width}x{height}" in one["thumbnail_url"]
    gather(rehearsal, live=10)
    assert {it["id"] for it in streams(rehearsal, token, 0)} < {it["id"] for it in live}
    assert gather(rehearsal, live=0)["live"] == 0


def test_who_comes_back_has_another_stream(rehearsal: Rehearsal, token: str) -> None:
    def switch(on: bool) -> list[str]:
        gather(rehearsal, login="streamer00042", on=on)
        return [it["id"] for it in streams(rehearsal, token, 0)]

    gather(rehearsal, size=100)
    first = switch(True)
    assert switch(True) == first != []
    assert switch(False) == []
    assert switch(True) not in ([], first)


def test_a_games_pages_have_everybody_once(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=4000, live=2000)
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = ask(rehearsal, token, f"streams?game_id=743&first=100&after={cursor}")
        rows += page["data"]
        cursor = page["pagination"].get("cursor", "")
        if not cursor:
            break
    assert len(rows) == len({it["id"] for it in rows}) == 250
    assert {it["game_name"] for it in rows} == {"Chess"}
    assert [it["viewer_count"] for it in rows] == sorted(
        (it["viewer_count"] for it in rows), reverse=True
    )


def test_they_are_looked_up_by_login_and_id(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=10)
    path = f"users?login=STREAMER00003&login=mo&login=streamer00011&id={FIRST}&id={FIRST + 3}"
    found = ask(rehearsal, token, path)["data"]
    assert found[0]["login"] == "mo"
    assert {it["login"] for it in found[1:]} == {"streamer00000", "streamer00003"}
    assert len(found) == 3


def test_a_stream_that_flickers_is_listed_now_and_then(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=1, live=1, flicker=50)
    seen = {len(streams(rehearsal, token, 0, 1)) for _ in range(40)}
    assert seen == {0, 1}
    gather(rehearsal, flicker=0)
    assert all(streams(rehearsal, token, 0, 1) for _ in range(10))


def test_a_turnover_lets_others_go_live(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=100, live=10, turnover=1200)
    before = {it["id"] for it in streams(rehearsal, token, 0)}

    def others() -> bool:
        return not before & {it["id"] for it in streams(rehearsal, token, 0)}

    assert eventually(others)
    assert len(streams(rehearsal, token, 0)) == 10


def test_titles_change_at_once(rehearsal: Rehearsal, token: str) -> None:
    gather(rehearsal, size=2, live=2)
    before = {it["title"] for it in streams(rehearsal, token, 0, 2)}
    gather(rehearsal, retitle=True)
    assert not before & {it["title"] for it in streams(rehearsal, token, 0, 2)}


def test_categories_are_found_by_words(rehearsal: Rehearsal, token: str) -> None:
    found = ask(rehearsal, token, "search/categories?query=game%20DEVELOP")["data"]
    assert [it["name"] for it in found] == ["Software and Game Development"]
    assert ask(rehearsal, token, "search/categories?query=nothing")["data"] == []
    assert rehearsal.helix("GET", "search/categories", token).status_code == 400


@pytest.mark.parametrize("wish", [{"size": 20_001}, {"size": 5, "live": 6}, {"flicker": 101}])
def test_what_makes_no_sense_is_refused(rehearsal: Rehearsal, wish: dict[str, int]) -> None:
    answer = rehearsal.http.post(f"{rehearsal.url}/control/twitch/crowd", json=wish)
    assert answer.status_code == 400


@pytest.mark.parametrize("rehearsal", [{}], indirect=True)
def test_a_killed_server_remembers_who_is_live(rehearsal: Rehearsal) -> None:
    gather(rehearsal, size=50, live=20)
    before = {it["id"] for it in streams(rehearsal, rehearsal.app_token(), 0)}
    rehearsal.stop(signal.SIGKILL)
    rehearsal.start()
    assert {it["id"] for it in streams(rehearsal, rehearsal.app_token(), 0)} == before

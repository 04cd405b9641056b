"""Reading answers, however mangled."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spotify.client.payloads import Item, item, playback, upcoming

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
ID = "4uLU6hMCjMI75M1A2tKUQC"
TRACK: dict[str, Any] = {
    "type": "track",
    "id": ID,
    "uri": f"spotify:track:{ID}",
    "name": "Encore",
    "artists": [{"id": "a1", "name": "Nova"}, {"id": "a2", "name": "Rue"}],
    "album": {
        "name": "Lights",
        "images": [
            {"url": "https://i.example/640", "width": 640},
            {"url": "https://i.example/300", "width": 300},
            {"url": "https://i.example/64", "width": 64},
        ],
    },
    "duration_ms": 180_000,
    "explicit": True,
    "is_local": False,
    "external_ids": {"isrc": "ZZRHR2600001"},
}
PLAYER: dict[str, Any] = {
    "device": {"name": "Studio PC", "is_active": True, "is_restricted": False},
    "is_playing": True,
    "progress_ms": 5_000,
    "item": TRACK,
    "currently_playing_type": "track",
}


def test_a_track_is_read() -> None:
    assert item(TRACK) == Item(
        "track",
        ID,
        "Encore",
        ("Nova", "Rue"),
        "Lights",
        "https://i.example/300",
        180_000,
        ("a1", "a2"),
        True,
        "ZZRHR2600001",
    )


def test_what_is_no_track_keeps_its_kind() -> None:
    local = TRACK | {"id": None, "is_local": True, "uri": "spotify:local:a:b:c:1"}
    episode = {"type": "episode", "name": "One", "show": {"name": "Talk"}, "duration_ms": 9}
    kinds = {
        "local": local,
        "episode": episode,
        "unknown": {"type": "chapter", "name": "One"},
    }
    for kind, raw in kinds.items():
        found = item(raw)
        assert found
        assert (found.kind, found.track_id) == (kind, "")


def test_a_playing_nothing_is_an_ad_or_unknown() -> None:
    for said, kind in (("ad", "ad"), ("unknown", "unknown"), ("track", "unknown"), (7, "unknown")):
        answer = PLAYER | {"item": None, "currently_playing_type": said}
        assert playback(answer, NOW).item == Item(kind)  # type: ignore[arg-type]


def test_a_rest_on_nothing_is_nothing() -> None:
    answer = PLAYER | {"item": None, "currently_playing_type": "unknown", "is_playing": False}
    assert playback(answer, NOW).item is None


def test_the_player_is_read() -> None:
    seen = playback(PLAYER, NOW)
    assert (seen.device_name, seen.is_active_device, seen.is_playing) == ("Studio PC", True, True)
    assert (seen.progress_ms, seen.read_at) == (5_000, NOW)


def test_an_empty_answer_is_a_player_without_a_device() -> None:
    seen = playback(None, NOW)
    assert (seen.device_name, seen.is_active_device, seen.item) == ("", False, None)
    assert upcoming(None, NOW).items == ()


def test_progress_never_goes_beyond_the_end() -> None:
    assert playback(PLAYER | {"progress_ms": 10**12}, NOW).progress_ms == 180_000


def test_no_place_in_the_queue_is_lost() -> None:
    seen = upcoming({"currently_playing": None, "queue": [TRACK, None, 7, TRACK]}, NOW)
    assert [it.kind for it in seen.items] == ["track", "unknown", "unknown", "track"]


def test_what_a_database_cannot_hold_is_left_out() -> None:
    found = item(TRACK | {"name": "a\x00b\ud800c\u2028d" + "x" * 9_999, "duration_ms": 10**400})
    assert found
    assert found.title.startswith("a b c d")
    assert len(found.title) <= 512
    assert found.duration_ms < 2**31


def test_an_address_that_is_none_is_no_cover() -> None:
    for url in ("javascript:alert(1)", "https://x/\n", "", None, 7, "https://x/" + "y" * 9_999):
        found = item(TRACK | {"album": {"images": [{"url": url, "width": 300}]}})
        assert found
        assert found.cover_url == ""


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["track", "episode", "ad", ID, "https://i.example/1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@st.composite
def mangled(draw: st.DrawFn, answer: dict[str, Any]) -> Any:
    """Draw the answer with some of its parts missing or replaced by anything."""
    whole = json.loads(json.dumps(answer))
    for _ in range(draw(st.integers(1, 4))):
        place: Any = whole
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.booleans()):
                place = place[key]
                continue
            if draw(st.booleans()):
                place[key] = draw(ANYTHING)
            else:
                del place[key]
            break
    return whole


def sound(found: Item | None) -> None:
    """A track has an id and a title; every text is one that a database and a page can hold."""
    if found is None:
        return
    assert (found.kind == "track") == (len(found.track_id) == 22)
    assert found.kind != "track" or found.title
    assert 0 <= found.duration_ms < 2**31
    for text in (found.title, found.album, found.isrc, *found.artists, *found.artist_ids):
        text.encode()
        assert "\0" not in text
        assert len(text) <= 512


@given(mangled(PLAYER) | ANYTHING)
def test_no_answer_of_the_player_breaks_us(answer: Any) -> None:
    seen = playback(answer, NOW)
    sound(seen.item)
    assert 0 <= seen.progress_ms < 2**31
    assert len(seen.device_name) <= 200


@given(mangled({"currently_playing": TRACK, "queue": [TRACK, TRACK, TRACK]}) | ANYTHING)
def test_no_answer_of_the_queue_breaks_us(answer: Any) -> None:
    seen = upcoming(answer, NOW)
    for found in (seen.current, *seen.items):
        sound(found)
    assert len(seen.items) <= 20

"""What posts say, whatever people call themselves and their streams."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.rules import cards
from watcher.rules.plain import plain, units

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
ROLE = "165511591545143296"


@dataclass
class Watch:
    kind: str = "streamer"
    watched_login: str = "ada"
    watched_name: str = "Ada"
    image_url: str = "https://cdn.test/ada.png"
    mention: str = "none"
    role_id: str = ""
    template: str = ""


@dataclass
class Stream:
    streamer_login: str = "ada"
    streamer_name: str = "Ada"
    title: str = "Chess at night"
    game_name: str = "Chess"
    thumbnail_url: str = "https://cdn.test/ada-{width}x{height}.jpg"
    viewers: int = 1234
    peak_viewers: int = 5678
    started_at: datetime = NOW - timedelta(hours=3, minutes=12)
    seen_at: datetime = NOW


def card(watch: Watch | None = None, stream: Stream | None = None, **more: Any) -> cards.Payload:
    return cards.card(watch or Watch(), stream or Stream(), **{"is_test": False, **more})


def embed(payload: cards.Payload) -> dict[str, Any]:
    (only,) = payload["embeds"]
    return dict(only)


def fields(payload: cards.Payload) -> dict[str, str]:
    return {field["name"]: field["value"] for field in embed(payload)["fields"]}


def test_a_live_card_says_who_what_and_since_when() -> None:
    payload = card()
    assert payload["content"] == "**Ada** is live on Twitch!"
    shown = embed(payload)
    assert shown["author"]["name"] == "Ada is live on Twitch"
    assert (shown["title"], shown["url"]) == ("Chess at night", "https://www.twitch.tv/ada")
    assert fields(payload) == {"Game": "Chess", "Viewers": "1,234"}
    assert shown["timestamp"] == "2026-11-21T16:48:00+00:00"


def test_a_picture_has_a_new_address_each_time() -> None:
    first = embed(card())["image"]["url"]
    later = embed(card(stream=replace(Stream(), seen_at=NOW + timedelta(minutes=3))))
    assert first == f"https://cdn.test/ada-1280x720.jpg?t={int(NOW.timestamp())}"
    assert later["image"]["url"] != first


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "http://", "https://[", "x" * 3000])
def test_what_is_no_picture_is_left_out(address: str) -> None:
    payload = card(replace(Watch(), image_url=address), replace(Stream(), thumbnail_url=address))
    assert "image" not in embed(payload)
    assert "icon_url" not in embed(payload)["author"]


def test_an_ended_card_has_duration_and_peak_and_no_picture() -> None:
    payload = card(replace(Watch(), mention="everyone"), ended=NOW)
    assert payload["content"] == "**Ada** was live on Twitch."
    assert fields(payload) == {"Game": "Chess", "Duration": "3 h 12 min", "Most viewers": "5,678"}
    assert "image" not in embed(payload)
    assert payload["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(
    ("time", "said"),
    [(59, "under a minute"), (60, "1 min"), (3600, "1 h 0 min"), (-5, "under a minute")],
)
def test_durations_are_words(time: int, said: str) -> None:
    assert cards.duration(timedelta(seconds=time)) == said


@pytest.mark.parametrize(
    ("mention", "content", "allowed"),
    [
        ("none", "**Ada** is live on Twitch!", {"parse": []}),
        ("here", "@here **Ada** is live on Twitch!", {"parse": ["everyone"]}),
        ("everyone", "@everyone **Ada** is live on Twitch!", {"parse": ["everyone"]}),
        ("role", f"<@&{ROLE}> **Ada** is live on Twitch!", {"parse": [], "roles": [ROLE]}),
    ],
)
def test_a_post_pings_who_was_chosen(mention: str, content: str, allowed: Any) -> None:
    watch = replace(Watch(), mention=mention, role_id=ROLE if mention == "role" else "")
    assert card(watch)["content"] == content
    assert card(watch)["allowed_mentions"] == allowed
    test = card(watch, is_test=True)
    assert test["content"] == f"**TEST** · {content}"
    assert test["allowed_mentions"] == {"parse": []}


def test_a_template_is_filled_and_what_is_unknown_stays() -> None:
    template = "{mention} {streamer} – {title} – {game} – {viewers} – {url} – {started} – {what}"
    payload = card(replace(Watch(), template=template, mention="here"))
    since = int(Stream().started_at.timestamp())
    assert payload["content"] == (
        "@here Ada – Chess at night – Chess – 1,234 – https://www.twitch.tv/ada"
        f" – <t:{since}:R> – {{what}}"
    )
    assert cards.unknown_placeholders(template) == ["what"]


def test_a_template_formats_and_pings_nobody() -> None:
    payload = card(replace(Watch(), template="*now* @everyone {streamer}", mention="here"))
    assert payload["content"] == "@here *now* @\u200beveryone Ada"


def test_a_streamer_who_is_called_everyone_pings_nobody() -> None:
    watch = replace(Watch(), template="@{streamer} @{title} @{game}", mention="here")
    stream = replace(Stream(), streamer_name="everyone", title="here", game_name="everyone")
    assert "@everyone" not in card(watch, stream)["content"]
    assert card(watch, stream)["content"].count("@here") == 1


def test_what_looks_like_a_placeholder_and_is_none_is_told() -> None:
    assert cards.unknown_placeholders("{Streamer} {stream_title} {\u30c4} {} {title}") == [
        "Streamer",
        "stream_title",
    ]


HOSTILE = [
    "@everyone",
    "@here come",
    "<@&165511591545143296>",
    "<@1655>",
    "**bold** __u__ ~~s~~ ||spoiler|| `code` ```block```",
    "[masked](https://evil.test)",
    "https://evil.test discord.gg/evil",
    "# huge",
    "> quote",
    "\u202egnp.exe",
    "line\nbreak\x00\x1b[31m",
    "{mention} {streamer}",
    "\\",
    "a" * 5000,
    "\U0001f600" * 3000,
    "*" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_typed_is_shown_to_the_letter(text: str) -> None:
    watch = replace(Watch(), template="{title}|{streamer}|{game}", mention="here")
    stream = replace(Stream(), title=text, streamer_name=text, game_name=text)
    payload = card(watch, stream)
    content = payload["content"].removeprefix("@here ")
    assert not re.search(r"@(?!\u200b)", content)
    assert not re.search(r"(?<!\\)[*_~`<>\[\]()#]", content)
    assert "://" not in content
    assert "discord.gg" not in content
    assert not re.search(r"[\x00-\x1f\u202a-\u202e]", json.dumps(payload, ensure_ascii=False))
    assert_within_limits(payload)


@given(title=st.text(), name=st.text(), game=st.text(), template=st.text(max_size=500))
def test_no_text_breaks_discords_limits(title: str, name: str, game: str, template: str) -> None:
    stream = replace(Stream(), title=title, streamer_name=name, game_name=game)
    for watch in (replace(Watch(), template=template), replace(Watch(), kind="game")):
        assert_within_limits(card(watch, stream))
        assert_within_limits(card(watch, stream, ended=NOW))


def assert_within_limits(payload: cards.Payload) -> None:
    shown = embed(payload)
    assert units(payload["content"]) <= 2000
    assert 0 < units(shown["title"]) <= 256
    assert 0 < units(shown["author"]["name"]) <= 256
    for field in shown["fields"]:
        assert 0 < units(field["value"]) <= 1024
    payload_text = json.dumps(payload, ensure_ascii=False)
    payload_text.encode()


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_plain_text_is_cut_between_characters_and_never_longer(text: str, most: int) -> None:
    cut = plain(text, most)
    assert units(cut) <= most
    assert not re.search(r"(?<!\\)(\\\\)*\\$", cut.removesuffix("…"))


def test_a_sample_stands_for_a_stream() -> None:
    for watch in (Watch(), replace(Watch(), kind="game", watched_login="", watched_name="Chess")):
        payload = cards.card(watch, cards.sample(watch, NOW), is_test=True)
        assert payload["content"].startswith("**TEST** · ")
        assert embed(payload)["footer"]["text"] == "A test: nobody was pinged"

"""Names of streamers, as people type or paste them."""

from __future__ import annotations

import pytest

from watcher.rules import streamers


@pytest.mark.parametrize(
    "given",
    [
        "nelly_x",
        " @Nelly_X ",
        "https://www.twitch.tv/nelly_x",
        "twitch.tv/Nelly_X/videos?filter=all",
        "http://m.twitch.tv/nelly_x#chat",
        "https://www.twitch.tv/popout/nelly_x/chat?popout=",
        "https://www.twitch.tv/moderator/nelly_x",
        "https://dashboard.twitch.tv/u/nelly_x/stream-manager",
        "https://player.twitch.tv/?channel=nelly_x&parent=example.org",
    ],
)
def test_any_form_of_a_channel_is_its_login(given: str) -> None:
    assert streamers.login_of(given) == "nelly_x"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "@",
        "two words",
        "näme",
        "x" * 26,
        "https://www.twitch.tv/",
        "https://www.twitch.tv/directory/category/chess",
        "https://www.twitch.tv/team/nelly",
        "https://player.twitch.tv/?channel=../users",
        "https://twitch.tv.evil.example/nelly",
        "https://evil.example/www.twitch.tv/nelly",
        "https://[::1/nelly",
        "https://www.twitch.tv/" + "a" * 400,
        "../../users",
    ],
)
def test_what_names_no_channel_is_refused(given: str) -> None:
    with pytest.raises(streamers.NotAStreamer):
        streamers.login_of(given)


@pytest.mark.parametrize("size", ["52x72", "{width}x{height}"])
def test_a_games_picture_comes_in_the_size_that_is_shown(size: str) -> None:
    address = f"https://static-cdn.jtvnw.net/ttv-boxart/743-{size}.jpg"
    assert streamers.box_art(address) == "https://static-cdn.jtvnw.net/ttv-boxart/743-144x192.jpg"

"""What viewers paste, and what is read out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify.rules import LONGEST_TEXT, SENTENCES, NotATrack, ShortLink, read

ID = "4uLU6hMCjMI75M1A2tKUQC"
LETTERS = "abcdefghijklmnopqrstuv"
HOSTS = ("spotify.link", "127.0.0.1:8001")

TRACKS = [
    f"https://open.spotify.com/track/{ID}",
    f"http://open.spotify.com/track/{ID}",
    f"HTTPS://Open.Spotify.Com/track/{ID}",
    f"open.spotify.com/track/{ID}",
    f"//open.spotify.com/track/{ID}",
    f"https://play.spotify.com/track/{ID}",
    f"https://open.spotify.com/track/{ID}?si=0123456789abcdef",
    f"https://open.spotify.com/track/{ID}?si=x&utm_source=copy-link&context=spotify%3Aalbum%3Ax",
    f"https://open.spotify.com/track/{ID}#0:42",
    f"https://open.spotify.com/track/{ID}?si=x#y",
    f"https://open.spotify.com/track/{ID}/",
    f"https://open.spotify.com/track/{ID}/?si=x",
    f"https://open.spotify.com//track//{ID}",
    f"https://open.spotify.com/intl-de/track/{ID}",
    f"https://open.spotify.com/intl-DE/track/{ID}?si=x",
    f"https://open.spotify.com/intl-pt-br/track/{ID}",
    f"https://open.spotify.com/intl-zh-hans-cn/track/{ID}",
    f"open.spotify.com/intl-es/track/{ID}",
    f"https://open.spotify.com/embed/track/{ID}",
    f"https://open.spotify.com/embed/track/{ID}?utm_source=generator&theme=0",
    f"https://open.spotify.com/intl-fr/embed/track/{ID}",
    f"spotify:track:{ID}",
    f"SPOTIFY:TRACK:{ID}",
    f"spotify:track:{ID}?si=x",
    f"spotify:track:{ID}#0:42",
    f"spotify://track/{ID}",
    f"https://open.spotify.com/track/{ID}&si=x",
    f"https://open.spotify.com/track/{ID}%3Fsi%3Dx",
    f"https://open.spotify.com/track/{ID},https://open.spotify.com/track/{LETTERS}",
    f"「https://open.spotify.com/track/{ID}」お願いします",
    f"https://open.spotify.com/track/{ID}お願いします",
    ID,
    LETTERS,
    f"  {ID}\n",
    f"{ID}?si=x",
    f"please play {ID} thanks",
    f"https://open.spotify.com/track/{ID} please",
    f"can you play https://open.spotify.com/track/{ID}?",
    f"(https://open.spotify.com/track/{ID})",
    f"<https://open.spotify.com/track/{ID}>",
    f'"https://open.spotify.com/track/{ID}",',
    f"„https://open.spotify.com/track/{ID}“",
    f"[my song](https://open.spotify.com/track/{ID})",
    f"song:https://open.spotify.com/track/{ID}",
    f"song=spotify:track:{ID}!",
    f"https://open.spotify.com/track/{ID}\U000e0000",
    f"\u200bhttps://open.spotify.com/track/{ID}\ufeff",
    f"Rick\tAstley https://open.spotify.com/track/{ID}\x00",
    f"https://youtu.be/dQw4w9WgXcQ no wait https://open.spotify.com/track/{ID}",
    f"https://open.spotify.com/album/{ID} https://open.spotify.com/track/{ID}",
]
SHORT = {
    "https://spotify.link/AbC-123_x": "https://spotify.link/AbC-123_x",
    "spotify.link/AbC": "https://spotify.link/AbC",
    "http://SPOTIFY.link/AbC?si=1": "https://spotify.link/AbC",
    "listen: https://spotify.link/AbC !": "https://spotify.link/AbC",
    "https://open.spotify.com/s/xyz9": "https://open.spotify.com/s/xyz9",
    "https://open.spotify.com/intl-de/s/xyz9": "https://open.spotify.com/s/xyz9",
    "http://127.0.0.1:8001/spotify/link/hop1": "http://127.0.0.1:8001/spotify/link/hop1",
}
REFUSED = [
    ("empty", ""),
    ("empty", " \t\n "),
    ("empty", "\x00\x07\u200b"),
    ("empty", "…!?"),
    ("too_long_text", "x" * 10_000),
    ("too_long_text", f"https://open.spotify.com/track/{ID}?{'x' * LONGEST_TEXT}"),
    ("not_a_link", "hello"),
    ("not_a_link", "Never Gonna Give You Up"),
    ("not_a_link", "supercalifragilisticexpialidocious"),
    ("not_a_link", f"call me {LETTERS}"),
    ("not_a_link", "<script>alert(1)</script>"),
    ("not_a_link", "javascript://open.spotify.com/%0aalert(1)"),
    ("not_a_link", f"ftp://open.spotify.com/track/{ID}"),
    ("not_a_link", "file:///etc/passwd"),
    ("not_a_link", "'; DROP TABLE spotify_track; --"),
    ("other_kind", "https:/ open.spotify.com track"),
    ("album", f"https://open.spotify.com/album/{ID}"),
    ("album", f"spotify:album:{ID}"),
    ("playlist", f"https://open.spotify.com/playlist/{ID}?si=x"),
    ("playlist", f"spotify:playlist:{ID}"),
    ("playlist", f"https://open.spotify.com/user/me/playlist/{ID}"),
    ("playlist", f"spotify:user:me:playlist:{ID}"),
    ("episode", f"https://open.spotify.com/intl-de/episode/{ID}"),
    ("show", f"https://open.spotify.com/show/{ID}"),
    ("artist", f"https://open.spotify.com/artist/{ID}"),
    ("other_kind", "https://open.spotify.com/"),
    ("other_kind", "open.spotify.com"),
    ("other_kind", "https://open.spotify.com/user/someone"),
    ("other_kind", f"https://open.spotify.com/prerelease/{ID}"),
    ("other_kind", "spotify:local:artist:album:title:1"),
    ("other_kind", "https://open.spotify.com/%74rack/x"),
    ("other_kind", "https://www.spotify.com/account"),
    ("other_host", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ("other_host", "youtu.be/dQw4w9WgXcQ"),
    ("other_host", f"https://evil.example/track/{ID}"),
    ("other_host", f"https://evil.example/?u=https://open.spotify.com/track/{ID}"),
    ("other_host", f"https://evil.example/#open.spotify.com/track/{ID}"),
    ("other_host", "http://169.254.169.254/latest/meta-data/"),
    ("other_host", "http://localhost:8001/spotify/link/hop1"),
    ("other_host", "https://[::1]/track/x"),
    ("look_alike_host", f"https://open.spotify.com@evil.example/track/{ID}"),
    ("look_alike_host", f"https://user:pass@open.spotify.com/track/{ID}"),
    ("look_alike_host", f"https://open.spotify.com:8080/track/{ID}"),
    ("look_alike_host", f"https://open.spotify.com.evil.example/track/{ID}"),
    ("look_alike_host", f"https://openXspotify.com/track/{ID}"),
    ("look_alike_host", f"https://open-spotify.com/track/{ID}"),
    ("look_alike_host", f"https://open.spotlfy.com/track/{ID}"),
    ("look_alike_host", f"https://open.sp0tify.com/track/{ID}"),
    ("look_alike_host", f"https://open.spotıfy.com/track/{ID}"),
    ("look_alike_host", f"https://open.spоtify.com/track/{ID}"),
    ("look_alike_host", f"https://ｏｐｅｎ.spotify.com/track/{ID}"),
    ("look_alike_host", f"https://xn--open-spotify-x.com/track/{ID}"),
    ("look_alike_host", f"https://open.spotify.com\\@evil.example/track/{ID}"),
    ("look_alike_host", f"https://open.spotify.com%2f@evil.example/track/{ID}"),
    ("look_alike_host", "https://spotify.link@evil.example/abc"),
    ("look_alike_host", "https://spotify.link:8001/abc"),
    ("bad_track_id", "https://open.spotify.com/track/"),
    ("bad_track_id", "https://open.spotify.com/track"),
    ("bad_track_id", f"https://open.spotify.com/track/{ID[:-1]}"),
    ("bad_track_id", f"https://open.spotify.com/track/{ID}x"),
    ("bad_track_id", f"https://open.spotify.com/track/{ID[:-1]}é"),
    ("bad_track_id", f"https://open.spotify.com/track/{ID[:-1]}٣"),
    ("bad_track_id", f"spotify:track:{ID[:-1]}-"),
    ("bad_track_id", f"spotify:track:{ID}-x"),
    ("not_a_link", f"spotify://open.spotify.com/track/{ID}"),
    ("bad_track_id", "https://open.spotify.com/track/../../../etc/passwd"),
    ("short_link_dead", "https://link.tospotify.com/abc"),
    ("short_link_dead", "https://spotify.link/"),
    ("short_link_dead", "https://spotify.link/a/../../b"),
    ("short_link_dead", "https://open.spotify.com/s/<b>"),
]


@pytest.mark.parametrize("text", TRACKS)
def test_a_track_is_found_however_it_is_written(text: str) -> None:
    assert read(text, HOSTS) in (ID, LETTERS)


@pytest.mark.parametrize(("text", "url"), SHORT.items())
def test_a_short_link_is_left_to_be_followed(text: str, url: str) -> None:
    assert read(text, HOSTS) == ShortLink(url)


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_everything_else_is_refused_with_its_reason(code: str, text: str) -> None:
    with pytest.raises(NotATrack) as caught:
        read(text, HOSTS)
    assert caught.value.code == code
    assert caught.value.sentence == SENTENCES[code]


def test_each_reason_is_shown_to_work() -> None:
    assert {code for code, _ in REFUSED} == set(SENTENCES)
    assert len(TRACKS) + len(SHORT) + len(REFUSED) > 100


def test_a_rehearsals_host_is_known_only_in_a_rehearsal() -> None:
    with pytest.raises(NotATrack) as caught:
        read("http://127.0.0.1:8001/spotify/link/hop1", ("spotify.link",))
    assert caught.value.code == "other_host"


@given(st.text(max_size=600))
def test_no_text_breaks_the_reader(text: str) -> None:
    check(text)


PIECES = (
    "https:// open.spotify.com spotify.link /track/ @ : ? # \\ // [ ] %2f evil.example . \u202e"
)


@given(
    st.lists(st.sampled_from([*PIECES.split(" "), ID, " ", "intl-de/"]), max_size=10).map("".join)
)
def test_no_patchwork_of_links_leads_elsewhere(text: str) -> None:
    check(text)


def check(text: str) -> None:
    """Whatever comes out is an id, an address on an allowed host, or a known refusal."""
    try:
        found = read(text, HOSTS)
    except NotATrack:
        return
    if isinstance(found, ShortLink):
        assert found.url.startswith(
            ("https://spotify.link/", "https://open.spotify.com/s/", "http://127.0.0.1:8001/")
        )
    else:
        assert len(found) == 22
        assert found.isascii()
        assert found.isalnum()

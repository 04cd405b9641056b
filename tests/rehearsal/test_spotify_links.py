"""Short links: most lead to a track, some nowhere good."""

from __future__ import annotations

import pytest
import requests

from tests.rehearsal.client import Rehearsal


def follow(rehearsal: Rehearsal, code: str) -> requests.Response:
    return rehearsal.http.get(f"{rehearsal.url}/spotify/link/{code}", allow_redirects=False)


def hops(rehearsal: Rehearsal, code: str) -> list[str]:
    """The addresses that a link leads through, as long as they are ours."""
    seen: list[str] = []
    url = f"{rehearsal.url}/spotify/link/{code}"
    while url.startswith(rehearsal.url) and len(seen) < 9:
        url = rehearsal.http.get(url, allow_redirects=False).headers["Location"]
        seen.append(url)
    return seen


def test_every_track_has_a_short_link(rehearsal: Rehearsal) -> None:
    track = rehearsal.look("spotify")["catalogue"][0]
    answer = follow(rehearsal, track["code"])
    assert answer.status_code == 307
    assert answer.headers["Location"] == f"{track['url']}?si={track['code']}"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_link_may_take_several_hops(rehearsal: Rehearsal, count: int) -> None:
    seen = hops(rehearsal, f"hop{count}")
    assert len(seen) == count
    assert seen[-1].startswith("https://open.spotify.com/track/")


def test_a_link_may_turn_in_circles(rehearsal: Rehearsal) -> None:
    assert len(hops(rehearsal, "loop")) == 9


def test_a_link_may_lead_astray_or_nowhere(rehearsal: Rehearsal) -> None:
    astray = follow(rehearsal, "elsewhere").headers["Location"]
    assert astray.startswith("https://open.spotify.com.example/")
    assert follow(rehearsal, "metadata").headers["Location"].startswith("http://169.254.")
    assert "/album/" in follow(rehearsal, "album").headers["Location"]
    assert follow(rehearsal, "dead").status_code == 404

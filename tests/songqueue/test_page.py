"""The page of the queue in a real Chromium, live over its socket."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from songqueue.models import Board, Play, SongRequest, Upcoming
from songqueue.services import board, outcomes
from spotify.models import Track
from tests.backstage import live
from tests.browsing import Opening, browsing
from tests.overlay.conftest import Site, _site, hear, site  # noqa: F401 (the fixtures)
from twitch.models import Redemption, Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = '<img src=x onerror="document.title=1">'
TITLES = (
    "Northbound Slow Train",
    "The Astonishing and Entirely Unabridged Chronicle of How We Missed the Last Ferry",
    "夜明けの電車と長い長い題名がどこまでも続いていくとき",
    "ليل المدينة الطويل جدا في الشتاء",
    "🦊 fox.exe 💾 👩‍👩‍👧‍👦",
    HOSTILE,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Rain on a Tin Roof for Three Hours",
)
NAMES = ("Ann", "とても長い名前の視聴者", "W" * 25, "نور", HOSTILE)


class Hall:
    """A board with songs of every kind on it."""

    def __init__(self) -> None:
        self.viewers = [
            Viewer.objects.create(id=str(2001 + n), login=f"viewer{n}", display_name=name)
            for n, name in enumerate(NAMES)
        ]
        self.tracks = [
            Track.objects.create(
                id=f"{n:022}",
                name=title,
                artists=["Somebody", "Somebody Else with a Long Name"],
                duration_ms=10_800_000 if "Three Hours" in title else 200_000,
            )
            for n, title in enumerate(TITLES)
        ]
        self.made = 0
        now = timezone.now()
        Board.objects.create(
            read_at=now, queue_read_at=now, is_playing=True, progress_ms=60_000, device_name="PC"
        )
        on = self.request(1, "playing")
        Play.objects.create(
            kind="track", track=on.track, request=on, duration_ms=200_000, started_at=now
        )
        for position in range(1, 7):
            request = self.request(position, "queued") if position % 2 else None
            self.come(position, request)
        self.request(7, "lined_up")
        for number, status in enumerate(("played", "skipped", "removed", "refused", "lost")):
            self.request(number, status)

    def request(self, number: int, status: str) -> SongRequest:
        self.made += 1
        now = timezone.now() + timedelta(milliseconds=self.made)
        has_ended = status in SongRequest.ENDS
        redemption = Redemption.objects.create(
            id=f"redemption-{self.made}",
            viewer=self.viewers[number % len(self.viewers)],
            reward_twitch_id="reward",
            reward_title="Song Request",
            redeemed_at=now,
        )
        return SongRequest.objects.create(
            redemption=redemption,
            viewer=redemption.viewer,
            track=self.tracks[number % len(self.tracks)],
            status=status,
            code={"removed": "withdrawn", "lost": "lost_in_player", "refused": "in_queue"}.get(
                status, "skipped" if status == "skipped" else ""
            ),
            lined_up_at=now,
            queued_at=now,
            ended_at=now if has_ended else None,
        )

    def come(self, position: int, request: SongRequest | None) -> None:
        track = request.track if request else self.tracks[position % len(self.tracks)]
        assert track
        Upcoming.objects.create(
            position=position,
            kind="track",
            track=track,
            title=track.name,
            duration_ms=track.duration_ms,
            request=request,
        )


@pytest.fixture
def hall(site: Site) -> Hall:  # noqa: F811
    live()
    return Hall()


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Opening]:  # noqa: F811
    """Opens the page; what it says is wrong fails the test at its end."""
    with browsing(chromium, site.origin) as opened:

        def opening(width: int = 390, scheme: str = "light", **options: Any) -> Page:
            return opened("/queue", width=width, color_scheme=scheme, **options)

        yield opening


def listening(site: Site) -> ClientConnection:  # noqa: F811
    return connect(f"ws://localhost:{site.port}/ws/queue/", proxy=None)


# --- The socket ------------------------------------------------------------------------------


def test_a_stranger_gets_the_board_and_every_change(hall: Hall, site: Site) -> None:  # noqa: F811
    with listening(site) as client:
        first = hear(client)
        assert first["type"] == "snapshot"
        assert first["board"]["now"]["title"] == TITLES[1]
        ended = SongRequest.objects.get(status="lined_up")
        outcomes.end(ended, SongRequest.Status.REMOVED, "withdrawn", timezone.now())
        board.tell(timezone.now())
        change = hear(client)
        assert (change["type"], change["seq"]) == ("board", first["seq"] + 1)
        assert change["board"]["seq"] == change["seq"]
        assert change["board"]["waiting"] == []


def test_a_board_that_did_not_change_is_not_told_again(hall: Hall) -> None:
    assert board.tell(timezone.now())
    assert not board.tell(timezone.now())
    assert not board.tell(timezone.now() + timedelta(seconds=5))
    Board.objects.update(progress_ms=150_000)
    assert board.tell(timezone.now())


@pytest.mark.parametrize(
    ("words", "code"),
    [("{}", 4400), ("nonsense", 4400), ("x" * 5000, 4413), ('{"type":"x"}', 4400)],
)
def test_a_stranger_who_talks_nonsense_is_hung_up_on(
    hall: Hall,
    site: Site,  # noqa: F811
    words: str,
    code: int,
) -> None:
    with listening(site) as client:
        hear(client)
        client.send(words)
        with pytest.raises(ConnectionClosed) as caught:
            client.recv(timeout=10)
    assert caught.value.rcvd
    assert caught.value.rcvd.code == code


def test_a_stranger_who_talks_without_end_is_hung_up_on(hall: Hall, site: Site) -> None:  # noqa: F811
    with listening(site) as client, pytest.raises(ConnectionClosed) as caught:
        talk_without_end(client)
    assert caught.value.rcvd
    assert caught.value.rcvd.code == 4429


def talk_without_end(client: ClientConnection) -> None:
    for _ in range(200):
        client.send(json.dumps({"type": "snapshot?"}))
        client.recv(timeout=10)


# --- The page --------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_page_follows_without_being_loaded_again(hall: Hall, opened: Opening) -> None:
    page = opened()
    page.get_by_role("heading", name="Waiting").wait_for()
    ended = SongRequest.objects.get(status="lined_up")
    outcomes.end(ended, SongRequest.Status.REMOVED, "withdrawn", timezone.now())
    board.tell(timezone.now())
    page.get_by_role("heading", name="Waiting").wait_for(state="hidden")
    assert "removed: taken back" in page.inner_text("[data-lane=recent] li:first-child .note")


@pytest.mark.browser
def test_progress_moves_by_itself(hall: Hall, opened: Opening) -> None:
    page = opened()
    wait_until_live(page)
    at = progress(page)
    until(page, lambda: progress(page) > at)


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_what_does_not_say_how_long_it_is_has_no_bar(
    hall: Hall, opened: Opening, script: bool
) -> None:
    Play.objects.update(title="", track=None, kind="ad", duration_ms=0)
    page = opened(java_script_enabled=script)
    page.get_by_text("Advertising", exact=True).wait_for()
    assert not page.locator("#now progress").is_visible()
    assert page.inner_text("#now .of") == ""


@pytest.mark.browser
def test_the_page_comes_back_after_the_server_was_away(
    hall: Hall,
    opened: Opening,
    site: Site,  # noqa: F811
) -> None:
    page = opened()
    wait_until_live(page)
    site.stop()
    Play.objects.update(title="A demo", track=None, kind="local")
    board.tell(timezone.now())
    site.start()
    page.get_by_text("A demo", exact=True).wait_for(timeout=40_000)


def progress(page: Page) -> float:
    at: float = page.evaluate("document.querySelector('#now progress').value")
    return at


def wait_until_live(page: Page) -> None:
    """The server renders whole numbers; the script counts on from there."""
    until(page, lambda: progress(page) % 1 != 0)


def until(page: Page, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme", "script"),
    [
        (320, "light", True),
        (320, "dark", False),
        (390, "light", True),
        (390, "dark", True),
        (1280, "light", False),
        (1280, "dark", True),
    ],
)
def test_nothing_overflows(
    hall: Hall, opened: Opening, width: int, scheme: str, script: bool
) -> None:
    page = opened(width, scheme, java_script_enabled=script)
    if script:
        wait_until_live(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        assert page.title() == "Songs · Greenroom"
    assert page.get_by_text(HOSTILE).count() >= 1
    if folder := os.environ.get("SCREENSHOTS"):
        name = f"queue-{width}-{scheme}-{'live' if script else 'plain'}.png"
        page.screenshot(path=str(Path(folder, name)), full_page=True)

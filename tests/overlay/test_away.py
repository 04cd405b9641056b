"""The server goes and comes back: the page is right within seconds, untouched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from overlay import services
from pushes.services import hang_up
from tests.overlay.boards import song, tell
from tests.overlay.screen import Screen, is_transparent, seen, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocket

pytestmark = pytest.mark.browser

NOW = "[data-part=now][data-state=shown]"
# Within five seconds, on a machine that has little else to do.
WITHIN_MS = 30_000
AWAY_S = 120
# A code that means nothing to the page.
ANY_CODE = 4000


def pass_time(page: Page, seconds: int) -> None:
    """Let the page live through so much time; its sockets fail in between as they would."""
    for _ in range(seconds):
        page.clock.run_for(1000)


def test_after_two_minutes_away_the_page_is_right_within_seconds(
    screen: Screen, now: datetime
) -> None:
    page = screen.open()
    tell(song(duration_ms=100_000))
    page.wait_for_selector(NOW)
    screen.site.stop()
    page.clock.run_for(4000)
    # Its seconds change a moment after the song's.
    assert "1:07" <= page.inner_text("[data-part=elapsed]") < "1:40"
    pass_time(page, AWAY_S)
    # Nothing that is over is believed in.
    assert is_transparent(page)
    screen.site.start()
    services.cue("alert", services.alert_payload(icon="📣", text="Back again"), now=timezone.now())
    page.wait_for_selector("text=Back again", timeout=WITHIN_MS)
    until(page, lambda: [one.is_current for one in seen()] == [True])


def test_a_page_that_is_loaded_while_the_server_is_away_is_right_within_seconds(
    screen: Screen, now: datetime
) -> None:
    first = screen.open()
    first.evaluate("navigator.serviceWorker.ready")
    first.wait_for_function(
        "async () => (await (await caches.open('greenroom-overlay')).keys()).length > 5"
    )
    first.close()
    screen.site.stop()
    page = screen.load()
    assert is_transparent(page)
    pass_time(page, AWAY_S)
    assert is_transparent(page)
    screen.site.start()
    services.cue("alert", services.alert_payload(icon="📣", text="Back again"), now=timezone.now())
    page.wait_for_selector("text=Back again", timeout=WITHIN_MS)


def test_two_hundred_reconnects_leak_no_socket(screen: Screen) -> None:
    page = screen.blank()
    greeted: list[object] = []

    def note(socket: WebSocket) -> None:
        socket.once("framesent", lambda frame: greeted.append(frame))

    page.on("websocket", note)
    # It waits for no time at all.
    page.add_init_script("Math.random = () => 0")
    page.goto(screen.site.page(screen.token))
    protocol = page.context.new_cdp_session(page)

    def reconnect(times: int) -> None:
        for _ in range(times):
            before = len(greeted)
            hang_up(screen.token.group, ANY_CODE)
            until(page, lambda: len(greeted) > before)  # noqa: B023

    until(page, lambda: bool(greeted))
    reconnect(20)
    before = weigh(protocol)
    reconnect(180)
    until(page, lambda: len(seen()) == 1)
    after = weigh(protocol)
    assert after["sockets"] <= 2
    assert after["heap"] - before["heap"] < 500_000


def weigh(protocol: Any) -> dict[str, int]:
    """Return how many sockets the page holds, and how many bytes of memory."""
    protocol.send("HeapProfiler.collectGarbage")
    found = protocol.send("Runtime.evaluate", {"expression": "WebSocket.prototype"})
    prototype = {"prototypeObjectId": found["result"]["objectId"]}
    sockets = protocol.send("Runtime.queryObjects", prototype)["objects"]["description"]
    heap = protocol.send("Runtime.getHeapUsage")["usedSize"]
    return {"sockets": int(re.sub(r"\D", "", sockets)), "heap": int(heap)}


def test_an_idle_page_paints_nothing(screen: Screen, chromium: Browser, now: datetime) -> None:
    page = screen.blank()
    page.goto(screen.site.page(screen.token))
    until(page, lambda: bool(seen()))
    until(page, lambda: not painted(chromium, page, lambda: page.wait_for_timeout(500)), 60)
    assert painted(chromium, page, lambda: page.wait_for_timeout(3000)) == set()

    def show() -> None:
        services.test_cue("alert", now)
        page.wait_for_selector("main article")
        page.wait_for_timeout(500)

    assert "Paint" in painted(chromium, page, show)


def painted(browser: Browser, page: Page, live: Callable[[], None]) -> set[str]:
    """Return which kinds of work on pixels the browser did meanwhile."""
    browser.start_tracing(
        page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"]
    )
    live()
    names = {event["name"] for event in json.loads(browser.stop_tracing())["traceEvents"]}
    return names & {"Paint", "PrePaint", "Layout", "Layerize", "RasterTask", "DrawFrame"}
